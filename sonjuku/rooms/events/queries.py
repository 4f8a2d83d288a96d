"""What the public and the desk may know of speakers, series and booths."""

import uuid
from datetime import date, datetime

from django.db.models import F, QuerySet

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.events.models import Booth, BoothSlot, Material, Speaker
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.dates import day_of

# A draft is nobody's business yet.
PUBLIC_STATES = (
    Call.State.ANNOUNCED,
    Call.State.OPEN,
    Call.State.CLOSED,
    Call.State.DECIDED,
    Call.State.FINISHED,
)


def programme_order(occasion: Occasion) -> QuerySet[Speaker]:
    """Who speaks, in order of appearance."""
    return occasion.speakers.all()


def series_occasions(council: Council, series: str) -> QuerySet[Occasion]:
    """Every public occasion of a series, past ones too, in order of time."""
    rows = Occasion.objects.filter(council=council, call__series=series, call__state__in=PUBLIC_STATES)
    return rows.exclude(call__series="").select_related("call").order_by("starts_at", "ordinal")


def next_in_series(council: Council, series: str, at: datetime) -> Occasion | None:
    """The next occasion that has not begun at `at`; None when the series is over or unknown."""
    return series_occasions(council, series).filter(starts_at__gte=at).first()


def next_in_any_series(council: Council, at: datetime) -> Occasion | None:
    """The next occasion of any of the council's series."""
    rows = Occasion.objects.filter(council=council, call__state__in=PUBLIC_STATES, starts_at__gte=at)
    return rows.exclude(call__series="").select_related("call").order_by("starts_at", "ordinal").first()


def days_of_series(council: Council, series: str) -> list[date]:
    """The different days in Tokyo on which a series meets."""
    return sorted({day_of(occasion.starts_at) for occasion in series_occasions(council, series)})


def booth_of(call: Call) -> Booth | None:
    """Our booth at another body's event, with its host; None where the call has none."""
    return Booth.objects.filter(call=call).select_related("host_body").first()


def slots(booth: Booth) -> QuerySet[BoothSlot]:
    """In order of time, with `left`: how many may still book."""
    return booth.slots.annotate(left=F("capacity") - F("taken"))


def slot_of(participation: Participation) -> BoothSlot | None:
    """The slot this person booked."""
    return BoothSlot.objects.filter(bookings__participation=participation).first()


def materials(call: Call, at: datetime) -> QuerySet[Material]:
    """What anyone who sees this call may download at this instant."""
    return materials_of(call).filter(public_from__lte=at)


def materials_of(call: Call) -> QuerySet[Material]:
    """All the call's materials, those too that nobody may download yet, in the order of its occasions."""
    rows = Material.objects.filter(occasion__call=call).select_related("upload", "occasion")
    return rows.order_by("occasion__starts_at", "title", "id")


def slot_named(booth: Booth, slot_id: str) -> BoothSlot | None:
    """The slot of this booth with this id; None for anything else that a form may send."""
    try:
        key = uuid.UUID(slot_id)
    except ValueError:
        return None
    return booth.slots.select_related("booth").filter(pk=key).first()
