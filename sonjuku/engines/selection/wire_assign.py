"""Ranked wishes in the published texts.

Rules, in the published order: first every `region TAB name TAB cap`; then for each programme
`programme TAB name TAB region or - TAB target`, followed by its seat types in processing order,
`seats TAB group or * TAB number`.

List, sorted by code: `code TAB groups TAB wishes`: groups sorted and parted by commas, wishes `programme:class`, best
first, parted by commas; `-` for none of either.

Order: all codes by number alone. Result, sorted by code: `code TAB programme TAB seat`, where seat is the place of the seat
type in the programme's list, from 1, or `released`; `code TAB - TAB -` for those without a place.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sonjuku.engines.selection.assign import (
    MOST_CLASS,
    Applicant,
    Place,
    Programme,
    Region,
    Rules,
    Seats,
    Wish,
    assign,
    check_rules,
    findings,
)
from sonjuku.engines.selection.wire import NONE, Run, Wrong, name, names, rising, whole

ANYBODY = "*"
RELEASED = "released"


def rules_lines(rules: Rules) -> list[str]:
    """The method's lines of the rules."""
    lines = [f"region\t{region.code}\t{region.cap}" for region in rules.regions]
    for programme in rules.programmes:
        target = programme.target if programme.region else 0
        lines.append(f"programme\t{programme.code}\t{programme.region or NONE}\t{target}")
        lines += [f"seats\t{seats.group or ANYBODY}\t{seats.size}" for seats in programme.seats]
    return lines


def list_lines(applicants: Iterable[Applicant]) -> list[str]:
    """The frozen lines, whatever the order of the input."""
    return [
        "\t".join(
            (
                a.code,
                ",".join(sorted(a.groups)) or NONE,
                ",".join(f"{wish.programme}:{wish.priority}" for wish in a.wishes) or NONE,
            )
        )
        for a in sorted(applicants, key=lambda a: a.code.encode())
    ]


def result_lines(rules: Rules, codes: Iterable[str], places: dict[str, Place]) -> list[str]:
    """Who sits where, sorted by code."""
    kinds = {programme.code: len(programme.seats) for programme in rules.programmes}
    lines = []
    for code in sorted(codes, key=str.encode):
        place = places.get(code)
        if place is None:
            lines.append(f"{code}\t{NONE}\t{NONE}")
        else:
            seat = RELEASED if place.seat == kinds[place.programme] else str(place.seat + 1)
            lines.append(f"{code}\t{place.programme}\t{seat}")
    return lines


def read_rules(lines: Sequence[str]) -> Rules:
    """Regions and programmes, in the published order."""
    regions: list[Region] = []
    programmes: list[Programme] = []
    for number, line in enumerate(lines, start=6):
        try:
            key, *rest = line.split("\t")
            if key == "region" and not programmes:
                code, cap = rest
                regions.append(Region(name(code), whole(cap)))
            elif key == "programme":
                code, region, target = rest
                programmes.append(
                    Programme(name(code), (), "" if region == NONE else name(region), whole(target))
                )
            elif key == "seats":
                group, size = rest
                last = programmes.pop()
                seats = Seats("" if group == ANYBODY else name(group), whole(size))
                programmes.append(last._replace(seats=(*last.seats, seats)))
            else:
                raise ValueError
        except (ValueError, IndexError):
            raise Wrong("bad_rules", number) from None
    rules = Rules(tuple(programmes), tuple(regions))
    try:
        check_rules(rules)
    except ValueError as refusal:
        raise Wrong(f"bad_rules {refusal}", 6) from None
    return rules


def read_list(lines: Sequence[str]) -> list[Applicant]:
    """The frozen entries."""
    found: list[Applicant] = []
    for number, line in enumerate(lines, start=2):
        try:
            code, groups, wishes = line.split("\t")
            listed = [] if wishes == NONE else [_wish(part) for part in wishes.split(",")]
            found.append(Applicant(name(code), tuple(listed), tuple(names(groups))))
            rising(found[-1].groups)
            rising([one.code for one in found[-2:]])
        except ValueError:
            raise Wrong("bad_list", number) from None
    return found


@lru_cache(maxsize=1 << 16)  # the same few programmes and classes stand in every line
def _wish(text: str) -> Wish:
    programme, priority = text.split(":")
    wish = Wish(name(programme), whole(priority))
    if not 1 <= wish.priority <= MOST_CLASS:
        raise ValueError
    return wish


def read_result(rules: Rules, lines: Sequence[str]) -> dict[str, Place]:
    """Who sits where; refuses lines that are no result."""
    kinds = {programme.code: len(programme.seats) for programme in rules.programmes}
    places = {}
    for number, line in enumerate(lines, start=1):
        try:
            code, programme, seat = line.split("\t")
            if programme != NONE:
                kind = kinds[programme] if seat == RELEASED else whole(seat) - 1
                if not 0 <= kind <= kinds[programme]:
                    raise ValueError
                places[code] = Place(programme, kind)
        except (ValueError, KeyError):
            raise Wrong("bad_result", number) from None
    return places


class Assign:
    """`wire.Method` for ranked wishes."""

    def run(self, rules: Sequence[str], entries: Sequence[str], seed: str) -> Run:
        known, applicants = read_rules(rules), read_list(entries)
        done = assign(known, applicants, seed)
        return Run(list(done.order), result_lines(known, done.order, done.places))

    def complaints(
        self, rules: Sequence[str], entries: Sequence[str], seed: str, result: Sequence[str]
    ) -> list[str]:
        known = read_rules(rules)
        return findings(known, read_list(entries), seed, read_result(known, result))
