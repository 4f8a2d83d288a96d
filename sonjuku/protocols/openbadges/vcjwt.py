"""Credentials as signed tokens (VC-JWT, Open Badges 3.0, 8.2): RS256, ES256 and EdDSA."""

import binascii
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_decode, base64url_encode

from sonjuku.protocols.openbadges import canonical, contexts, controllers, proofs

LARGEST_TOKEN = 512 * 1024
ALGORITHMS: dict[str, type] = {
    "RS256": rsa.RSAPublicKey,
    "ES256": ec.EllipticCurvePublicKey,
    "EdDSA": ed25519.Ed25519PublicKey,
}
_SIGN = {name: get_default_algorithms()[name] for name in ALGORITHMS}
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


class Signer(Protocol):
    """Whoever signs tokens: a key in this process, or one that never enters it."""

    @property
    def algorithm(self) -> str:
        """One of ALGORITHMS."""

    @property
    def method(self) -> str:
        """The verification method (did#fragment) that stands for the key."""

    def sign(self, data: bytes) -> bytes:
        """The signature as JWS writes it (ES256: r and s, 32 bytes each)."""


@dataclass(frozen=True)
class SoftwareSigner:
    """A private key in this process; `method` is the verification method (did#fragment) that stands for it."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = field(repr=False)
    method: str
    algorithm: str = field(init=False)

    def __post_init__(self) -> None:
        public = controllers.strong(self.private.public_key())
        name = next(name for name, kind in ALGORITHMS.items() if isinstance(public, kind))
        object.__setattr__(self, "algorithm", name)

    def sign(self, data: bytes) -> bytes:
        signature: bytes = _SIGN[self.algorithm].sign(data, self.private)
        return signature


class Refusal(ValueError):
    """The token is not believed; `reason` is one of `verify`'s codes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign(document: Mapping[str, Any], signer: Signer) -> str:
    """The credential as a compact token, its claims iss, jti, nbf, sub and exp written from the credential itself.

    Raises Unsignable for a term that no frozen context knows, or an embedded proof."""
    if "proof" in document:
        raise proofs.Unsignable("has_proof")
    try:
        # For the form check in it, which templates make cheap; the token itself needs no RDF.
        proofs.hash_data(document, proofs.NO_PROOF)
        claims = _claims(document)
    except canonical.NotCanonical as error:
        raise proofs.Unsignable(error.reason) from error
    except (ValueError, OverflowError) as error:
        raise proofs.Unsignable("bad_date") from error
    header = {"alg": signer.algorithm, "kid": signer.method, "typ": "JWT"}
    data = b".".join(base64url_encode(_json(part)) for part in (header, {**document, **claims}))
    return (data + b"." + base64url_encode(signer.sign(data))).decode("ascii")


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, nothing believed. Raises Refusal: too_large, not_a_token, duplicate_name."""
    if len(token) > LARGEST_TOKEN:
        raise Refusal("too_large")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts[:2]) or not _ALPHABET.issuperset(token):
        raise Refusal("not_a_token")
    header, payload = (_object(part.encode()) for part in parts[:2])
    return header, payload


def verify(
    token: str,
    at: datetime,
    *,
    dids: controllers.Documents | None = None,
    jwks: Mapping[str, Any] | None = None,
    types: Collection[str] = proofs.BADGES,
) -> tuple[proofs.Verification, dict[str, Any]]:
    """Check a token at the instant `at`; gives what was found and the credential, {} where none can be read.

    `dids`: documents of issuers named by a did:web or an https address, by that name; `jwks`: for issuers named by a
    web address, each one's own keys as {issuer: {kid: JWK, None where it could not be read}}. Never raises on what the token holds, asks no network. Checks as `proofs.verify`; reasons:
    - form: too_large, not_a_token, duplicate_name, not_json, unknown_context, wrapped (a VCDM 1.1 `vc` claim),
      has_proof, and for claims that say something else than the credential: iss_differs, jti_differs, sub_differs,
      nbf_differs, exp_differs
    - issuer: not_issuer (the key is another's), unknown_key (an address whose keys weren't given), not_fetched (its
      JWK), NoKey's codes
    - proof: alg_none, alg_secret (HMAC), alg_unsupported, alg_of_other_key, critical_header, unencoded_payload,
      key_by_address (jku, x5u), certificate_in_header (x5c), other_key_in_header (jwk), wrong_signature, not_checked
    """
    try:
        header, payload = read(token)
    except Refusal as error:
        return unreadable(error), {}
    document = document_of(payload)
    issuer = proofs.issuer_of(document)
    key, about_key = _outcome(lambda: _key(header, issuer, dids or {}, jwks or {}))
    checks = (
        proofs.check("kind", proofs.kind_reason(document, types)),
        proofs.check("form", _form(payload, document)),
        proofs.check("issuer", about_key),
        proofs.check("proof", header_reason(header) or signature_reason(token, header, key)),
        proofs.check("dates", proofs.dates_reason(document, at)),
        proofs.check("status", "status_unsupported" if "credentialStatus" in document else ""),
    )
    return proofs.Verification(checks, issuer), document


_REGISTERED = ("iss", "jti", "nbf", "sub", "exp", "iat", "aud", "cnf")


def document_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The credential in a payload: all but the registered claims."""
    return {name: value for name, value in payload.items() if name not in _REGISTERED}


def _claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """The registered claims that a credential's own members say."""
    claims: dict[str, Any] = {"iss": proofs.issuer_of(document)}
    subject = document.get("credentialSubject")
    if isinstance(subject, Mapping) and "id" in subject:
        claims["sub"] = subject["id"]
    if "id" in document:
        claims["jti"] = document["id"]
    for claim, member in (("nbf", "validFrom"), ("exp", "validUntil")):
        if member in document:
            claims[claim] = int(proofs.read_time(document[member]).timestamp())
    return claims


def _form(payload: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    if "vc" in payload:
        return "wrapped"
    if "proof" in payload:
        return "has_proof"
    if not canonical.json_safe(dict(payload)):
        return "not_json"
    found = document.get("@context")
    # The first context protects its terms: whatever follows can't turn them, and the signature covers every word.
    if not isinstance(found, list) or not found or found[0] != contexts.CREDENTIALS_V2:
        return "unknown_context"
    try:
        claims = _claims(document)
    except (ValueError, OverflowError):
        # Of an unreadable date, `dates` says more.
        return ""
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        given = payload.get(name)
        if name == "exp" and given is None:
            continue
        whole = int(given) if isinstance(given, float) else given
        if type(whole) is not type(claims.get(name)) or whole != claims.get(name):
            return f"{name}_differs"
    return ""


def unreadable(refusal: Refusal) -> proofs.Verification:
    """What is found of a token that can't be read at all."""
    return proofs.Verification(
        (proofs.check("form", refusal.reason), proofs.check("proof", "not_checked")), ""
    )


def header_reason(header: Mapping[str, Any]) -> str:
    """Why a token with this header isn't believed whatever its signature, else "" (see `verify`)."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        name = algorithm.lower() if isinstance(algorithm, str) else ""
        return "alg_none" if name == "none" else "alg_secret" if name.startswith("hs") else "alg_unsupported"
    if header.get("b64", True) is not True:
        return "unencoded_payload"
    if "crit" in header:
        return "critical_header"
    if "jku" in header or "x5u" in header:
        return "key_by_address"
    return "certificate_in_header" if "x5c" in header else ""


def _key(
    header: Mapping[str, Any], issuer: str, dids: controllers.Documents, jwks: Mapping[str, Any]
) -> controllers.PublicKey:
    """The issuer's own key that the header names. Raises Refusal, NoKey."""
    method = method_of(header, issuer)
    if not (issuer.startswith("did:") or (issuer.startswith("https://") and method.startswith(f"{issuer}#"))):
        return _addressed(header, issuer, jwks)
    if not method:
        raise Refusal("unknown_key")
    if method.partition("#")[0] != issuer:
        raise Refusal("not_issuer")
    return _agreed(header, controllers.find(method, dids))


def method_of(header: Mapping[str, Any], issuer: str) -> str:
    """The verification method that a header names for this issuer, in full; "" where it names none."""
    method = header.get("kid")
    if issuer.startswith("did:key:"):
        own = f"{issuer}#{issuer.removeprefix('did:key:')}"
        method = own if method in (None, issuer, own.partition("#")[2]) else method
    if isinstance(method, str) and method.startswith("#"):
        method = issuer + method
    return method if isinstance(method, str) else ""


def _addressed(header: Mapping[str, Any], issuer: str, jwks: Mapping[str, Any]) -> controllers.PublicKey:
    keys = jwks.get(issuer)
    if not isinstance(keys, Mapping):
        raise Refusal("unknown_key")
    if "kid" in header:
        if not isinstance(header["kid"], str) or header["kid"] not in keys:
            raise Refusal("not_issuer")
        if keys[header["kid"]] is None:
            raise Refusal("not_fetched")
        return _agreed(header, controllers.from_jwk(keys[header["kid"]]))
    own = [controllers.from_jwk(jwk) for jwk in keys.values()]
    if "jwk" in header:
        return _agreed(header, controllers.from_jwk(header["jwk"]), own)
    if len(own) != 1:
        raise Refusal("unknown_key")
    return own[0]


def _agreed(
    header: Mapping[str, Any], key: controllers.PublicKey, own: Collection[controllers.PublicKey] = ()
) -> controllers.PublicKey:
    """The key, unless the header brings one that isn't the issuer's: a token must not vouch for itself."""
    if own and key not in own:
        raise Refusal("other_key_in_header")
    if "jwk" in header and controllers.from_jwk(header["jwk"]) != key:
        raise Refusal("other_key_in_header")
    return key


def _outcome(find: Callable[[], controllers.PublicKey]) -> tuple[controllers.PublicKey | None, str]:
    try:
        return find(), ""
    except (Refusal, controllers.NoKey) as error:
        return None, error.reason


def signature_reason(token: str, header: Mapping[str, Any], key: controllers.PublicKey | None) -> str:
    """Why this key didn't sign the token (a header without `header_reason`), else ""."""
    if key is None:
        return "not_checked"
    if not isinstance(key, ALGORITHMS[header["alg"]]):
        return "alg_of_other_key"
    data, _, last = token.encode().rpartition(b".")
    try:
        return "" if _SIGN[header["alg"]].verify(data, key, _decoded(last)) else "wrong_signature"
    except Refusal:
        return "wrong_signature"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _decoded(part: bytes) -> bytes:
    """base64url without padding, the one spelling of its bytes. Raises Refusal."""
    try:
        data: bytes = base64url_decode(part)
    except (ValueError, binascii.Error) as error:
        raise Refusal("not_a_token") from error
    if base64url_encode(data) != part:
        raise Refusal("not_a_token")
    return data


def _object(part: bytes) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(part).decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        reason = (
            "duplicate_name"
            if isinstance(error, Refusal) and error.reason == "duplicate_name"
            else "not_a_token"
        )
        raise Refusal(reason) from error
    if not isinstance(value, dict) or not canonical.json_safe(value):
        raise Refusal("not_a_token")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal("duplicate_name")
    return members
