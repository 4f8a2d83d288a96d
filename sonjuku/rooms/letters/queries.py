"""Reading letters, and the pages their short codes stand for."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Count, Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import wording
from sonjuku.rooms.letters.models import Letter, LetterTemplate, Mailing, ShortCode, Unsubscription
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.ids import normalise_code


def visible_to(
    actor: Actor, about_ids: Collection[uuid.UUID] | QuerySet[Any] | None = None
) -> QuerySet[Letter]:
    """A member's own letters; for staff the letters of their council.

    A role that is bound to a body's calls (`body_staff`) sees only letters about the rows in `about_ids`, which
    the caller takes from the calls' own `visible_to`; without it, none.
    """
    if actor.role == "member":
        return (
            Letter.objects.filter(person__account_id=actor.account_id)
            if actor.account_id
            else Letter.objects.none()
        )
    if not people_rules.may(actor.role, "letters.read") or actor.council_id is None:
        return Letter.objects.none()
    letters = Letter.objects.filter(council_id=actor.council_id)
    if people_rules.may(actor.role, "council.write"):
        return letters
    return letters.filter(about_id__in=about_ids) if about_ids is not None else letters.none()


def path_of(code: str, at: datetime) -> str | None:
    """The path that a typed code stands for (any width, case or spacing); None if unknown or past its time."""
    row = ShortCode.objects.filter(code=normalise_code(code)).first()
    return row.path if row and (row.expires_at is None or at < row.expires_at) else None


def own_wording(kind: str, council: Council | None, language: str) -> LetterTemplate | None:
    if council is None:
        return None
    return LetterTemplate.objects.filter(council=council, kind=kind, language=language).first()


def preview(
    kind: str, context: Mapping[str, object], council: Council, language: str, path: str = "/me/"
) -> wording.Draft:
    """The letter as it would go out, with a sample code; writes nothing. Raises KeyError for an unknown kind."""
    own = own_wording(kind, council, language)
    return wording.compose(
        kind, context, council=council, language=language, path=path, short_code="000000", own=own
    )


def unsent(at: datetime) -> QuerySet[Letter]:
    """Letters whose time has come and that wait to be sent."""
    return Letter.objects.filter(Q(state=Letter.State.QUEUED, due_at__lte=at) | Q(state=Letter.State.SENDING))


# Mailings


def mailings_visible_to(actor: Actor, call_ids: Collection[uuid.UUID] | QuerySet[Any]) -> QuerySet[Mailing]:
    """Mailings about the calls in `call_ids`, which the caller takes from the calls this actor works on."""
    if not people_rules.may(actor.role, "letters.read") or actor.council_id is None:
        return Mailing.objects.none()
    return Mailing.objects.filter(council_id=actor.council_id, about_id__in=call_ids)


def mailings_due(at: datetime) -> list[uuid.UUID]:
    rows = Mailing.objects.filter(state=Mailing.State.SCHEDULED, due_at__lte=at)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True)[:100])


def states_of(mailing: Mailing) -> dict[str, int]:
    """Its letters by state; every state is there."""
    rows = Letter.objects.filter(mailing=mailing).order_by().values_list("state")
    found = dict(rows.annotate(number=Count("id")))
    return {state: found.get(state, 0) for state in Letter.State.values}


# Delivery reports


def reported(message_ids: Collection[str]) -> Letter | None:
    """The letter that a delivery report names by one of these Message-IDs."""
    return Letter.objects.filter(message_id__in=[each for each in message_ids if each]).first()


def has_bounced(person: Person) -> bool:
    """Whether the person's present address is one that a letter came back from and none reached since."""
    last = Letter.objects.filter(person=person, state__in=[Letter.State.SENT, Letter.State.BOUNCED])
    newest = last.order_by("-created_at", "-id").first()
    return newest is not None and newest.state == Letter.State.BOUNCED and newest.to_address == person.email


# Subscriptions


def unsubscribe_path(person: Person) -> str:
    """The signed address at which this person stops the news, without a login and for as long as the letter lives."""
    return f"/unsubscribe/{_signer().sign(person.id.hex)}/"


def subscriber(token: str) -> Person | None:
    """Whom such an address was signed for; None for a forged one."""
    try:
        person_id = uuid.UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return Person.objects.select_related("council").filter(pk=person_id).first()


def has_unsubscribed(person: Person) -> bool:
    return Unsubscription.objects.filter(person=person, council_id=person.council_id).exists()


def _signer() -> Signer:
    # "." is kept by mail programs that turn addresses into links; ":" is not by all.
    return Signer(salt="sonjuku.letters.unsubscribe", sep=".")
