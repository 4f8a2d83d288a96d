"""The fiscal year a call belongs to, and the days of its repetition."""

from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sonjuku.toolbox.dates import at_tokyo, day_of, fiscal_year, local, shift_years_keep_weekday

CODE_LENGTH = 40


class Dated(Protocol):
    starts_on: date | None
    opens_at: datetime | None
    closes_at: datetime | None


def fiscal_year_of(call: Dated) -> int | None:
    """The year in which it starts; without that day the year of its last day to apply, then of its opening."""
    if call.starts_on:
        return fiscal_year(call.starts_on)
    if call.closes_at:
        # Exclusive: a close at 0:00 of 1 April is still March's.
        return fiscal_year(day_of(call.closes_at - timedelta(microseconds=1)))
    return fiscal_year(day_of(call.opens_at)) if call.opens_at else None


def years_later(value: Any, years: int = 1) -> Any:
    """Days and instants move to the nearest same weekday, on Tokyo's clock; anything else stays."""
    if isinstance(value, datetime):
        there = local(value)
        return at_tokyo(shift_years_keep_weekday(there.date(), years), there.time())
    return shift_years_keep_weekday(value, years) if isinstance(value, date) else value


def next_code(code: str, year: int) -> str:
    """The address of the repetition in the year after `year`: course-2026-1 becomes course-2027-1."""
    later = code.replace(str(year), str(year + 1))
    return later if later != code else f"{code[: CODE_LENGTH - 5]}-{year + 1}"
