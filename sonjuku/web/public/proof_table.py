"""Order and result of an announced selection, line by line, read from its published texts alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sonjuku.engines.selection import wire_assign

ONLY = "p1"  # the one programme of a plain draw


class Line(NamedTuple):
    """One code. `got`: its programme, "" on the waiting list; `seat`: place of the seat type from 1, `released` or "".

    `wishes`: programmes, best first, each with the place in line there; 0 for a wish that waits for nothing.
    """

    number: int
    code: str
    classes: tuple[int, ...]
    groups: tuple[str, ...]
    wishes: tuple[tuple[str, int], ...]
    got: str
    seat: str

    @property
    def waiting(self) -> list[tuple[str, int]]:
        return [wish for wish in self.wishes if wish[1]]

    @property
    def class_text(self) -> str:
        return "・".join(str(each) for each in self.classes)


class Entry(NamedTuple):
    """What the frozen list says of a code."""

    wishes: tuple[tuple[str, int], ...]
    groups: tuple[str, ...] = ()


class Table:
    """All codes in drawing order. A page of lines is made when it is asked for."""

    def __init__(
        self, order: Sequence[str], entries: Mapping[str, Entry], places: Mapping[str, tuple[str, str]]
    ) -> None:
        self.order = order
        self._entries, self._places = entries, places
        self._number = {code: at for at, code in enumerate(order, start=1)}
        self._waiting = self._in_line()
        self.has_classes = len({wish[1] for each in entries.values() for wish in each.wishes}) > 1

    def __len__(self) -> int:
        return len(self.order)

    def _in_line(self) -> dict[tuple[str, str], int]:
        """(programme, code) -> place in line, by class, then number; who has a place waits nowhere."""
        before: Counter[str] = Counter()
        found = {}
        asking = (
            (priority, self._number[code], programme, code)
            for code, entry in self._entries.items()
            if code not in self._places
            for programme, priority in entry.wishes
        )
        for _priority, _number, programme, code in sorted(asking):
            before[programme] += 1
            found[programme, code] = before[programme]
        return found

    def lines(self, first: int, last: int) -> list[Line]:
        """The lines from the `first` to the `last`, counted from 1."""
        return [self._line(code) for code in self.order[first - 1 : last]]

    def of(self, code: str) -> Line | None:
        """The line of a code; None for one that is not in the list."""
        return self._line(code) if code in self._number else None

    def _line(self, code: str) -> Line:
        entry, (got, seat) = self._entries[code], self._places.get(code, ("", ""))
        return Line(
            self._number[code],
            code,
            tuple(sorted({priority for _programme, priority in entry.wishes})),
            entry.groups,
            tuple((programme, self._waiting.get((programme, code), 0)) for programme, _class in entry.wishes),
            got,
            seat,
        )


def table_of(shown: Mapping[str, Any]) -> Table | None:
    """The table of what `queries.public_run` shows, of either format; None before the announcement."""
    if "seed" not in shown:
        return None
    if "entries" in shown:
        return _first_format(shown)
    return _read(shown["order"], shown["list"], shown["result"], "\nmethod\tassign\n" in shown["rules"])


def _first_format(shown: Mapping[str, Any]) -> Table:
    entries = {code: Entry(((ONLY, priority),)) for code, priority in shown["entries"]}
    return Table(shown["order"], entries, dict.fromkeys(shown["winners"], (ONLY, "")))


# What is announced never changes, and after the announcement everybody comes at once.
@lru_cache(maxsize=2)
def _read(order: str, listed: str, result: str, is_assign: bool) -> Table:
    entries: dict[str, Entry] = {}
    places: dict[str, tuple[str, str]] = {}
    lines, results = listed.split("\n")[1:-1], result.split("\n")[:-1]
    if is_assign:
        for who in wire_assign.read_list(lines):
            wishes = tuple((wish.programme, wish.priority) for wish in who.wishes)
            entries[who.code] = Entry(wishes, tuple(who.groups))
        for code, programme, seat in (line.split("\t") for line in results):
            if programme != "-":
                places[code] = (programme, seat)
    else:
        for code, priority in (line.split("\t")[:2] for line in lines):
            entries[code] = Entry(((ONLY, int(priority)),))
        places = {code: (ONLY, "") for code, got in (line.split("\t") for line in results) if got == "in"}
    return Table(order.split("\n")[:-1], entries, places)
