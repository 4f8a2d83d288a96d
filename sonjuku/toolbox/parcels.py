"""Data under a passphrase for the way to another house: scrypt and AES-256-GCM, nothing of it readable or changeable."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SHORTEST = 16
_SALT, _NONCE = 16, 12
# 128 MB and most of a second for each guess.
_COST = 2**17


class ParcelBroken(ValueError):
    """The parcel doesn't open: another passphrase or purpose, cut off, or changed."""


def wrap(data: bytes, passphrase: str, purpose: bytes) -> bytes:
    """`data` encrypted; what was wrapped for one `purpose` opens for no other. Raises ValueError for a short passphrase."""
    if len(passphrase) < SHORTEST:
        raise ValueError(f"the passphrase needs {SHORTEST} characters or more")
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return purpose + salt + nonce + _cipher(passphrase, salt).encrypt(nonce, data, purpose)


def unwrap(parcel: bytes, passphrase: str, purpose: bytes) -> bytes:
    """What `wrap` was given. Raises ParcelBroken."""
    rest = parcel.removeprefix(purpose)
    if rest == parcel or len(rest) <= _SALT + _NONCE:
        raise ParcelBroken("this is no parcel of that kind")
    salt, nonce, sealed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return _cipher(passphrase, salt).decrypt(nonce, sealed, purpose)
    except InvalidTag as error:
        raise ParcelBroken("the passphrase doesn't open this parcel") from error


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))
