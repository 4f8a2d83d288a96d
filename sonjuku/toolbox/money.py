"""Yen, always a whole number."""

from sonjuku.toolbox.furigana import dated


def yen(amount: int, lang: str = "ja") -> str:
    """`1,500円` or `¥1,500`; 0 reads `無料` or `Free`, so use it for fees, not for sums."""
    if lang == "ja-easy":
        return dated(yen(amount))
    if amount == 0:
        return "無料" if lang == "ja" else "Free"
    if lang == "ja":
        return f"{amount:,}円"
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,}"
