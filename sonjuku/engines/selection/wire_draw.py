"""A plain draw in the published texts.

Rules: `seats TAB number`.
List, sorted by code: `code TAB class`, or `code TAB class TAB persons` for two or more who are drawn as one.
Order: codes by class, then number. Result, in that order: `code TAB in` or `code TAB waiting`.

A unit that is larger than the seats left waits, and the next one that fits goes in. The waiting list is the
rest of the order. The order alone comes from `sha256sum` and `sort`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sonjuku.engines.selection.assign import MOST_CLASS
from sonjuku.engines.selection.draw import draw_order
from sonjuku.engines.selection.wire import Run, Wrong, name, rising, whole


class Unit(NamedTuple):
    """An application: one person, or some who want to go together or not at all."""

    code: str
    priority: int = 1
    persons: int = 1


def seat_units(order: Iterable[str], persons: dict[str, int], seats: int) -> list[str]:
    """Who goes in, in drawing order: a unit that doesn't fit is passed by, never split."""
    going = []
    for code in order:
        if persons[code] <= seats:
            going.append(code)
            seats -= persons[code]
    return going


def order_units(units: Sequence[Unit], hexseed: str) -> list[str]:
    """Codes by class, then lottery number."""
    priority = {unit.code: unit.priority for unit in units}
    return sorted(draw_order([unit.code for unit in units], hexseed), key=priority.__getitem__)


def rules_lines(seats: int) -> list[str]:
    """The method's lines of the rules."""
    return [f"seats\t{seats}"]


def list_lines(units: Iterable[Unit]) -> list[str]:
    """The frozen lines, whatever the order of the input."""
    return [
        f"{u.code}\t{u.priority}" + (f"\t{u.persons}" if u.persons > 1 else "")
        for u in sorted(units, key=lambda u: u.code.encode())
    ]


def read_rules(lines: Sequence[str]) -> int:
    """The number of seats."""
    try:
        (line,) = lines
        key, seats = line.split("\t")
        if key != "seats":
            raise ValueError
        return whole(seats)
    except ValueError:
        raise Wrong("bad_rules", 6) from None


def read_list(lines: Sequence[str]) -> list[Unit]:
    """The frozen entries."""
    units: list[Unit] = []
    for number, line in enumerate(lines, start=2):
        try:
            code, *rest = line.split("\t")
            numbers = [whole(part) for part in rest]
            units.append(Unit(name(code), *numbers))
            if (
                not 1 <= units[-1].priority <= MOST_CLASS
                or len(numbers) not in (1, 2)
                or numbers[1:] in ([0], [1])
            ):
                raise ValueError
            rising([unit.code for unit in units[-2:]])
        except (ValueError, TypeError):
            raise Wrong("bad_list", number) from None
    return units


class Draw:
    """`wire.Method` for draws."""

    def run(self, rules: Sequence[str], entries: Sequence[str], seed: str) -> Run:
        units = read_list(entries)
        order = order_units(units, seed)
        going = set(seat_units(order, {unit.code: unit.persons for unit in units}, read_rules(rules)))
        return Run(order, [f"{code}\t{'in' if code in going else 'waiting'}" for code in order])

    def complaints(
        self, rules: Sequence[str], entries: Sequence[str], seed: str, result: Sequence[str]
    ) -> list[str]:
        """Whoever waits while the seats left behind those before them would have been enough."""
        units, left, found = {unit.code: unit for unit in read_list(entries)}, read_rules(rules), []
        rank = {code: at for at, code in enumerate(order_units(list(units.values()), seed))}
        told = dict(line.split("\t", 1) for line in result if "\t" in line)
        for code in sorted(rank, key=rank.__getitem__):
            if told.get(code) == "in":
                left -= units[code].persons
            elif units[code].persons <= left:
                found.append(f"passed_over {code}")
        return (
            found
            + (["over_capacity -"] if left < 0 else [])
            + sorted(f"not_on_the_list {code}" for code in told if code not in units)
        )
