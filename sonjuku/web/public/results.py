"""What a council achieved, from released numbers only: nothing here changes from day to day."""

from datetime import date
from typing import Any

from django.http import QueryDict

from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.rooms.talent import queries
from sonjuku.rooms.talent.models import ReleasedFigure
from sonjuku.rooms.talent.rules import COUNCIL, OUTSIDE, Place, Shown, next_quarter, total_of
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import ONE_DAY, fiscal_year, fiscal_year_label
from sonjuku.web.public.bilingual import language, reader, titled
from sonjuku.web.public.talent_map import cell, quarter_label
from sonjuku.web.staff.statistics import of_lines

M = ReleasedFigure.Measure
REPORTED = 6


def results_of(council: Council, chosen: QueryDict) -> dict[str, Any]:
    """Context of the page. `period` of the address: a quarter's first day or `fy2026`; else the newest quarter."""
    released = list(queries.releases(council))
    figures = queries.sums([council], M.values)
    quarters = [row.quarter_on for row in released]
    years = sorted({fiscal_year(day) for day in quarters}, reverse=True)
    picked, key = _picked(quarters, chosen.get("period", ""))
    periods = [(day.isoformat(), quarter_label(day)) for day in quarters]
    periods += [(f"fy{year}", fiscal_year_label(year, reader())) for year in years]
    return {
        "is_released": bool(released),
        "periods": [(value, label, value == key) for value, label in periods],
        "label": dict(periods).get(key, ""),
        "is_year": key.startswith("fy"),
        "until": next_quarter(max(picked)) - ONE_DAY if picked else None,
        "figures": {
            measure: cell(_whole(figures[council.id, measure], picked, measure)) for measure in M.values
        },
        "areas": _areas(council, figures[council.id, M.APPLICANTS], picked),
        "by_line": of_lines(council),
        "reported": _reported(council),
    }


def _picked(quarters: list[date], wanted: str) -> tuple[list[date], str]:
    for day in quarters:
        if wanted == day.isoformat():
            return [day], wanted
    of_year = [day for day in quarters if wanted == f"fy{fiscal_year(day)}"]
    if of_year:
        return of_year, wanted
    return quarters[:1], quarters[0].isoformat() if quarters else ""


def _whole(rows: list[tuple[date, Place, Shown]], picked: list[date], measure: str) -> Shown:
    """Completions are counted from the start; the other numbers are those of the period."""
    found = [(day, number) for day, place, number in rows if place == COUNCIL and day in picked]
    if measure == M.COMPLETED:
        return max(found)[1] if found else Shown(None)
    return total_of(number for _day, number in found) if found else Shown(None)


def _areas(
    council: Council, rows: list[tuple[date, Place, Shown]], picked: list[date]
) -> list[dict[str, Any]]:
    """Groups with their municipalities, places in no group, elsewhere: sums of what is shown."""
    table = queries.by_place((place, number) for day, place, number in rows if day in picked)
    codes = [place.lg_code for place in table if place.lg_code not in ("", OUTSIDE)]
    names = vocabulary.short_names(codes, language()) if codes else {}
    found: list[dict[str, Any]] = []
    for group in queries.area_groups(council):
        if Place(group.id, "") in table:
            parts = sorted(place for place in table if place.group == group.id and place.lg_code)
            found.append(
                {
                    "group": group,
                    "cell": cell(table[Place(group.id, "")]),
                    "parts": [
                        {"name": names[p.lg_code], "cell": cell(table[p])} for p in parts if table[p].number
                    ],
                }
            )
    loose = sorted(place.lg_code for place in table if place.group is None and place.lg_code)
    # The code for elsewhere is the lowest; it stands last.
    loose.sort(key=lambda code: (code == OUTSIDE, code))
    found += [
        {"name": names.get(code, ""), "is_outside": code == OUTSIDE, "cell": cell(table[Place(None, code)])}
        for code in loose
    ]
    return found


def _reported(council: Council) -> list[dict[str, Any]]:
    rows = ProgrammeYear.objects.filter(council=council, reported_applications__gt=0).select_related(
        "programme"
    )
    return [
        {
            "year": fiscal_year_label(row.fiscal_year, reader()),
            "name": titled(row.programme),
            "number": row.reported_applications,
        }
        for row in rows.order_by("-fiscal_year")[:REPORTED]
    ]
