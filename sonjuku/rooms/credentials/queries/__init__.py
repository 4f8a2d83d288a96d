"""Who may see which award, what a person holds, and whether a credential is genuine."""

import contextlib
import uuid
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import (
    Achievement,
    AchievementImage,
    Award,
    AwardBatch,
    CertificateKind,
    IssuerKey,
    OutsideCertificate,
    StatusList,
)
from sonjuku.rooms.credentials.queries.own_pages import public_award, wire_text
from sonjuku.rooms.credentials.queries.own_status import did_document
from sonjuku.rooms.credentials.queries.verification import verify
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council, Person
from sonjuku.rooms.people.rules import may

__all__ = ["did_document", "public_award", "verify", "wire_text"]


def awards_visible_to(actor: Actor) -> QuerySet[Award]:
    """A member: the own ones. Staff of the council: those whose holder shows them to the council or to everyone."""
    rows = Award.objects.select_related(
        "achievement__call", "achievement__council", "council", "person", "issuer_key__body"
    )
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
    rows = IssuerKey.objects.filter(council_id=actor.council_id).select_related("council", "body")
    return rows.defer("private_key").order_by("-created_at", "-id")


def achievements_visible_to(actor: Actor) -> QuerySet[Achievement]:
    """The council's achievements, of calls or of none, for whoever runs its office."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return Achievement.objects.none()
    return Achievement.objects.filter(council_id=actor.council_id).select_related(
        "council", "call", "issuer_body"
    )


def register_visible_to(actor: Actor) -> QuerySet[Award]:
    """All that the council issued, for whoever runs its office and may revoke. A page shows the holder's name only
    where the holder shows the badge (`visibility`): without it a row is a number and a day."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return Award.objects.none()
    rows = Award.objects.filter(council_id=actor.council_id).select_related(
        "achievement", "person", "council"
    )
    return rows.defer("credential")


def batches_visible_to(actor: Actor) -> QuerySet[AwardBatch]:
    """What is being issued to many, for whoever runs the council's office."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return AwardBatch.objects.none()
    return AwardBatch.objects.filter(council_id=actor.council_id).select_related("achievement", "council")


def shown_award(award_id: uuid.UUID, actor: Actor) -> Award | None:
    """The award if it is public or this reader may see it."""
    return public_award(award_id) or awards_visible_to(actor).filter(pk=award_id).first()


def credentials_held(person: Person, day: date | None = None) -> set[str]:
    """The URIs of the achievements this person was awarded and that hold, and of the kinds of outside certificates that were checked.

    As eligibility rules and skill maps name them. `day` (today): certificates that have run out are left out.
    """
    return held_by([person.pk], day or timezone.localdate())[person.pk]


def held_by(person_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, set[str]]:
    """`credentials_held` of many persons in two queries; everyone asked for has an entry."""
    held: dict[uuid.UUID, set[str]] = {key: set() for key in person_ids}
    awards = holding_awards().filter(person__in=held)
    for person_id, key in awards.order_by().values_list("person_id", "achievement_id"):
        held[person_id].add(Achievement(pk=key).uri)
    checked = good_certificates(day).filter(person__in=held).values_list("person_id", "kind_id")
    for person_id, key in checked:
        held[person_id].add(CertificateKind(pk=key).uri)
    return held


def holding_awards() -> QuerySet[Award]:
    """Those that are neither revoked nor suspended: what `Award.status` says, for the database."""
    return Award.objects.filter(revoked_at=None, suspended_at=None)


def good_certificates(day: date) -> QuerySet[OutsideCertificate]:
    """Those that were checked and hold on that day: what `OutsideCertificate.counts_on` says, for the database."""
    rows = OutsideCertificate.objects.filter(state=OutsideCertificate.State.CHECKED)
    rows = rows.exclude(standing=OutsideCertificate.Standing.BAD)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day))


def achievement(achievement_id: uuid.UUID) -> Achievement | None:
    return Achievement.objects.select_related("council").filter(pk=achievement_id).first()


def achievements(call: Call) -> QuerySet[Achievement]:
    return call.achievements.prefetch_related("skills__framework")


def named(uris: Collection[str]) -> list[Achievement | CertificateKind]:
    """The achievements and kinds that these URIs stand for; foreign or broken ones are left out."""
    keys = []
    for uri in uris:
        with contextlib.suppress(ValueError):
            keys.append(uuid.UUID(uri.removeprefix("urn:uuid:")))
    return [*Achievement.objects.filter(pk__in=keys), *CertificateKind.objects.filter(pk__in=keys)]


def status_list(council: Council, list_id: uuid.UUID, purpose: str) -> StatusList | None:
    """The list that is served at its address; `purpose` must be one of its two."""
    if purpose not in StatusList.Purpose.values:
        return None
    rows = StatusList.objects.filter(council=council, pk=list_id)
    return rows.only("council_id", "signed_at", purpose).first()


def own_image(achievement_id: uuid.UUID) -> AchievementImage | None:
    """The uploaded picture of an achievement."""
    return AchievementImage.objects.filter(achievement=achievement_id).first()


def awards_of(actor: Actor, call: Call) -> QuerySet[Award]:
    """The awards of one call that this reader may see."""
    return awards_visible_to(actor).filter(Q(achievement__call=call) | Q(participation__call=call))
