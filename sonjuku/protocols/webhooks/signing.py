"""Secrets and signatures of Standard Webhooks 1.0.0, "Signature scheme" (symmetric, v1)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

PREFIX = "whsec_"
# The specification asks for 192 to 512 random bits.
SECRET_BYTES = 32
# How far a receiver's clock may be off before an old message counts as a replay.
TOLERANCE_SECONDS = 300


class WebhookRefused(ValueError):
    """A secret that is none, or a message whose signature or time doesn't hold."""


def new_secret() -> str:
    """A fresh secret as it is shown to the receiver: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` over `{id}.{timestamp}.{body}`. The id must hold no dot. Raises WebhookRefused."""
    if "." in message_id:
        raise WebhookRefused("a dot in the id would let one message pass for another")
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), content, hashlib.sha256).digest()).decode()


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers that go with a message; `timestamp`: seconds since 1970 of this attempt."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def verify(secret: str, sent: Mapping[str, str], body: bytes, *, now: int) -> None:
    """What a receiver does; `sent`: its headers in lower case. Raises WebhookRefused."""
    try:
        timestamp = int(sent["webhook-timestamp"])
        given = sent["webhook-signature"].split(" ")
        expected = signature(secret, sent["webhook-id"], timestamp, body)
    except (KeyError, ValueError) as error:
        raise WebhookRefused("a header is missing or makes no sense") from error
    if abs(now - timestamp) > TOLERANCE_SECONDS:
        raise WebhookRefused("too old or from the future")
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise WebhookRefused("the signature doesn't hold")


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise WebhookRefused("not a secret of a webhook")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise WebhookRefused("not a secret of a webhook") from error
