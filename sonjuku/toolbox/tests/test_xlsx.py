"""Workbooks hold what was given and run nothing."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.xlsx import write_xlsx


def page(*rows: list[Any], header: tuple[str, ...] = ("列",), title: str = "一覧") -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(rows, header, title))).active


def test_each_kind_of_cell():
    sheet = page(
        [
            "花子",
            3,
            Decimal("1.50"),
            date(2026, 11, 30),
            datetime(2026, 11, 30, 15, 30, tzinfo=UTC),
            None,
            "",
            1,
        ]
    )
    words, number, money, day, instant, nothing, empty, _last = sheet[2]
    assert (words.value, words.data_type) == ("花子", "s")
    assert (number.value, money.value) == (3, 1.5)
    assert (f"{day.value:%Y-%m-%d}", day.number_format) == ("2026-11-30", "yyyy-mm-dd")
    # Half past midnight in Tokyo.
    assert f"{instant.value:%Y-%m-%d %H:%M}" == "2026-12-01 00:30"
    assert (nothing.value, empty.value) == (None, None)


def test_the_heading_is_frozen_bold_and_no_formula():
    sheet = page(header=("=1+1", "氏名"))
    assert sheet.freeze_panes == "A2"
    assert [(c.value, c.data_type, c.font.bold) for c in sheet[1]] == [
        ("'=1+1", "s", True),
        ("氏名", "s", True),
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-1", "@A1", "\t=1", "＝1", "＋1", "－1", "＠1", "　=1", "\u200b=1", "\x00=1"]
)
def test_no_text_becomes_a_formula(text):
    cell = page([text])["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "TRUE", "0838", "1e5"])
def test_what_looks_like_something_else_stays_text(text):
    cell = page([text])["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_what_does_not_fit_is_cut():
    sheet = page(["あ" * 40_000], title="[a]:*?/\\" + "あ" * 40)
    assert len(sheet["A2"].value) == 32_767
    assert sheet.title == "a      " + "あ" * 23


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_any_text_makes_a_file_that_opens(texts):
    cells = page(texts)[2] if any(texts) else ()
    assert not any(cell.data_type == "f" for cell in cells)
