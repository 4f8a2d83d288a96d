"""Applications of different records that look like one person's: same name and birth date, phone or address."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import NamedTuple
from uuid import UUID

NAME, PHONE, ADDRESS, COMPANION = "name", "phone", "address", "companion"
# In a dormitory everybody has one address: not each with each, but each with the next by name.
CROWD = 20
_NOT_A_DIGIT = re.compile(r"\D+")
_DASHES = re.compile("[‐‑‒–—―−－ーｰ]")


class Known(NamedTuple):
    """What is compared of one application's person, or of somebody who comes along."""

    application_id: UUID
    person_id: UUID
    kana: str
    born: date | None
    phone: str
    address: str
    is_companion: bool = False


class Pair(NamedTuple):
    """Two applications and what is alike: `name`, `phone`, `address`; `companion`: somebody stands in both of them."""

    first: UUID
    second: UUID
    alike: tuple[str, ...]


def pairs(rows: Sequence[Known]) -> list[Pair]:
    """Each two that look alike once, in the order of `rows`; one row per person and companion."""
    place: dict[UUID, int] = {}
    for at, row in enumerate(rows):
        place.setdefault(row.application_id, at)
    found: dict[tuple[UUID, UUID], list[str]] = {}
    for kind, key_of in ((NAME, _name), (PHONE, _phone), (ADDRESS, _address), (COMPANION, _reading)):
        groups: dict[object, list[Known]] = {}
        for row in rows:
            key = key_of(row)
            if key is not None:
                groups.setdefault(key, []).append(row)
        for group in groups.values():
            for one, other in _compared(group):
                if not _may_be_same(kind, one, other):
                    continue
                key_pair = sorted((one.application_id, other.application_id), key=place.__getitem__)
                alike = found.setdefault((key_pair[0], key_pair[1]), [])
                if kind not in alike:
                    alike.append(kind)
    ordered = sorted(found.items(), key=lambda item: (place[item[0][0]], place[item[0][1]]))
    return [Pair(first, second, tuple(alike)) for (first, second), alike in ordered]


def _compared(group: list[Known]) -> Iterable[tuple[Known, Known]]:
    if len(group) <= CROWD:
        return combinations(group, 2)
    return pairwise(sorted(group, key=lambda row: (_folded(row.kana), str(row.application_id))))


def _may_be_same(kind: str, one: Known, other: Known) -> bool:
    if one.application_id == other.application_id:
        return False
    if not (one.is_companion or other.is_companion):
        return kind != COMPANION
    # A companion's birth date need not be told.
    return kind == COMPANION and (one.born is None or other.born is None or one.born == other.born)


def _name(row: Known) -> tuple[str, date] | None:
    kana = _folded(row.kana)
    return (kana, row.born) if kana and row.born else None


def _reading(row: Known) -> str | None:
    return _folded(row.kana) or None


def _phone(row: Known) -> str | None:
    digits = _NOT_A_DIGIT.sub("", unicodedata.normalize("NFKC", row.phone))
    return digits if digits.strip("0") else None


def _address(row: Known) -> str | None:
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", row.address))
    # 1丁目2番3号 and 1-2-3 are one house.
    text = re.sub(r"(?<=\d)(丁目|番地の?|番|号|の)(?=\d)", "-", text)
    return re.sub(r"(?<=\d)(番地|番|号)", "", _folded(text)) or None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
