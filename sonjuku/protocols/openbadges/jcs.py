"""The JSON Canonicalization Scheme (RFC 8785), and what the cryptosuite eddsa-jcs-2022 signs."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from sonjuku.protocols.openbadges import canonical, contexts

_LARGEST = 2**53 - 1


def encode(value: Any) -> str:
    """The one way to write a parsed JSON value. Raises NotCanonical for a number that JSON readers don't agree on."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(encode, value)) + "]"
    if not isinstance(value, Mapping):
        raise canonical.NotCanonical("not_json")
    # By UTF-16 units: signs beyond the BMP stand before U+E000.
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{encode_basestring(name)}:{encode(value[name])}" for name in names) + "}"


def _number(value: float) -> str:
    """As ECMAScript writes it: plain digits from 1e-6 up to 1e21."""
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise canonical.NotCanonical("not_json")
        return str(value)
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def hash_data(
    document: canonical.Document, proof: canonical.Document, extra: contexts.Contexts | None
) -> bytes:
    """The 64 bytes that eddsa-jcs-2022 signs. Raises NotCanonical, other_context where the proof names another one."""
    if not canonical.json_safe(dict(document)):
        raise canonical.NotCanonical("not_json")
    if not contexts.known(document, extra):
        raise canonical.NotCanonical("unknown_context")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        raise canonical.NotCanonical("other_context")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return b"".join(hashlib.sha256(encode(part).encode()).digest() for part in (options, unsecured))
