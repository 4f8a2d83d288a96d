"""From events of a list to draft calls: which are new, which are known, and nothing twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.events_in.reading import Incoming, Sheet
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.actions import add_occasion, change_occasion
from sonjuku.rooms.people.models import Body, Council, Role
from sonjuku.rooms.programmes.models import Programme
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import fiscal_year


class Become(models.TextChoices):
    NEW = "new", _("下書きをつくる")
    CHANGED = "changed", _("下書きを新しくする")
    SAME = "same", _("同じ内容（変えない）")
    # What people see already is changed by people, not by a list.
    PUBLIC = "public", _("公開済み（変えない）")
    OTHERS = "others", _("ほかの団体の募集（変えない）")


@dataclass(slots=True)
class Step:
    """What becomes of one event. `call` is the standing one, or the new one once it is written."""

    event: Incoming
    become: Become
    key: str
    call: Call | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def preview(council: Council, host: Body, sheet: Sheet) -> list[Step]:
    """What `import_events` would do, in the order of the file; nothing is written."""
    known = _known(council, sheet.events)
    mine = set(
        CallBody.objects.filter(
            call__in=[call.pk for call in known.values()], body=host, role__in=CallBody.SEES_PEOPLE
        ).values_list("call_id", flat=True)
    )
    places = vocabulary.places({event.fields["venue_lg_code"] for event in sheet.events} - {""})
    steps = [_step(event, known, places) for event in sheet.events]
    for step in steps:
        if step.call is not None and step.call.pk not in mine:
            step.become, step.call = Become.OTHERS, None
    return steps


@writes
def import_events(
    *, by: Actor, council: Council, programme: Programme, host: Body, sheet: Sheet
) -> list[Step]:
    """Make a draft of every new event, bring drafts that came from this list up to date, leave public ones alone, and
    those that another body than `host` works on.

    The caller has made sure that `sheet.wrong` is empty. Raises ValueError if it is not.
    """
    if sheet.wrong:
        raise ValueError("sheet_is_wrong")
    _one_at_a_time(council)
    steps = preview(council, host, sheet)
    codes = _Codes(council)
    for step in steps:
        if step.become == Become.NEW:
            step.call = _create(by, council, programme, host, step, codes)
        elif step.become == Become.CHANGED:
            _change(by, step)
    record(by=by, verb="events.imported", subject=council, council_id=council.id)
    return steps


def _one_at_a_time(council: Council) -> None:
    """Of two who bring in the same list at once, the second waits and then finds what the first has made."""
    Council.objects.select_for_update().get(pk=council.pk)


def default_host(council: Council, day: date) -> Body | None:
    """Who hosts what comes in without somebody at the desk: the secretariat's body of that day, else an administrator's.

    A call without a host's eyes would be seen by nobody.
    """
    for kind in (Role.Kind.SECRETARIAT, Role.Kind.ADMINISTRATOR):
        for role in Role.objects.filter(council=council, kind=kind).select_related("body"):
            if role.is_active(day):
                return role.body
    return None


def tally(steps: Iterable[Step]) -> list[tuple[Any, int]]:
    """How many events become what, in words; what none becomes is left out."""
    found = Counter(step.become for step in steps)
    return [(become.label, found[become]) for become in Become if found[become]]


def _known(council: Council, events: Iterable[Incoming]) -> dict[str, Call]:
    keys = {key for event in events for key in (event.key, _dated(event))}
    rows = Call.objects.filter(council=council, source_key__in=keys)
    return {call.source_key: call for call in rows.prefetch_related("occasions", "seat_pools")}


def _dated(event: Incoming) -> str:
    return f"{event.key}@{event.fields['starts_on']}"


def _step(event: Incoming, known: dict[str, Call], places: dict[str, Any]) -> Step:
    if event.fields["venue_lg_code"] not in places:
        event.fields["venue_lg_code"] = ""
    call = known.get(event.key)
    key = event.key
    # Many lists count anew from 1 each month: another event under a number that was used before.
    if call is not None and call.title != event.title and call.starts_on != event.fields["starts_on"]:
        key = _dated(event)
        call = known.get(key)
    elif call is None and _dated(event) in known:
        key = _dated(event)
        call = known[key]
    if call is None:
        return Step(event, Become.NEW, key)
    if call.state != Call.State.DRAFT:
        return Step(event, Become.PUBLIC, key, call)
    fields = {name: value for name, value in event.fields.items() if getattr(call, name) != value}
    differs = bool(fields) or _meets_otherwise(call, event) or _holds_others(call, event)
    return Step(event, Become.CHANGED if differs else Become.SAME, key, call, fields)


def _meets_otherwise(call: Call, event: Incoming) -> bool:
    """Whether the list's one meeting differs; several were entered by people, and stay."""
    meetings = [(row.starts_at, row.ends_at) for row in call.occasions.all()]
    return event.meeting is not None and len(meetings) < 2 and meetings != [event.meeting]


def _holds_others(call: Call, event: Incoming) -> bool:
    pools = [pool.capacity for pool in call.seat_pools.all()]
    return event.capacity is not None and len(pools) < 2 and pools != [event.capacity]


class _Codes:
    """Addresses people can read out, one query for the whole list: event-2026-12."""

    def __init__(self, council: Council) -> None:
        rows = Call.objects.filter(council=council, code__startswith="event-")
        self.used = set(rows.values_list("code", flat=True))
        self.next: dict[int, int] = {}

    def free(self, event: Incoming) -> str:
        year = fiscal_year(event.fields["starts_on"])
        number = self.next.get(year, 1)
        while f"event-{year}-{number}" in self.used:
            number += 1
        self.next[year] = number + 1
        return f"event-{year}-{number}"


def _create(by: Actor, council: Council, programme: Programme, host: Body, step: Step, codes: _Codes) -> Call:
    event = step.event
    call = calls.create_call(
        by=by, council=council, programme=programme, host=host, code=codes.free(event), source_key=step.key,
        **event.fields,
    )  # fmt: skip
    if event.meeting:
        add_occasion(by=by, call=call, starts_at=event.meeting[0], ends_at=event.meeting[1])
    if event.capacity:
        calls.set_pools(by=by, call=call, pools=[{"capacity": event.capacity}])
    return call


def _change(by: Actor, step: Step) -> None:
    event, call = step.event, step.call
    assert call is not None
    meets, holds = _meets_otherwise(call, event), _holds_others(call, event)
    if step.fields:
        calls.change_call(by=by, call=call, **step.fields)
    if meets and event.meeting:
        starts_at, ends_at = event.meeting
        standing = call.occasions.first()
        if standing is None:
            add_occasion(by=by, call=call, starts_at=starts_at, ends_at=ends_at)
        else:
            change_occasion(by=by, occasion=standing, starts_at=starts_at, ends_at=ends_at)
    if holds:
        calls.set_pools(by=by, call=call, pools=[{"capacity": event.capacity}])
