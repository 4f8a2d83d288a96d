import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from icalendar import Calendar

from sonjuku.protocols.opendata import COLUMNS
from sonjuku.rooms.calls.actions import change_call
from sonjuku.rooms.calls.models import CallBody, SeatPool
from sonjuku.rooms.participation.actions import add_occasion, change_occasion
from sonjuku.rooms.participation.models import Occasion
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.vocabulary.models import Municipality
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.web.public.tests.looking import page

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def hagi(council):
    Municipality.objects.create(
        lg_code="350001", prefecture="山口県", name="山口県", name_en="Yamaguchi", is_prefecture=True
    )
    Municipality.objects.create(lg_code="352047", prefecture="山口県", name="萩市", name_en="Hagi City")
    return council


def meet(call: Any, day: dt.date = DAY, **fields: Any) -> Occasion:
    return Occasion.objects.create(
        council=call.council, call=call, starts_at=at_tokyo(day, dt.time(9, 5)), ends_at=at_tokyo(day, dt.time(17)),
        **fields,
    )  # fmt: skip


def table(client: Any) -> list[dict[str, str]]:
    answer = page(client, "events_csv", "hagi")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def calendar(client: Any, name: str, *args: str, **query: str) -> dict[str, Any]:
    answer = page(client, name, "hagi", *args, **query)
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


# The table


def test_the_file_is_what_excel_in_an_office_opens(client, hagi, live_call):
    live_call()
    answer = page(client, "events_csv", "hagi")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    first, rest = answer.content.decode("utf-8-sig").split("\r\n", 1)
    assert first == ",".join(COLUMNS)
    assert rest.endswith("\r\n")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "352047_event_hagi.csv" in answer["Content-Disposition"]


def test_one_row_per_occasion_or_per_call(client, hagi, live_call):
    course = live_call(code="course", title="講座", fee_jpy=0, fee_note="教材費は別")
    first, second = meet(course, title="第1回"), meet(course, DAY + dt.timedelta(days=7), title="第2回")
    live_call(
        code="fair", kind="event", title="祭", starts_on=DAY, ends_on=DAY, fee_jpy=500, venue_lg_code="350001"
    )
    rows = {row["イベント名"]: row for row in table(client)}
    assert set(rows) == {"講座 第1回", "講座 第2回", "祭"}
    one = rows["講座 第1回"]
    assert one["NO"] == f"course-{first.id.hex[-6:]}"
    assert rows["講座 第2回"]["NO"] == f"course-{second.id.hex[-6:]}"
    assert (one["都道府県名"], one["市区町村名"]) == ("山口県", "萩市")
    assert (one["開始日"], one["開始時間"], one["終了時間"]) == ("2026-12-05", "09:05", "17:00")
    assert (one["料金(基本)"], one["料金(詳細)"]) == ("0", "無料（教材費は別）")
    assert one["URL"] == "http://localhost:8000/c/hagi/calls/course/"
    assert (rows["祭"]["都道府県名"], rows["祭"]["市区町村名"]) == ("山口県", "")
    assert (rows["祭"]["開始時間"], rows["祭"]["料金(基本)"]) == ("", "500")


def test_a_meeting_elsewhere_does_not_carry_the_calls_address(client, hagi, live_call):
    call = live_call(venue="市役所", venue_address="江向510")
    meet(call, title="A")
    meet(call, title="B", venue="公民館")
    rows = {row["イベント名"][-1]: row for row in table(client)}
    assert (rows["A"]["場所名称"], rows["A"]["住所"]) == ("市役所", "江向510")
    assert (rows["B"]["場所名称"], rows["B"]["住所"]) == ("公民館", "")


def test_drafts_loans_and_other_councils_stay_out_even_for_the_desk(
    client, hagi, other_council, live_call, make_call, staff_account
):
    live_call(title="公開")
    live_call(title="下書き", state="draft")
    live_call(title="貸与", kind="loan")
    make_call(other_council, title="よその講座", state="open")
    client.force_login(staff_account)
    assert [row["イベント名"] for row in table(client)] == ["公開"]
    told = page(client, "events_json", "hagi").json()
    assert [event["eventName"] for event in told["events"]] == ["公開"]
    assert "下書き" not in page(client, "feed", "hagi").content.decode()
    assert len(calendar(client, "calendar")) == 1


def test_a_formula_in_a_title_runs_nowhere(client, hagi, live_call):
    live_call(title="=HYPERLINK(1)")
    assert table(client)[0]["イベント名"] == "'=HYPERLINK(1)"


def test_who_holds_it_and_how_many_may_come(client, hagi, live_call):
    call = live_call(capacity=20, webinar_status="hybrid")
    SeatPool.objects.create(call=call, seat_type="市民", capacity=5)
    other = Body.objects.create(council=hagi, type="npo", name="NPO", branch="本部")
    CallBody.objects.create(call=call, body=other, role="co_host")
    row = table(client)[0]
    assert row["定員"] == "25"
    assert row["主催者"] == "萩グローバルIT人材育成協議会・NPO 本部"
    event = page(client, "events_json", "hagi").json()["events"][0]
    assert (event["capacity"], event["webinarStatus"]) == (25, "ハイブリッド")
    assert (event["organizer"], event["coorganizer"]) == ("萩グローバルIT人材育成協議会", "NPO 本部")


def test_the_table_stays_japanese_and_open_to_other_sites(client, hagi, live_call):
    live_call(title="講座", title_en="Course", kind="event")
    answer = client.get("/en/c/hagi/events.json", HTTP_HOST="localhost")
    assert answer.json()["events"][0]["eventType"] == "イベント"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["license"] == "CC BY 4.0"


@pytest.mark.parametrize("name", ["events_csv", "events_json", "calendar", "feed"])
def test_a_file_that_has_not_changed_is_not_sent_again(client, hagi, live_call, name):
    call = live_call(starts_on=DAY, ends_on=DAY)
    first = page(client, name, "hagi")
    assert "max-age=300" in first["Cache-Control"]
    address = first.wsgi_request.path
    again = client.get(address, HTTP_HOST="localhost", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    call.title = "別の題名"
    call.save()
    assert client.get(address, HTTP_HOST="localhost", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "number"), [("events_csv", 7), ("events_json", 7), ("calendar", 7), ("feed", 7)]
)
@pytest.mark.parametrize("rows", [1, 3])
def test_rows_cost_no_statements(client, hagi, live_call, django_assert_max_num_queries, name, number, rows):
    for count in range(rows):
        call = live_call(venue_lg_code="352047")
        for week in range(rows):
            meet(call, DAY + dt.timedelta(days=7 * week))
        body = Body.objects.create(council=hagi, type="npo", name=f"NPO{count}")
        CallBody.objects.create(call=call, body=body, role="co_host")
    page(client, name, "hagi")
    with django_assert_max_num_queries(number):
        page(client, name, "hagi")


def test_a_meeting_called_as_its_event_is_named_once(client, hagi, live_call):
    meet(live_call(title="シンポジウム「萩で働く」"), title="シンポジウム")
    assert [row["イベント名"] for row in table(client)] == ["シンポジウム「萩で働く」"]


# Calendars


def test_a_meeting_keeps_its_uid_and_counts_its_changes(client, hagi, live_call, secretariat, now):
    call = live_call(code="course", title="講座", venue="市役所", webinar_url="https://secret.example/room")
    occasion = add_occasion(
        by=secretariat, call=call, title="第1回", starts_at=at_tokyo(DAY, dt.time(9)), ends_at=at_tokyo(DAY, dt.time(10))
    )  # fmt: skip
    before = calendar(client, "call_calendar", "course")[str(occasion.id)]
    assert before["DTSTART"].to_ical() == b"20261205T090000"
    assert before["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert before["SEQUENCE"] == 0
    assert (before["SUMMARY"], before["LOCATION"]) == ("講座 第1回", "市役所")
    later = secretariat.now(now + dt.timedelta(days=1))
    change_occasion(
        by=later, occasion=occasion, starts_at=at_tokyo(DAY, dt.time(13)), ends_at=at_tokyo(DAY, dt.time(15))
    )
    change_call(by=later, call=call, contact_phone="0838-99-9999")
    after = calendar(client, "calendar")[str(occasion.id)]
    assert after["DTSTART"].to_ical() == b"20261205T130000"
    assert (after["SEQUENCE"], after["LAST-MODIFIED"].dt) == (2, now + dt.timedelta(days=1))
    assert b"secret.example" not in page(client, "calendar", "hagi").content


def test_a_call_without_meetings_is_its_days_and_one_without_days_is_nothing(client, hagi, live_call):
    dated = live_call(code="dated", starts_on=DAY, ends_on=DAY + dt.timedelta(days=1))
    live_call(code="undated", starts_on=None, ends_on=None, period_note="秋ごろ")
    assert set(calendar(client, "calendar")) == {str(dated.id)}
    event = calendar(client, "call_calendar", "dated")[str(dated.id)]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (DAY, DAY + dt.timedelta(days=2))
    assert page(client, "call_calendar", "hagi", "undated").status_code == 404
    assert page(client, "call_calendar", "hagi", "none").status_code == 404
    assert [row["開始日時特記事項"] for row in table(client) if row["NO"] == "undated"] == ["秋ごろ"]


def test_a_calendar_in_english(client, hagi, live_call):
    live_call(title="講座", title_en="Course", starts_on=DAY)
    answer = client.get("/en/c/hagi/calendar.ics", HTTP_HOST="localhost")
    assert b"SUMMARY:Course" in answer.content
    assert b"X-WR-CALNAME:Hagi Council" in answer.content


# The feed


def test_the_feed_lists_the_newest_first_under_ids_that_stay(client, hagi, live_call, now):
    old = live_call(title="古い", published_at=now - dt.timedelta(days=9))
    new = live_call(
        title="新しい", kind="loan", published_at=now - dt.timedelta(days=1), summary="<b>借りられます</b>"
    )
    answer = page(client, "feed", "hagi")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert [e.findtext(f"{ATOM}title") for e in root.findall(f"{ATOM}entry")] == ["新しい", "古い"]
    assert [e.findtext(f"{ATOM}id") for e in root.findall(f"{ATOM}entry")] == [
        f"urn:uuid:{c.id}" for c in (new, old)
    ]
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "http://localhost:8000/c/hagi/feed.atom"
    assert root.findtext(f"{ATOM}entry/{ATOM}summary") == "<p>&lt;b&gt;借りられます&lt;/b&gt;</p>"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "萩グローバルIT人材育成協議会"


# The pages


def test_a_call_page_tells_search_engines_and_nothing_ends_the_block(client, hagi, live_call):
    call = live_call(code="course", title="講座</script><script>alert(1)</script>")
    meet(call, title="第1回")
    meet(call, DAY + dt.timedelta(days=7), title="第2回")
    body = page(client, "call", "hagi", "course").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.S)
    assert block is not None
    data = json.loads(block[1])
    assert data["name"] == call.title
    assert [part["name"].split()[-1] for part in data["subEvent"]] == ["第1回", "第2回"]
    assert data["startDate"] == "2026-12-05T09:05:00+09:00"
    assert "alert(1)</script>" not in body


def test_pages_lead_to_the_files(client, hagi, live_call):
    live_call(code="course", starts_on=DAY)
    for name in ("council", "calls", "about"):
        body = page(client, name, "hagi").content.decode()
        for file in ("feed.atom", "calendar.ics", "events.csv"):
            assert re.search(
                rf'<link rel="alternate" type="[^"]+" title="[^"]+" href="/c/hagi/{file}">', body
            )
    about = page(client, "about", "hagi").content.decode()
    assert "CC BY 4.0" in about
    assert "推奨データセット形式・32列" in about
    assert "標準オープンデータセット" not in about
    call = page(client, "call", "hagi", "course").content.decode()
    assert 'href="/c/hagi/calls/course.ics">' in call
    assert "カレンダーに追加" in call


def test_a_call_without_a_day_offers_no_calendar(client, hagi, live_call):
    live_call(code="course", starts_on=None, ends_on=None, period_note="秋ごろ")
    body = page(client, "call", "hagi", "course").content.decode()
    assert "カレンダーに追加" not in body
    assert "ld+json" not in body
