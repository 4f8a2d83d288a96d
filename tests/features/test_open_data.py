"""What the sources' events look like to machines (000-07, 000-11, 003-07)."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from icalendar import Calendar

from sonjuku.flows import attending
from sonjuku.rooms.participation import queries as participations
from sonjuku.rooms.participation.models import Participation
from sonjuku.toolbox.dates import local

FIRST_COURSE = "it-passport-winter"


@pytest.fixture
def table(client: Any) -> Any:
    """A council's event list as a spreadsheet reads it: rows by column name."""

    def rows(slug: str) -> list[dict[str, str]]:
        text = client.get(f"/c/{slug}/events.csv").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return rows


def test_000_07_an_event_of_the_council_has_its_period_and_seats_in_the_table(hagi, call_of, table, client):
    call = call_of(hagi, "symposium")
    rows = [row for row in table("hagi") if row["イベント名"].startswith(call.title)]
    assert len(rows) == call.occasions.count() == 1
    seats = sum(pool.capacity for pool in call.seat_pools.all())
    assert rows[0]["定員"] == str(seats) != "0"
    last_day = local(call.closes_at).date() - dt.timedelta(days=1)
    assert (rows[0]["参加申込終了日"], rows[0]["参加申込終了時間"]) == (last_day.isoformat(), "23:59")
    told = client.get("/c/hagi/events.json").json()["events"]
    event = next(event for event in told if event["eventName"].startswith(call.title))
    assert event["startDateOfApplication"] == local(call.opens_at).date().isoformat()
    assert event["deadlineDateOfApplication"] == last_day.isoformat()
    assert event["capacity"] == seats


def test_000_07_and_its_attendance_is_counted(hagi, call_of, apply, desk):
    call = call_of(hagi, "symposium")
    occasion, by = call.occasions.get(), desk(hagi)
    came, absent = (Participation.objects.get(application=apply(call, option="会場")) for _ in range(2))
    attending.check_in(by=by.now(occasion.starts_at), occasion=occasion, participation=came, how="list")
    assert absent.check_ins.count() == 0
    assert participations.attendance(call)["participant"] == 1


def test_000_11_a_free_course_says_so_on_its_page_and_in_the_data(hagi, call_of, table, client, read):
    call = call_of(hagi, FIRST_COURSE)
    assert call.fee_jpy == 0
    assert "無料" in read(f"/c/hagi/calls/{FIRST_COURSE}/")
    rows = [row for row in table("hagi") if row["イベント名"].startswith(call.title)]
    assert rows
    assert {row["料金(基本)"] for row in rows} == {"0"}
    assert all(row["料金(詳細)"].startswith("無料") for row in rows)
    told = client.get("/c/hagi/events.json").json()["events"]
    assert {e["feeStatus"] for e in told if e["eventName"].startswith(call.title)} == {"無料"}


def test_000_11_enrolling_has_no_step_of_payment(hagi, call_of, apply, member, log_in):
    call = call_of(hagi, "symposium")
    account, _by = member()
    words = log_in(account).get("/c/hagi/calls/symposium/apply/").content.decode()
    assert "family_name" in words
    for word in ("決済", "支払", "カード番号"):
        assert word not in words
    assert apply(call, option="会場").state == "accepted"


def test_003_07_the_events_of_2024_stand_under_the_codes_of_their_cities(aomori, table):
    rows = {row["イベント名"]: row for row in table("aomori")}
    found = {
        place: rows[f"#交流しようぜ2024 in 青森 {place}会場"] for place in ("三沢", "弘前", "八戸", "青森")
    }
    codes = {place: row["都道府県コード又は市区町村コード"] for place, row in found.items()}
    assert codes == {"三沢": "022071", "弘前": "022021", "八戸": "022039", "青森": "022012"}
    assert {row["都道府県名"] for row in found.values()} == {"青森県"}
    assert [row["市区町村名"] for row in found.values()] == ["三沢市", "弘前市", "八戸市", "青森市"]
    assert [row["開始日"] for row in found.values()] == ["", "", "2024-12-13", "2025-01-24"]
    assert found["三沢"]["開始日時特記事項"] == "2024年度"


def test_003_07_and_those_with_a_day_are_in_the_calendar(aomori, call_of, client):
    events = Calendar.from_ical(client.get("/c/aomori/calendar.ics").content).walk("VEVENT")
    days = {str(event["UID"]): (str(event["LOCATION"]), event["DTSTART"].dt) for event in events}
    hachinohe, city = (call_of(aomori, f"koryu-2024-{place}") for place in ("hachinohe", "aomori"))
    assert days[str(hachinohe.id)] == ("八戸市", dt.date(2024, 12, 13))
    assert days[str(city.id)] == ("青森市", dt.date(2025, 1, 24))
    assert str(call_of(aomori, "koryu-2024-misawa").id) not in days
