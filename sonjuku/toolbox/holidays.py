"""Days on which offices in Japan are closed, by rule: 国民の祝日に関する法律 as of 2022, and 29 December to 3 January.

The equinoxes follow the formula that holds from 1980 to 2099; the government announces them a year ahead. Days moved by
a special law (as in 2020 and 2021) are not known here.
"""

from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
SATURDAY = 5
_FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
# Month and which Monday of it: 成人の日, 海の日, 敬老の日, スポーツの日.
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """国民の祝日 of a year from 2022 to 2099, with 振替休日 and 国民の休日. Raises ValueError outside."""
    if not 2022 <= year <= 2099:
        raise ValueError("unknown_year")
    named = {date(year, month, day) for month, day in _FIXED} | {_monday(year, *each) for each in _MONDAYS}
    named |= {date(year, 3, _equinox(year, 20.8431)), date(year, 9, _equinox(year, 23.2488))}
    found = set(named)
    for day in sorted(named):
        if day.weekday() == SATURDAY + 1:  # on a Sunday: the next day that is no holiday itself
            moved = day + ONE_DAY
            while moved in named:
                moved += ONE_DAY
            found.add(moved)
        between = day + ONE_DAY
        if between + ONE_DAY in named and between.weekday() != SATURDAY + 1:
            found.add(between)
    return frozenset(found)


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(-first.weekday()) % 7 + 7 * (number - 1))


def _equinox(year: int, base: float) -> int:
    return int(base + 0.242194 * (year - 1980) - (year - 1980) // 4)


def is_working_day(day: date) -> bool:
    """Whether an office is open (開庁日): Monday to Friday, no holiday, not from 29 December to 3 January."""
    at_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < SATURDAY and not at_new_year and day not in holidays(day.year)


def working_days_later(day: date, number: int) -> date:
    """The n-th working day after this day; the day itself for 0."""
    while number > 0:
        day += ONE_DAY
        number -= is_working_day(day)
    return day
