"""One dated event as every form of open data needs it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ON_SITE, ONLINE, HYBRID = "on_site", "online", "hybrid"


@dataclass(frozen=True, slots=True)
class Event:
    """`starts_on` None: no day is known and `time_note` says what is. Clock times are Tokyo's.

    `id` is unique in the world, `number` in its council's list; neither ever changes. `opens_at` and `closes_at` are
    aware; the close is exclusive. `fee_jpy` None is not decided, 0 is free. Texts are in one language.
    """

    id: str
    number: str
    title: str
    url: str
    lg_code: str = ""
    prefecture: str = ""
    city: str = ""
    title_kana: str = ""
    title_en: str = ""
    kind: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    time_note: str = ""
    summary: str = ""
    fee_jpy: int | None = None
    fee_note: str = ""
    contact_office: str = ""
    contact_phone: str = ""
    contact_hours: str = ""
    host: str = ""
    co_hosts: tuple[str, ...] = ()
    mode: str = ON_SITE
    venue: str = ""
    address: str = ""
    capacity: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    how_to_apply: str = ""
    audience: str = ""
    note: str = ""


def last_minute(closes_at: datetime) -> datetime:
    """The last minute in which an exclusive close still takes applications, if it is a midnight; else the close itself."""
    return closes_at - timedelta(minutes=1) if closes_at.time() == time(0) else closes_at
