"""The secretariat moves to another office: rights follow by date, what was done stays on record."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import hand_over
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.people.actions import end_role, grant_role
from sonjuku.rooms.people.models import Account, Body, Role
from sonjuku.rooms.people.queries import active_on
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.toolbox.refusals import Refused

OFFICE = (Role.Kind.SECRETARIAT, Role.Kind.ADMINISTRATOR)


@writes
def move_secretariat(*, by: Actor, old: Body, new: Body, on: date, accounts: Iterable[Account]) -> list[Role]:
    """From the day `on` these accounts are the secretariat, for `new`; the roles held for `old` end the day before.

    They also administer the council if anyone did for `old`. `new` takes the part of `old` in every call; until its
    people's roles begin nobody sees through it. Returns the new roles. Refused: same_body, nobody, other_council.
    """
    people = list(accounts)
    if old == new:
        raise Refused("same_body", _("いまと同じ部署です。"), _("事務局が移る先の部署を選んでください。"))
    last_day = on - timedelta(days=1)
    ending = list(Role.objects.filter(active_on(on), body=old, kind__in=OFFICE))
    if not (people and ending):
        raise Refused(
            "nobody", _("引き継ぐ人か、引き継ぐ役割がありません。"), _("部署と人を確かめてください。")
        )
    kinds = [kind for kind in OFFICE if any(role.kind == kind for role in ending)]
    granted = [
        grant_role(by=by, account=account, body=new, kind=kind, starts_on=on)
        for account in people
        for kind in kinds
    ]
    hand_over(by=by, old=old, new=new)
    for role in ending:
        end_role(by=by, role=role, on=last_day)
    for role in granted:
        _tell(by, role)
    record(by=by, verb="secretariat.moved", subject=new)
    return granted


def _tell(by: Actor, role: Role) -> None:
    """The letter leaves on the role's first day: until then nobody hears of it."""
    queue(
        by=by,
        council=role.council,
        kind="role_granted",
        context={
            "role_title": role.title or role.get_kind_display(),
            "body_name": str(role.body),
            "starts_on": role.starts_on,
        },
        path=f"/c/{role.council.slug}/desk/",
        key=f"role_granted:{role.id}",
        to_address=role.account.email,
        language=role.account.language,
        about_id=role.id,
        due_at=max(by.at, at_tokyo(role.starts_on)),
    )
