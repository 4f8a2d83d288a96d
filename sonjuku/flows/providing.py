"""Personal data goes to another body: only with a consent that names it, and never without a record (法27条・29条)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import Given, record_provisions
from sonjuku.rooms.people.models import Body, Consent, ProvisionRecord
from sonjuku.rooms.people.rules import PROVIDING, allows_giving
from sonjuku.toolbox.refusals import Refused

STATE_ITEMS = ["氏名", "申込みの状態"]
NAME_ITEMS = ["氏名", "参加する事業"]


class Sorted(NamedTuple):
    """`given` may be told of; `left_out` may not, each with the reason."""

    given: list[Given]
    left_out: list[tuple[Application, Any]]


def sort(
    rows: Iterable[Application], to_body: Body | None, to_name: str = "", *, asks_guardian: bool = True
) -> Sorted:
    """Who agreed that this receiver gets their data; a minor's guardian must have agreed as well."""
    rows = list(rows)
    names = {to_body.name, str(to_body)} if to_body else {to_name.strip()}
    found: dict[UUID, list[Consent]] = defaultdict(list)
    wanted = {*PROVIDING, Consent.Purpose.GUARDIAN}
    for asked in Consent.objects.filter(person__in=[row.person_id for row in rows], purpose__in=wanted):
        found[asked.person_id].append(asked)
    sorted_ = Sorted([], [])
    for row in rows:
        mine = [c for c in found[row.person_id] if c.about_id in (None, row.id)]
        consent = next((c for c in mine if _allows(c, row, names, to_body)), None)
        guarded = any(c.holds and c.purpose == Consent.Purpose.GUARDIAN for c in mine)
        if consent is None:
            sorted_.left_out.append((row, _("この提供先への同意がありません")))
        elif asks_guardian and row.needs_guardian and not guarded:
            sorted_.left_out.append((row, _("保護者の同意がありません")))
        else:
            sorted_.given.append(Given(row.person, consent, row.id))
    return sorted_


def _allows(consent: Consent, row: Application, names: Collection[str], to_body: Body | None) -> bool:
    if consent.purpose == Consent.Purpose.SCHOOL_STATUS and not consent.receivers:
        return to_body is not None and row.person.school_id == to_body.id and allows_giving(consent, names)
    return allows_giving(consent, names)


@writes
def provide(
    *,
    by: Actor,
    call: Call,
    application_ids: Collection[UUID],
    to_body: Body | None,
    to_name: str,
    items: list[str],
    basis: str,
    given_at: datetime,
) -> Sorted:
    """Write down what was given outside this program, for those who agreed; says who was left out and why.

    Refused: nobody, and all of people.actions.record_provisions.
    """
    rows = calls.applications_visible_to(by).filter(call=call, pk__in=list(application_ids))
    found = sort(rows.select_related("person").order_by("code"), to_body, to_name)
    if not found.given:
        raise Refused(
            "nobody",
            _("この提供先への同意がある人がいません。"),
            _("先に本人の同意を受けてください。同意のない人の情報は渡せません。"),
        )
    record_provisions(
        by=by, council=call.council, from_body=_giver(by, call), to_body=to_body, to_name=to_name, items=items,
        given=found.given, given_at=given_at, basis=basis,
    )  # fmt: skip
    return found


def _giver(by: Actor, call: Call) -> Body:
    return (
        Body.objects.get(pk=by.body_id) if by.body_id else (call.data_controller or call.bodies.all()[0].body)
    )


@writes
def tell_school(*, by: Actor, school: Body, rows: Iterable[Application], items: list[str], what: str) -> int:
    """A school learns about pupils of its own here in the program; each application is written down once per `what`.

    `rows` are what the school is shown: each has its pupil's consent. Their call's data controller is the giver.
    """
    new = {row.id: row for row in rows}
    told = ProvisionRecord.objects.filter(about_id__in=new, to_body=school, items=items)
    for about_id in told.values_list("about_id", flat=True):
        if about_id:
            new.pop(about_id, None)
    by_giver: dict[Body, list[Given]] = defaultdict(list)
    for one in sort(new.values(), school, asks_guardian=False).given if new else ():
        giver = new[one.about_id].call.data_controller
        if giver is not None and giver != school:
            by_giver[giver].append(one)
    return sum(
        record_provisions(
            by=by, council=giver.council, from_body=giver, to_body=school, to_name="", items=items, given=given,
            given_at=by.at, once=what,
        )
        for giver, given in by_giver.items()
    )  # fmt: skip
