"""A secretariat opens its own council: the council, its first bodies and lines of work, and who may log in first."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.flows.importing import import_council
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.people.actions import grant_role
from sonjuku.rooms.people.models import Account, Body, Council, Role
from sonjuku.rooms.vocabulary.actions import load_vocabulary
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused


@dataclass(frozen=True, slots=True)
class Member:
    """A member body; `type` is a Body.Type."""

    type: str
    name: str


@dataclass(slots=True)
class Opening:
    """What a council needs on its first day. The first of `members` holds the secretariat, in `office` if it has one."""

    title: str
    slug: str
    lg_code: str
    administrator: str
    members: list[Member]
    title_en: str = ""
    office: str = ""
    founded_on: date | None = None
    colour: str = ""
    contact_office: str = ""
    contact_phone: str = ""
    contact_hours: str = ""
    contact_email: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    council: Council
    account: Account
    desk: Body


@writes
def open_council(*, by: Actor, opening: Opening, language: str = "ja") -> Opened:
    """All of it or nothing; the vocabulary is loaded where there is none.

    Whoever is named as administrator gets that role and the secretariat's, with a letter; an account of theirs that
    stands already is used. Refused: slug_taken. Raises ImportProblems for anything else that is wrong.
    """
    if slug_is_taken(opening.slug):
        raise slug_taken(opening.slug)
    if not Audience.objects.exists():
        load_vocabulary(by=by)
    today = day_of(by.at)
    council = import_council(_file(opening, today), by=by, today=today).council
    assert council is not None
    desk = Body.objects.get(council=council, name=opening.members[0].name, branch=opening.office)
    email = opening.administrator.lower()
    account = Account.objects.filter(email=email).first() or Account.objects.create_user(
        email, language=language
    )
    for kind in (Role.Kind.ADMINISTRATOR, Role.Kind.SECRETARIAT):
        grant_role(by=by, account=account, body=desk, kind=kind, starts_on=today)
    queue(
        by=by, council=council, kind="role_granted", key=f"council_opened:{council.id}", to_address=account.email,
        context={"role_title": Role.Kind.ADMINISTRATOR.label, "body_name": str(desk), "starts_on": today},
        path=f"/c/{council.slug}/desk/", language=account.language, about_id=council.id,
    )  # fmt: skip
    record(by=by, verb="council.opened", subject=council, council_id=council.id)
    return Opened(council, account, desk)


def slug_is_taken(slug: str) -> bool:
    return Council.objects.filter(slug=slug).exists()


def slug_taken(slug: str) -> Refused:
    return Refused(
        "slug_taken",
        _("このアドレスの協議会は、もうあります。"),
        _("別のアドレスを選んでください。いまある協議会を直すときは、事務局の「協議会」の画面を使います。"),
    )


def _file(opening: Opening, today: date) -> dict[str, Any]:
    """The same as a file of `sonjuku import council` says it: its checks are these checks."""
    since = str(opening.founded_on or today)
    names = (
        *("title", "title_en", "slug", "lg_code", "colour"),
        *("contact_office", "contact_phone", "contact_hours", "contact_email"),
    )
    council = {name: getattr(opening, name) for name in names if getattr(opening, name)}
    if opening.founded_on:
        council["founded_on"] = since
    bodies: list[dict[str, str]] = [
        {"key": f"member-{number}", "type": member.type, "name": member.name, "member_from": since}
        for number, member in enumerate(opening.members, 1)
    ]
    # The council itself, to host its calls.
    bodies.append({"key": "council", "type": Body.Type.COUNCIL, "name": opening.title})
    if opening.office:
        first = opening.members[0]
        office = {"type": first.type, "name": first.name, "branch": opening.office}
        bodies.append({"key": "office", "parent": "member-1", **office})
    lines = [{"slug": f"line-{number}", "title": title} for number, title in enumerate(opening.lines, 1)]
    return {"council": council, "bodies": bodies, **({"lines": lines} if lines else {})}
