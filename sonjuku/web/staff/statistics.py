"""Numbers of persons per council with small cells hidden, and of programmes and calls, which point at nobody."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from sonjuku.engines.suppression import Cell, hide_parts, shown
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.models import Programme
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.rooms.vocabulary.models import Audience


def of_councils(councils: Sequence[Council]) -> list[dict[str, Any]]:
    """Per council: applications, from inside and outside the area, places taken, completed. Two queries in all.

    A number from 1 to 4 is hidden, and so is what it could be worked out from (engines.suppression).
    """
    applied = dict(_by_council(
        Application.objects.exclude(state=Application.State.DRAFT), councils,
        applied=Count("id"), inside=Count("id", filter=Q(out_of_area=False)), outside=Count("id", filter=Q(out_of_area=True)),
    ))  # fmt: skip
    places = dict(_by_council(
        Participation.objects.all(), councils,
        placed=Count("id"), completed=Count("id", filter=Q(state=Participation.State.COMPLETED)),
    ))  # fmt: skip
    rows = []
    for council in councils:
        row: dict[str, Any] = {
            "council": council,
            **_hidden(applied.get(council.id, {}), "applied", ("inside", "outside")),
        }
        rows.append(row | _hidden(places.get(council.id, {}), "placed", ("completed",)))
    return rows


def of_lines(council: Council) -> dict[str, Any]:
    """Programmes and calls per line of work, and both totals counted apart. Drafts are left out."""
    calls = Call.objects.filter(council=council).exclude(state=Call.State.DRAFT)
    per_line = _tally(calls, "programme__business_line_id")
    report = programmes.line_report(council)
    return {
        "lines": [(line, number, per_line.get(line.pk, 0)) for line, number in report.lines],
        "programmes": report.total,
        "calls": calls.count(),
    }


def of_audiences(council: Council) -> list[tuple[Audience, int, int]]:
    """Per audience of the controlled list: programmes and calls for it. One may be for several, so these don't add up."""
    calls = Call.objects.filter(council=council).exclude(state=Call.State.DRAFT)
    per_call = _tally(calls, "audiences")
    per_programme = _tally(Programme.objects.filter(council=council), "audiences")
    return [
        (audience, per_programme.get(audience.pk, 0), per_call.get(audience.pk, 0))
        for audience in vocabulary.audiences()
    ]


def _tally(rows: Any, key: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(key).annotate(number=Count("id", distinct=True)))


def _by_council(rows: Any, councils: Sequence[Council], **counts: Any) -> Any:
    found = rows.filter(council__in=councils).order_by().values("council_id").annotate(**counts)
    return [(row.pop("council_id"), row) for row in found]


def _hidden(numbers: dict[str, int], total: str, parts: tuple[str, ...]) -> dict[str, Cell]:
    whole = numbers.get(total, 0)
    return {total: shown(whole), **hide_parts(whole, {part: numbers.get(part, 0) for part in parts})}
