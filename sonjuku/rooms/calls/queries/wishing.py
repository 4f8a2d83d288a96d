"""Reads for calls that are drawn together: which they are, and who of one call has applied to another."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.queries.applications import applications_visible_to
from sonjuku.rooms.calls.rules.intake import same_person
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person

A = Application.State
_TOLD = (
    *("person__family_name_kana", "person__given_name_kana", "person__date_of_birth"),
    *("person__phone", "person__email"),
)


class Elsewhere(NamedTuple):
    """Somebody who has applied to other calls of the run: their places among the wishes there."""

    person_id: UUID
    ranks: set[int]


def drawn_together(call: Call) -> list[Call]:
    """All calls of this call's shared run in its order; [] for a call that is drawn alone."""
    if call.selection_run_id is None or not call.uses_draw:
        return []
    rows = Call.objects.filter(selection_run_id=call.selection_run_id, selection_run__is_shared=True)
    return list(rows.order_by("run_ordinal", "code"))


def alike_elsewhere(
    by: Actor,
    call: Call,
    *,
    family_kana: str,
    given_kana: str,
    date_of_birth: date | None,
    phone: str,
    email: str,
) -> list[Application]:
    """Who may be this person by `rules.intake.same_person` and has applied to another call of the shared run, not to this
    one: the first application of each, as far as this actor sees them."""
    together = [one.pk for one in drawn_together(call) if one.pk != call.pk]
    if not together:
        return []
    keys = same_person(
        family_kana=family_kana,
        given_kana=given_kana,
        date_of_birth=date_of_birth,
        phone=phone,
        email=email,
    )
    rows = applications_visible_to(by).filter(call__in=together, person__family_name_kana=family_kana)
    rows = rows.exclude(state=A.DRAFT).exclude(person__applications__call=call).order_by("created_at", "id")
    found: dict[UUID, Application] = {}
    for row in rows:
        if keys & _keys_of(row.person):
            found.setdefault(row.person_id, row)
    return list(found.values())


def _keys_of(person: Person) -> set[str]:
    return same_person(
        family_kana=person.family_name_kana,
        given_kana=person.given_name_kana,
        date_of_birth=person.date_of_birth,
        phone=person.phone,
        email=person.email,
    )


def applied_elsewhere(call: Call) -> dict[str, Elsewhere]:
    """Who applied to other calls of the shared run and not to this one, by key (see `rules.intake.same_person`); a key that
    two persons share is nobody's."""
    together = [one.pk for one in drawn_together(call) if one.pk != call.pk]
    rows = Application.objects.filter(call__in=together).exclude(state=A.DRAFT).order_by()
    here = Application.objects.filter(call=call).values("person_id")
    told = rows.exclude(person_id__in=here).values_list("person_id", "state", "wish_rank", *_TOLD)
    people: dict[UUID, Elsewhere] = {}
    found: dict[str, Elsewhere | None] = {}
    for person_id, state, rank, family, given, born, phone, email in told.iterator():
        who = people.setdefault(person_id, Elsewhere(person_id, set()))
        if state == A.SUBMITTED:
            who.ranks.add(rank)
        for key in same_person(
            family_kana=family, given_kana=given, date_of_birth=born, phone=phone, email=email
        ):
            found[key] = who if found.get(key, who) is who else None
    return {key: who for key, who in found.items() if who is not None}
