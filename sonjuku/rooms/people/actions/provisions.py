"""Writing down that a person's data went to another body (法29条・30条)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people.actions._shared import own_council
from sonjuku.rooms.people.models import Body, Consent, Council, Person, ProvisionRecord
from sonjuku.rooms.people.rules import allows_giving, keep_provision_until
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused


class Given(NamedTuple):
    """One person's part: the consent that allows it, and the row (an application) it was about."""

    person: Person
    consent: Consent
    about_id: uuid.UUID


@writes
def record_provisions(
    *,
    by: Actor,
    council: Council,
    from_body: Body,
    to_body: Body | None,
    to_name: str,
    items: list[str],
    given: Sequence[Given],
    given_at: datetime,
    basis: str = "",
    once: str = "",
) -> int:
    """One record per person, kept as long as the council's rule says; returns how many are new.

    `to_name`: a receiver that is no body of the council. `once`: a key under which the same row is told of only once.
    Refused: other_council, no_receiver (or the giver itself), no_items, not_yet, no_consent.
    """
    own_council(by, council.id)
    _check(by, from_body, to_body, to_name, items, given_at)
    names = {to_body.name, str(to_body)} if to_body else {to_name.strip()}
    if any(one.consent.person_id != one.person.id or not allows_giving(one.consent, names) for one in given):
        raise Refused(
            "no_consent",
            _("この提供先への同意がない人が含まれています。"),
            _("同意のある人だけを選び直してください。"),
        )
    keep_until = keep_provision_until(day_of(given_at), privacy_queries.provision_years(council))
    rows = [
        ProvisionRecord(
            id=uuid.uuid5(one.about_id, f"{to_body.pk if to_body else to_name}|{once}") if once else uuid7(),
            council=council, from_body=from_body, to_body=to_body, to_name="" if to_body else to_name.strip(),
            person=one.person, person_name=one.person.full_name, consent=one.consent,
            basis=(basis.strip() or f"{one.consent.get_purpose_display()} {one.consent.text_version}")[:140],
            items=items, about_id=one.about_id, given_at=given_at, keep_until=keep_until,
        )
        for one in given
    ]  # fmt: skip
    standing = set(
        ProvisionRecord.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    new = [row for row in rows if row.pk not in standing]
    ProvisionRecord.objects.bulk_create(new, ignore_conflicts=bool(once))
    record_many(by=by, verb="provision.recorded", subjects=new)
    return len(new)


def _check(
    by: Actor, from_body: Body, to_body: Body | None, to_name: str, items: list[str], at: datetime
) -> None:
    if any(body is not None and body.council_id != from_body.council_id for body in (from_body, to_body)):
        raise Refused("other_council", _("ほかの協議会の団体です。"), _("この協議会の団体を選んでください。"))
    if bool(to_body) == bool(to_name.strip()) or to_body == from_body:
        raise Refused(
            "no_receiver",
            _("提供先が決まっていません。"),
            _("構成団体を選ぶか、構成団体でない提供先の名前を書いてください。自分の団体は選べません。"),
        )
    if not items:
        raise Refused("no_items", _("提供した項目がありません。"), _("項目を一つ以上書いてください。"))
    if at > by.at:
        raise Refused("not_yet", _("提供した日が、今日より後になっています。"), _("日付を確かめてください。"))
