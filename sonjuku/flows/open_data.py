"""A council's public calls as dated events: what open data, calendars and search engines say of them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from sonjuku.protocols.ical import Entry as CalendarEntry
from sonjuku.protocols.opendata import Event
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.participation.models import Occasion
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import local

# What people can go to; a loan or a visit of experts is no event.
EVENT_KINDS = (Call.Kind.EVENT, Call.Kind.COURSE, Call.Kind.TRIAL, Call.Kind.TOUR)
HOW_TO_APPLY = "URLのページ、または電話・FAX・郵送・窓口"
BY_INVITATION = "招待された方のみ"
_CHANGES = ("call.changed", "call.mode_switched", "occasion.changed")
_BEGINNINGS = ("call.created", "call.announced", "call.opened", "occasion.added")

UrlOf = Callable[[Call], str]


def public_calls(council: Council, at: datetime) -> QuerySet[Call]:
    """The calls anyone may read, whoever asks: drafts never leave the desk this way. Newest first."""
    rows = (
        calls.calls_visible_to(Actor(at=at))
        .filter(council=council)
        .order_by(F("starts_on").desc(nulls_last=True), "-id")
    )
    return rows.prefetch_related(
        "seat_pools", "audiences", "occasions", Prefetch("bodies", CallBody.objects.select_related("body"))
    )


def public_events(council: Council, at: datetime) -> QuerySet[Call]:
    """Those of the public calls that are events."""
    return public_calls(council, at).filter(kind__in=EVENT_KINDS)


def events(
    rows: Iterable[Call], url_of: UrlOf, language: str = "ja", *, names_places: bool = True
) -> list[Event]:
    """One event per occasion, or per call that has none; one query for all names of prefectures and cities, if wanted.

    Events in Japanese must be asked for with Japanese active: the kinds' names are translated.
    """
    found = list(rows)
    places = _places({_code(call) for call in found}, language) if names_places else {}
    return [event for call in found for event in _events(call, url_of(call), places, language)]


def calendar_entries(rows: Iterable[Call], url_of: UrlOf, language: str = "ja") -> list[CalendarEntry]:
    """The dated ones of these calls for a calendar; where to log in online is told to participants only."""
    found = list(rows)
    changes = changes_of(found)
    entries = []
    for call in found:
        url = url_of(call)
        meetings = list(call.occasions.all())
        entries += [_meeting(call, occasion, url, changes, language) for occasion in meetings]
        if not meetings and call.starts_on:
            entries.append(_days(call, url, changes[call.id], language))
    return entries


@dataclass(frozen=True, slots=True)
class Change:
    """How often something was changed, and when something last happened to it."""

    count: int
    at: datetime


def changes_of(rows: Sequence[Call]) -> dict[uuid.UUID, Change]:
    """By id of call and of occasion, from the journal; one query."""
    ids = [call.id for call in rows] + [occasion.id for call in rows for occasion in call.occasions.all()]
    noted = (
        Entry.objects.filter(subject_id__in=ids, verb__in=[*_CHANGES, *_BEGINNINGS])
        .order_by()
        .values_list("subject_id")
        .annotate(number=Count("id", filter=Q(verb__in=_CHANGES)), last=Max("at"))
    )
    return {row_id: Change(0, born(row_id)) for row_id in ids} | {
        row_id: Change(number, last) for row_id, number, last in noted if row_id
    }


def born(row_id: uuid.UUID) -> datetime:
    """When a row was made: its UUIDv7 says so, to the millisecond."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, UTC)


# One call


class Place(NamedTuple):
    prefecture: str
    city: str


NOWHERE = Place("", "")


def _code(call: Call) -> str:
    return call.venue_lg_code or call.council.lg_code


def _places(codes: set[str], language: str) -> dict[str, Place]:
    known = vocabulary.places(codes)
    named = {}
    for code in codes:
        over, own = known.get(code[:2]), known.get(code)
        prefecture = _words(over, "name", language) if over else ""
        city = _words(own, "name", language) if own and not own.is_prefecture else ""
        named[code] = Place(prefecture, city)
    return named


def _words(row: Any, name: str, language: str) -> str:
    """The row's text, in English where that is asked for and there is some."""
    english = getattr(row, f"{name}_en", "") if language == "en" else ""
    return str(english or getattr(row, name))


def _title(call: Call, occasion: Occasion, language: str) -> str:
    return _both(_words(call, "title", language), _words(occasion, "title", language))


def _both(title: str, meeting: str) -> str:
    """A course and its meeting; an event whose only meeting is called as it is needs no second name."""
    return title if meeting in title else f"{title} {meeting}"


def _events(call: Call, url: str, places: dict[str, Place], language: str) -> list[Event]:
    common = _common(call, url, places.get(_code(call), NOWHERE), language)
    meetings = list(call.occasions.all())
    if not meetings:
        return [
            Event(
                id=str(call.id),
                number=call.code,
                title=_words(call, "title", language),
                title_en=call.title_en,
                starts_on=call.starts_on,
                ends_on=call.ends_on or call.starts_on,
                venue=_words(call, "venue", language),
                address=call.venue_address,
                **common,
            )
        ]
    return [_occasion(call, occasion, common, language) for occasion in meetings]


def _occasion(call: Call, occasion: Occasion, common: dict[str, Any], language: str) -> Event:
    starts, ends = local(occasion.starts_at), local(occasion.ends_at)
    elsewhere = bool(occasion.venue) and occasion.venue != call.venue
    return Event(
        id=str(occasion.id),
        # The end of a UUIDv7 is its random part.
        number=f"{call.code}-{occasion.id.hex[-6:]}",
        title=_title(call, occasion, language),
        title_en=_both(call.title_en, occasion.title_en) if call.title_en else "",
        starts_on=starts.date(),
        ends_on=ends.date(),
        starts_at=starts.time(),
        ends_at=ends.time(),
        venue=_words(occasion if elsewhere else call, "venue", language),
        address="" if elsewhere else call.venue_address,
        **common,
    )


def _common(call: Call, url: str, place: Place, language: str) -> dict[str, Any]:
    hosts = [_body(row, language) for row in call.bodies.all() if row.role == CallBody.Role.HOST]
    others = [_body(row, language) for row in call.bodies.all() if row.role == CallBody.Role.CO_HOST]
    asked = call if call.contact_office else call.council
    capacity = sum(pool.capacity for pool in call.seat_pools.all())
    invited = call.selection == Call.Selection.INVITATION
    return {
        "url": url,
        "lg_code": _code(call),
        "prefecture": place.prefecture,
        "city": place.city,
        "kind": str(call.get_kind_display()),
        "time_note": call.period_note,
        "summary": _words(call, "summary", language),
        "fee_jpy": call.fee_jpy,
        "fee_note": _words(call, "fee_note", language),
        "contact_office": _words(asked, "contact_office", language),
        "contact_phone": asked.contact_phone,
        "contact_hours": _words(asked, "contact_hours", language),
        "host": (hosts or [_words(call.council, "title", language)])[0],
        "co_hosts": tuple(hosts[1:] + others),
        "mode": call.webinar_status,
        "capacity": capacity or None,
        "opens_at": local(call.opens_at) if call.opens_at else None,
        "closes_at": local(call.closes_at) if call.closes_at else None,
        "how_to_apply": (BY_INVITATION if invited else HOW_TO_APPLY) if call.opens_at else "",
        "audience": "、".join(_words(audience, "title", language) for audience in call.audiences.all()),
    }


def _body(row: CallBody, language: str) -> str:
    return f"{_words(row.body, 'name', language)} {row.body.branch}".strip()


# Calendars


def _meeting(
    call: Call, occasion: Occasion, url: str, changes: dict[uuid.UUID, Change], language: str
) -> CalendarEntry:
    of_call, own = changes[call.id], changes[occasion.id]
    return CalendarEntry(
        uid=str(occasion.id),
        title=_title(call, occasion, language),
        starts=occasion.starts_at,
        ends=occasion.ends_at,
        modified=max(of_call.at, own.at),
        sequence=of_call.count + own.count,
        place=_words(occasion if occasion.venue else call, "venue", language) or _online(call),
        text=_text(call, url, language),
        url=url,
    )


def _days(call: Call, url: str, change: Change, language: str) -> CalendarEntry:
    assert call.starts_on is not None
    return CalendarEntry(
        uid=str(call.id),
        title=_words(call, "title", language),
        starts=call.starts_on,
        ends=max(call.starts_on, call.ends_on or call.starts_on),
        modified=change.at,
        sequence=change.count,
        place=_words(call, "venue", language) or _online(call),
        text=_text(call, url, language),
        url=url,
    )


def _online(call: Call) -> str:
    return str(call.get_webinar_status_display()) if call.webinar_status != Call.Mode.ON_SITE else ""


def _text(call: Call, url: str, language: str) -> str:
    return "\n\n".join(filter(None, (_words(call, "summary", language), url)))


def said_on(call: Call, change: Change) -> datetime:
    """When a call was published, as far as anyone noted it."""
    return call.published_at or call.announced_at or call.frozen_at or change.at
