import contextlib
import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sonjuku.flows.events_in import Sheet, cells, read
from sonjuku.protocols.opendata import COLUMNS
from sonjuku.rooms.calls.models import Call
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import TOKYO
from sonjuku.toolbox.refusals import Refused

GOOD = {
    "都道府県コード又は市区町村コード": "352047", "NO": "12", "イベント名": "デジタル体験会", "開始日": "2026-12-05",
    "終了日": "2026-12-05", "開始時間": "13:30", "終了時間": "15:00", "説明": "さわってみます", "料金(基本)": "0",
    "連絡先名称": "企画課", "連絡先電話番号": "0838-00-0000", "場所名称": "市役所", "住所": "江向510", "定員": "20",
    "参加申込終了日": "2026-12-01", "URL": "https://example.jp/12",
}  # fmt: skip


def sheet(*rows: dict[str, str], header: list[str] | None = None, encoding: str = "utf-8-sig") -> Sheet:
    columns = header or list(COLUMNS)
    return read(
        write_csv(
            [[row.get(column, "") for column in columns] for row in rows],
            columns,
            "cp932" if encoding == "cp932" else "utf-8-sig",
        )
    )  # type: ignore[arg-type]


def one(**cells: str) -> Any:
    found = sheet(GOOD | cells)
    assert found.wrong == []
    return found.events[0]


def wrong(**cells: str) -> list[tuple[int, str]]:
    return [(remark.line, remark.column) for remark in sheet(GOOD | cells).wrong]


# Cells


@pytest.mark.parametrize(
    ("cell", "yen"),
    [("無料", 0), ("0", 0), ("０円", 0), ("参加費：500円", 500), ("1,500", 1500), ("￥1,500", 1500), ("500円（税込）", 500),
     ("入場無料", 0), ("参加費無料", 0), ("大人500円・小人300円", None), ("500円～", None), ("未定", None), ("", None),
     ("99999999", None)],
)  # fmt: skip
def test_fees(cell, yen):
    assert cells.fee(cell) == yen


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("20", 20),
        ("２０名", 20),
        ("先着30人", 30),
        ("定員：50名程度", 50),
        ("各回20名×3回", None),
        ("なし", None),
        ("0", None),
    ],
)
def test_seats(cell, number):
    assert cells.seats(cell) == number


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("13時30分", "午後3時", (dt.time(13, 30), dt.time(15))),
        ("午後1時半", "", (dt.time(13, 30), None)),
        ("13:30～15:00", "", (dt.time(13, 30), dt.time(15))),
        ("10時から12時まで", "", (dt.time(10), dt.time(12))),
        ("10時頃", "", (None, None)),
    ],
)
def test_times(start, end, found):
    assert tuple(cells.clocks(start, end)) == found


@pytest.mark.parametrize(
    ("cell", "code"),
    [("022071", "022071"), ("22071", "022071"), ("０２２０７１", "022071"), ("02207", "022071"), ("2207", "022071"),
     ("35204", "352047"), ("352048", None), ("", None), ("青森", None)],
)  # fmt: skip
def test_codes_that_a_sheet_has_shortened(cell, code):
    assert cells.municipality(cell) == code


# Rows


def test_a_whole_row():
    event = one()
    assert event.key == "352047:12"
    assert event.fields == {
        "kind": "event", "title": "デジタル体験会", "title_en": "", "starts_on": dt.date(2026, 12, 5),
        "ends_on": dt.date(2026, 12, 5), "venue": "市役所", "venue_address": "江向510", "venue_lg_code": "352047",
        "webinar_status": "on_site", "fee_jpy": 0, "fee_note": "", "contact_office": "企画課",
        "contact_phone": "0838-00-0000", "period_note": "",
        "closes_at": dt.datetime(2026, 12, 2, 0, tzinfo=TOKYO), "summary": "さわってみます\n\nくわしい案内：https://example.jp/12",
    }  # fmt: skip
    assert event.meeting == (
        dt.datetime(2026, 12, 5, 13, 30, tzinfo=TOKYO), dt.datetime(2026, 12, 5, 15, tzinfo=TOKYO),
    )  # fmt: skip
    assert event.capacity == 20


@pytest.mark.parametrize(
    "day", ["令和8年12月5日", "R8.12.5", "2026/12/5", "2026.12.5", "２０２６年１２月５日（土）"]
)
def test_days_as_cities_write_them(day):
    assert one(開始日=day, 終了日="").fields["starts_on"] == dt.date(2026, 12, 5)


def test_the_form_of_fifty_columns():
    header = ["NO", "都道府県コード又は市区町村コード", "名称", "サブタイトル", "概要", "説明", "状態", "開始日", "終了日", "開始時刻",
              "終了時刻", "日時備考", "場所名称", "住所都道府県", "住所市区町村", "住所町名", "住所丁目以下", "主催団体", "料金(基本)",
              "料金(詳細)", "申込期限日", "申込期限時刻", "連絡先名称"]  # fmt: skip
    found = sheet({
        "NO": "1", "名称": "講演会", "サブタイトル": "第2回", "概要": "短く", "説明": "長く", "開始日": "令和8年12月5日",
        "開始時刻": "10時", "終了時刻": "12時", "日時備考": "開場9時半", "場所名称": "会館", "住所都道府県": "山口県",
        "住所市区町村": "萩市", "住所町名": "江向", "住所丁目以下": "510", "主催団体": "萩市", "料金(基本)": "大人500円",
        "申込期限日": "R8.12.4", "申込期限時刻": "17時",
    }, header=header)  # fmt: skip
    assert found.is_fifty
    assert found.wrong == []
    fields = found.events[0].fields
    assert fields["title"] == "講演会 第2回"
    assert fields["venue_address"] == "山口県萩市江向510"
    assert fields["summary"] == "短く\n\n長く\n\n主催：萩市"
    assert fields["period_note"] == "開場9時半"
    assert (fields["fee_jpy"], fields["fee_note"]) == (None, "大人500円")
    assert fields["closes_at"] == dt.datetime(2026, 12, 4, 17, tzinfo=TOKYO)
    assert [remark.column for remark in found.remarks] == ["料金(基本)"]


def test_a_list_in_cp932_with_a_title_above_and_columns_of_its_own():
    text = "令和8年度 催し一覧,,\r\n\r\n区,開始日,イベント名\r\n北,R8.12.5,①祭り\r\n"
    found = read(text.encode("cp932"))
    assert (found.encoding, found.unknown, found.rows) == ("cp932", ("区",), 1)
    assert found.events[0].title == "①祭り"
    assert found.events[0].line == 4


def test_a_workbook():
    book = Workbook()
    page = book.active
    page.append(["NO", "イベント名", "開始日", "開始時間", "終了時間", "定員"])
    page.append([1, "祭", dt.date(2026, 12, 5), dt.time(9), dt.time(17), 30])
    out = io.BytesIO()
    book.save(out)
    event = read(out.getvalue()).events[0]
    assert event.fields["starts_on"] == dt.date(2026, 12, 5)
    assert event.meeting is not None
    assert (event.capacity, event.key) == (30, ":1")


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"イベント名": ""}, "イベント名"),
        ({"イベント名": "長" * 141}, "イベント名"),
        ({"開始日": ""}, "開始日"),
        ({"開始日": "12月5日"}, "開始日"),
        ({"開始日": "2026-12-06"}, "終了日"),
        ({"終了日": "未定"}, "終了日"),
        ({"開始時間": "15:00"}, "終了時間"),
        ({"場所名称": "場" * 141}, "場所名称"),
    ],
)
def test_what_keeps_a_file_out_names_row_and_column(changed, column):
    assert wrong(**changed) == [(2, column)]


def test_two_rows_under_one_number():
    found = sheet(GOOD, GOOD | {"イベント名": "別の会"})
    assert [(remark.line, remark.column, "2行目" in str(remark.words)) for remark in found.wrong] == [
        (3, "NO", True)
    ]


def test_nothing_of_a_row_is_lost_unseen():
    event = one(
        開始時間="10時頃",
        終了時間="",
        定員="各回20名",
        参加申込終了日="随時",
        備考="雨天中止",
        連絡先内線番号="12",
    )
    assert event.meeting is None
    assert event.fields["period_note"] == "10時頃"
    assert event.fields["contact_phone"] == "0838-00-0000（内線12）"
    for line in ("定員：各回20名", "申込締切：随時", "備考：雨天中止"):
        assert line in event.fields["summary"]


def test_an_evening_may_end_after_midnight_and_many_days_are_no_single_meeting():
    night = one(開始時間="22:00", 終了時間="1:00").meeting
    assert night is not None
    assert night[1] == dt.datetime(2026, 12, 6, 1, tzinfo=TOKYO)
    fair = one(終了日="2026-12-06")
    assert fair.meeting is None
    assert fair.fields["period_note"] == "13:30〜15:00"


@pytest.mark.parametrize(
    ("venue", "mode"),
    [("オンライン（Zoom）", "online"), ("市役所・オンライン併用", "hybrid"), ("市役所", "on_site")],
)
def test_where_it_is_held(venue, mode):
    assert one(場所名称=venue, 住所="").fields["webinar_status"] == mode


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "table_empty"), ("氏名,電話\n山田,090".encode(), "no_header"), ("イベント名,開始日\n".encode(), "table_no_rows"),
     (("イベント名,開始日\n" + "a,2026-12-05\n" * 1001).encode(), "too_many_rows")],
)  # fmt: skip
def test_files_that_are_no_list_of_events(data, code):
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.code == code
    assert str(refused.value.next_step)


CELL = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="令和年月日時分半午前後RH0123456789０９.:/-~〜から無料円名,()（）\n\"'=+", max_size=30),
    st.sampled_from(["2026-12-05", "R8.12.5", "13:30", "無料", "x" * 3000]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=6, max_size=6), min_size=1, max_size=4))
def test_hostile_cells_give_remarks_or_events_that_fit_a_call(rows):
    header = ["NO", "イベント名", "開始日", "開始時間", "料金(基本)", "定員"]
    try:
        found = read(write_csv(rows, header))
    except Refused:
        return
    for event in found.events:
        Call(**{**event.fields, "code": "x", "source_key": event.key}).clean_fields(
            exclude=["council", "programme", "fee_jpy"]
        )
        assert event.capacity is None or event.capacity > 0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_hostile_bytes(data):
    with contextlib.suppress(Refused):
        read(data)
