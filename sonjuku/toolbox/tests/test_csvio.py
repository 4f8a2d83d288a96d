import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.csvio import write_csv


def test_excel_gets_a_bom_crlf_and_a_header():
    assert write_csv([["花子", 3]], ["名前", "回数"]) == "\ufeff名前,回数\r\n花子,3\r\n".encode()
    assert write_csv([["花子", 3]], ["名前", "回数"], "cp932") == "名前,回数\r\n花子,3\r\n".encode("cp932")


@pytest.mark.parametrize("text", ["=1+1", "+81 90", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "　=1"])
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    data = write_csv([[text]], [text]).decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(data, newline=""))] == [f"'{text}"] * 2


def test_numbers_stay_numbers():
    data = write_csv([[-5, -0.5, Decimal("-1.20"), None, date(2026, 11, 30)]], list("abcde"))
    assert data.decode("utf-8-sig").splitlines()[1] == "-5,-0.5,-1.20,,2026-11-30"


def test_an_instant_needs_a_format_first():
    with pytest.raises(ValueError, match="instant_in_csv"):
        write_csv([[datetime(2026, 11, 30, tzinfo=UTC)]], ["a"])


def test_cp932_keeps_what_it_can_and_marks_what_it_lacks():
    text = write_csv([["髙﨑〜−𠮷"]], ["a"], "cp932").decode("cp932")
    assert text == "a\r\n髙﨑～－〓\r\n"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
            min_size=2,
            max_size=2,
        )
    )
)
def test_what_is_written_reads_back_but_for_the_quote(rows):
    data = write_csv(rows, ["a", "b"]).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(data, newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@")) for row in found for cell in row)
