"""A lottery that anyone can repeat.

1. Before the seed is known, the list of entries (receipt code, class) is fixed and its hash published.
2. A value that nobody here controls, named before the call closed, becomes public.
3. The seed is SHA-256 over `list_hash:public_value`; an entry's rank is SHA-256 over `seed:code`; ASCII.

Places go by class (a smaller number first), within a class by rank; those left over wait in the same
order. The order of the input never matters. What breaks the format is refused with ValueError, its text a
reason code: `bad_code`, `duplicate_code`, `bad_class`, `bad_seed`, `bad_seats`, `bad_hash`,
`bad_public_value`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

Entry = tuple[str, int]

_CODE = re.compile(
    r"[!-~]+"
)  # printable ASCII without a space: a tab or line end would make the list ambiguous
_HEX = re.compile(r"[0-9a-f]+")
_HASH = re.compile(r"[0-9a-f]{64}")
_PUBLIC_VALUE = re.compile(r"[ -~]+")


class Drawn(NamedTuple):
    """The first `seats` codes of `order`, and the rest: the waiting list, first in line first."""

    winners: tuple[str, ...]
    waiting: tuple[str, ...]
    order: tuple[str, ...]


def draw_order(codes: Iterable[str], hexseed: str) -> list[str]:
    """Codes by SHA-256 over the ASCII of `hexseed + ":" + code`, ties by code. Seeds: lower-case hex."""
    if not _HEX.fullmatch(hexseed):
        raise ValueError("bad_seed")
    found = list(codes)
    _check_codes(found)
    start = f"{hexseed}:".encode("ascii")
    return [code for _, code in sorted((sha256(start + c.encode("ascii")).digest(), c) for c in found)]


def draw(codes_with_class: Sequence[Entry], hexseed: str, seats: int) -> Drawn:
    """Gives `seats` places: class 1 before class 2, by `draw_order` within a class."""
    if isinstance(seats, bool) or seats < 0:
        raise ValueError("bad_seats")
    _check_entries(codes_with_class)
    priority = dict(codes_with_class)
    order = sorted(draw_order(priority, hexseed), key=priority.__getitem__)
    return Drawn(tuple(order[:seats]), tuple(order[seats:]), tuple(order))


def list_bytes(entries: Iterable[Entry]) -> bytes:
    """The published list: one `code<TAB>class<LF>` per entry, sorted by code, ASCII."""
    found = list(entries)
    _check_entries(found)
    return "".join(f"{code}\t{priority}\n" for code, priority in sorted(found)).encode("ascii")


def list_hash(entries: Iterable[Entry]) -> str:
    """SHA-256 over `list_bytes`, lower-case hex: publish it before the seed can be known."""
    return sha256(list_bytes(entries)).hexdigest()


def seed_from(list_hash_hex: str, public_value: str) -> str:
    """The seed: SHA-256 over the ASCII bytes of `list_hash + ":" + public_value`, lower-case hex.

    The public value is taken to the letter, so publish it exactly as it is used here.
    """
    if not _HASH.fullmatch(list_hash_hex):
        raise ValueError("bad_hash")
    if not _PUBLIC_VALUE.fullmatch(public_value):
        raise ValueError("bad_public_value")
    return sha256(f"{list_hash_hex}:{public_value}".encode("ascii")).hexdigest()


def make_proof(entries: Sequence[Entry], public_value: str, seats: int) -> dict[str, Any]:
    """Draws and returns the JSON-ready proof that `recompute` checks; a caller may add keys of its own.

    `entries` are `[code, class]` pairs sorted by code, `order` is the whole order: its first `seats` won.
    """
    hashed = list_hash(entries)
    seed = seed_from(hashed, public_value)
    return {
        "entries": [list(entry) for entry in sorted(entries)],
        "list_hash": hashed,
        "public_value": public_value,
        "seed": seed,
        "seats": seats,
        "order": list(draw(entries, seed, seats).order),
    }


def recompute(proof: Mapping[str, Any]) -> list[str]:
    """Repeats a published draw; returns what is wrong with it, and nothing when it holds.

    `malformed` (a key is missing or has another shape), any reason code of this module, or
    `list_hash_differs`, `seed_differs`, `order_differs`. Each step is checked against the published step
    before it, so that the answer names the step that broke.
    """
    try:
        entries = [_pair(entry) for entry in proof["entries"]]
        hashed, public_value, seed = (_text(proof[key]) for key in ("list_hash", "public_value", "seed"))
        seats, order = _whole(proof["seats"]), [_text(code) for code in proof["order"]]
    except (KeyError, TypeError, ValueError):
        return ["malformed"]
    try:
        problems = {
            "list_hash_differs": list_hash(entries) != hashed,
            "seed_differs": seed_from(hashed, public_value) != seed,
            "order_differs": list(draw(entries, seed, seats).order) != order,
        }
    except ValueError as refusal:
        return [str(refusal)]
    return [name for name, wrong in problems.items() if wrong]


def _check_codes(codes: Sequence[str]) -> None:
    if not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("bad_code")
    if len(set(codes)) != len(codes):
        raise ValueError("duplicate_code")


def _check_entries(entries: Sequence[Entry]) -> None:
    _check_codes([code for code, _ in entries])
    if any(isinstance(priority, bool) or not isinstance(priority, int) for _, priority in entries):
        raise ValueError("bad_class")


def _pair(value: Any) -> Entry:
    code, priority = value
    return _text(code), _whole(priority)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value
