"""Ed25519 keys of issuers and their did:key names (W3C did:key, Multikey)."""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sonjuku.protocols.openbadges import multibase

# Multicodec prefix ed25519-pub (0xed as a varint).
_ED25519_PUB = b"\xed\x01"


class KeyRefused(ValueError):
    """A sealed key doesn't open: wrong secret, damaged, or another kind of key."""


@dataclass(frozen=True)
class IssuerKey:
    """A private Ed25519 key. Its repr shows the public name only."""

    private: Ed25519PrivateKey = field(repr=False)
    did: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "did", did_key(self.private.public_key()))

    @property
    def verification_method(self) -> str:
        """The id that a proof names: did:key:z6Mk…#z6Mk…"""
        return verification_method(self.did)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature; the same data gives the same signature."""
        return self.private.sign(data)


def new_key() -> IssuerKey:
    """A fresh random key."""
    return IssuerKey(Ed25519PrivateKey.generate())


def did_key(public: Ed25519PublicKey) -> str:
    """The did:key of a public key, did:key:z6Mk…"""
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "did:key:" + multibase.encode(_ED25519_PUB + raw)


def verification_method(did: str) -> str:
    """The only verification method id that a did:key has."""
    return f"{did}#{did.removeprefix('did:key:')}"


def holds(public: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is `public`'s over `data`."""
    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def seal(key: IssuerKey, secret: str) -> str:
    """The key encrypted for storage: PKCS8 PEM under `secret` (16 characters or more, kept elsewhere)."""
    if len(secret) < 16:
        raise ValueError("the secret that seals a signing key needs 16 characters or more")
    return key.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(secret.encode()),
    ).decode("ascii")


def open_sealed(sealed: str, secret: str) -> IssuerKey:
    """The key that `seal` stored. Raises KeyRefused for a wrong secret or another kind of key."""
    try:
        private = serialization.load_pem_private_key(sealed.encode(), secret.encode())
    except (ValueError, TypeError) as error:
        raise KeyRefused("the sealed key doesn't open with this secret") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyRefused("not an Ed25519 key")
    return IssuerKey(private)
