"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022 (W3C VC Data Integrity, vc-di-eddsa)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sonjuku.protocols.openbadges import canonical, contexts, keys, multibase

SUITE = "eddsa-rdfc-2022"
# Each proof costs a canonicalisation that a stranger makes us pay for.
MOST_PROOFS = 4
_EMPTY_PROOF = {"type": "DataIntegrityProof"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `reason` is a code, empty when ok (see `verify`)."""

    name: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Verification:
    """What `verify` found. `issuer` is the issuer's id as written; whom it belongs to, the caller knows."""

    checks: tuple[Check, ...]
    issuer: str

    @property
    def ok(self) -> bool:
        """Whether every check held."""
        return all(check.ok for check in self.checks)


class Unsignable(ValueError):
    """The document can't be signed; `reason` is one of NotCanonical's codes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def wire_time(at: datetime) -> str:
    """An aware instant as credentials write it: UTC, seconds, "Z"."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: object) -> datetime:
    """The instant of an xsd:dateTime that carries its offset. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("not a dateTime")
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a dateTime without its offset")
    return at


def hash_data(
    document: Mapping[str, Any], proof: Mapping[str, Any], extra: contexts.Contexts | None = None
) -> bytes:
    """The 64 bytes that are signed: SHA-256 of the canonical proof options, then of the document.

    `proof` and `document["proof"]` may be complete; what isn't signed is left out here."""
    budget = canonical.Budget()
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    options["@context"] = document.get("@context")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return b"".join(
        hashlib.sha256(canonical.canonical(part, extra, budget)).digest() for part in (options, unsecured)
    )


def sign(
    document: Mapping[str, Any],
    key: keys.IssuerKey,
    created: datetime,
    extra: contexts.Contexts | None = None,
) -> dict[str, Any]:
    """A copy of `document` with one more proof in its `proof` array; `created` is cut to the second.

    `extra` adds contexts by URL (for test vectors). Raises Unsignable, also for an undefined term."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": wire_time(created),
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
    }
    try:
        canonical.check_form(document, proof, extra)
        signature = key.sign(hash_data(document, proof, extra))
    except canonical.NotCanonical as error:
        raise Unsignable(error.reason) from error
    proof["proofValue"] = multibase.encode(signature)
    return {**document, "proof": [*_proofs(document), proof]}


def verify(document: Mapping[str, Any], at: datetime, extra: contexts.Contexts | None = None) -> Verification:
    """Check a credential at the instant `at`. Never raises on what the document holds, asks no network.

    Checks, in order, and the reasons they give when they fail:
    - kind: not_a_badge
    - form: NotCanonical's codes, too_many_proofs
    - issuer: not_did_key, not_issuer (a proof's key isn't the issuer's)
    - proof: no_proof, unsupported_proof, wrong_signature, proof_expired, not_checked (its form failed)
    - dates: bad_date, not_yet_valid, expired (validUntil is the first instant that is too late)
    - status: status_unsupported (it names a revocation list, which isn't read yet)
    """
    proofs = _proofs(document)
    issuer = _issuer(document)
    form = _form(document, proofs, extra)
    checks = (
        _check("kind", _kind(document)),
        _check("form", form),
        _check("issuer", _issuer_reason(issuer, proofs)),
        _check("proof", "not_checked" if form else _proofs_reason(document, proofs, at, extra)),
        _check("dates", _dates(document, at)),
        _check("status", "status_unsupported" if "credentialStatus" in document else ""),
    )
    return Verification(checks, issuer)


def proof_reason(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    at: datetime,
    extra: contexts.Contexts | None = None,
) -> str:
    """Why this one proof doesn't hold over the document, else "". Its form must have been checked."""
    supported = (
        proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") == SUITE
        and proof.get("proofPurpose") == "assertionMethod"
        and "previousProof" not in proof
    )
    if not supported:
        return "unsupported_proof"
    try:
        public = keys.public_key(_controller(proof))
        signature = multibase.decode(proof.get("proofValue"))
        data = hash_data(document, proof, extra)
    except keys.KeyRefused:
        return "unsupported_proof"
    except canonical.NotCanonical as error:
        return error.reason
    except ValueError:
        return "wrong_signature"
    if not keys.holds(public, signature, data):
        return "wrong_signature"
    return _proof_expiry(proof, at)


def _check(name: str, reason: str) -> Check:
    return Check(name, not reason, reason)


def _proofs(document: Mapping[str, Any]) -> list[Any]:
    found = document.get("proof", [])
    return found if isinstance(found, list) else [found]


def _issuer(document: Mapping[str, Any]) -> str:
    issuer = document.get("issuer")
    name = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return name if isinstance(name, str) else ""


def _controller(proof: Mapping[str, Any]) -> str:
    method = proof.get("verificationMethod")
    did = method.partition("#")[0] if isinstance(method, str) else ""
    return did if method == keys.verification_method(did) else ""


def _kind(document: Mapping[str, Any]) -> str:
    types = document.get("type")
    types = types if isinstance(types, list) else [types]
    badge = "OpenBadgeCredential" in types or "AchievementCredential" in types
    return "" if badge and "VerifiableCredential" in types else "not_a_badge"


def _form(document: Mapping[str, Any], proofs: list[Any], extra: contexts.Contexts | None) -> str:
    if len(proofs) > MOST_PROOFS:
        return "too_many_proofs"
    if not all(isinstance(proof, Mapping) for proof in proofs):
        return "not_json"
    try:
        for proof in proofs or [_EMPTY_PROOF]:
            canonical.check_form(document, proof, extra)
    except canonical.NotCanonical as error:
        return error.reason
    return ""


def _issuer_reason(issuer: str, proofs: list[Any]) -> str:
    if not issuer.startswith("did:key:"):
        return "not_did_key"
    own = all(isinstance(proof, Mapping) and _controller(proof) == issuer for proof in proofs)
    return "" if own else "not_issuer"


def _proofs_reason(
    document: Mapping[str, Any], proofs: list[Any], at: datetime, extra: contexts.Contexts | None
) -> str:
    reasons = [proof_reason(document, proof, at, extra) for proof in proofs]
    return next(filter(None, reasons), "") if reasons else "no_proof"


def _proof_expiry(proof: Mapping[str, Any], at: datetime) -> str:
    try:
        return "proof_expired" if "expires" in proof and read_time(proof["expires"]) <= at else ""
    except ValueError:
        return "unsupported_proof"


def _dates(document: Mapping[str, Any], at: datetime) -> str:
    try:
        if at < read_time(document.get("validFrom")):
            return "not_yet_valid"
        return "expired" if "validUntil" in document and read_time(document["validUntil"]) <= at else ""
    except ValueError:
        return "bad_date"
