"""Whose key a verification method names: a did:key says it itself, a did:web or a web address by its document, which
others fetch."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from sonjuku.protocols.openbadges import multibase

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Documents = Mapping[str, Any]

_ED25519, _P256 = b"\xed\x01", b"\x80\x24"
_SHORTEST_RSA = 2048


class NoKey(ValueError):
    """The key can't be had.

    `reason`: unsupported_key (a kind of name or key that isn't read), unknown_controller (no document of that name
    was given), broken_controller, wrong_controller, no_such_method, not_for_assertion, weak_key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def find(method: str, documents: Documents) -> PublicKey:
    """The public key of a verification method (did#fragment), allowed to make assertions. Raises NoKey.

    `documents`: documents by the did, as fetched from `did_web_address`, or by the https address at which they stand;
    did:key needs none. The document must say that it is of that name, the method that this name controls it; so a key
    counts for whoever is named like the place of its document, and for nobody else."""
    did, _, fragment = method.partition("#")
    if did.startswith("did:key:"):
        if fragment != did.removeprefix("did:key:"):
            raise NoKey("no_such_method")
        return decoded(fragment)
    document = document_of(did, documents)
    listed = [one for one in _list(document, "verificationMethod") if isinstance(one, Mapping)]
    found = [one for one in listed if one.get("id") in (method, f"#{fragment}")]
    allowed = _list(document, "assertionMethod")
    embedded = [
        one for one in allowed if isinstance(one, Mapping) and one.get("id") in (method, f"#{fragment}")
    ]
    if len(found + embedded) != 1:
        raise NoKey("no_such_method")
    if not embedded and not {method, f"#{fragment}"} & {one for one in allowed if isinstance(one, str)}:
        raise NoKey("not_for_assertion")
    entry = (found + embedded)[0]
    if entry.get("controller") != did:
        raise NoKey("wrong_controller")
    return _key(entry)


def document_of(did: str, documents: Documents) -> Mapping[str, Any]:
    """The given document of a did:web or an https address. Raises NoKey, also for one that speaks for another."""
    if not did.startswith("https://"):
        did_web_address(did)
    document = documents.get(did)
    if document is None:
        raise NoKey("unknown_controller")
    if not isinstance(document, Mapping):
        raise NoKey("broken_controller")
    if document.get("id") != did:
        raise NoKey("wrong_controller")
    return document


def did_web_address(did: str) -> str:
    """Where a did:web's document stands, always https (did:web, 2.1). Whether to ask there, the caller decides.

    Raises NoKey for what isn't a did:web or hides another host."""
    host, *path = (unquote(part) for part in did.removeprefix("did:web:").split(":"))
    plain = host.replace(":", "", 1).replace(".", "").replace("-", "").isalnum() and host.isascii()
    if (
        not did.startswith("did:web:")
        or not plain
        or any(part in ("", ".", "..") or "/" in part for part in path)
    ):
        raise NoKey("unsupported_key")
    return f"https://{host}/" + "/".join(
        [*map(quote, path), "did.json"] if path else [".well-known/did.json"]
    )


def is_beside(address: str, issuer: str) -> bool:
    """Whether both are https addresses on one host, at the usual port: then a JWK that stands alone at the address is
    the issuer's (Open Badges 3.0, 8.2: `kid` is the address of a JWK).

    A JWK names no owner, so the host is all that binds it: whoever runs a host answers for what stands there, as for
    badges of Open Badges 2.0. Only what that host itself answers may be taken, no redirect to another."""
    host = _host(address)
    return host != "" and host == _host(issuer) and "#" not in address


def _host(address: str) -> str:
    """The host of a plain https address at the usual port, "" for any other."""
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme == "https" and parts.port in (None, 443) and "@" not in parts.netloc
    except ValueError:
        return ""
    return (parts.hostname or "") if is_plain else ""


@lru_cache(maxsize=1024)
def decoded(text: str) -> PublicKey:
    """The key that a multibase text of a did:key or a Multikey spells: Ed25519 or P-256. Raises NoKey."""
    try:
        data = multibase.decode(text)
        if data.startswith(_ED25519):
            return ed25519.Ed25519PublicKey.from_public_bytes(data[2:])
        if data.startswith(_P256) and len(data) == 35:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
    except ValueError as error:
        raise NoKey("unsupported_key") from error
    raise NoKey("unsupported_key")


def from_jwk(jwk: Any) -> PublicKey:
    """The public key of a JWK: Ed25519, P-256, or RSA of 2,048 bits and more. Raises NoKey."""
    if not isinstance(jwk, Mapping) or not jwk.keys().isdisjoint(("d", "k", "p", "q")):
        raise NoKey("unsupported_key")
    algorithm = {"OKP": "EdDSA", "EC": "ES256", "RSA": "RS256"}.get(str(jwk.get("kty")))
    if algorithm is None or jwk.get("crv", "P-256") not in ("P-256", "Ed25519"):
        raise NoKey("unsupported_key")
    try:
        key = PyJWK(dict(jwk), algorithm).key
    except (PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise NoKey("unsupported_key") from error
    return strong(key)


def strong(key: Any) -> PublicKey:
    """The key itself where this house trusts its kind and length. Raises NoKey."""
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _SHORTEST_RSA:
            raise NoKey("weak_key")
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise NoKey("unsupported_key")


def _key(entry: Mapping[str, Any]) -> PublicKey:
    if isinstance(entry.get("publicKeyMultibase"), str):
        return decoded(entry["publicKeyMultibase"])
    return from_jwk(entry.get("publicKeyJwk"))


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name, [])
    return found if isinstance(found, list) else [found]
