"""Bringing a council's data in from one YAML file: all of it or nothing, and a second time nothing new."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sonjuku.flows.importing import calls, councils
from sonjuku.flows.importing.checking import Context, check
from sonjuku.flows.importing.reading import ImportProblems, Marked, Problem, read
from sonjuku.flows.importing.shapes import FILE, KEYS
from sonjuku.flows.importing.tally import Report
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.vocabulary.models import Audience, Skill
from sonjuku.toolbox.refusals import Refused

__all__ = ["ImportProblems", "Problem", "Report", "import_council"]


def import_council(
    source: str | Path | Mapping[str, Any],
    *,
    by: Actor,
    today: date,
    demo: bool = False,
    dry_run: bool = False,
) -> Report:
    """Import one council from a file (or the same as a mapping); docs/operate/import-council.md has the schema.

    `today` is the day in Tokyo that relative dates count from. Rows are known again by slug, code or name, so a
    second run makes nothing twice and brings texts up to date; a call keeps its terms once it stands. `demo` marks
    the council and its live calls as such. The vocabulary must be loaded. Raises ImportProblems with every fault
    found; then, and with `dry_run`, nothing is written.
    """
    raw = read(source)
    spec = _checked(raw, today)
    report = Report(dry_run=dry_run)
    with transaction.atomic():
        _write(by, spec, raw, report, demo=demo)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _checked(raw: Mapping[str, Any], today: date) -> dict[str, Any]:
    context = Context(today=today)
    context.keys = {kind: _keys(raw.get(kind), key) for kind, key in KEYS.items()}
    context.keys |= {
        "councils": set(Council.objects.values_list("slug", flat=True)),
        "audiences": set(Audience.objects.values_list("code", flat=True)),
        "skills": set(Skill.objects.values_list("code", flat=True)),
    }
    spec = check(raw, FILE, context)
    for place, call in enumerate(spec.get("calls", []), 1):
        for field, message in calls.problems_of(call):
            context.add(_line(raw, place), f"calls[{place}].{field}", message)
    if context.problems:
        raise ImportProblems(sorted(context.problems, key=lambda problem: problem.line or 0))
    return spec


def _keys(rows: Any, key: str) -> set[str]:
    if not isinstance(rows, list):
        return set()
    return {str(row[key]) for row in rows if isinstance(row, Mapping) and row.get(key)}


def _line(raw: Mapping[str, Any], place: int) -> int | None:
    row = raw["calls"][place - 1]
    return row.line if isinstance(row, Marked) else None


def _write(by: Actor, spec: dict[str, Any], raw: Mapping[str, Any], report: Report, *, demo: bool) -> None:
    with _naming(None, "council"):
        council = councils.write_council(by, spec["council"], report, demo=demo)
        bodies = councils.write_bodies(by, council, spec["bodies"], report)
        councils.write_areas(by, council, spec.get("areas", []), report)
        lines = councils.write_lines(by, council, spec.get("lines", []), report)
        programmes = councils.write_programmes(by, council, spec.get("programmes", []), lines, bodies, report)
        agreements = councils.write_agreements(by, council, spec.get("agreements", []), bodies, report)
    writer = calls.CallWriter(
        by=by,
        council=council,
        bodies=bodies,
        programmes=programmes,
        agreements=agreements,
        demo=demo,
        report=report,
    )
    for place, call in enumerate(spec.get("calls", []), 1):
        with _naming(_line(raw, place), f"calls[{place}]（{call['code']}）"):
            writer.write(call)
    report.council = council
    record(by=by, verb="council.imported", subject=council, council_id=council.id)


@contextmanager
def _naming(line: int | None, path: str) -> Iterator[None]:
    """Tell which part of the file a room refused."""
    try:
        yield
    except Refused as error:
        words = " ".join(str(part) for part in (error.message, error.next_step) if part)
        raise ImportProblems([Problem(line, path, words or _("取り込めません。"))]) from error
