from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.jdates import parse_date, parse_time


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和6年11月2日", date(2024, 11, 2)),
        ("令和６年１１月２日（土）", date(2024, 11, 2)),
        ("令和6年11月3日(日・祝)", date(2024, 11, 3)),
        ("令和6年11月2日 土曜日", date(2024, 11, 2)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R6.11.2", date(2024, 11, 2)),
        ("r6/11/2", date(2024, 11, 2)),
        ("2024/11/2", date(2024, 11, 2)),
        ("2024.11.2", date(2024, 11, 2)),
        ("2024年11月2日", date(2024, 11, 2)),
        ("20241102", date(2024, 11, 2)),
        ("2024-11-02 00:00:00", date(2024, 11, 2)),
        ("2024-11-02T00:00:00", date(2024, 11, 2)),
        ("S60.4.1", date(1985, 4, 1)),
        ("昭和60年4月1日", date(1985, 4, 1)),
        ("平成 元年 1月 8日", date(1989, 1, 8)),
    ],
)
def test_days_as_offices_write_them(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "  ", "未定", "11月2日", "24/11/2", "2024/2/30", "2024/13/1", "令和6年11月2日（日）", "2024-11-02 13:30",
     "11月2日～3日", "9" * 5000],
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("13時30分", time(13, 30)),
        ("13時", time(13)),
        ("13時半", time(13, 30)),
        ("午後1時半", time(13, 30)),
        ("午後１時３０分", time(13, 30)),
        ("午前9時", time(9)),
        ("午前0時30分", time(0, 30)),
        ("午後12時30分", time(12, 30)),
        ("13:30", time(13, 30)),
        ("１３：３０", time(13, 30)),
        ("9:05", time(9, 5)),
        ("13:30:00", time(13, 30)),
        ("PM1:30", time(13, 30)),
        ("1:30 pm", time(13, 30)),
        ("12:30 AM", time(0, 30)),
        ("1330", time(13, 30)),
        ("正午", time(12)),
    ],
)
def test_times_as_offices_write_them(text: str, clock: time) -> None:
    assert parse_time(text) == clock


@pytest.mark.parametrize(
    "text",
    [
        "",
        "未定",
        "24:00",
        "25時",
        "13:75",
        "午後13時",
        "午前12時",
        "午後12時",
        "13:30~15:00",
        "13",
        "午後1時PM",
    ],
)
def test_what_is_no_clock_time(text: str) -> None:
    assert parse_time(text) is None


@given(
    st.text(
        alphabet=st.sampled_from("令和元年月日時分半午前後RSAPM.:/-0123456789０９：（）土 ٣²"), max_size=80
    )
)
def test_hostile_cells_give_a_value_or_nothing(text: str) -> None:
    assert isinstance(parse_date(text), date | None)
    assert isinstance(parse_time(text), time | None)
