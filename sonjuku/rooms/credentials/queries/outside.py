"""Outside certificates and what is laid on them: who may see which, what a file says, whether a base still stands."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from sonjuku.protocols.openbadges import build, endorsing, proofs, reading
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import CertificateKind, Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.queries import good_certificates, verify
from sonjuku.rooms.credentials.queries.verification import content_of
from sonjuku.rooms.credentials.rules.outside import standing_of
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import may


def kinds_visible_to(actor: Actor) -> QuerySet[CertificateKind]:
    """Staff: the kinds that their body accepts. (Everyone reads `accepted`.)"""
    if not (may(actor.role, "applications.read") and actor.council_id and actor.body_id):
        return CertificateKind.objects.none()
    return CertificateKind.objects.filter(council_id=actor.council_id, host_id=actor.body_id)


def accepted(council: Council) -> QuerySet[CertificateKind]:
    """What a holder may hand in, with the body that will look at it."""
    return council.certificate_kinds.filter(is_accepted=True).select_related("host")


def certificates_visible_to(actor: Actor) -> QuerySet[OutsideCertificate]:
    """A member: the own ones. Staff: those of the kinds that their body accepts."""
    rows = OutsideCertificate.objects.select_related(
        "kind__host", "council", "person", "upload", "endorsement"
    )
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    return rows.filter(kind__in=kinds_visible_to(actor))


def endorsements_visible_to(actor: Actor) -> QuerySet[Endorsement]:
    """As of the certificates below them."""
    rows = Endorsement.objects.select_related("certificate__kind__host", "council", "person")
    return rows.filter(certificate__in=certificates_visible_to(actor).order_by().values("pk"))


def shown_endorsement(endorsement_id: uuid.UUID, actor: Actor) -> Endorsement | None:
    """An issued one if its holder made it public, or this reader may see it anyway."""
    rows = Endorsement.objects.exclude(credential=None).select_related(
        "certificate__kind__host", "council", "person"
    )
    found = rows.filter(pk=endorsement_id, visibility=Endorsement.Visibility.PUBLIC).first()
    return found or endorsements_visible_to(actor).exclude(credential=None).filter(pk=endorsement_id).first()


def holders_of_a_certificate(day: date, kinds: QuerySet[CertificateKind]) -> QuerySet[Any]:
    """Ids of persons with a certificate of these kinds that was checked and holds on that day (認定のある人だけ)."""
    return good_certificates(day).filter(kind__in=kinds).order_by().values("person")


def same_elsewhere(certificate: OutsideCertificate) -> bool:
    """Whether somebody else of the council handed in the same badge, file or number: staff must look twice."""
    same = Q(sha256=certificate.sha256)
    if certificate.badge_uri:
        same |= Q(badge_uri=certificate.badge_uri)
    if certificate.number:
        same |= Q(kind=certificate.kind, number=certificate.number)
    others = OutsideCertificate.objects.filter(same, council_id=certificate.council_id)
    return others.exclude(person_id=certificate.person_id).exists()


@dataclass(frozen=True)
class Brought:
    """A badge as its file says it: ids, digest of its very bytes, and what the verification found."""

    text: str
    uri: str
    issuer: str
    achievement: str
    digest_sri: str
    standing: str
    report: rules.Report
    document: dict[str, Any]

    def belongs_to(self, email: str) -> bool:
        return bool(email) and build.belongs_to(self.document, email)

    def is_of(self, kind: CertificateKind) -> bool:
        """Whether the badge names the issuer, and the achievement if one is set, that the kind was told."""
        named = kind.achievement_uri in ("", self.achievement)
        return bool(kind.issuer_uri) and kind.issuer_uri == self.issuer and named

    @property
    def until(self) -> datetime | None:
        try:
            return proofs.read_time(self.document.get("validUntil"))
        except ValueError:
            return None


def brought(data: bytes, at: datetime) -> Brought:
    """Read and verify a badge: JSON, a token, a baked PNG or SVG. Nothing is fetched. Raises reading.Unreadable."""
    text = reading.text(data)
    document = content_of(text)
    report = verify(text, at)
    return Brought(
        text=text.decode(),
        uri=_text(document.get("id")),
        issuer=_id_of(document.get("issuer")),
        achievement=_id_of(_member(document.get("credentialSubject"), "achievement")),
        digest_sri=endorsing.digest(text),
        standing=standing_of(report, names_list="credentialStatus" in document),
        report=report,
        document=document,
    )


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _id_of(value: object) -> str:
    return _text(value.get("id") if isinstance(value, dict) else value)


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 300 else ""


def look_at(certificate: OutsideCertificate, at: datetime) -> tuple[str, rules.Report | None]:
    """What a look at the kept badge finds at this moment: its standing and why; ("", None) for a paper. Writes nothing.

    A text that this house can no longer read is "unknown".
    """
    if not certificate.badge_text:
        return "", None
    try:
        badge = brought(certificate.badge_text.encode(), at)
    except reading.Unreadable as error:
        return OutsideCertificate.Standing.UNKNOWN, rules.unreadable(error.reason)
    return badge.standing, badge.report


def standing_now(certificate: OutsideCertificate, at: datetime) -> str:
    return look_at(certificate, at)[0]
