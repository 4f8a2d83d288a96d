from datetime import date

import pytest

from sonjuku.toolbox.holidays import holidays, is_working_day, working_days_later


def days(year):
    return sorted((day.month, day.day) for day in holidays(year))


def test_the_holidays_of_2026_are_those_the_cabinet_office_lists():
    """内閣府「国民の祝日」令和8年: with 国民の休日 on 22 September and 振替休日 on 6 May."""
    assert days(2026) == [
        (1, 1), (1, 12), (2, 11), (2, 23), (3, 20), (4, 29), (5, 3), (5, 4), (5, 5), (5, 6), (7, 20), (8, 11),
        (9, 21), (9, 22), (9, 23), (10, 12), (11, 3), (11, 23),
    ]  # fmt: skip


def test_the_holidays_of_2025_have_their_substitutes():
    """令和7年: 24 February, 6 May and 24 November stand in for Sundays."""
    assert days(2025) == [
        (1, 1), (1, 13), (2, 11), (2, 23), (2, 24), (3, 20), (4, 29), (5, 3), (5, 4), (5, 5), (5, 6), (7, 21), (8, 11),
        (9, 15), (9, 23), (10, 13), (11, 3), (11, 23), (11, 24),
    ]  # fmt: skip


def test_years_the_rule_does_not_know_are_refused():
    for year in (2021, 2100):
        with pytest.raises(ValueError, match="unknown_year"):
            holidays(year)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 23), False),  # 勤労感謝の日
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
    ],
)
def test_offices_open(day, works):
    assert is_working_day(day) is works


def test_counting_working_days_passes_a_long_weekend():
    friday = date(2026, 11, 20)
    assert working_days_later(friday, 0) == friday
    assert working_days_later(friday, 1) == date(2026, 11, 24)
    assert working_days_later(friday, 3) == date(2026, 11, 26)
