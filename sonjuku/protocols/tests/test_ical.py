import datetime as dt
from zoneinfo import ZoneInfo

from icalendar import Calendar

from sonjuku.protocols.ical import Entry, calendar

UTC, TOKYO = dt.UTC, ZoneInfo("Asia/Tokyo")
MEETING = Entry(
    uid="0191",
    title="交流会、冬; 第1回",
    starts=dt.datetime(2026, 11, 30, 0, 5, tzinfo=UTC),
    ends=dt.datetime(2026, 11, 30, 2, tzinfo=UTC),
    modified=dt.datetime(2026, 10, 1, tzinfo=UTC),
    sequence=3,
    place="会館",
    text="一行目\n二行目",
    url="https://example.jp/",
)


def lines(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_a_meeting_on_tokyos_clock_with_its_time_zone() -> None:
    found = lines(calendar([MEETING]))
    assert "DTSTART;TZID=Asia/Tokyo:20261130T090500" in found
    assert "DTEND;TZID=Asia/Tokyo:20261130T110000" in found
    assert {"BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "TZOFFSETTO:+0900"} <= set(found)
    assert {"UID:0191", "SEQUENCE:3", "LAST-MODIFIED:20261001T000000Z", "STATUS:CONFIRMED"} <= set(found)
    assert r"SUMMARY:交流会、冬\; 第1回" in found
    assert r"DESCRIPTION:一行目\n二行目" in found


def test_days_are_days_and_end_where_the_next_begins() -> None:
    entry = Entry(
        "1", "会", dt.date(2024, 12, 13), dt.date(2024, 12, 14), dt.datetime(2024, 1, 1, tzinfo=UTC)
    )
    found = lines(calendar([entry]))
    assert "DTSTART;VALUE=DATE:20241213" in found
    assert "DTEND;VALUE=DATE:20241215" in found
    assert "BEGIN:VTIMEZONE" not in found


def test_a_cancelled_entry_says_so() -> None:
    entry = Entry("1", "会", dt.date(2024, 12, 13), dt.date(2024, 12, 13), MEETING.modified, cancelled=True)
    assert "STATUS:CANCELLED" in lines(calendar([entry]))


def test_a_named_calendar_can_be_subscribed_to_and_no_line_is_too_long() -> None:
    data = calendar([MEETING, MEETING], name="青森の催し" * 10, url="https://example.jp/")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    read = Calendar.from_ical(data)
    assert read["X-WR-CALNAME"] == "青森の催し" * 10
    assert len(read.walk("VEVENT")) == 2
    assert len(read.walk("VTIMEZONE")) == 1
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines(data)


def test_no_title_can_write_a_property_of_its_own() -> None:
    entry = Entry(
        "1", "会\r\nATTENDEE:mailto:x@example.jp", dt.date(2024, 1, 1), dt.date(2024, 1, 1), MEETING.modified
    )
    assert not any(line.startswith("ATTENDEE") for line in lines(calendar([entry])))
