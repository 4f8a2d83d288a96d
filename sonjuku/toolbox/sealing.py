"""Short texts (secrets of webhooks) encrypted for storage under the installation's own secret."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


class SealBroken(ValueError):
    """The sealed text doesn't open: another secret than it was sealed with, or damaged."""


def seal(text: str, secret: str, purpose: str) -> bytes:
    """`text` encrypted and signed under `secret`; what was sealed for one `purpose` opens for no other."""
    return _fernet(secret, purpose).encrypt(text.encode())


def open_sealed(sealed: bytes, secret: str, purpose: str) -> str:
    """The text that `seal` was given. Raises SealBroken."""
    try:
        return _fernet(secret, purpose).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise SealBroken("the seal doesn't open with this secret") from error


def reseal(sealed: bytes, old: str, new: str, purpose: str) -> bytes:
    """The text sealed under `new` instead of `old`; as it is where `new` opens it already. Raises SealBroken."""
    try:
        open_sealed(sealed, new, purpose)
    except SealBroken:
        return seal(open_sealed(sealed, old, purpose), new, purpose)
    return bytes(sealed)


def _fernet(secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest()))
