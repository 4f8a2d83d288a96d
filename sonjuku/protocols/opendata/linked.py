"""An event for search engines: schema.org as JSON-LD."""

import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sonjuku.protocols.opendata.event import HYBRID, ON_SITE, ONLINE, Event

SCHEMA = "https://schema.org/"
ATTENDANCE = {
    ON_SITE: "OfflineEventAttendanceMode",
    ONLINE: "OnlineEventAttendanceMode",
    HYBRID: "MixedEventAttendanceMode",
}
TOKYO = ZoneInfo("Asia/Tokyo")
# In a data block `</script>` would end it, and `<!--` would change how the rest is read.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def linked(meetings: Sequence[Event], language: str = "ja", *, name: str = "") -> dict[str, Any] | None:
    """One schema.org Event of all the meetings of one call, in order of time; None while no day is known.

    `name` is that of the whole.
    """
    dated = [event for event in meetings if event.starts_on]
    if not dated:
        return None
    whole = _event(dated[0], language) | {"@context": SCHEMA.rstrip("/"), "endDate": _end(dated[-1])}
    whole["name"] = name or dated[0].title
    if len(dated) > 1:
        whole["subEvent"] = [_brief(event) for event in dated]
    return whole


def script_text(data: dict[str, Any]) -> str:
    """The JSON as it may stand between script tags."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)


def _brief(event: Event) -> dict[str, Any]:
    return {
        "@type": "Event",
        "name": event.title,
        "startDate": _start(event),
        "endDate": _end(event),
    } | _where(event)


def _event(event: Event, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": event.url,
        "inLanguage": language,
        "startDate": _start(event),
        "eventStatus": f"{SCHEMA}EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}{ATTENDANCE[event.mode]}",
        "organizer": [
            {"@type": "Organization", "name": name} for name in (event.host, *event.co_hosts) if name
        ],
        **_where(event),
    }
    if event.capacity:
        found["maximumAttendeeCapacity"] = event.capacity
    if event.fee_jpy is not None:
        found["isAccessibleForFree"] = event.fee_jpy == 0
        found["offers"] = _offer(event)
    return {name: value for name, value in found.items() if value not in ("", [])}


def _offer(event: Event) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "price": event.fee_jpy,
        "priceCurrency": "JPY",
        "url": event.url,
    }
    if event.opens_at:
        offer["validFrom"] = event.opens_at.isoformat()
    if event.closes_at:
        offer["validThrough"] = event.closes_at.isoformat()
    return offer


def _where(event: Event) -> dict[str, Any]:
    place: dict[str, Any] = {"@type": "Place", "name": event.venue}
    parts = {
        "addressRegion": event.prefecture,
        "addressLocality": event.city,
        "streetAddress": event.address,
    }
    known = {name: value for name, value in parts.items() if value}
    if known:
        place["address"] = {"@type": "PostalAddress", "addressCountry": "JP", **known}
    online = {"@type": "VirtualLocation", "url": event.url}
    if event.mode == ONLINE:
        return {"location": online}
    if not event.venue:
        return {"location": online} if event.mode == HYBRID else {}
    return {"location": [place, online] if event.mode == HYBRID else place}


def _start(event: Event) -> str:
    return _instant(event.starts_on, event.starts_at)


def _end(event: Event) -> str:
    return _instant(event.ends_on or event.starts_on, event.ends_at)


def _instant(day: Any, clock: time | None) -> str:
    return day.isoformat() if clock is None else datetime.combine(day, clock, TOKYO).isoformat()
