"""Comprehensive Learner Records (1EdTech CLR 2.0): one signed envelope around many credentials."""

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sonjuku.protocols.openbadges import build as badges
from sonjuku.protocols.openbadges import canonical, contexts, controllers, proofs, status
from sonjuku.protocols.openbadges.signing import Signer

RECORD = "ClrCredential"
# Each member is verified for itself, which a stranger makes us pay for.
MOST_MEMBERS = 200
_ENVELOPED = "data:application/vc+jwt,"


class RecordRefused(ValueError):
    """No record can be read; `reason`: not_a_record, too_many_members, broken_member."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def build(
    *,
    id: UUID,
    issuer: badges.Issuer,
    subject: badges.HashedEmail | UUID,
    members: Sequence[Mapping[str, Any]],
    valid_from: datetime,
    name: str,
) -> dict[str, Any]:
    """The unsigned record of signed members, each with its own proofs and as it is.

    Raises RecordRefused for too_many_members, and for broken_member where one bears the record's id."""
    if len(members) > MOST_MEMBERS:
        raise RecordRefused("too_many_members")
    if any(id.urn in _ids(member) for member in members):
        raise RecordRefused("broken_member")
    return {
        "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_3, contexts.LEARNER_RECORD_2],
        "id": id.urn,
        "type": ["VerifiableCredential", RECORD],
        "name": name,
        "issuer": badges.issuer_member(issuer),
        "validFrom": proofs.wire_time(valid_from),
        "credentialSubject": {
            "type": ["ClrSubject"],
            **badges.subject_member(subject),
            "verifiableCredential": [dict(member) for member in members],
        },
    }


def sign(document: Mapping[str, Any], key: Signer, created: datetime, *, own: bool = False) -> dict[str, Any]:
    """A copy of the record with its proof, over the envelope and all members. Raises proofs.Unsignable.

    `own`: this house signed the members and checked their form then, so it isn't checked again. A reader does."""
    return proofs.sign(document, key, created, hashing=functools.partial(hash_data, own=own))


def members_of(document: Mapping[str, Any]) -> list[dict[str, Any] | str]:
    """The credentials in an envelope, unverified: JSON objects, and tokens as text. Raises RecordRefused."""
    subject = document.get("credentialSubject")
    if proofs.kind_reason(document, (RECORD,)) or not isinstance(subject, Mapping):
        raise RecordRefused("not_a_record")
    found = subject.get("verifiableCredential", [])
    found = found if isinstance(found, list) else [found]
    if len(found) > MOST_MEMBERS:
        raise RecordRefused("too_many_members")
    return [_member(one) for one in found]


def verify(
    document: Mapping[str, Any], at: datetime, dids: controllers.Documents | None = None
) -> proofs.Verification:
    """Check the envelope as `proofs.verify` does; its members are to be verified one by one."""
    return proofs.verify(document, at, dids=dids, types=(RECORD,), hashing=hash_data)


def hash_data(
    document: canonical.Document,
    proof: canonical.Document,
    extra: contexts.Contexts | None = None,
    *,
    own: bool = False,
) -> bytes:
    """The 64 bytes that the envelope's proof signs; for `own` see `sign`. Raises NotCanonical.

    A member brings its own context, so that envelope and members are each checked alone; the hash is of all.
    Nothing in a member may speak of the envelope or its status: RDF would let a line move there unseen."""
    if proof.get("cryptosuite") == proofs.JCS_SUITE:
        return proofs.hash_data(document, proof, extra)
    try:
        members = members_of(document)
    except RecordRefused as error:
        raise canonical.NotCanonical(
            "too_large" if error.reason == "too_many_members" else "not_json"
        ) from error
    if not canonical.json_safe(dict(document)):
        raise canonical.NotCanonical("not_json")
    kept = {one for one in map(_id, [document, *status.entries_of(document)]) if one}
    if any(not kept.isdisjoint(_ids(member)) for member in members):
        raise canonical.NotCanonical("unsigned_terms")
    _check_envelope(document, proof, extra)
    for member in () if own else members:
        if isinstance(member, dict):
            secured = member.get("proof") or [{"type": "DataIntegrityProof"}]
            for one in secured if isinstance(secured, list) else [secured]:
                canonical.check_form(member, one if isinstance(one, Mapping) else {}, extra)
    budget = canonical.Budget()
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    parts = ({**options, "@context": document.get("@context")}, unsecured)
    return b"".join(hashlib.sha256(canonical.canonical(part, extra, budget)).digest() for part in parts)


def _check_envelope(
    document: canonical.Document, proof: canonical.Document, extra: contexts.Contexts | None
) -> None:
    """The form of all but the members. The holder's identities are checked as a badge has them: 1EdTech's context gives
    a record's `identifier` a datatype, with which no processor writes it back as it was."""
    subject = {k: v for k, v in document["credentialSubject"].items() if k != "verifiableCredential"}
    if "identifier" in subject and subject.get("type") in ("ClrSubject", ["ClrSubject"]):
        held = {"type": ["AchievementSubject"], "identifier": subject.pop("identifier")}
        badge = {"type": ["VerifiableCredential", "OpenBadgeCredential"], "credentialSubject": held}
        canonical.check_form({"@context": document.get("@context"), **badge}, proof, extra)
    canonical.check_form({**document, "credentialSubject": subject}, proof, extra)


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) and isinstance(value.get("id"), str) else None


def _ids(value: Any) -> Iterator[str]:
    """Every text in a value that may be taken for an id: the depth was checked before."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


def _member(one: Any) -> dict[str, Any] | str:
    if not isinstance(one, dict):
        raise RecordRefused("broken_member")
    if one.get("type") in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiableCredential"]):
        address = one.get("id")
        if not isinstance(address, str) or not address.startswith(_ENVELOPED):
            raise RecordRefused("broken_member")
        return address.removeprefix(_ENVELOPED)
    return one
