"""Numbers per council with small cells hidden, so that nobody can be recognised in them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from sonjuku.engines.suppression import Cell, hide_parts, shown
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council


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
        row = {"council": council, **_hidden(applied.get(council.id, {}), "applied", ("inside", "outside"))}
        rows.append(row | _hidden(places.get(council.id, {}), "placed", ("completed",)))
    return rows


def _by_council(rows: Any, councils: Sequence[Council], **counts: Any) -> Any:
    found = rows.filter(council__in=councils).order_by().values("council_id").annotate(**counts)
    return [(row.pop("council_id"), row) for row in found]


def _hidden(numbers: dict[str, int], total: str, parts: tuple[str, ...]) -> dict[str, Cell]:
    whole = numbers.get(total, 0)
    return {total: shown(whole), **hide_parts(whole, {part: numbers.get(part, 0) for part in parts})}
