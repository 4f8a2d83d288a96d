"""Data Integrity proofs of the cryptosuites eddsa-rdfc-2022 and, to read, eddsa-jcs-2022 (W3C vc-di-eddsa)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sonjuku.protocols.openbadges import canonical, contexts, controllers, jcs, keys, multibase, templates
from sonjuku.protocols.openbadges.signing import Signer

SUITE = "eddsa-rdfc-2022"
JCS_SUITE = "eddsa-jcs-2022"
BADGES = ("OpenBadgeCredential", "AchievementCredential")
# Each proof costs a canonicalisation that a stranger makes us pay for.
MOST_PROOFS = 4
NO_PROOF = {"type": "DataIntegrityProof"}
_SHELF = templates.Shelf()
Hashing = Callable[[Mapping[str, Any], Mapping[str, Any], contexts.Contexts | None], bytes]


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
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
    """The 64 bytes that are signed: the hash of the proof's options, then of the document, by the proof's suite.

    `proof` and `document["proof"]` may be complete; what isn't signed is left out here. Raises NotCanonical where
    the signature would not cover everything."""
    if proof.get("cryptosuite") == JCS_SUITE:
        return jcs.hash_data(document, proof, extra)
    return _SHELF.hash_data(document, proof, extra)


def sign(
    document: Mapping[str, Any],
    key: Signer,
    created: datetime,
    extra: contexts.Contexts | None = None,
    *,
    hashing: Hashing | None = None,
) -> dict[str, Any]:
    """A copy of `document` with one more proof in its `proof` array; `created` is cut to the second.

    `extra` adds contexts by URL (for test vectors); `hashing` in place of `hash_data`. Raises Unsignable, also for an undefined term."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": wire_time(created),
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
    }
    try:
        signature = key.sign((hashing or hash_data)(document, proof, extra))
    except canonical.NotCanonical as error:
        raise Unsignable(error.reason) from error
    proof["proofValue"] = multibase.encode(signature)
    return {**document, "proof": [*_proofs(document), proof]}


def verify(
    document: Mapping[str, Any],
    at: datetime,
    extra: contexts.Contexts | None = None,
    *,
    dids: controllers.Documents | None = None,
    types: Collection[str] = BADGES,
    hashing: Hashing | None = None,
) -> Verification:
    """Check a credential at the instant `at`. Never raises on what the document holds, asks no network.

    `dids`: documents of issuers named by a did:web or an https address, by that name (None: only did:key is read); `types`: one of these must be its type beside VerifiableCredential;
    `hashing` in place of `hash_data`.
    Checks, in order, and the reasons they give when they fail:
    - kind: not_a_badge
    - form: NotCanonical's codes, too_many_proofs
    - issuer: not_did_key, not_issuer (a proof's key isn't the issuer's), NoKey's codes for the others
    - proof: no_proof, unsupported_proof, wrong_signature, proof_expired, not_checked (its form failed)
    - dates: bad_date, not_yet_valid, expired (validUntil is the first instant that is too late)
    - status: status_unsupported (it names a revocation list: see `status`, which reads it)
    """
    proofs = _proofs(document)
    issuer = issuer_of(document)
    data, form = _data(document, proofs, extra, hashing or hash_data)
    checks = (
        check("kind", kind_reason(document, types)),
        check("form", form),
        check("issuer", _issuer_reason(issuer, proofs, dids)),
        check("proof", "not_checked" if form else _proofs_reason(proofs, data, at, dids or {})),
        check("dates", dates_reason(document, at)),
        check("status", "status_unsupported" if "credentialStatus" in document else ""),
    )
    return Verification(checks, issuer)


def _proof_reason(proof: Mapping[str, Any], data: bytes, at: datetime, dids: controllers.Documents) -> str:
    """Why this one proof doesn't hold over the hashed data, else ""."""
    supported = (
        proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") in (SUITE, JCS_SUITE)
        and proof.get("proofPurpose") == "assertionMethod"
        and "previousProof" not in proof
        and _controller(proof)
    )
    if not supported:
        return "unsupported_proof"
    try:
        public = controllers.find(proof["verificationMethod"], dids)
        signature = multibase.decode(proof.get("proofValue"))
    except controllers.NoKey:
        return "unsupported_proof"
    except ValueError:
        return "wrong_signature"
    if not isinstance(public, keys.Ed25519PublicKey):
        return "unsupported_proof"
    if not keys.holds(public, signature, data):
        return "wrong_signature"
    return _proof_expiry(proof, at)


def check(name: str, reason: str) -> Check:
    """The check of this name: held, where there is no reason against it."""
    return Check(name, not reason, reason)


def _proofs(document: Mapping[str, Any]) -> list[Any]:
    found = document.get("proof", [])
    return found if isinstance(found, list) else [found]


def issuer_of(document: Mapping[str, Any]) -> str:
    """The issuer's id as the credential writes it, "" where it is no text."""
    issuer = document.get("issuer")
    name = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return name if isinstance(name, str) else ""


def _controller(proof: Mapping[str, Any]) -> str:
    """The did or the address whose key a proof names, "" where its name can't be right."""
    method = proof.get("verificationMethod")
    did, _, fragment = method.partition("#") if isinstance(method, str) else ("", "", "")
    if did.startswith("did:web:") or (did.startswith("https://") and fragment):
        return did
    return did if method == keys.verification_method(did) else ""


def kind_reason(document: Mapping[str, Any], types: Collection[str]) -> str:
    """not_a_badge unless it is a verifiable credential of one of these types."""
    found = document.get("type")
    found = found if isinstance(found, list) else [found]
    return "" if any(one in found for one in types) and "VerifiableCredential" in found else "not_a_badge"


def _data(
    document: Mapping[str, Any], proofs: list[Any], extra: contexts.Contexts | None, hashing: Hashing
) -> tuple[list[bytes], str]:
    """What each proof signs, or why nothing may be believed of the document."""
    if len(proofs) > MOST_PROOFS:
        return [], "too_many_proofs"
    if not all(isinstance(proof, Mapping) for proof in proofs):
        return [], "not_json"
    try:
        return [hashing(document, proof, extra) for proof in proofs or [NO_PROOF]], ""
    except canonical.NotCanonical as error:
        return [], error.reason


def _issuer_reason(issuer: str, proofs: list[Any], dids: controllers.Documents | None) -> str:
    if not issuer.startswith("did:key:" if dids is None else ("did:key:", "did:web:", "https://")):
        return "not_did_key"
    if not all(isinstance(proof, Mapping) and _controller(proof) == issuer for proof in proofs):
        return "not_issuer"
    try:
        for proof in () if issuer.startswith("did:key:") else proofs:
            controllers.find(proof["verificationMethod"], dids or {})
    except controllers.NoKey as error:
        return error.reason
    return ""


def _proofs_reason(proofs: list[Any], data: list[bytes], at: datetime, dids: controllers.Documents) -> str:
    reasons = [_proof_reason(proof, one, at, dids) for proof, one in zip(proofs, data, strict=False)]
    return next(filter(None, reasons), "") if reasons else "no_proof"


def _proof_expiry(proof: Mapping[str, Any], at: datetime) -> str:
    try:
        return "proof_expired" if "expires" in proof and read_time(proof["expires"]) <= at else ""
    except ValueError:
        return "unsupported_proof"


def dates_reason(document: Mapping[str, Any], at: datetime) -> str:
    """Why the credential doesn't hold at this instant, else ""."""
    try:
        if at < read_time(document.get("validFrom")):
            return "not_yet_valid"
        return "expired" if "validUntil" in document and read_time(document["validUntil"]) <= at else ""
    except ValueError:
        return "bad_date"
