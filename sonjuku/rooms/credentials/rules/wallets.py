"""What a wallet may be given, how long an offer stands, and which apps may ask."""

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sonjuku.rooms.credentials.models import WalletOffer

OFFER_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(minutes=5)
NONCE_LASTS = timedelta(minutes=5)
# Of the six digits on the screen: a guesser gets five of a million.
MOST_TRIES = 5
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def digest(*secrets: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256("\0".join(secrets).encode()).hexdigest()


def takes_code(offer: WalletOffer, pin_digest: str, at: datetime) -> bool:
    """Whether the offer still waits and this is its number."""
    return (
        offer.token_digest is None
        and at < offer.expires_at
        and offer.tries < MOST_TRIES
        and offer.pin_digest == pin_digest
    )


def bound(credential: Mapping[str, Any], holder: str) -> dict[str, Any]:
    """The credential without its proof, about whoever has the key of this DID; all else as the holder knows it."""
    whole = {name: value for name, value in credential.items() if name != "proof"}
    return {**whole, "credentialSubject": {**whole["credentialSubject"], "id": holder}}


def may_redirect_to(uri: str) -> bool:
    """An https address, or one on the holder's own device; nothing hidden in it and no fragment."""
    try:
        parts = urlsplit(uri)
        _port = parts.port
    except ValueError:
        return False
    if (
        len(uri) > 500
        or not uri.isascii()
        or not uri.isprintable()
        or " " in uri
        or "#" in uri
        or "@" in parts.netloc
    ):
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def site_of(uri: str) -> str:
    """The host and port that the answer goes to: what a holder can judge of an app."""
    return urlsplit(uri).netloc


def plain_name(name: str) -> str:
    """An app's own name as a page may show it: no controls, no turning of the writing direction, 60 characters."""
    kept = (sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in name)
    return " ".join("".join(kept).split())[:60]
