"""How pages of selection runs find their rows, and what they say of a run in a few words."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from sonjuku.engines.selection import wire_assign
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.calls.rules import read_persons, read_rules
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.staff.rows import one_or_404

GROUP = 8


class Typed(NamedTuple):
    """How far the two people are who type the public number; never what they typed."""

    number: int
    mine: bool
    agree: bool

    @property
    def is_ready(self) -> bool:
        return self.number > 1 and self.agree


class Line(NamedTuple):
    """One code of the result: its place in the order, what it got ("" for a place on the waiting list), for how many."""

    number: int
    code: str
    programme: str
    persons: int = 1


def draws(actor: Actor) -> QuerySet[SelectionRun]:
    """The draws this actor may run; a review has a page of its own."""
    reviews = Call.objects.filter(selection_run=OuterRef("pk"), selection=Call.Selection.REVIEW)
    return calls.runs_visible_to(actor).exclude(Exists(reviews))


def run_or_404(request: HttpRequest, run_code: str) -> SelectionRun:
    run: SelectionRun = one_or_404(draws(request.actor), code=run_code)  # type: ignore[attr-defined]
    return run


def typed(run: SelectionRun, account_id: UUID | None) -> Typed:
    rows = list(run.typed_numbers.filter(account__isnull=False).values_list("account_id", "value"))
    return Typed(len(rows), any(who == account_id for who, _value in rows), len({v for _who, v in rows}) < 2)


def applications(request: HttpRequest, run: SelectionRun) -> QuerySet[Application]:
    """The run's applications that the reader's body may see."""
    rows = calls.applications_visible_to(request.actor)  # type: ignore[attr-defined]
    return rows.filter(call__selection_run_id=run.pk)


class Half(NamedTuple):
    """A pair of which the reader's body sees one, `mine`; of the other the page says code, call and `bodies` alone.

    `bodies`: who must settle it instead, if any body sees both (`is_theirs`); else those who see the other.
    """

    mine: Application
    other: Application
    alike: tuple[str, ...]
    check: Any
    bodies: list[str]
    is_theirs: bool


class Doubles(NamedTuple):
    """`both`: pairs of which the reader's body sees both. `hidden`: open ones of which it sees neither, for `others`."""

    both: list[calls.Double]
    halves: list[Half]
    hidden: int
    others: list[str]


def doubles(request: HttpRequest, run: SelectionRun) -> Doubles:
    """The run's pairs, sorted by how much of them the reader's body may see."""
    pairs = calls.doubles(run)
    keys = [one.pk for pair in pairs for one in pair[:2]]
    seen: set[UUID] = set()
    for start in range(0, len(keys), 500):
        seen |= set(
            applications(request, run).filter(pk__in=keys[start : start + 500]).values_list("pk", flat=True)
        )
    seeing = calls.bodies_of_pairs(pairs)
    found = Doubles([], [], 0, [])
    others: dict[str, None] = {}
    for pair in pairs:
        number = sum(one.pk in seen for one in pair[:2])
        if number == 2:
            found.both.append(pair)
        elif number == 1:
            found.halves.append(_half(pair, seen, seeing))
        elif pair.check is None:
            others |= dict.fromkeys(_settlers(pair, seeing)[0])
            found = found._replace(hidden=found.hidden + 1)
    return found._replace(others=list(others))


def _settlers(pair: calls.Double, seeing: dict[UUID, dict[UUID, str]]) -> tuple[list[str], bool]:
    """The bodies that see both, and True; if there is none, those that see one."""
    first, second = (seeing.get(one.call_id, {}) for one in pair[:2])
    both = [name for body, name in first.items() if body in second]
    return (both, True) if both else ([*first.values(), *second.values()], False)


def _half(pair: calls.Double, seen: set[UUID], seeing: dict[UUID, dict[UUID, str]]) -> Half:
    mine, other = pair[:2] if pair.first.pk in seen else pair[1::-1]
    bodies, is_theirs = _settlers(pair, seeing)
    if not is_theirs:
        bodies = list(seeing.get(other.call_id, {}).values())
    return Half(mine, other, pair.alike, pair.check, bodies, is_theirs)


def grouped(digest: str) -> list[str]:
    """A hash in groups that eyes can compare."""
    return [digest[at : at + GROUP] for at in range(0, len(digest), GROUP)]


def lines_of(run: SelectionRun) -> list[Line]:
    """Everybody of the drawn list in its order."""
    if not run.result or not run.rules:
        return []
    method, rules = read_rules(run.rules)
    lines = run.result.split("\n")[:-1]
    if method == "draw":
        got = {code: "p1" for code, said in (line.split("\t") for line in lines) if said == "in"}
    else:
        got = {code: place.programme for code, place in wire_assign.read_result(rules, lines).items()}
    codes = run.order.split("\n")[:-1]
    persons = read_persons(run.frozen_list, method)
    return [
        Line(number, code, got.get(code, ""), persons.get(code, 1))
        for number, code in enumerate(codes, start=1)
    ]


def named(run: SelectionRun, english: bool) -> dict[str, Any]:
    """Code in the published texts -> title in the reader's language."""
    return {code: pair[1] if english else pair[0] for code, pair in run.titles.items()}
