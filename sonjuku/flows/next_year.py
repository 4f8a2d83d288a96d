"""Next year's calls from this year's: what moves to which day, seen before it is done, and done once."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.calling import clone
from sonjuku.flows.handover_report import Scope
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import fiscal_year_of, next_code, years_later
from sonjuku.rooms.journal.actions import hold_lock, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

# What a call says by itself; `closes_at` is exclusive.
FIELDS: dict[str, Any] = {
    "opens_at": _("受付の開始"),
    "closes_at": _("申込みの締切"),
    "result_on": _("結果の発表"),
    "starts_on": _("始まりの日"),
    "ends_on": _("終わりの日"),
}


class Moved(NamedTuple):
    """`kind` is day, instant or close (exclusive), for whoever writes it out."""

    label: Any
    old: date | datetime
    new: date | datetime
    kind: str


class Plan(NamedTuple):
    """`copy` is next year's call where it has been made; `is_next_year`: the moved days lie in the next fiscal year."""

    call: Call
    moves: list[Moved]
    copy: Call | None
    is_next_year: bool


def plans(scope: Scope) -> list[Plan]:
    """The body's calls of the year with the days that their repetition would have. Statements don't grow with calls."""
    ids = [call.id for call in scope.of_year]
    rows = Call.objects.filter(pk__in=ids).prefetch_related("occasions", "obligation_rules")
    copies = copies_of(scope.of_year, scope.year)
    return [
        Plan(call, moves_of(call), copies.get(call.id), _is_next_year(call, scope.year))
        for call in rows.order_by("starts_on", "code")
    ]


def moves_of(call: Call) -> list[Moved]:
    """Each day of the call that would move, in the order of its life."""
    found = [
        (label, value, "close" if name == "closes_at" else "instant" if name == "opens_at" else "day")
        for name, label in FIELDS.items()
        if (value := getattr(call, name))
    ]
    for number, occasion in enumerate(call.occasions.all(), 1):
        label = occasion.title or format_lazy(_("{number}回目"), number=number)
        found.append((label, occasion.starts_at, "instant"))
    found += [(rule.title, rule.due_on, "day") for rule in call.obligation_rules.all() if rule.due_on]
    return [Moved(label, value, years_later(value), kind) for label, value, kind in found]


def _is_next_year(call: Call, year: int) -> bool:
    moved = type(call)(
        starts_on=years_later(call.starts_on),
        opens_at=years_later(call.opens_at),
        closes_at=years_later(call.closes_at),
    )
    return fiscal_year_of(moved) == year + 1


def copies_of(calls: Collection[Call], year: int) -> dict[UUID, Call]:
    """Next year's call of each that has one: a copy whose address names the next year."""
    stems = {call.id: _stem(call, year) for call in calls}
    rows = Call.objects.filter(cloned_from__in=list(stems)).order_by("-code")
    return {
        row.cloned_from_id: row
        for row in rows
        if row.cloned_from_id and row.code.startswith(stems[row.cloned_from_id])
    }


def _stem(call: Call, year: int) -> str:
    # Room for -2 where another call has the address.
    return next_code(call.code, year)[:37]


@writes
def create(*, by: Actor, calls: Iterable[Call], year: int) -> list[Call]:
    """Next year's call of each as a draft; one that has it already is passed over, so a second press makes nothing.

    Refused: nothing_chosen, and as flows.calling.clone.
    """
    sources = sorted(calls, key=lambda call: call.id)
    if not sources:
        raise Refused(
            "nothing_chosen", _("募集が選ばれていません。"), _("来年度も行う募集に印を付けてください。")
        )
    hold_lock(sources[0].council)
    done = copies_of(sources, year)
    return [
        clone(by=by, call=source, code=_free_code(source, year))
        for source in sources
        if source.id not in done
    ]


def _free_code(call: Call, year: int) -> str:
    wanted = next_code(call.code, year)
    stem = _stem(call, year)
    rows = Call.objects.filter(council_id=call.council_id, code__startswith=stem)
    taken = set(rows.values_list("code", flat=True))
    codes = (wanted, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in codes if code not in taken)
