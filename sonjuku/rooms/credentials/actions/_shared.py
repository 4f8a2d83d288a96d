"""What the actions of this room share: the row under its lock, and whose it is."""

import secrets
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges import build
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Person
from sonjuku.toolbox.refusals import Refused

M = TypeVar("M", bound=Model)


def refuse_if(condition: bool, code: str, message: Any, next_step: Any = "") -> None:
    if condition:
        raise Refused(code, message, next_step)


def hold_row(row: M, *related: str) -> M:
    """The row as it stands, locked until the transaction ends."""
    rows: Any = type(row)._default_manager.select_for_update(of=("self",))
    found: M = (rows.select_related(*related) if related else rows).get(pk=row.pk)
    return found


def own_host(by: Actor, host: Body) -> None:
    """Refused("other_body") for staff of another body; the program itself may."""
    if by.role != "system" and by.body_id != host.id:
        raise Refused(
            "other_body", _("ほかの団体が受け持つものです。"), _("受け持つ団体の担当者に頼んでください。")
        )


def own_person(by: Actor, person: Person) -> None:
    """Refused("not_own") unless the actor is this person."""
    if by.account_id is None or person.account_id != by.account_id:
        raise Refused(
            "not_own", _("本人だけができることです。"), _("本人のアカウントでログインしてください。")
        )


def subject_of(person: Person) -> build.HashedEmail | UUID:
    """Who holds it, as a credential says so: the hashed address, freshly salted, or a random number without one."""
    address = person.email or (person.account.email if person.account else "")
    return build.HashedEmail(address, secrets.token_hex(16)) if address else uuid4()
