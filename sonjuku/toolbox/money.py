"""Yen, always a whole number."""


def yen(amount: int, lang: str = "ja") -> str:
    """`1,500円` or `¥1,500`; 0 reads `無料` or `Free`, so use it for fees, not for sums."""
    if amount == 0:
        return "無料" if lang == "ja" else "Free"
    if lang == "ja":
        return f"{amount:,}円"
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,}"
