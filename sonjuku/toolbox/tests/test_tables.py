import contextlib
import csv
import io
import zipfile
from datetime import datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonjuku.toolbox import tables
from sonjuku.toolbox.tables import TableError, heading_key, read_table

DAY = datetime.fromisoformat("2026-04-01")
ROWS = "氏名,フリガナ\r\n髙橋 太郎,タカハシ タロウ\r\n"


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def code_of(data):
    with pytest.raises(TableError) as caught:
        read_table(data)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_the_encoding_is_found(encoding):
    table = read_table(ROWS.encode(encoding))
    assert (table.encoding, table.broken) == (encoding, 0)
    assert table.header == ["氏名", "フリガナ"]
    assert table.rows == [(2, ["髙橋 太郎", "タカハシ タロウ"])]


def test_a_broken_cp932_file_keeps_all_but_the_broken_letters():
    data = ROWS.encode("cp932").replace("太郎".encode("cp932"), b"\x81\x20\xff")
    table = read_table(data)
    assert (table.encoding, table.broken) == ("cp932", 2)
    assert table.rows[0].cells[0].startswith("髙橋 \ufffd")
    assert table.rows[0].cells[1] == "タカハシ タロウ"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_quotes_blank_and_ragged_lines(delimiter):
    text = '氏名|所在地|備考\n"見本|太郎"|"一行目\n二行目"\n||\n\n花子|萩市|a|余り\n'.replace("|", delimiter)
    table = read_table(text.encode())
    assert table.header == ["氏名", "所在地", "備考", ""]
    # The third and fourth lines are blank; a line break in a cell is no new line of the sheet.
    assert table.rows == [
        (2, [f"見本{delimiter}太郎", "一行目\n二行目", "", ""]),
        (5, ["花子", "萩市", "a", "余り"]),
    ]


def test_what_a_spreadsheet_writes_to_keep_zeros_is_read_as_the_text():
    assert read_table(b'a,b\n"=""0901234567""",1\n').rows[0].cells == ["0901234567", "1"]


def test_the_header_may_stand_below_a_title():
    data = "申込者一覧\n\n氏名（必須）,フリガナ,備考\n見本 太郎,ミホン,\n".encode()
    table = read_table(data, headings=["氏名", "フリガナ"])
    assert (table.header, table.header_line) == (["氏名（必須）", "フリガナ", "備考"], 3)
    assert [row.number for row in table.rows] == [4]
    assert heading_key("＊氏名（全角）") == heading_key("氏名")


def test_a_sheet_gives_text():
    rows = [[], ["氏名", "日", "時", "番号", "率", "印"], [None] * 6,
            ["見本", DAY, DAY.replace(hour=9, minute=5), 9012345678.0, 1.5, True]]  # fmt: skip
    table = read_table(book([], rows))
    assert (table.encoding, table.header_line) == ("xlsx", 2)
    assert table.rows == [(4, ["見本", "2026-04-01", "2026-04-01 09:05:00", "9012345678", "1.5", "TRUE"])]
    assert tables._words(time(9, 5)) == "09:05:00"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\r\n , ,\r\n", "empty"),
        ("氏名,フリガナ\n".encode(), "no_rows"),
        (b"a," * 201 + b"b\n1\n", "too_many_columns"),
        (b"a\n" + b"1\n" * 20_001, "too_many_rows"),
        (b"a\n" + b"x" * 10_001, "cell_too_long"),
        (b'a,b\n1,"' + b"x,1\n" * 50_000, "cell_too_long"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_big"),
        (b"PK\x03\x04 not an archive", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, "unreadable"),
        (b"%PDF-1.7\na,b\n", "unreadable"),
        (b"<html><td>a</td></html>", "unreadable"),
        (book([["a"]]), "no_rows"),
        (book([]), "empty"),
        (book([["a"] + [None] * 200 + ["b"], ["1"]]), "too_many_columns"),
    ],
)
def test_each_file_that_is_no_table_has_its_word(data, code):
    assert code_of(data) == code


def test_twenty_thousand_rows_are_not_too_many():
    assert len(read_table(b"a\n" + b"1\n" * 20_000).rows) == 20_000


def repacked(change):
    """A workbook whose parts went through `change`."""
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(book([["a", "b"], ["1", "2"]])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            made.writestr(part.filename, change(part.filename, source.read(part)))
        change(None, made)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    def swell(name, content):
        if name is None:
            content.writestr("xl/big.xml", b" " * 40_000_000)
        return content

    data = repacked(swell)
    assert len(data) < 200_000
    opened = []
    monkeypatch.setattr(tables, "load_workbook", lambda *a, **k: opened.append(1))
    assert code_of(data) == "too_big"
    assert opened == []


def test_entities_are_never_resolved(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")

    def declare(name, content):
        if name and name.endswith("sheet1.xml"):
            entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
            return content.replace(b"<worksheet", entity + b"<worksheet", 1)
        return content

    assert code_of(repacked(declare)) == "unreadable"


def test_a_lying_size_and_far_cells_cost_nothing():
    def lie(name, content):
        if name and name.endswith("sheet1.xml"):
            content = content.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            return content.replace(
                b"</sheetData>", b'<row r="99999999"><c r="A99999999" t="n"><v>1</v></c></row></sheetData>'
            )
        return content

    assert read_table(repacked(lie)).rows == [(2, ["1", "2"])]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=3000)
    | st.binary(max_size=300).map(lambda b: b"PK\x03\x04" + b)
    | st.text(max_size=500).map(lambda t: t.encode("cp932", "replace"))
)
def test_any_bytes_give_a_table_or_the_one_error(data):
    try:
        table = read_table(data)
    except TableError:
        return
    assert table.rows
    assert {len(row.cells) for row in table.rows} == {len(table.header)}
    assert all("\x00" not in cell for row in table.rows for cell in row.cells)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_a_table_or_the_one_error(at, noise):
    data = WORKBOOK[: at % len(WORKBOOK)] + noise + WORKBOOK[at % len(WORKBOOK) + len(noise) :]
    with contextlib.suppress(TableError):
        read_table(data)


WORKBOOK = book([["氏名", "日"], ["見本", DAY]])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(
                    blacklist_categories=("Cs", "Cc", "Co", "Zs", "Zl", "Zp"),
                    blacklist_characters="=;\ufeff\ufffd<%\u0085",
                ),
                min_size=1,
                max_size=20,
            ),
            min_size=2,
            max_size=5,
        ),
        min_size=2,
        max_size=6,
    ).filter(lambda rows: len({len(r) for r in rows}) == 1)
)
def test_what_is_written_is_read_back(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    table = read_table(b"\xef\xbb\xbf" + out.getvalue().encode())
    assert [table.header, *[row.cells for row in table.rows]] == rows
