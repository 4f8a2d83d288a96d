"""Reading letters, and the pages their short codes stand for."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import wording
from sonjuku.rooms.letters.models import Letter, LetterTemplate, ShortCode
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
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
