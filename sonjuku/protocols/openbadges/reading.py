"""A credential out of what a visitor brings: JSON text, a token, a baked PNG or a baked SVG."""

import json
import re
from typing import Any

from sonjuku.protocols.openbadges import baking, canonical

LARGEST_FILE = 1024 * 1024
# Or what begins as one ({" in base64url): a broken token is told so.
_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|ey[JA][A-Za-z0-9_.=-]*")


class Unreadable(ValueError):
    """No credential can be read.

    `reason`: empty, too_large, unknown_kind (neither JSON, a token, PNG nor SVG), broken_image, no_credential,
    several_credentials, not_json, not_an_object."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_any(data: bytes) -> dict[str, Any] | str:
    """The credential in `data`, unverified: a JSON object, or a signed token as text (see `vcjwt`, `ob2`).

    Its kind is seen from the bytes; raises Unreadable only."""
    return parsed(text(data))


def text(data: bytes) -> bytes:
    """The credential's own bytes in `data`, neither parsed nor verified. Raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("too_large")
    bare = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not bare:
        raise Unreadable("empty")
    try:
        if data.startswith(baking.PNG_SIGNATURE):
            return baking.unbake_png(data).encode()
        if bare.startswith(b"<"):
            return baking.unbake_svg(bare).encode()
    except baking.BakingRefused as error:
        raise Unreadable(error.reason) from error
    return bare


def parsed(text: bytes, most: int = baking.LARGEST_CREDENTIAL) -> dict[str, Any] | str:
    """The JSON object or the token that a text is, of `most` bytes at most. Raises Unreadable."""
    if len(text) > most:
        raise Unreadable("too_large")
    if _TOKEN.fullmatch(text):
        return text.decode("ascii")
    if not text.startswith((b"{", b"[")):
        raise Unreadable("unknown_kind")
    try:
        document = json.loads(text.decode(), object_pairs_hook=members)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not canonical.json_safe(document):
        raise Unreadable("not_json")
    if not isinstance(document, dict):
        raise Unreadable("not_an_object")
    return document


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: raises ValueError where a name stands twice, for two readers may see different values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
