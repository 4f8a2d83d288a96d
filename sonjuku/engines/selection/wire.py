"""The published texts of a selection: what is hashed is what is read, to the byte.

Every text is UTF-8 without a mark at its start; each line ends with LF (0x0A), also the last; fields are parted by one
TAB (0x09); nothing is padded, quoted or escaped. Whole numbers are decimal without sign or leading zero. A name
(codes, programmes, regions, groups) is 1 to 64 of `A-Z a-z 0-9 _ -`, the first
a letter or digit. An empty list is `-`. Sorted means by bytes.

Rules, published when the call opens:

    format TAB sonjuku-selection-2
    engine TAB 1
    method TAB draw | assign | match
    run TAB name                     the run's own code
    source TAB text                  where the public value will come from, in words
    ...                              lines of the method (`draw`: `seats TAB number`)

List, frozen before the public value is known: `rules TAB <SHA-256 of the rules, lower-case hex>`, then lines of the
method. The method's own lines stand in `wire_draw`, `wire_assign` and `wire_match`.

    list_hash = SHA-256(list)        seed = SHA-256(list_hash ":" public_value)       lower-case hex, ASCII
    number of a code = SHA-256(seed ":" code)       the smaller digest goes first, compared as bytes
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple, Protocol

from sonjuku.engines.selection.assign import MOST, NAME

FORMAT = "sonjuku-selection-2"
ENGINE = "1"
NONE = "-"
_STRAY = re.compile(
    r"[\x00-\x08\x0b-\x1f]|^$(?=\n)", re.M
)  # a sign below a space, or a line with nothing in it
HEAD = ("format", "engine", "method", "run", "source")


class Wrong(ValueError):
    """A text that is not in the format; `where` is its line, from 1."""

    def __init__(self, reason: str, where: int) -> None:
        super().__init__(f"{reason} line {where}")


class Head(NamedTuple):
    """The first five lines of the rules."""

    format: str
    engine: str
    method: str
    run: str
    source: str


class Run(NamedTuple):
    """Lines without their ends: all codes in drawing order, and who got what."""

    order: list[str]
    result: list[str]


class Method(Protocol):
    """What the bundle asks of a method. Lines are given without their ends and without the heads."""

    def run(self, rules: Sequence[str], entries: Sequence[str], seed: str) -> Run:
        """Compute the result from the published texts."""

    def complaints(
        self, rules: Sequence[str], entries: Sequence[str], seed: str, result: Sequence[str]
    ) -> list[str]:
        """What the independent checker says of a published result."""


def text_of(lines: Iterable[str]) -> str:
    """Lines with their ends."""
    return "".join(f"{line}\n" for line in lines)


def lines_of(text: str, reason: str) -> list[str]:
    """The lines of a text that is in the format; refuses another line end, an empty line, a missing end."""
    if text and not text.endswith("\n"):
        raise Wrong(reason, text.count("\n") + 1)
    stray = _STRAY.search(text)
    if stray:
        raise Wrong(reason, text.count("\n", 0, stray.start()) + 1)
    return text.split("\n")[:-1]


def hash_of(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, lower-case hex."""
    return sha256(text.encode("utf-8")).hexdigest()


def head_lines(method: str, run: str, source: str) -> list[str]:
    """The first lines of the rules."""
    if not NAME.fullmatch(run) or not source or any(ord(sign) < 32 for sign in source):
        raise ValueError("bad_head")
    values = (FORMAT, ENGINE, method, run, source)
    return [f"{key}\t{value}" for key, value in zip(HEAD, values, strict=True)]


def read_head(lines: Sequence[str]) -> Head:
    """The five values; refuses anything else with `Wrong`."""
    values = []
    for number, key in enumerate(HEAD, start=1):
        found = lines[number - 1].split("\t") if number <= len(lines) else []
        if len(found) != 2 or found[0] != key or not found[1]:
            raise Wrong("bad_rules", number)
        values.append(found[1])
    return Head(*values)


def whole(text: str) -> int:
    """A decimal number as the format writes it."""
    if not text.isascii() or not text.isdigit() or len(text) > 10 or str(int(text)) != text:
        raise ValueError("not a number")
    if int(text) > MOST:
        raise ValueError("too large")
    return int(text)


def name(text: str) -> str:
    """A name as the format allows it."""
    if not NAME.fullmatch(text):
        raise ValueError("not a name")
    return text


def names(text: str, sign: str = ",") -> list[str]:
    """Names parted by a sign, or `-` for none."""
    return [] if text == NONE else [name(part) for part in text.split(sign)]


def rising(codes: Sequence[str]) -> None:
    """Refuses codes that are not sorted or stand twice."""
    if any(left >= right for left, right in pairwise(codes)):
        raise ValueError("not sorted")
