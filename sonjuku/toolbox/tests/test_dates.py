from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox import dates
from sonjuku.toolbox.dates import TOKYO, SchoolStage

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 4, 1), 2024),
        (date(2025, 3, 31), 2024),
        (date(2024, 3, 31), 2023),
        (date(2024, 12, 31), 2024),
    ],
)
def test_fiscal_year(day, year):
    assert dates.fiscal_year(day) == year


@given(DAYS)
def test_every_day_lies_in_the_span_of_its_fiscal_year(day):
    start, end = dates.fiscal_year_span(dates.fiscal_year(day))
    assert start <= day < end


def test_fiscal_year_labels():
    assert dates.fiscal_year_label(2024) == "令和6年度"
    assert dates.fiscal_year_label(2019) == "令和元年度"
    assert dates.fiscal_year_label(2018) == "平成30年度"
    assert dates.fiscal_year_label(1988) == "昭和63年度"
    assert dates.fiscal_year_label(2024, "en") == "FY2024"


def test_eras_change_on_their_day():
    assert dates.era(date(2019, 4, 30)) == ("平成", 31)
    assert dates.era(date(2019, 5, 1)) == ("令和", 1)
    assert dates.era(date(1989, 1, 7)) == ("昭和", 64)
    assert dates.era(date(1989, 1, 8)) == ("平成", 1)
    assert dates.era(date(2026, 11, 21)) == ("令和", 8)
    with pytest.raises(ValueError, match="before_meiji"):
        dates.era(date(1868, 1, 1))


def test_wareki():
    assert dates.wareki(date(2020, 4, 30)) == "令和2年4月30日(木)"
    assert dates.wareki(date(2019, 5, 1)) == "令和元年5月1日(水)"
    assert dates.wareki(date(2019, 5, 1), weekday=False) == "令和元年5月1日"


def test_dates_for_readers():
    day = date(2026, 11, 30)
    assert dates.format_date(day) == "11月30日（月）"
    assert dates.format_date(day, "en") == "Mon 30 Nov"
    assert dates.format_date(day, "ja", year=True) == "2026年11月30日（月）"
    assert dates.format_date(day, "en", year=True) == "Mon 30 Nov 2026"


def test_times_are_shown_in_tokyo():
    at = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)
    assert dates.format_datetime(at) == "11月30日（月）9:05"
    assert dates.format_datetime(at, "en") == "Mon 30 Nov, 09:05"
    assert dates.day_of(datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == date(2026, 12, 1)
    with pytest.raises(ValueError, match="naive_datetime"):
        dates.format_datetime(datetime(2026, 11, 30))  # noqa: DTZ001


def test_until_the_day_before_takes_the_last_second_and_refuses_midnight():
    closes_at = dates.end_of_day_before(date(2026, 11, 30))
    assert closes_at.tzinfo is UTC
    assert datetime(2026, 11, 29, 23, 59, 59, tzinfo=TOKYO) < closes_at
    assert not datetime(2026, 11, 30, 0, 0, 0, tzinfo=TOKYO) < closes_at
    assert dates.end_of_day(date(2026, 11, 29)) == closes_at


def test_a_deadline_reads_as_people_say_it():
    midnight = dates.end_of_day_before(date(2026, 11, 30))
    afternoon = dates.at_tokyo(date(2026, 11, 29), time(17))
    assert dates.format_deadline(midnight) == "11月29日（日）まで"
    assert dates.format_deadline(midnight, "en") == "until Sun 29 Nov"
    assert dates.format_deadline(afternoon) == "11月29日（日）17:00まで"
    assert dates.format_deadline(afternoon, "en", year=True) == "until Sun 29 Nov 2026, 17:00"


def test_age_counts_up_on_the_birthday_and_is_reached_when_the_day_before_ends():
    birth = date(2008, 4, 2)
    assert dates.age_on(birth, date(2026, 4, 1)) == 17
    assert dates.age_on(birth, date(2026, 4, 2)) == 18
    assert dates.age_reached_by(birth, date(2026, 3, 31)) == 17
    assert dates.age_reached_by(birth, date(2026, 4, 1)) == 18


def test_one_born_on_29_february_ages_every_year():
    birth = date(2008, 2, 29)
    assert dates.age_on(birth, date(2026, 2, 28)) == 17
    assert dates.age_on(birth, date(2026, 3, 1)) == 18
    assert dates.age_reached_by(birth, date(2026, 2, 28)) == 18
    assert dates.age_reached_by(birth, date(2028, 2, 28)) == 20
    assert dates.age_reached_by(birth, date(2028, 2, 27)) == 19


def test_school_years_turn_between_1_and_2_april():
    # Entered elementary school in April 2015 at six; the last born of the year is born on 1 April 2009.
    first, last, next_year = date(2008, 4, 2), date(2009, 4, 1), date(2009, 4, 2)
    april_2015 = date(2015, 4, 1)
    assert dates.school_grade(first, april_2015) == dates.school_grade(last, april_2015) == 1
    assert dates.school_grade(next_year, april_2015) == 0
    assert dates.school_grade(first, date(2015, 3, 31)) == 0


def test_an_eighteen_year_old_can_be_a_pupil():
    birth = date(2008, 4, 2)
    assert dates.age_on(birth, date(2026, 5, 1)) == 18
    assert dates.school_stage_on(birth, date(2026, 5, 1)) is SchoolStage.HIGH
    assert dates.school_stage_on(birth, date(2027, 3, 31)) is SchoolStage.HIGH
    assert dates.school_stage_on(birth, date(2027, 4, 1)) is SchoolStage.AFTER_HIGH


def test_school_stages():
    birth = date(2010, 7, 1)  # elementary from April 2017
    stages = {
        2016: SchoolStage.PRESCHOOL,
        2017: SchoolStage.ELEMENTARY,
        2022: SchoolStage.ELEMENTARY,
        2023: SchoolStage.JUNIOR_HIGH,
        2025: SchoolStage.JUNIOR_HIGH,
        2026: SchoolStage.HIGH,
        2028: SchoolStage.HIGH,
        2029: SchoolStage.AFTER_HIGH,
    }
    assert {year: dates.school_stage_on(birth, date(year, 6, 1)) for year in stages} == stages


@given(DAYS.filter(lambda day: day.year < 2090), st.integers(-5, 5))
def test_a_cloned_date_keeps_its_weekday_and_stays_near(day, years):
    moved = dates.shift_years_keep_weekday(day, years)
    near = date(day.year + years, day.month, min(day.day, 28))
    assert moved.weekday() == day.weekday()
    assert abs(moved - near) <= timedelta(days=3 + max(0, day.day - 28))


def test_last_years_saturday_becomes_this_years_saturday():
    assert dates.shift_years_keep_weekday(date(2025, 11, 29)) == date(2026, 11, 28)


@pytest.mark.parametrize(
    "text",
    ["令和6年4月1日", "令和６年４月１日（月）", "R6.4.1", "ｒ６．４．１", "R06/04/01", "2024-04-01", "2024/4/1",
     "２０２４年４月１日", "2024.4.1(月)", "20240401", " 令和 6年 4月 1日 (月曜日)", "平成36年4月1日"],
)  # fmt: skip
def test_dates_are_read_as_offices_write_them(text):
    assert dates.parse_date(text) == date(2024, 4, 1)


def test_first_years_and_older_eras_are_read():
    assert dates.parse_date("令和元年5月1日") == date(2019, 5, 1)
    assert dates.parse_date("S64.1.7") == date(1989, 1, 7)
    assert dates.parse_date("昭和25年12月3日") == date(1950, 12, 3)


@pytest.mark.parametrize(
    "text", ["", "明日", "2024-13-01", "2025-02-29", "令和6年", "6/4/1", "2024-04-01x", "0000-01-01"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"^not_a_date$"):
        dates.parse_date(text)


def test_a_wrong_weekday_is_refused():
    with pytest.raises(ValueError, match=r"^weekday_differs$"):
        dates.parse_date("令和6年4月1日(火)")


@given(st.dates(date(1868, 10, 23), date(2117, 12, 31)))
def test_what_is_written_can_be_read(day):
    assert dates.parse_date(dates.wareki(day)) == day
    assert dates.parse_date(day.isoformat()) == day
    assert dates.parse_date(dates.format_date(day, year=True)) == day
