"""What a run publishes and how its people stand in it: programmes, groups, classes, entries. No database, no clock.

The codes in the published texts: `p1`, `p2`, … are the options of the run's calls in order; `g1`, `g2`, … the areas for
which seats are held.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sonjuku.engines.selection import bundle, wire, wire_assign, wire_draw
from sonjuku.engines.selection.assign import Applicant, Programme, Rules, Wish
from sonjuku.engines.selection.assign import Seats as SeatType
from sonjuku.engines.selection.wire_draw import Unit
from sonjuku.rooms.calls.models import Call, EligibilityRule, SeatPool
from sonjuku.toolbox.dates import day_of, end_of_day
from sonjuku.toolbox.holidays import working_days_later
from sonjuku.toolbox.lg_code import same_area

# Fewer than this many in public could tell who is meant.
FEW = 5
STAFF_REASON, OTHER_REASONS = "staff", "other"
KNOWN_REASONS = frozenset(
    {*EligibilityRule.Kind.values, "guardian_consent", "guardian_overdue", "guardian_refused", "double", "once_a_year"}
)  # fmt: skip
INSTANT = timedelta(microseconds=1)


class Course(NamedTuple):
    """One option of one call. `pools` in the published order: seats held for an area first."""

    code: str
    call_id: UUID
    option: str
    pools: tuple[SeatPool, ...]


@dataclass(frozen=True)
class Layout:
    """The programmes of a run. `groups`: the municipalities that seats are held for -> code."""

    method: str
    courses: tuple[Course, ...]
    groups: Mapping[tuple[str, ...], str]

    def codes(self) -> dict[tuple[UUID, str], str]:
        """(call, option) -> programme."""
        return {(course.call_id, course.option): course.code for course in self.courses}


def layout_of(calls: Sequence[Call], pools: Mapping[UUID, Sequence[SeatPool]]) -> Layout:
    """`calls` in run order, the pools of each by its id."""
    courses: list[Course] = []
    groups: dict[tuple[str, ...], str] = {}
    for call in calls:
        options = dict.fromkeys(pool.option for pool in pools[call.id])
        for option in options:
            mine = [pool for pool in pools[call.id] if pool.option == option]
            mine.sort(key=lambda pool: not pool.reserved_for_lg_codes)
            courses.append(Course(f"p{len(courses) + 1}", call.id, option, tuple(mine)))
            for pool in mine:
                if pool.reserved_for_lg_codes:
                    groups.setdefault(_area(pool), f"g{len(groups) + 1}")
    alone = len(calls) == 1 and len(courses) == 1 and len(courses[0].pools) == 1
    plain = alone and not groups and calls[0].selection == Call.Selection.LOTTERY
    return Layout("draw" if plain else "assign", tuple(courses), groups)


def _area(pool: SeatPool) -> tuple[str, ...]:
    return tuple(sorted(set(pool.reserved_for_lg_codes)))


def rules_text(layout: Layout, *, run_code: str, source: str) -> str:
    """The rules to publish, with the seats that are free now. Raises ValueError as `bundle.make_rules`."""
    if layout.method == "draw":
        [course] = layout.courses
        lines = wire_draw.rules_lines(_free(course.pools[0]))
    else:
        lines = wire_assign.rules_lines(Rules(tuple(_programme(layout, each) for each in layout.courses)))
    return bundle.make_rules(layout.method, run_code, source, lines)


def _programme(layout: Layout, course: Course) -> Programme:
    seats = [
        SeatType(layout.groups[_area(pool)] if pool.reserved_for_lg_codes else "", _free(pool))
        for pool in course.pools
    ]
    return Programme(course.code, tuple(seats))


def _free(pool: SeatPool) -> int:
    return pool.capacity - pool.taken


def read_rules(text: str) -> tuple[str, Rules]:
    """Method and programmes of published rules; a plain draw is one programme with open seats."""
    lines = wire.lines_of(text, "bad_rules")
    method, rest = wire.read_head(lines).method, lines[len(wire.HEAD) :]
    if method == "draw":
        return method, Rules((Programme("p1", (SeatType("", wire_draw.read_rules(rest)),)),))
    return method, wire_assign.read_rules(rest)


def titles_of(layout: Layout, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Code in the texts -> [Japanese, English]."""
    named = {call.id: call for call in calls}
    found = {}
    for course in layout.courses:
        call, first = named[course.call_id], course.pools[0]
        ja, en = call.title, call.title_en or call.title
        if course.option:
            option = (course.option, first.option_en or course.option)
            ja, en = option if len(calls) == 1 else (f"{ja} {option[0]}", f"{en}: {option[1]}")
        found[course.code] = [ja, en]
        for pool in course.pools:
            if pool.reserved_for_lg_codes:
                title = pool.seat_type or "・".join(_area(pool))
                found.setdefault(layout.groups[_area(pool)], [title, pool.seat_type_en or title])
    return found


# Who takes part


class Entry(NamedTuple):
    """One application as a run sees it; `code` is its person's in the run."""

    id: UUID
    code: str
    call_id: UUID
    wishes: Sequence[str]
    priority: int
    lg_code: str = ""
    persons: int = 1


def persons_of(entries: Iterable[Entry]) -> dict[str, int]:
    """Code -> how many persons, for those who are not alone."""
    return {entry.code: entry.persons for entry in entries if entry.persons > 1}


def applicants_of(layout: Layout, entries: Iterable[Entry]) -> list[Applicant]:
    """One per code, with the wishes of all their applications; `entries` come in the order of a person's wishes.

    Somebody is only said to belong to an area where seats are held for it in what they wish for.
    """
    codes, held = layout.codes(), _held(layout)
    found: dict[str, tuple[dict[str, int], set[str]]] = {}
    for entry in entries:
        wishes, groups = found.setdefault(entry.code, ({}, set()))
        for option in entry.wishes:
            programme = codes.get((entry.call_id, option))
            if programme is not None:
                wishes.setdefault(programme, entry.priority)
                groups.update(
                    group for area, group in held.get(programme, ()) if same_area(entry.lg_code, area)
                )
    return [
        Applicant(code, tuple(Wish(*wish) for wish in wishes.items()), tuple(sorted(groups)))
        for code, (wishes, groups) in found.items()
    ]


def _held(layout: Layout) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Programme -> areas with seats held there, and their groups."""
    return {
        course.code: [
            (_area(pool), layout.groups[_area(pool)]) for pool in course.pools if pool.reserved_for_lg_codes
        ]
        for course in layout.courses
    }


def list_text(
    rules: str, method: str, applicants: Iterable[Applicant], persons: Mapping[str, int] | None = None
) -> str:
    """The list to freeze. `persons`: see `persons_of`; only a plain draw has units (ValueError elsewhere)."""
    persons = persons or {}
    if method == "draw":
        lines = wire_draw.list_lines(
            Unit(a.code, a.wishes[0].priority, persons.get(a.code, 1)) for a in applicants
        )
    elif persons:
        raise ValueError("units_in_assignment")
    else:
        lines = wire_assign.list_lines(applicants)
    return bundle.make_list(rules, lines)


def read_list(text: str, method: str) -> list[Applicant]:
    """Who stands in a frozen list."""
    lines = wire.lines_of(text, "bad_list")[1:]
    if method == "draw":
        return [Applicant(unit.code, (Wish("p1", unit.priority),)) for unit in wire_draw.read_list(lines)]
    return wire_assign.read_list(lines)


def read_persons(text: str, method: str) -> dict[str, int]:
    """Code -> how many persons a frozen list says are drawn as one, for those who are not alone."""
    if method != "draw":
        return {}
    units = wire_draw.read_list(wire.lines_of(text, "bad_list")[1:])
    return {unit.code: unit.persons for unit in units if unit.persons > 1}


# What is merged so that nobody is recognised


def merged_classes(applicants: Iterable[Applicant], few: int = FEW) -> dict[int, int]:
    """Class -> the class it is merged into: one with fewer than `few` codes goes to the one before it, the first to the
    next. Only classes that are merged are named."""
    members: dict[int, set[str]] = {}
    for applicant in applicants:
        for wish in applicant.wishes:
            members.setdefault(wish.priority, set()).add(applicant.code)
    order = sorted(members)
    into = {each: each for each in order}
    for at in range(len(order) - 1, -1, -1):
        here = order[at]
        if len(order) > 1 and len(members[here]) < few:
            other = order[at - 1] if at else order[1]
            members[other] |= members.pop(here)
            into = {each: other if goal == here else goal for each, goal in into.items()}
            order.pop(at)
    return {each: goal for each, goal in into.items() if each != goal}


def with_classes(applicants: Iterable[Applicant], into: Mapping[int, int]) -> list[Applicant]:
    """The same people in merged classes."""
    return [
        a._replace(wishes=tuple(Wish(w.programme, into.get(w.priority, w.priority)) for w in a.wishes))
        for a in applicants
    ]


def counted_reasons(reasons: Iterable[Collection[str]]) -> dict[str, int]:
    """How many are not eligible, by their first reason; what staff wrote themselves counts as `staff`."""
    first = (next(iter(each), STAFF_REASON) for each in reasons)
    return dict(sorted(Counter(one if one in KNOWN_REASONS else STAFF_REASON for one in first).items()))


def public_reasons(counts: Mapping[str, int], few: int = FEW) -> dict[str, int]:
    """The same for the public: reasons of fewer than `few` people are counted together as `other`."""
    shown = {reason: number for reason, number in counts.items() if number >= few}
    rest = sum(number for number in counts.values() if number < few)
    return shown | ({OTHER_REASONS: rest} if rest else {})


# When


def freezes_from(closes_at: datetime, check_days: int) -> datetime:
    """資格確認: the list may be frozen once so many working days have passed after the day of the last close."""
    if check_days == 0:
        return closes_at
    return end_of_day(working_days_later(day_of(closes_at - INSTANT), check_days))
