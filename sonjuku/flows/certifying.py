"""Certificates of others, layers and dossiers: each decision is told, and may be the last thing that a badge needed."""

from typing import Any
from uuid import UUID

from sonjuku.flows.qualifying import qualify, tell_award
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import (
    Award,
    CertificateKind,
    Dossier,
    Endorsement,
    OutsideCertificate,
)
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.people.models import Council, Person

# Said in the reader's language by the letter itself: Japanese, then English.
_CHECKED = ("確認が済みました。", "It has been checked.")
_TURNED_DOWN = ("認められませんでした。", "It was not accepted.")
_REVOKED = ("取り消されました。", "It has been revoked.")
_LAID = ("認定証をお渡しします。", "Our endorsement is ready for you.")
_NOT_LAID = ("認定証は、見送りになりました。", "It was not endorsed.")
_NOT_AWARDED = ("実務経験による認定は、見送りになりました。", "Your experience was not recognised this time.")


@writes
def claim_badge(*, by: Actor, person: Person, kind: CertificateKind, data: bytes) -> OutsideCertificate:
    """See actions.claim_badge; one that is checked by its proof may complete a skill map."""
    row = actions.claim_badge(by=by, person=person, kind=kind, data=data)
    if row.is_verified:
        qualify(by=by, person=person)
    return row


@writes
def check_certificate(*, by: Actor, certificate: OutsideCertificate) -> OutsideCertificate:
    """See actions.check_certificate. Nobody is told of a first look."""
    row = actions.check_certificate(by=by, certificate=certificate)
    if row.is_verified:
        _tell_certificate(by, row, _CHECKED)
        qualify(by=by, person=row.person)
    return row


@writes
def refuse_certificate(*, by: Actor, certificate: OutsideCertificate, reason: str) -> OutsideCertificate:
    row = actions.refuse_certificate(by=by, certificate=certificate, reason=reason)
    return _tell_certificate(by, row, _TURNED_DOWN)


@writes
def revoke_certificate(*, by: Actor, certificate: OutsideCertificate, reason: str) -> OutsideCertificate:
    row = actions.revoke_certificate(by=by, certificate=certificate, reason=reason)
    return _tell_certificate(by, row, _REVOKED)


@writes
def endorse(*, by: Actor, endorsement: Endorsement) -> Endorsement:
    return _tell_endorsement(by, actions.endorse(by=by, endorsement=endorsement), _LAID)


@writes
def refuse_endorsement(*, by: Actor, endorsement: Endorsement, reason: str) -> Endorsement:
    row = actions.refuse_endorsement(by=by, endorsement=endorsement, reason=reason)
    return _tell_endorsement(by, row, _NOT_LAID)


@writes
def revoke_endorsement(*, by: Actor, endorsement: Endorsement, reason: str) -> Endorsement:
    row = actions.revoke_endorsement(by=by, endorsement=endorsement, reason=reason)
    return _tell_endorsement(by, row, _REVOKED)


@writes
def award_dossier(*, by: Actor, dossier: Dossier) -> Award:
    award = actions.award_dossier(by=by, dossier=dossier)
    tell_award(by=by, award=award)
    qualify(by=by, person=award.person)
    return award


@writes
def refuse_dossier(*, by: Actor, dossier: Dossier, reason: str) -> Dossier:
    row = actions.refuse_dossier(by=by, dossier=dossier, reason=reason)
    _tell(
        by, row.council, row.person, row.id, _NOT_AWARDED, row.reason, f"/me/experience/{row.id}/",
        row.route.achievement.title,
    )  # fmt: skip
    return row


def _tell_certificate(by: Actor, row: OutsideCertificate, outcome: tuple[str, str]) -> OutsideCertificate:
    _tell(by, row.council, row.person, row.id, outcome, row.reason, f"/me/certificates/{row.id}/", row.title)
    return row


def _tell_endorsement(by: Actor, row: Endorsement, outcome: tuple[str, str]) -> Endorsement:
    base = row.certificate
    _tell(
        by, row.council, row.person, row.id, outcome, row.reason, f"/me/certificates/{base.id}/", base.title
    )
    return row


def _tell(
    by: Actor, council: Council, person: Person, about_id: UUID, outcome: tuple[str, str], reason: str, path: str, title: str
) -> Any:  # fmt: skip
    letters.queue(
        by=by, council=council, kind="proof_answered", person=person, path=path, about_id=about_id,
        key=f"proof_answered:{about_id}:{by.at.isoformat()}",
        context={"proof_title": title, "outcome": outcome[0], "outcome_en": outcome[1], "reason": reason},
    )  # fmt: skip
