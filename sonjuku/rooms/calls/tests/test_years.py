from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from sonjuku.rooms.calls.rules import fiscal_year_of, next_code, years_later

JST = timezone(timedelta(hours=9))


def dated(starts_on=None, opens_at=None, closes_at=None):
    return SimpleNamespace(starts_on=starts_on, opens_at=opens_at, closes_at=closes_at)


@pytest.mark.parametrize(
    ("call", "year"),
    [
        (dated(), None),
        # What is applied for in March and starts in April is April's.
        (dated(date(2027, 4, 1), datetime(2027, 2, 1, tzinfo=JST), datetime(2027, 3, 1, tzinfo=JST)), 2027),
        (dated(date(2027, 3, 31)), 2026),
        # Until 31 March, said exclusively in Tokyo; the same instant is 15:00 of 31 March in UTC.
        (dated(closes_at=datetime(2027, 4, 1, tzinfo=JST)), 2026),
        (dated(closes_at=datetime(2027, 4, 1, 17, tzinfo=JST)), 2027),
        (dated(opens_at=datetime(2027, 4, 1, 0, tzinfo=JST)), 2027),
        (dated(opens_at=datetime(2027, 3, 31, 23, 59, tzinfo=JST)), 2026),
    ],
)
def test_a_call_belongs_to_the_year_in_which_it_starts(call, year):
    assert fiscal_year_of(call) == year


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2026, 11, 28), date(2027, 11, 27)),
        # Over 29 February the calendar moves by two days.
        (date(2027, 3, 6), date(2028, 3, 4)),
        # 9:00 on a Saturday in Tokyo is 0:00 of the same Saturday in UTC; 8:00 would be Friday there.
        (datetime(2026, 11, 28, 8, 30, tzinfo=JST), datetime(2027, 11, 27, 8, 30, tzinfo=JST)),
        (None, None),
        ("2026-11-28", "2026-11-28"),
        (40, 40),
    ],
)
def test_days_and_instants_move_to_the_same_weekday(before, after):
    assert years_later(before) == after


def test_no_years_later_is_the_same_day():
    assert years_later(date(2028, 2, 29), 0) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("code", "later"),
    [
        ("course-2026-1", "course-2027-1"),
        ("it-passport", "it-passport-2027"),
        ("x" * 40, "x" * 35 + "-2027"),
    ],
)
def test_the_address_of_the_repetition_names_its_year(code, later):
    assert next_code(code, 2026) == later
