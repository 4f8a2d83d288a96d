"""iCalendar (RFC 5545) for people's own calendars: times in Asia/Tokyo, days as days, the same UID for ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, vDuration
from icalendar import Event as VEvent

TOKYO = ZoneInfo("Asia/Tokyo")
PRODUCT = "-//Sonjuku//Calls and events//JA"
REFRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """`starts` and `ends` are both aware instants (the end exclusive) or both days (the end is the last day).

    `sequence` counts the entry's changes and never falls; `modified` is the instant of the last one.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    modified: datetime
    sequence: int = 0
    place: str = ""
    text: str = ""
    url: str = ""
    cancelled: bool = False


def calendar(entries: Iterable[Entry], name: str = "", url: str = "") -> bytes:
    """A calendar to open or, with a name, to subscribe to."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    if name:
        made.add("name", name)
        made.add("x-wr-calname", name)
        made.add("x-wr-timezone", "Asia/Tokyo")
        made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", vDuration(REFRESH))
    if url:
        made.add("url", url)
    events = [_event(entry) for entry in entries]
    if any(isinstance(event.decoded("dtstart"), datetime) for event in events):
        made.add_component(Timezone.from_tzid("Asia/Tokyo"))
    for event in events:
        made.add_component(event)
    return bytes(made.to_ical())


def _event(entry: Entry) -> VEvent:
    event = VEvent()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstart", _when(entry.starts))
    # A whole day ends where the next begins.
    last = _when(entry.ends)
    event.add("dtend", last if isinstance(last, datetime) else last + timedelta(days=1))
    event.add("dtstamp", entry.modified)
    event.add("last-modified", entry.modified)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if not isinstance(last, datetime) else "OPAQUE")
    for prop, value in (("location", entry.place), ("description", entry.text), ("url", entry.url)):
        if value:
            event.add(prop, value)
    return event


def _when(value: datetime | date) -> datetime | date:
    return value.astimezone(TOKYO) if isinstance(value, datetime) else value
