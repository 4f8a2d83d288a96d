"""Quarters, the tree of places that a council counts by, and what of its counts may be shown. No database, no clock."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sonjuku.engines.suppression import SMALLEST, Node, publish
from sonjuku.toolbox.lg_code import municipality_of

# Stands for everywhere else, and for people whose place is not known. No place has this code.
OUTSIDE = "000000"
MONTHS = 3
# A note says that a skill grows where so many more people than in the quarter before are shown.
GROWTH = SMALLEST


class Place(NamedTuple):
    """A cell's place: the council (None, ""), a group (id, ""), a municipality in a group or (None, code) in none."""

    group: uuid.UUID | None
    lg_code: str


COUNCIL = Place(None, "")


class Shown(NamedTuple):
    """`number` None: hidden. `is_at_least`: a part of it is hidden, the number is the sum of what may be shown."""

    number: int | None
    is_at_least: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """The municipalities a council counts by, in groups or loose: fixed before counting, so that the presence of a
    place says nothing about people."""

    groups: tuple[tuple[uuid.UUID, tuple[str, ...]], ...]
    loose: tuple[str, ...]

    def places(self) -> dict[str, Place]:
        """Where each municipality stands; OUTSIDE is one of the loose."""
        grouped = {code: Place(group, code) for group, codes in self.groups for code in codes}
        return grouped | {code: Place(None, code) for code in (*self.loose, OUTSIDE)}


def area(*, own: Iterable[str], groups: Iterable[tuple[uuid.UUID, Iterable[str]]]) -> Area:
    """`own`: the codes of the council's municipalities (wards count to their city). A code in two groups stays in
    the first; a group without municipalities is left out."""
    taken: set[str] = set()
    kept = []
    for group, codes in groups:
        mine = tuple(dict.fromkeys(code for code in map(municipality_of, codes) if code not in taken))
        taken.update(mine)
        if mine:
            kept.append((group, mine))
    loose = dict.fromkeys(code for code in map(municipality_of, own) if code not in taken)
    return Area(tuple(kept), tuple(loose))


# Quarters


def quarter_of(day: date) -> date:
    """The first day of the quarter: 1 January, 1 April, 1 July or 1 October."""
    return date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1)


def next_quarter(quarter_on: date) -> date:
    last = quarter_on.month + MONTHS > 12
    return date(quarter_on.year + last, 1 if last else quarter_on.month + MONTHS, 1)


def previous_quarter(quarter_on: date) -> date:
    first = quarter_on.month == 1
    return date(quarter_on.year - first, 10 if first else quarter_on.month - MONTHS, 1)


def quarters_due(*, today: date, released: date | None, earliest: date | None, most: int = 40) -> list[date]:
    """The finished quarters still to be released, oldest first: after the newest released one, else from the quarter
    of the earliest row, at most `most`. Without any row the last finished quarter alone."""
    newest = previous_quarter(quarter_of(today))
    if released is not None:
        start = next_quarter(released)
    else:
        start = min(quarter_of(earliest), newest) if earliest else newest
    found = []
    while start <= newest:
        found.append(start)
        start = next_quarter(start)
    return found[-most:]


# Counts


def skill_cells(
    place: Area, gained: Mapping[uuid.UUID, tuple[frozenset[uuid.UUID], str]]
) -> tuple[dict[tuple[uuid.UUID, Place], Shown], Shown]:
    """What may be shown per skill and place, and of how many people in all. `gained`: person to new skills and code.

    Everyone is counted in exactly one table, that of the people who gained the same skills: skills that always come
    together, or never one without the other, then cannot be set off against each other. A skill's cell is the sum of
    what those tables show.
    """
    together: dict[frozenset[uuid.UUID], Counter[str]] = {}
    for skills, code in gained.values():
        together.setdefault(skills, Counter())[_home(place, code)] += 1
    tables = {skills: _published(place, counts) for skills, counts in together.items()}
    cells: dict[tuple[uuid.UUID, Place], Shown] = {}
    for skill in {skill for skills in tables for skill in skills}:
        parts = [table for skills, table in tables.items() if skill in skills]
        cells |= {(skill, where): _sum(table[where] for table in parts) for where in parts[0]}
    return cells, _sum(table[COUNCIL] for table in tables.values())


def applicant_figures(
    place: Area, applications: Mapping[uuid.UUID, tuple[int, str]]
) -> tuple[Shown, dict[Place, Shown]]:
    """`applications`: person to number of applications and code. Returns how many applications (延べ) and, by place,
    how many people (実人数). Both stand in one tree, so that neither gives the other away."""
    counts = Counter(_home(place, code) for _number, code in applications.values())
    again = sum(number - 1 for number, _code in applications.values())
    people = _tree(place, counts)
    cells = publish(Node("applications", children=(people, Node("again", again))))
    table = _with_sums(place, {where: cells[where] for where in _named(place)})
    total = cells["applications"]
    if total is None and table[COUNCIL].number is None:
        return Shown(None), table
    return (Shown(total) if total is not None else Shown(_least(table[COUNCIL], cells["again"]), True)), table


def in_steps(number: int) -> Shown:
    """A count that stands beside others, in steps of five: `17` becomes "15 or more", under five it is hidden."""
    return Shown(number - number % SMALLEST, True) if number >= SMALLEST else Shown(None)


def _least(people: Shown, again: int | None) -> int:
    return (people.number or 0) + (again or 0)


def _home(place: Area, code: str) -> str:
    own = municipality_of(code) if len(code) == 6 else code
    return own if own in place.places() else OUTSIDE


def _named(place: Area) -> list[Place]:
    groups = [Place(group, "") for group, _codes in place.groups]
    return [COUNCIL, *groups, *place.places().values()]


def _tree(place: Area, counts: Mapping[str, int]) -> Node:
    groups = [
        Node(Place(group, ""), children=tuple(Node(Place(group, c), counts.get(c, 0)) for c in codes))
        for group, codes in place.groups
    ]
    loose = [Node(Place(None, code), counts.get(code, 0)) for code in (*place.loose, OUTSIDE)]
    return Node(COUNCIL, children=(*groups, *loose))


def _published(place: Area, counts: Mapping[str, int]) -> dict[Place, Shown]:
    cells = publish(_tree(place, counts))
    return _with_sums(place, {where: cells[where] for where in _named(place)})


def _with_sums(place: Area, cells: Mapping[Place, int | None]) -> dict[Place, Shown]:
    """Where a sum is hidden, what is shown under it, marked as such."""
    found = {where: Shown(number) for where, number in cells.items()}
    for group, codes in place.groups:
        if cells[Place(group, "")] is None:
            found[Place(group, "")] = _sum(found[Place(group, code)] for code in codes)
    if cells[COUNCIL] is None:
        parts = [Place(group, "") for group, _codes in place.groups]
        parts += [Place(None, code) for code in (*place.loose, OUTSIDE)]
        found[COUNCIL] = _sum(found[part] for part in parts)
    return found


def _sum(parts: Iterable[Shown]) -> Shown:
    rows = list(parts)
    number = sum(row.number or 0 for row in rows)
    is_open = any(row.number is None or row.is_at_least for row in rows)
    if is_open and not number:
        return Shown(None)
    return Shown(number, is_open)


def total_of(parts: Iterable[Shown]) -> Shown:
    """The sum of published cells, as every margin is made; hidden where nothing of it is shown."""
    return _sum(parts)


def grows(before: Shown, now: Shown) -> bool:
    """Whether a note may say that a skill grows: from whole published numbers alone, by five and more."""
    if now.number is None or before.number is None or before.is_at_least:
        return False
    return now.number - before.number >= GROWTH
