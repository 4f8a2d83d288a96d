"""Bitstring Status List v1.0 (W3C): which credentials of an issuer are revoked or suspended, as one signed list.

A list is so long that asking for it tells nobody whose credential is looked at; an entry's place in it is random.
"""

import base64
import binascii
import secrets
import zlib
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime
from typing import Any

from sonjuku.protocols.openbadges import controllers, proofs, vcjwt
from sonjuku.protocols.openbadges.contexts import CREDENTIALS_V2
from sonjuku.protocols.openbadges.proofs import wire_time

# The standard's least; and what is unpacked at most: 16 million entries.
ENTRIES = 131_072
LARGEST_LIST = 2 * 1024 * 1024
LIST = "BitstringStatusListCredential"
PURPOSES = {"revocation": "revoked", "suspension": "suspended"}


class StatusRefused(ValueError):
    """The status can't be told, which never means that all is well; `reason` is one of `status_of`'s codes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def free_index(taken: Container[int], size: int = ENTRIES) -> int:
    """A random place that isn't taken. Raises OverflowError when a thousand tries found none: make another list."""
    for _ in range(1000):
        index = secrets.randbelow(size)
        if index not in taken:
            return index
    raise OverflowError("the status list is full")


def encode(marked: Iterable[int], size: int = ENTRIES) -> str:
    """The encodedList with these places set; the same places give the same text. Raises ValueError."""
    if size < ENTRIES or size % 8 or size // 8 > LARGEST_LIST:
        raise ValueError(f"a status list has {ENTRIES} entries or more, in whole bytes")
    bits = bytearray(size // 8)
    for index in marked:
        if not 0 <= index < size:
            raise ValueError("outside the list")
        bits[index // 8] |= 0x80 >> index % 8
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(bytes(bits)) + packer.flush()
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode(text: object) -> bytes:
    """The list's bits, index 0 first. Raises StatusRefused: list_broken, list_bomb, list_short."""
    if not isinstance(text, str) or not text.startswith("u") or len(text) > 2 * LARGEST_LIST:
        raise StatusRefused("list_broken")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        bits = unpacker.decompress(packed, LARGEST_LIST + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise StatusRefused("list_broken") from error
    if len(bits) > LARGEST_LIST:
        raise StatusRefused("list_bomb")
    if not unpacker.eof or unpacker.unused_data:
        raise StatusRefused("list_broken")
    if len(bits) * 8 < ENTRIES:
        raise StatusRefused("list_short")
    return bits


def entry(url: str, index: int, purpose: str = "revocation") -> dict[str, str]:
    """The credentialStatus of the credential whose place in the list at `url` is `index`."""
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def list_credential(
    url: str,
    issuer: str,
    marked: Iterable[int],
    *,
    valid_from: datetime,
    valid_until: datetime | None = None,
    purpose: str = "revocation",
    size: int = ENTRIES,
) -> dict[str, Any]:
    """The unsigned list; `proofs.sign` or `vcjwt.sign` seals it. `issuer` is the id of the badges' issuer."""
    credential = {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", LIST],
        "issuer": issuer,
        "validFrom": wire_time(valid_from),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(marked, size),
        },
    }
    return credential | ({"validUntil": wire_time(valid_until)} if valid_until else {})


def entries_of(document: Mapping[str, Any]) -> list[Any]:
    """What a credential says of its status, one or several."""
    found = document.get("credentialStatus", [])
    return found if isinstance(found, list) else [found]


def status_of(
    document: Mapping[str, Any],
    lists: Mapping[str, Any],
    at: datetime,
    dids: controllers.Documents | None = None,
    jwks: Mapping[str, Any] | None = None,
) -> str:
    """ "" (no list says anything against it), revoked, or suspended, at the instant `at`. Raises StatusRefused.

    `lists`: what was fetched, by address: a list credential (JSON object) or a token (text); `dids`, `jwks` as in
    `vcjwt.verify`. Reasons:
    - no_list (an address without its list), entry_type, entry_purpose, entry_index, entry_size (more than one bit)
    - list_proof (unsigned, forged, out of its dates), list_issuer (another's), list_address (made for another
      address), list_purpose, list_broken, list_bomb, list_short, index_outside
    """
    worst = ""

    def open_list(url: str) -> Mapping[str, Any]:
        return _subject(lists[url], url, proofs.issuer_of(document), at, dids, jwks)

    for one in entries_of(document):
        found = _entry_status(one, lists, open_list)
        worst = "revoked" if "revoked" in (worst, found) else worst or found
    return worst


def _entry_status(one: Any, lists: Mapping[str, Any], open_list: Callable[[str], Mapping[str, Any]]) -> str:
    if not isinstance(one, Mapping) or _several(one.get("type")) != ["BitstringStatusListEntry"]:
        raise StatusRefused("entry_type")
    purpose, url, index = (
        one.get(name) for name in ("statusPurpose", "statusListCredential", "statusListIndex")
    )
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        raise StatusRefused("entry_purpose")
    if str(one.get("statusSize", 1)) != "1":
        raise StatusRefused("entry_size")
    if not isinstance(index, str) or not index.isascii() or not index.isdigit() or len(index) > 9:
        raise StatusRefused("entry_index")
    if not isinstance(url, str) or url not in lists:
        raise StatusRefused("no_list")
    subject = open_list(url)
    if purpose not in _several(subject.get("statusPurpose")):
        raise StatusRefused("list_purpose")
    bits, place = decode(subject.get("encodedList")), int(index)
    if place >= len(bits) * 8:
        raise StatusRefused("index_outside")
    return PURPOSES[purpose] if bits[place // 8] & 0x80 >> place % 8 else ""


def _subject(
    found: Any,
    url: str,
    issuer: str,
    at: datetime,
    dids: controllers.Documents | None,
    jwks: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    """The subject of a list that is what the badge says it is: sealed, in its dates, of the badge's own issuer."""
    if isinstance(found, str):
        verification, document = vcjwt.verify(found, at, dids=dids, jwks=jwks, types=(LIST,))
    elif isinstance(found, Mapping):
        document = dict(found)
        verification = proofs.verify(document, at, dids=dids, types=(LIST,))
    else:
        raise StatusRefused("list_broken")
    if not issuer or verification.issuer != issuer:
        raise StatusRefused("list_issuer")
    if not verification.ok:
        raise StatusRefused("list_proof")
    if document.get("id") != url:
        raise StatusRefused("list_address")
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping) or subject.get("type") not in (
        "BitstringStatusList",
        ["BitstringStatusList"],
    ):
        raise StatusRefused("list_broken")
    return subject


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
