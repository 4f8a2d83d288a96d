"""Days as a Japanese office counts and writes them: Asia/Tokyo, eras, fiscal years, ages, school years.

Instants are aware datetimes; intervals are half-open, so a call that closes "on the 29th" has `closes_at` at
0:00 of the 30th in Tokyo. Naive datetimes are refused with ValueError.
"""

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sonjuku.toolbox import furigana

TOKYO = ZoneInfo("Asia/Tokyo")
ONE_DAY = timedelta(days=1)

# First day, name and initial of each era, newest first.
ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
)

_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# Instants and days


def local(at: datetime) -> datetime:
    """The instant on a clock in Tokyo. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("naive_datetime")
    return at.astimezone(TOKYO)


def day_of(at: datetime) -> date:
    """The calendar day in Tokyo at this instant."""
    return local(at).date()


def at_tokyo(day: date, clock: time = time(0)) -> datetime:
    """The UTC instant of a day and clock time in Tokyo."""
    return datetime.combine(day, clock, TOKYO).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The UTC close for "until that day": 23:59:59 in Tokyo is still before it, the next 0:00:00 is not."""
    return at_tokyo(day + ONE_DAY)


def end_of_day_before(day: date) -> datetime:
    """The UTC close for "until the day before": 0:00:00 in Tokyo of `day` itself, exclusive."""
    return at_tokyo(day)


# Fiscal years and eras


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year (1 April to 31 March) of this day began."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_span(year: int) -> tuple[date, date]:
    """First day, and the day after the last: 2024 gives 2024-04-01 and 2025-04-01."""
    return date(year, 4, 1), date(year + 1, 4, 1)


def fiscal_year_label(year: int, lang: str = "ja") -> str:
    """`令和6年度` or `FY2024`; the year in which an era began counts as its first (令和元年度 = 2019)."""
    if not lang.startswith("ja"):
        return f"FY{year}"
    name, number = era(date(year, 12, 1))
    return _for(f"{name}{_era_year(number)}年度", lang)


def era(day: date) -> tuple[str, int]:
    """Era and year: `("令和", 8)`. Raises ValueError before 明治."""
    for start, name, _ in ERAS:
        if day >= start:
            return name, day.year - start.year + 1
    raise ValueError("before_meiji")


def wareki(day: date, *, weekday: bool = True) -> str:
    """`令和2年4月30日(木)`, the form of official notices; the first year of an era is 元年."""
    name, number = era(day)
    suffix = f"({weekday_ja(day)})" if weekday else ""
    return f"{name}{_era_year(number)}年{day.month}月{day.day}日{suffix}"


def weekday_ja(day: date) -> str:
    """One character, 月 to 日."""
    return _WEEKDAYS_JA[day.weekday()]


def _era_year(number: int) -> str:
    return "元" if number == 1 else str(number)


# For readers; `ja-easy` has furigana (toolbox.furigana)


def _for(text: str, lang: str) -> str:
    return furigana.dated(text) if lang == "ja-easy" else text


def format_date(day: date, lang: str = "ja", *, year: bool = False) -> str:
    """`11月30日（月）` or `Mon 30 Nov`; with `year`, `2026年11月30日（月）` or `Mon 30 Nov 2026`."""
    if lang.startswith("ja"):
        return _for(f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日（{weekday_ja(day)}）", lang)
    text = f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}"
    return f"{text} {day.year}" if year else text


def format_datetime(at: datetime, lang: str = "ja", *, year: bool = False) -> str:
    """`11月30日（月）9:05` or `Mon 30 Nov, 09:05`, on a clock in Tokyo."""
    there = local(at)
    day = format_date(there.date(), lang, year=year)
    return f"{day}{there.hour}:{there:%M}" if lang.startswith("ja") else f"{day}, {there:%H:%M}"


def format_deadline(closes_at: datetime, lang: str = "ja", *, year: bool = False) -> str:
    """An exclusive close as people say it: `11月29日（日）まで` when it is midnight, else `11月29日（日）17:00まで`."""
    there = local(closes_at)
    if there.time() == time(0):
        text = format_date(there.date() - ONE_DAY, lang, year=year)
    else:
        text = format_datetime(closes_at, lang, year=year)
    return f"{text}まで" if lang.startswith("ja") else f"until {text}"


# Ages and school years


def age_on(birth: date, day: date) -> int:
    """Full years lived on that day, counted up from 0:00 of the birthday.

    One born on 29 February counts up on 1 March in common years.
    The law counts an age as reached when the day *before* the birthday ends. That is the same moment, but a
    rule that asks who reaches an age *by the end of* a day (「4月1日までに18歳に達する者」) needs
    `age_reached_by`.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_reached_by(birth: date, day: date) -> int:
    """The age reached by 24:00 of that day under 年齢計算ニ関スル法律: one born on 2 April reaches it on 1 April."""
    return age_on(birth, day + ONE_DAY)


class SchoolStage(StrEnum):
    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"
    HIGH = "high"
    AFTER_HIGH = "after_high"


def school_grade(birth: date, day: date) -> int:
    """School year of one who entered at the usual age: 1–6 elementary, 7–9 junior high, 10–12 high school.

    Below 1 is before school, above 12 is past it. An estimate from the birth date (2 April to 1 April), no
    proof of enrolment: people repeat years, leave, study abroad or attend part-time courses of four years.
    """
    cohort = fiscal_year(birth - ONE_DAY)
    return fiscal_year(day) - cohort - 6


def school_stage_on(birth: date, day: date) -> SchoolStage:
    """The usual stage for this birth date; the same estimate as `school_grade`."""
    grade = school_grade(birth, day)
    for last, stage in (
        (0, SchoolStage.PRESCHOOL),
        (6, SchoolStage.ELEMENTARY),
        (9, SchoolStage.JUNIOR_HIGH),
    ):
        if grade <= last:
            return stage
    return SchoolStage.HIGH if grade <= 12 else SchoolStage.AFTER_HIGH


# Cloning and reading


def shift_years_keep_weekday(day: date, years: int = 1) -> date:
    """The nearest same weekday `years` later: at most three days off, maybe in another month."""
    year = day.year + years
    near = date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
    return near + timedelta(days=(day.weekday() - near.weekday() + 3) % 7 - 3)


_WEEKDAY = r"(?:\((?P<weekday>[月火水木金土日])(?:曜日?)?\))?"
_WESTERN = re.compile(
    r"(?P<year>\d{4})(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})日?" + _WEEKDAY
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_ERA = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])\.?(?P<year>元|\d{1,2})(?:年|[-/.])"
    r"(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})日?" + _WEEKDAY
)
_ERA_START = {key: start.year for start, name, initial in ERAS for key in (name, initial)}


def parse_date(text: str) -> date:
    """A date as offices write it: `令和6年4月1日`, `R6.4.1`, `2024-04-01`, `2024/4/1`, `20240401`.

    Wide digits, spaces and a weekday in brackets may stand in it.
    Era years past an era's end are taken (平成31年5月1日 stands in many papers).
    Raises ValueError with `not_a_date`, or `weekday_differs` when the weekday that is given is wrong.
    """
    tidy = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    match = _WESTERN.fullmatch(tidy) or _COMPACT.fullmatch(tidy) or _ERA.fullmatch(tidy)
    if match is None:
        raise ValueError("not_a_date")
    part = match.groupdict()
    year = 1 if part["year"] == "元" else int(part["year"])
    if "era" in part:
        year += _ERA_START[part["era"]] - 1
    try:
        day = date(year, int(part["month"]), int(part["day"]))
    except ValueError:
        raise ValueError("not_a_date") from None
    if part.get("weekday") and part["weekday"] != weekday_ja(day):
        raise ValueError("weekday_differs")
    return day
