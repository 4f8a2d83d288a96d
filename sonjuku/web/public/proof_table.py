"""Order and result of an announced selection, line by line, read from its published texts alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

ONLY = "p1"  # the one programme of a plain draw
NONE = "-"


class Line(NamedTuple):
    """One code. `got`: its programme, "" on the waiting list; `seat`: place of the seat type from 1, `released` or "".

    `wishes`: programmes, best first, each with the place in line there; 0 for a wish that waits for nothing.
    `persons` are drawn as one.
    """

    number: int
    code: str
    classes: tuple[int, ...]
    groups: tuple[str, ...]
    wishes: tuple[tuple[str, int], ...]
    got: str
    seat: str
    persons: int = 1

    @property
    def waiting(self) -> list[tuple[str, int]]:
        return [wish for wish in self.wishes if wish[1]]

    @property
    def class_text(self) -> str:
        return "・".join(str(each) for each in self.classes)


class Table:
    """All codes in drawing order. A hundred thousand are kept as they are written: a line is made when it is asked for.

    `wished`: code -> its wishes as `programme:class,…`; `groups`: of those who have any; `places`: `programme TAB seat`;
    `persons`: of those who are not alone.
    """

    def __init__(
        self,
        order: Sequence[str],
        wished: Mapping[str, str],
        groups: Mapping[str, str],
        places: Mapping[str, str],
        persons: Mapping[str, int] | None = None,
    ) -> None:
        self.order = order
        self._persons = persons or {}
        self.has_units = bool(self._persons)
        self._wished, self._groups, self._places = wished, groups, places
        self._number = {code: at for at, code in enumerate(order, start=1)}
        kinds = set(wished.values())  # the same few everywhere
        self._wishes = {text: tuple(_wishes(text)) for text in kinds}
        self.has_classes = len({priority for each in self._wishes.values() for _, priority in each}) > 1
        self._waiting = self._in_line()

    def __len__(self) -> int:
        return len(self.order)

    def _in_line(self) -> dict[str, tuple[int, ...]]:
        """Code -> place in line at each wish, by class, then number; who has a place waits nowhere."""
        line = [code for code in self.order if code not in self._places]
        asked = Counter(wish for code in line for wish in self._wishes[self._wished[code]])
        last = {
            (programme, priority): sum(n for (p, c), n in asked.items() if p == programme and c < priority)
            for programme, priority in asked
        }
        found = {}
        for code in line:
            wishes = self._wishes[self._wished[code]]
            for wish in wishes:
                last[wish] += 1
            found[code] = tuple(last[wish] for wish in wishes)
        return found

    def lines(self, first: int, last: int) -> list[Line]:
        """The lines from the `first` to the `last`, counted from 1."""
        return [self._line(code) for code in self.order[first - 1 : last]]

    def of(self, code: str) -> Line | None:
        """The line of a code; None for one that is not in the list."""
        return self._line(code) if code in self._number else None

    def _line(self, code: str) -> Line:
        wishes = self._wishes[self._wished[code]]
        got, _tab, seat = self._places.get(code, "").partition("\t")
        groups = self._groups.get(code, "")
        return Line(
            self._number[code],
            code,
            tuple(sorted({priority for _programme, priority in wishes})),
            tuple(groups.split(",")) if groups else (),
            tuple(zip((p for p, _ in wishes), self._waiting.get(code, (0,) * len(wishes)), strict=True)),
            got,
            seat,
            self._persons.get(code, 1),
        )


def _wishes(text: str) -> Iterator[tuple[str, int]]:
    for wish in text.split(",") if text != NONE else ():
        programme, priority = wish.split(":")
        yield programme, int(priority)


def table_of(shown: Mapping[str, Any]) -> Table | None:
    """The table of what `queries.public_run` shows, of either format; None before the announcement."""
    if "seed" not in shown:
        return None
    if "entries" in shown:
        wished = {code: f"{ONLY}:{priority}" for code, priority in shown["entries"]}
        return Table(shown["order"], wished, {}, dict.fromkeys(shown["winners"], ONLY))
    return _read(shown["order"], shown["list"], shown["result"], "\nmethod\tassign\n" in shown["rules"])


# What is announced never changes, and after the announcement everybody comes at once.
@lru_cache(maxsize=1)
def _read(order: str, listed: str, result: str, is_assign: bool) -> Table:
    wished: dict[str, str] = {}
    groups: dict[str, str] = {}
    lines = (line.split("\t") for line in listed.split("\n")[1:-1])
    results = (line.partition("\t")[::2] for line in result.split("\n")[:-1])
    if is_assign:
        for code, group, wishes in lines:
            wished[code] = intern(wishes)
            if group != NONE:
                groups[code] = intern(group)
        places = {code: intern(got) for code, got in results if not got.startswith(NONE)}
    else:
        persons: dict[str, int] = {}
        for code, priority, *units in lines:
            wished[code] = intern(f"{ONLY}:{priority}")
            persons |= {code: int(units[0])} if units else {}
        places = {code: ONLY for code, got in results if got == "in"}
        return Table(order.split("\n")[:-1], wished, groups, places, persons)
    return Table(order.split("\n")[:-1], wished, groups, places)
