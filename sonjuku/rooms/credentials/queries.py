"""Who may see which award, what a person holds, and whether a credential is genuine."""

import contextlib
import json
import re
import uuid
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet

from sonjuku.protocols.openbadges import build, proofs, reading
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.people.rules import may

_BADGE_PATH = re.compile(r"(?:/en)?/badges/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/.].*)?")


def awards_visible_to(actor: Actor) -> QuerySet[Award]:
    """A member: the own ones. Staff of the council: those whose holder shows them to the council or to everyone."""
    rows = Award.objects.select_related("achievement__call", "council", "person")
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    if not actor.council_id or not may(actor.role, "applications.read"):
        return rows.none()
    shown = (Award.Visibility.COUNCIL, Award.Visibility.PUBLIC)
    return rows.filter(council_id=actor.council_id, visibility__in=shown)


def issuer_keys_visible_to(actor: Actor) -> QuerySet[IssuerKey]:
    """The council's signing keys, retired ones too, newest first, for whoever runs its office; never the private half."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return IssuerKey.objects.none()
    rows = IssuerKey.objects.filter(council_id=actor.council_id).defer("private_key")
    return rows.order_by("-created_at", "-id")


def public_award(award_id: uuid.UUID) -> Award | None:
    """The award if its holder made it public, else None."""
    rows = Award.objects.filter(pk=award_id, visibility=Award.Visibility.PUBLIC)
    return rows.select_related("achievement", "council", "person").first()


def shown_award(award_id: uuid.UUID, actor: Actor) -> Award | None:
    """The award if it is public or this reader may see it."""
    return public_award(award_id) or awards_visible_to(actor).filter(pk=award_id).first()


def credentials_held(person: Person) -> set[str]:
    """The URIs of the achievements this person was awarded, as eligibility rules name them."""
    keys = Award.objects.filter(person=person).values_list("achievement_id", flat=True)
    return {Achievement(pk=key).uri for key in keys}


def achievements(call: Call) -> QuerySet[Achievement]:
    return call.achievements.prefetch_related("skills__framework")


def named(uris: Collection[str]) -> QuerySet[Achievement]:
    """The achievements that these URIs stand for; foreign or broken ones are left out."""
    keys = []
    for uri in uris:
        with contextlib.suppress(ValueError):
            keys.append(uuid.UUID(uri.removeprefix("urn:uuid:")))
    return Achievement.objects.filter(pk__in=keys)


def wire_text(award: Award) -> str:
    """The signed credential as the file that leaves the house: the same bytes every time."""
    return json.dumps(award.credential, ensure_ascii=False, indent=2)


def award_at(address: str) -> Award | None:
    """The public award that an address of this site leads to; None for any other address or a hidden award."""
    parts = urlsplit(address.strip())
    match = _BADGE_PATH.fullmatch(parts.path)
    if match is None or parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    return public_award(uuid.UUID(match["id"]))


def verify(data: bytes, at: datetime, email: str = "") -> rules.Report:
    """Check what a visitor brought: JSON text, a baked PNG or SVG, or the address of a public badge of this site.

    `email` is compared with the holder's hashed address and kept nowhere. Nothing is fetched, nothing raised.
    """
    if data.strip()[:8].lower().startswith((b"http://", b"https://")):
        return _verify_address(data, at, email)
    try:
        document = reading.read(data)
    except reading.Unreadable as error:
        return rules.unreadable(error.reason)
    verification = proofs.verify(document, at)
    key = IssuerKey.objects.filter(did=verification.issuer).select_related("council").first()
    matches = build.belongs_to(document, email) if email.strip() else None
    return rules.report(verification, document, council=key and key.council, email_matches=matches)


def _verify_address(data: bytes, at: datetime, email: str) -> rules.Report:
    address = data.decode("utf-8", "replace").strip()
    try:
        ours = urlsplit(address).netloc == urlsplit(settings.SITE_URL).netloc
        award = award_at(address)
    except ValueError:
        return rules.unreadable("unknown_kind")
    if award is None:
        return rules.unreadable("no_such_page" if ours else "foreign_address")
    return verify(wire_text(award).encode(), at, email)


def awards_of(actor: Actor, call: Call) -> QuerySet[Award]:
    """The awards of one call that this reader may see."""
    return awards_visible_to(actor).filter(Q(achievement__call=call) | Q(participation__call=call))
