"""(5) The year's results: 実人数 and 延べ人数, by who paid, who commissioned, and line of work. Parts sum to the whole."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from sonjuku.flows.handover_report.scope import Scope
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.participation.models import CheckIn, Participation
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.rooms.programmes.rules import title_of

NO_FUNDING, NO_COMMISSIONER = "財源未設定", "委託元未設定"


@dataclass
class Figures:
    """Of a set of calls. `persons` are those who took a place (実人数 counts them once); `places` is 延べ人数."""

    calls: int = 0
    applications: int = 0
    places: int = 0
    completed: int = 0
    visits: int = 0
    persons: set[UUID] = field(default_factory=set)

    @property
    def people(self) -> int:
        return len(self.persons)

    def add(self, other: "Figures") -> None:
        for name in ("calls", "applications", "places", "completed", "visits"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.persons |= other.persons


@dataclass(frozen=True)
class Results:
    """`twice`: how often somebody is counted in more than one part; the parts' 実人数 less this is the whole's."""

    whole: Figures
    by_funding: dict[str, Figures]
    by_commissioner: dict[str, Figures]
    by_line: dict[str, Figures]
    years: list[ProgrammeYear]

    def twice(self, parts: dict[str, Figures]) -> int:
        return sum(part.people for part in parts.values()) - self.whole.people


def results(scope: Scope) -> Results:
    """Of the calls of the year that are more than a draft, as they stand at this moment."""
    held = [call for call in scope.of_year if call.state != Call.State.DRAFT]
    figures = _per_call(held)
    rows = ProgrammeYear.objects.filter(council=scope.council, fiscal_year=scope.year)
    years = list(rows.select_related("programme", "contractor").order_by("programme__title"))
    payer = {row.programme_id: row.funding.strip() for row in years}
    client = {row.programme_id: row.commissioner.strip() for row in years}
    lines = sorted(
        {call.programme.business_line for call in held}, key=lambda line: (line.ordinal, line.slug)
    )
    of_line = {title_of(line): Figures() for line in lines}

    def split(key: Callable[[Call], str], parts: dict[str, Figures]) -> dict[str, Figures]:
        for call in held:
            parts.setdefault(key(call), Figures()).add(figures[call.id])
        return parts

    return Results(
        whole=_sum(figures.values()),
        by_funding=_unset_last(
            split(lambda call: payer.get(call.programme_id) or NO_FUNDING, {}), NO_FUNDING
        ),
        by_commissioner=_unset_last(
            split(lambda call: client.get(call.programme_id) or NO_COMMISSIONER, {}), NO_COMMISSIONER
        ),
        by_line=split(lambda call: title_of(call.programme.business_line), of_line),
        years=years,
    )


def _per_call(calls: list[Call]) -> dict[UUID, Figures]:
    ids = [call.id for call in calls]
    found: dict[UUID, Figures] = defaultdict(Figures, {key: Figures(calls=1) for key in ids})
    mine = Participation.objects.filter(call__in=ids, capacity=Participation.Capacity.PARTICIPANT)
    places = mine.exclude(state=Participation.State.WITHDRAWN).order_by()
    for call_id, person_id, state in places.values_list("call_id", "person_id", "state"):
        row = found[call_id]
        row.places += 1
        row.persons.add(person_id)
        row.completed += state == Participation.State.COMPLETED
    for call_id, number in _numbers(
        Application.objects.filter(call__in=ids).exclude(state=Application.State.DRAFT), "call_id"
    ).items():
        found[call_id].applications = number
    came = CheckIn.objects.filter(
        participation__call__in=ids, participation__capacity=Participation.Capacity.PARTICIPANT
    )
    for call_id, number in _numbers(came, "participation__call_id").items():
        found[call_id].visits = number
    return found


def _numbers(rows: QuerySet[Any], key: str) -> dict[UUID, int]:
    return dict(rows.order_by().values_list(key).annotate(number=Count("id")))


def _sum(parts: Iterable[Figures]) -> Figures:
    whole = Figures()
    for part in parts:
        whole.add(part)
    return whole


def _unset_last(parts: dict[str, Figures], unset: str) -> dict[str, Figures]:
    return dict(sorted(parts.items(), key=lambda item: (item[0] == unset, item[0])))
