"""An Open Badges 3.0 credential from plain values (W3C Verifiable Credentials Data Model 2.0)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sonjuku.protocols.openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3
from sonjuku.protocols.openbadges.proofs import wire_time


@dataclass(frozen=True)
class Issuer:
    """Who awards: `did` is the signing key's did:key, `url` an absolute http(s) address."""

    did: str
    name: str
    url: str = ""


@dataclass(frozen=True)
class Alignment:
    """A skill of a published framework; `url` is absolute, `code` the framework's own number."""

    name: str
    url: str
    code: str = ""
    framework: str = ""
    description: str = ""
    kind: str = ""  # the standard's targetType: an own one begins with "ext:"


@dataclass(frozen=True)
class Activity:
    """When the holder was active, as what, and who saw it (its `did` may be any URI). Instants must be aware."""

    starts_at: datetime
    ends_at: datetime
    role: str
    source: Issuer


@dataclass(frozen=True)
class Achievement:
    """What was achieved, in Japanese, with an English version where there is one.

    `id` is an absolute URI that lasts; `criteria` says what had to be done (Markdown);
    `kind` is a value of the standard's achievementType; `image` an absolute or data URI."""

    id: str
    name: str
    description: str
    criteria: str
    name_en: str = ""
    description_en: str = ""
    kind: str = "CertificateOfCompletion"
    alignments: Sequence[Alignment] = ()
    image: str = ""


@dataclass(frozen=True)
class HashedEmail:
    """The holder known by a salted hash: who knows the address can check it, nobody can read it."""

    email: str
    salt: str


@dataclass(frozen=True)
class Evidence:
    """Something that shows the achievement. It is public with the badge: no name of a person."""

    name: str
    narrative: str = ""
    url: str = ""
    genre: str = ""


def achievement_credential(
    *,
    id: UUID,
    issuer: Issuer,
    achievement: Achievement,
    subject: HashedEmail | UUID,
    valid_from: datetime,
    valid_until: datetime | None = None,
    evidence: Sequence[Evidence] = (),
    status: Mapping[str, str] | None = None,
    activity: Activity | None = None,
) -> dict[str, Any]:
    """The unsigned credential. `subject` is a hashed address, or a random UUID for a holder without one.

    `status` is its place in a status list (`status.entry`): Open Badges 3.0 knows one at most. How
    the holder got there is the evidence's narrative: the subject's only ties several pieces of evidence together.
    Instants must be aware; `valid_until` is the first instant at which it no longer holds."""
    credential = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "id": id.urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "issuer": issuer_member(issuer),
        "validFrom": wire_time(valid_from),
        "validUntil": wire_time(valid_until) if valid_until else "",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            **subject_member(subject),
            **(_activity(activity) if activity else {}),
            "achievement": _achievement(achievement),
        },
        "evidence": [evidence_member(item) for item in evidence],
        "credentialStatus": dict(status) if status else "",
    }
    return _filled(credential)


def achievement_document(achievement: Achievement) -> dict[str, Any]:
    """The achievement alone, of no holder, as JSON-LD of its own."""
    return {"@context": [CREDENTIALS_V2, OPEN_BADGES_3], **_achievement(achievement)}


def issuer_member(issuer: Issuer) -> dict[str, Any]:
    """The issuer as a credential holds it."""
    return _filled({"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url})


def email_hash(email: str, salt: str) -> str:
    """The standard's identityHash: sha256$ and the hash of the address followed by the salt.

    The address is trimmed and lower-cased first, so that its owner may type it either way."""
    plain = email.strip().lower() + salt
    return "sha256$" + hashlib.sha256(plain.encode()).hexdigest()


def belongs_to(credential: Mapping[str, Any], email: str) -> bool:
    """Whether a hashed identifier of the credential's subject is this address."""
    subject = credential.get("credentialSubject")
    identifiers = subject.get("identifier", []) if isinstance(subject, Mapping) else []
    identifiers = identifiers if isinstance(identifiers, list) else [identifiers]
    return any(
        isinstance(one, Mapping)
        and one.get("hashed") is True
        and one.get("identityType") == "emailAddress"
        and one.get("identityHash") == email_hash(email, str(one.get("salt", "")))
        for one in identifiers
    )


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", [])}


def subject_member(subject: HashedEmail | UUID) -> dict[str, Any]:
    """The holder as a credential's subject holds them."""
    if isinstance(subject, UUID):
        return {"id": subject.urn}
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": email_hash(subject.email, subject.salt),
        "identityType": "emailAddress",
        "salt": subject.salt,
    }
    return {"identifier": [identity]}


def _activity(activity: Activity) -> dict[str, Any]:
    # The schema wants date-times where the context says xsd:date; the schema is what readers check.
    return {
        "activityStartDate": wire_time(activity.starts_at),
        "activityEndDate": wire_time(activity.ends_at),
        "role": activity.role,
        "source": issuer_member(activity.source),
    }


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return _filled(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "name": achievement.name,
            "description": achievement.description,
            "inLanguage": "ja",
            "criteria": {"narrative": achievement.criteria},
            "achievementType": achievement.kind,
            "alignment": [_alignment(item) for item in achievement.alignments],
            "image": {"id": achievement.image, "type": "Image"} if achievement.image else "",
            "related": [_english(achievement)] if achievement.name_en else [],
        }
    )


def _english(achievement: Achievement) -> dict[str, Any]:
    # The schema wants names as plain strings, so another language is a related version of the achievement.
    return _filled(
        {
            "id": f"{achievement.id}#en",
            "type": ["Related"],
            "inLanguage": "en",
            "name": achievement.name_en,
            "description": achievement.description_en,
        }
    )


def _alignment(item: Alignment) -> dict[str, Any]:
    return _filled(
        {
            "type": ["Alignment"],
            "targetName": item.name,
            "targetUrl": item.url,
            "targetCode": item.code,
            "targetFramework": item.framework,
            "targetDescription": item.description,
            "targetType": item.kind,
        }
    )


def evidence_member(item: Evidence) -> dict[str, Any]:
    return _filled(
        {
            "id": item.url,
            "type": ["Evidence"],
            "name": item.name,
            "narrative": item.narrative,
            "genre": item.genre,
        }
    )
