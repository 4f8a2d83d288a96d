"""Single cells of an event list: fees, numbers, spans of time, codes of municipalities."""

import re
import unicodedata
from datetime import time
from typing import NamedTuple

from sonjuku.toolbox import jdates, lg_code

_FREE = re.compile(
    r"(参加費|入場料|料金|受講料|観覧料)?[:は]?(すべて|全て)?無料(です)?[。.]?|入場無料|参加無料|なし"
)
_YEN = re.compile(
    r"(?:(?:参加費|入場料|料金|受講料|観覧料|費用)[:は]?)?[¥\\]?(\d{1,7})円?(?:\((?:税込|税込み|税別)\))?"
)
_NUMBER = re.compile(
    r"(?:定員|先着|募集)?[:は]?(?:約)?(\d{1,6})(?:名|人|組|席)?(?:まで|程度)?(?:\((?:先着|先着順|抽選)\))?"
)
_SPAN = re.compile(r"[~〜～\-‐–—―ー]|から")
_BREAKS = str.maketrans({"‐": "-", "–": "-", "—": "-", "―": "-", "−": "-"})
MOST_YEN, MOST_SEATS = 1_000_000, 100_000


def plain(cell: str) -> str:
    """Narrow signs, no blanks: for reading, never for keeping."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).replace(",", "")


def fee(cell: str) -> int | None:
    """Yen in `無料`, `0円`, `参加費:500円`, `1,500`; None for anything with more to say (大人500円・小人300円)."""
    text = plain(cell)
    if _FREE.fullmatch(text):
        return 0
    match = _YEN.fullmatch(text)
    return int(match[1]) if match and int(match[1]) <= MOST_YEN else None


def seats(cell: str) -> int | None:
    """People in `20`, `20名`, `先着30人`; None for none and for anything else (各回20名×3回)."""
    match = _NUMBER.fullmatch(plain(cell))
    return int(match[1]) if match and 1 <= int(match[1]) <= MOST_SEATS else None


class Clocks(NamedTuple):
    starts: time | None
    ends: time | None


def clocks(start: str, end: str) -> Clocks:
    """The times of two cells; where the second is empty, the first may hold both: `13:30~15:00`."""
    found = jdates.parse_time(start)
    if found is None and not end.strip() and len(start) <= jdates.LONGEST:
        parts = [part for part in _SPAN.split(unicodedata.normalize("NFKC", start)) if part.strip()]
        if len(parts) == 2:
            both = Clocks(jdates.parse_time(parts[0]), jdates.parse_time(parts[1].replace("まで", "")))
            if all(both):
                return both
    return Clocks(found, jdates.parse_time(end))


def municipality(cell: str) -> str | None:
    """The six-digit code in `022071`, in `22071` (a sheet has eaten the zero) and in `02207` (no check digit)."""
    digits = plain(cell).removesuffix(".0")
    # A sheet's number has no zero in front; what follows tells which of the two it was.
    for code in (digits.zfill(6), _completed(digits), _completed(digits.zfill(5))):
        if lg_code.is_valid(code):
            return code
    return None


def _completed(five: str) -> str:
    try:
        return lg_code.complete(five)
    except ValueError:
        return ""
