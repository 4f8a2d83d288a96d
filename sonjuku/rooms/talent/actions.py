"""Releasing a quarter once and for all, and keeping what municipalities without Sonjuku reported."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.talent import queries, rules
from sonjuku.rooms.talent.models import Gain, Release, ReleasedCell, ReleasedFigure, ReportedTotal
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

BATCH = 500
Measure = ReleasedFigure.Measure


@writes
def release(*, by: Actor, council: Council, quarter_on: date) -> Release:
    """Count the quarter and publish it: only once, what was released stays as it is whatever happens later.

    Refused("quarter_runs") before its end, "quarter_passed" when a later one is out already.
    """
    # Two at once: the second waits here and then finds the first one's release.
    Council.objects.select_for_update().get(pk=council.pk)
    found = Release.objects.filter(council=council, quarter_on=quarter_on).first()
    if found is not None:
        return found
    if day_of(by.at) < rules.next_quarter(quarter_on):
        raise Refused("quarter_runs", _("この四半期はまだ終わっていません。"), _("終わってから公表します。"))
    if Release.objects.filter(council=council, quarter_on__gt=quarter_on).exists():
        raise Refused(
            "quarter_passed", _("あとの四半期をもう公表しました。"), _("前の四半期はあとから足せません。")
        )
    row = Release.objects.create(council=council, quarter_on=quarter_on, released_at=by.at)
    _write(row, queries.area_of(council))
    record(by=by, verb="release.created", subject=row)
    return row


def _write(row: Release, area: rules.Area) -> None:
    gained = queries.new_gains(row.council, row.quarter_on)
    cells, holders = rules.skill_cells(area, gained)
    ReleasedCell.objects.bulk_create(
        [
            ReleasedCell(release=row, skill_id=skill, **_fields(place, cell))
            for (skill, place), cell in cells.items()
        ],
        batch_size=BATCH,
    )
    Gain.objects.bulk_create(
        [
            Gain(council_id=row.council_id, person_id=person, skill_id=skill, release=row)
            for person, (skills, _code) in gained.items()
            for skill in skills
        ],
        batch_size=BATCH,
    )
    applications, people = rules.applicant_figures(area, queries.applications_in(row.council, row.quarter_on))
    completed = rules.in_steps(queries.completed_until(row.council, row.quarter_on))
    figures = [
        (Measure.APPLICATIONS, rules.COUNCIL, applications),
        (Measure.COMPLETED, rules.COUNCIL, completed),
        (Measure.HOLDERS, rules.COUNCIL, holders),
        *((Measure.APPLICANTS, place, cell) for place, cell in people.items()),
    ]
    ReleasedFigure.objects.bulk_create(
        [
            ReleasedFigure(release=row, measure=measure, **_fields(place, cell))
            for measure, place, cell in figures
        ],
        batch_size=BATCH,
    )


def _fields(place: rules.Place, cell: rules.Shown) -> dict[str, Any]:
    return {
        "area_group_id": place.group,
        "lg_code": place.lg_code,
        "number": cell.number,
        "is_at_least": cell.is_at_least,
    }


@writes
def keep_reported(*, by: Actor, council: Council, rows: Iterable[Mapping[str, Any]]) -> int:
    """Keep reported totals (lg_code, skill_id or None, quarter_on, number, source); a row for the same place, skill and
    quarter takes the old one's place. Returns how many were kept."""
    if by.council_id is not None and by.council_id != council.id:
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))
    Council.objects.select_for_update().get(pk=council.pk)
    wanted = {(row["lg_code"], row["skill_id"], row["quarter_on"]): row for row in rows}
    standing: dict[tuple[str, uuid.UUID | None, date], uuid.UUID] = {
        (lg_code, skill, quarter_on): pk
        for lg_code, skill, quarter_on, pk in ReportedTotal.objects.filter(council=council).values_list(
            "lg_code", "skill_id", "quarter_on", "pk"
        )
    }
    old = [pk for key, pk in standing.items() if key in wanted]
    for start in range(0, len(old), BATCH):
        ReportedTotal.objects.filter(pk__in=old[start : start + BATCH]).delete()
    ReportedTotal.objects.bulk_create(
        [ReportedTotal(council=council, **row) for row in wanted.values()], batch_size=BATCH
    )
    record(by=by, verb="reported_total.imported", subject=None, council_id=council.id)
    return len(wanted)
