"""A credential out of what a visitor brings: JSON text, a token, a baked PNG or a baked SVG."""

import json
import re
from typing import Any

from sonjuku.protocols.openbadges import baking, canonical

LARGEST_FILE = 1024 * 1024
_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


class Unreadable(ValueError):
    """No credential can be read.

    `reason`: empty, too_large, unknown_kind (neither JSON, PNG nor SVG), broken_image, no_credential,
    several_credentials, jwt_unsupported (a credential secured as a JWT), not_json, not_an_object."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(data: bytes) -> dict[str, Any]:
    """The credential in `data`, unverified, where it is a JSON object. Raises Unreadable only."""
    found = read_any(data)
    if isinstance(found, str):
        raise Unreadable("jwt_unsupported")
    return found


def read_any(data: bytes) -> dict[str, Any] | str:
    """The credential in `data`, unverified: a JSON object, or a signed token as text (see `vcjwt`, `ob2`).

    Its kind is seen from the bytes; raises Unreadable only."""
    return _parse(text(data))


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


def _parse(text: bytes) -> dict[str, Any] | str:
    if len(text) > baking.LARGEST_CREDENTIAL:
        raise Unreadable("too_large")
    if _TOKEN.fullmatch(text):
        return text.decode("ascii")
    if not text.startswith((b"{", b"[")):
        raise Unreadable("unknown_kind")
    try:
        document = json.loads(text.decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not canonical.json_safe(document):
        raise Unreadable("not_json")
    if not isinstance(document, dict):
        raise Unreadable("not_an_object")
    return document


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may see different values where a name stands twice.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members
