"""Numbers of persons per council as they were released, and of programmes and calls, which point at nobody."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.models import Programme
from sonjuku.rooms.talent import queries as talent
from sonjuku.rooms.talent.models import ReleasedFigure
from sonjuku.rooms.talent.rules import COUNCIL, OUTSIDE, Shown, next_quarter, total_of
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.dates import ONE_DAY

M = ReleasedFigure.Measure


def of_councils(councils: Sequence[Council]) -> list[dict[str, Any]]:
    """Per council, what its releases show of applications, of applicants from inside and outside the area, and of
    completions, with `until`, the last day counted. One query; nothing of it changes before the next quarter ends.
    """
    figures = talent.sums(councils, (M.APPLICATIONS, M.APPLICANTS, M.COMPLETED))
    return [{"council": council, **_released(figures, council)} for council in councils]


def _released(figures: Any, council: Council) -> dict[str, Any]:
    applied = [number for _day, _place, number in figures[council.id, M.APPLICATIONS]]
    parts = [
        (place, number)
        for _day, place, number in figures[council.id, M.APPLICANTS]
        if place != COUNCIL and not (place.group and place.lg_code)
    ]
    completed = figures[council.id, M.COMPLETED]
    return {
        "applied": total_of(applied) if applied else Shown(None),
        "inside": total_of(number for place, number in parts if place.lg_code != OUTSIDE)
        if parts
        else Shown(None),
        "outside": total_of(number for place, number in parts if place.lg_code == OUTSIDE)
        if parts
        else Shown(None),
        "completed": completed[-1][2] if completed else Shown(None),
        "until": next_quarter(completed[-1][0]) - ONE_DAY if completed else None,
    }


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
