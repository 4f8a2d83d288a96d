"""Dates and times as people type them into sheets. What can be read in two ways is not read at all."""

import re
import unicodedata
from datetime import date, time

from sonjuku.toolbox import dates

LONGEST = 60
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?(Z|\+0[09]:00)?$")
_HOLIDAY = re.compile(r"\(([月火水木金土日])(?:曜日?)?[・,、]?[祝休](?:日)?\)$")
_BARE_WEEKDAY = re.compile(r"(日)\s*([月火水木金土日])曜日?$")
_TIME = re.compile(
    r"(?P<half>午前|午後|AM|PM|A\.M\.|P\.M\.)?"
    r"(?:(?P<hour>\d{1,2})(?:時(?:(?P<minute>\d{1,2})分|(?P<thirty>半))?|:(?P<clock>\d{2})(?::00(?:\.0+)?)?)"
    r"|(?P<compact>\d{4}))"
    r"(?P<after>AM|PM|A\.M\.|P\.M\.)?"
)
_NOON = "正午"
_FORENOON = {"午前", "AM", "A.M."}


def parse_date(text: str) -> date | None:
    """The day in `令和6年11月2日(土・祝)`, `R6.11.2`, `S60.4.1`, `昭和60年4月1日`, `2024/11/2`, `2024.11.2`, `20241102`.

    Wide digits, blanks, a weekday and a sheet's midnight (`2024-11-02 00:00:00`) may stand in it. None when it
    is empty, no day, or names the wrong weekday; years of two digits without an era are no year.
    """
    tidy = unicodedata.normalize("NFKC", text).strip()
    if not tidy or len(tidy) > LONGEST:
        return None
    tidy = _MIDNIGHT.sub("", tidy)
    tidy = _HOLIDAY.sub(r"(\1)", tidy)
    tidy = _BARE_WEEKDAY.sub(r"\1(\2)", tidy)
    try:
        return dates.parse_date(tidy)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """The clock time in `13時30分`, `午後1時半`, `13:30`, `13:30:00`, `PM1:30`, `1330`, `正午`.

    None when it is empty or no time of day; also for 24:00, for spans (`13:30~15:00`), and for 午前12時 and
    午後12時, which one office writes for noon and the next for midnight.
    """
    tidy = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if tidy == _NOON:
        return time(12)
    match = _TIME.fullmatch(tidy) if len(tidy) <= LONGEST else None
    if match is None or (match["half"] and match["after"]):
        return None
    hour, minute = _numbers(match)
    half = match["half"] or match["after"]
    if half:
        turned = _turned(half, hour, minute)
        if turned is None:
            return None
        hour = turned
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _numbers(match: re.Match[str]) -> tuple[int, int]:
    if match["compact"]:
        return int(match["compact"][:2]), int(match["compact"][2:])
    minute = "30" if match["thirty"] else match["minute"] or match["clock"] or "0"
    return int(match["hour"]), int(minute)


def _turned(half: str, hour: int, minute: int) -> int | None:
    """The hour on a clock of 24 hours."""
    if hour > 12:
        return None
    if half in _FORENOON:
        if hour < 12:
            return hour
        return None if half == "午前" else 0
    if hour < 12:
        return hour + 12
    return 12 if half != "午後" or minute else None
