"""An endorsement laid over somebody else's credential (Open Badges 3.0, EndorsementCredential)."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sonjuku.protocols.openbadges import proofs
from sonjuku.protocols.openbadges.build import Evidence, Issuer, evidence_member, issuer_member
from sonjuku.protocols.openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3

ENDORSEMENT = "EndorsementCredential"


def digest(data: bytes, algorithm: str = "sha384") -> str:
    """The digestSRI of a file, as Subresource Integrity writes it."""
    return _sri(algorithm, hashlib.new(algorithm, data).digest())


def digest_of_sha256(hexadecimal: str) -> str:
    """The digestSRI of a file of which only the SHA-256 in hex is kept."""
    return _sri("sha256", bytes.fromhex(hexadecimal))


def _sri(algorithm: str, hashed: bytes) -> str:
    return f"{algorithm}-{base64.b64encode(hashed).decode('ascii')}"


def endorsement_credential(
    *,
    id: UUID,
    issuer: Issuer,
    target: str,
    target_digest: str,
    comment: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    name: str = "",
    media_type: str = "",
    evidence: Sequence[Evidence] = (),
) -> dict[str, Any]:
    """The unsigned endorsement of `target` (an absolute URI) in exactly the bytes of `target_digest`: see `digest`.

    `comment` says for what it vouches (Markdown, public); its first line is the name where none is given. `evidence`
    says which paper it is; a badge says so itself. It says nothing of the holder: the base does."""
    resource = {"id": target, "digestSRI": target_digest}
    credential = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "id": id.urn,
        "type": ["VerifiableCredential", ENDORSEMENT],
        "name": name or comment.partition("\n")[0][:100],
        "issuer": issuer_member(issuer),
        "validFrom": proofs.wire_time(valid_from),
        "credentialSubject": {"id": target, "type": ["EndorsementSubject"], "endorsementComment": comment},
        "relatedResource": [resource | ({"mediaType": media_type} if media_type else {})],
    }
    if evidence:
        credential["evidence"] = [evidence_member(one) for one in evidence]
    return credential | ({"validUntil": proofs.wire_time(valid_until)} if valid_until else {})


def reason_against(endorsement: Mapping[str, Any], target: str, target_file: bytes) -> str:
    """Why a verified endorsement isn't one of this file, else "".

    not_an_endorsement, other_id (it vouches for another credential), no_digest, other_file (the bytes differ)."""
    subject = endorsement.get("credentialSubject")
    if proofs.kind_reason(endorsement, (ENDORSEMENT,)) or not isinstance(subject, Mapping):
        return "not_an_endorsement"
    if not target or subject.get("id") != target:
        return "other_id"
    resources = endorsement.get("relatedResource", [])
    resources = resources if isinstance(resources, list) else [resources]
    named = [one for one in resources if isinstance(one, Mapping) and one.get("id") == target]
    if not named or not all("digestSRI" in one for one in named):
        return "no_digest"
    right = (digest(target_file), digest(target_file, "sha256"))
    return "" if all(one["digestSRI"] in right for one in named) else "other_file"
