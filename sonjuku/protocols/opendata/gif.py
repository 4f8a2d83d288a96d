"""The event of the 政府相互運用性フレームワーク (GIF 2.3, core data model): its English names, its Japanese words."""

from typing import Any

from sonjuku.protocols.opendata.event import HYBRID, ON_SITE, ONLINE, Event, last_minute

WEBINAR_STATUS = {ON_SITE: "現地開催のみ", ONLINE: "オンライン", HYBRID: "ハイブリッド"}
FREE, PAID = "無料", "有料"


def gif(event: Event) -> dict[str, Any]:
    """JSON-shaped; what is not known is left out, but for the items that GIF requires, which then are "". Names with `x_` are ours.

    `opens_at` and `closes_at` must be on Tokyo's clock.
    """
    close = last_minute(event.closes_at) if event.closes_at else None
    contact = [event.contact_office, event.contact_phone, event.contact_hours]
    required = {
        "id": event.id,
        "eventName": event.title,
        "description": event.summary,
        "eventType": event.kind,
        "eventUrl": event.url,
        "webinarStatus": WEBINAR_STATUS[event.mode],
        "organizer": event.host,
        "targetPerson": event.audience,
        "feeStatus": "" if event.fee_jpy is None else PAID if event.fee_jpy else FREE,
        "contactPointInformation": " ".join(filter(None, contact)),
    }
    optional = {
        "eventNameKana": event.title_kana,
        "eventNameEn": event.title_en,
        "dateOfStart": _day(event.starts_on),
        "dateOfEnd": _day(event.ends_on or event.starts_on),
        "startTime": _clock(event.starts_at),
        "endTime": _clock(event.ends_at),
        "dateTimeDescription": event.time_note,
        "location": event.venue,
        "locationAddress": event.address,
        "x_lgCode": event.lg_code,
        "coorganizer": "、".join(event.co_hosts),
        "capacity": event.capacity,
        "startDateOfApplication": _day(event.opens_at.date() if event.opens_at else None),
        "deadlineDateOfApplication": _day(close.date() if close else None),
        "applicationUrl": event.url if event.opens_at else "",
        "applicationMethod": event.how_to_apply,
        "fee_JPY": event.fee_jpy,
        "x_feeNote": event.fee_note,
    }
    return required | {name: value for name, value in optional.items() if value not in ("", None)}


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _clock(value: Any) -> str:
    return "" if value is None else f"{value:%H:%M}"
