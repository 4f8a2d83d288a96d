import datetime as dt
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.protocols.opendata import COLUMNS, Event, gif, layout, linked, row, script_text

TOKYO = ZoneInfo("Asia/Tokyo")
# domain.md B7, shape 1, as one line.
PUBLISHED = (
    "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,イベント名,イベント名_カナ,イベント名_英語,開始日,終了日,"
    "開始時間,終了時間,開始日時特記事項,説明,料金(基本),料金(詳細),連絡先名称,連絡先電話番号,連絡先内線番号,主催者,場所名称,"
    "住所,方書,緯度,経度,アクセス方法,駐車場情報,定員,参加申込終了日,参加申込終了時間,参加申込方法,URL,備考"
)
FIFTY = (
    "NO,都道府県コード又は市区町村コード,名称,名称(カナ),名称(英字),名称(通称),サブタイトル,概要,説明,サブイベント,イベント種類,"
    "URL,画像URL,状態,対象となる産業,ステージ,開始日,終了日,開始時刻,終了時刻,日時備考,場所名称,集合場所,郵便番号,住所都道府県,"
    "住所市区町村,住所町名,住所丁目以下,建物名等,緯度,経度,主催団体,共催団体,その他関係団体,対象者,定員,料金(基本),料金(詳細),"
    "外国語対応,申込期限日,申込期限時刻,申込方法,アクセス方法,駐車場情報,駐輪場情報,連絡先名称,連絡先電話番号,連絡先内線番号,"
    "連絡先メールアドレス,備考"
)
EVENT = Event(
    id="0191",
    number="winter-1",
    title="交流会",
    url="https://example.jp/c/aomori/calls/winter/",
    lg_code="022071",
    prefecture="青森県",
    city="三沢市",
    title_en="Meetup",
    kind="イベント",
    starts_on=dt.date(2026, 11, 30),
    ends_on=dt.date(2026, 11, 30),
    starts_at=dt.time(9, 5),
    ends_at=dt.time(17),
    summary="話します",
    fee_jpy=0,
    contact_office="事務局",
    contact_phone="0176-00-0000",
    host="協議会",
    co_hosts=("青森県",),
    venue="会館",
    address="中央町1-1",
    capacity=30,
    opens_at=dt.datetime(2026, 11, 1, 9, tzinfo=TOKYO),
    closes_at=dt.datetime(2026, 11, 30, 0, tzinfo=TOKYO),
    how_to_apply="申込みフォーム",
    audience="社会人",
)


def cells(event: Event) -> dict[str, str]:
    return dict(zip(COLUMNS, row(event), strict=True))


def test_the_32_columns_stand_in_the_published_order() -> None:
    assert ",".join(COLUMNS) == PUBLISHED
    assert len(COLUMNS) == 32


def test_a_row_says_days_and_times_as_the_form_wants_them() -> None:
    found = cells(EVENT)
    assert found["都道府県コード又は市区町村コード"] == "022071"
    assert (found["開始日"], found["終了日"]) == ("2026-11-30", "2026-11-30")
    assert (found["開始時間"], found["終了時間"]) == ("09:05", "17:00")
    assert (found["料金(基本)"], found["料金(詳細)"]) == ("0", "無料")
    assert (found["参加申込終了日"], found["参加申込終了時間"]) == ("2026-11-29", "23:59")
    assert found["主催者"] == "協議会・青森県"
    assert found["定員"] == "30"
    assert (found["緯度"], found["経度"]) == ("", "")


def test_midnight_is_a_time_too() -> None:
    assert cells(replace(EVENT, starts_at=dt.time(0)))["開始時間"] == "00:00"


def test_a_close_within_a_day_is_its_own_last_minute() -> None:
    found = cells(replace(EVENT, closes_at=dt.datetime(2026, 11, 29, 17, tzinfo=TOKYO)))
    assert (found["参加申込終了日"], found["参加申込終了時間"]) == ("2026-11-29", "17:00")


@pytest.mark.parametrize(
    ("fee", "note", "basic", "detail"),
    [(0, "食費は別", "0", "無料（食費は別）"), (500, "当日払い", "500", "当日払い"), (None, "", "", "")],
)
def test_fees(fee: int | None, note: str, basic: str, detail: str) -> None:
    found = cells(replace(EVENT, fee_jpy=fee, fee_note=note))
    assert (found["料金(基本)"], found["料金(詳細)"]) == (basic, detail)


def test_gif_names_and_words() -> None:
    found = gif(EVENT)
    assert found["eventName"] == "交流会"
    assert found["dateOfStart"] == "2026-11-30"
    assert found["startTime"] == "09:05"
    assert found["webinarStatus"] == "現地開催のみ"
    assert found["feeStatus"] == "無料"
    assert found["fee_JPY"] == 0
    assert found["startDateOfApplication"] == "2026-11-01"
    assert found["deadlineDateOfApplication"] == "2026-11-29"
    assert found["coorganizer"] == "青森県"
    assert found["contactPointInformation"] == "事務局 0176-00-0000"
    assert gif(replace(EVENT, mode="hybrid", fee_jpy=500)).items() >= {
        "webinarStatus": "ハイブリッド", "feeStatus": "有料",
    }.items()  # fmt: skip
    assert gif(replace(EVENT, mode="online"))["webinarStatus"] == "オンライン"


def test_gif_keeps_its_required_items_and_leaves_the_unknown_out() -> None:
    bare = gif(Event(id="1", number="1", title="会", url="https://example.jp/"))
    assert bare == {
        "id": "1", "eventName": "会", "description": "", "eventType": "", "eventUrl": "https://example.jp/",
        "webinarStatus": "現地開催のみ", "organizer": "", "targetPerson": "", "feeStatus": "",
        "contactPointInformation": "",
    }  # fmt: skip


def test_schema_org_of_one_meeting() -> None:
    found = linked([EVENT])
    assert found is not None
    assert found["@context"] == "https://schema.org"
    assert found["startDate"] == "2026-11-30T09:05:00+09:00"
    assert found["endDate"] == "2026-11-30T17:00:00+09:00"
    assert found["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert found["offers"]["price"] == 0
    assert found["isAccessibleForFree"] is True
    assert found["location"]["address"]["addressLocality"] == "三沢市"
    assert "subEvent" not in found


def test_schema_org_of_several_meetings_spans_them() -> None:
    second = replace(
        EVENT, starts_on=dt.date(2026, 12, 7), ends_on=dt.date(2026, 12, 7), starts_at=None, ends_at=None
    )
    found = linked([EVENT, second])
    assert found is not None
    assert found["endDate"] == "2026-12-07"
    assert [part["startDate"] for part in found["subEvent"]] == ["2026-11-30T09:05:00+09:00", "2026-12-07"]


def test_an_online_event_is_no_place_and_an_undated_one_is_no_event() -> None:
    online = linked([replace(EVENT, mode="online", venue="")])
    assert online is not None
    assert online["location"] == {"@type": "VirtualLocation", "url": EVENT.url}
    assert linked([replace(EVENT, starts_on=None)]) is None


@given(st.text(max_size=80))
def test_no_title_can_end_the_script(title: str) -> None:
    data = linked([replace(EVENT, title=title + "</script><!--")])
    assert data is not None
    text = script_text(data)
    assert "<" not in text
    assert json.loads(text)["name"] == title + "</script><!--"


def test_both_published_headers_are_known_whole() -> None:
    first, second = layout(PUBLISHED.split(",")), layout(FIFTY.split(","))
    assert first is not None
    assert second is not None
    assert (first.is_fifty, second.is_fifty) == (False, True)
    assert set(first.unknown) == {"都道府県名", "市区町村名", "イベント名_カナ", "緯度", "経度"}
    assert set(second.unknown) == {
        "名称(カナ)", "名称(通称)", "サブイベント", "イベント種類", "画像URL", "対象となる産業", "ステージ", "郵便番号",
        "緯度", "経度", "その他関係団体", "外国語対応", "駐輪場情報", "連絡先メールアドレス",
    }  # fmt: skip
    assert second.columns["closes_on"] == FIFTY.split(",").index("申込期限日")


def test_columns_missing_reordered_and_written_otherwise() -> None:
    found = layout(["子育て情報", "開 始 日", "【必須】イベント名", "料金（基本）", "№", "名称"])
    assert found is not None
    assert found.columns == {"starts_on": 1, "title": 2, "fee": 3, "number": 4}
    assert found.unknown == ("子育て情報", "名称")


@pytest.mark.parametrize("header", [[], ["氏名", "電話番号"], ["イベント名"], ["開始日", "x" * 5000]])
def test_no_header(header: list[str]) -> None:
    assert layout(header) is None


@given(st.lists(st.text(max_size=30), max_size=30))
def test_hostile_headers(header: list[str]) -> None:
    found = layout([*header, "イベント名", "開始日"])
    assert found is not None
    assert all(0 <= place < len(header) + 2 for place in found.columns.values())
