"""What the talent map's page says: which skill grew where, from released numbers only."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.rooms.talent import queries
from sonjuku.rooms.talent.models import Release
from sonjuku.rooms.talent.rules import COUNCIL, OUTSIDE, Place, Shown, grows, next_quarter, previous_quarter
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.rooms.vocabulary.models import Skill
from sonjuku.toolbox.dates import ONE_DAY
from sonjuku.web.public.bilingual import language

ALL = "all"
NOTES = 5
REPORTED = 200
# From so many people on a cell is the next shade.
SHADES = (1, 10, 20, 40, 80)
TILE_COLUMNS, TILE_WIDTH, TILE_HEIGHT, GAP = 4, 78, 46, 6


@dataclass(frozen=True, slots=True)
class Column:
    place: Place
    name: str
    slug: str = ""


def quarter_label(quarter_on: date) -> str:
    """`2026年7〜9月`, `Jul–Sep 2026`."""
    last = next_quarter(quarter_on) - ONE_DAY
    if language() == "ja":
        return f"{quarter_on.year}年{quarter_on.month}〜{last.month}月"
    return f"{quarter_on:%b}–{last:%b} {last.year}"


def cell(shown: Shown) -> dict[str, Any]:
    """How a number stands on a page: its text, its shade (0 to 5), whether it is hidden. Nothing but `shown` decides."""
    if shown.number is None:
        return {"text": "—", "shade": "hidden", "is_hidden": True}
    text = f"{shown.number:,}"
    if shown.is_at_least:
        text = _("%(number)s以上") % {"number": text}
    return {
        "text": text,
        "short": f"{shown.number:,}{'+' if shown.is_at_least else ''}",
        "shade": str(sum(shown.number >= limit for limit in SHADES)),
        "number": shown.number,
    }


def talent_map(council: Council, chosen: QueryDict) -> dict[str, Any]:
    """Context of the page: `quarter` (a first day or `all`) and `group` (a slug) of the address; what is not there
    shows the newest quarter and all groups."""
    released = list(queries.releases(council))
    groups = list(queries.area_groups(council))
    wanted = chosen.get("quarter", "")
    one = next((row for row in released if row.quarter_on.isoformat() == wanted), None)
    picked = released if wanted == ALL else [one] if one else released[:1]
    group = next((row for row in groups if row.slug == chosen.get("group")), None)
    table = queries.skill_table(picked, group.id if group else None)
    skills = sorted(
        Skill.objects.filter(pk__in=table), key=lambda skill: _rank(table[skill.pk], skill, group)
    )
    columns = _columns(table.values(), groups, group)
    whole = Place(group.id, "") if group else COUNCIL
    return {
        "releases": released,
        "quarters": [
            (row.quarter_on.isoformat(), quarter_label(row.quarter_on), row in picked) for row in released
        ],
        "is_all": len(picked) > 1 or wanted == ALL,
        "release": picked[0] if len(picked) == 1 else None,
        "until": next_quarter(released[0].quarter_on) - ONE_DAY if released else None,
        "label": quarter_label(picked[0].quarter_on) if len(picked) == 1 else "",
        "groups": groups,
        "group": group,
        "columns": columns,
        "rows": [_row(skill, table[skill.pk], columns, whole) for skill in skills],
        "notes": _notes(picked, released, table, skills, columns) if not group else [],
        "quarter_key": wanted if one or wanted == ALL else "",
    }


def _rank(cells: Mapping[Place, Shown], skill: Skill, group: AreaGroup | None) -> Any:
    whole = cells.get(Place(group.id, "") if group else COUNCIL, Shown(None))
    return -(whole.number or 0), skill.ordinal


def _columns(tables: Any, groups: Sequence[AreaGroup], group: AreaGroup | None) -> list[Column]:
    """The places in the groups' order, then those in no group by code, then elsewhere."""
    places = {place for cells in tables for place in cells}
    codes = sorted(place.lg_code for place in places if place.lg_code and place.lg_code != OUTSIDE)
    names = vocabulary.short_names(codes, language()) if codes else {}
    if group:
        return [Column(Place(group.id, code), names[code]) for code in codes]
    english = language() == "en"
    found = [
        Column(Place(row.id, ""), (english and row.title_en) or row.title, row.slug)
        for row in groups
        if Place(row.id, "") in places
    ]
    found += [Column(Place(None, code), names[code]) for code in codes if Place(None, code) in places]
    if Place(None, OUTSIDE) in places:
        found.append(Column(Place(None, OUTSIDE), _("域外・不明")))
    return found


def _row(
    skill: Skill, cells: Mapping[Place, Shown], columns: Sequence[Column], whole: Place
) -> dict[str, Any]:
    shown = [{"column": column, **cell(cells.get(column.place, Shown(0)))} for column in columns]
    tiles = [
        {
            **one,
            "size": _size(one["column"].name),
            "x": (n % TILE_COLUMNS) * (TILE_WIDTH + GAP),
            "y": (n // TILE_COLUMNS) * (TILE_HEIGHT + GAP),
        }
        for n, one in enumerate(each for each in shown if not each.get("is_hidden"))
    ]
    lines = -(-len(tiles) // TILE_COLUMNS)
    return {
        "skill": skill,
        "cells": shown,
        "whole": cell(cells.get(whole, Shown(0))),
        "hidden": sum(bool(one.get("is_hidden")) for one in shown),
        "tiles": tiles,
        "width": TILE_COLUMNS * (TILE_WIDTH + GAP) - GAP,
        "height": max(lines * (TILE_HEIGHT + GAP) - GAP, 0),
    }


def _size(name: str) -> float:
    """The letter size at which a name fits its tile; Latin takes a little over half of a full-width letter."""
    width = sum(1 if ord(letter) > 0x2E7F else 0.58 for letter in name)
    return round(min(12.0, (TILE_WIDTH - 6) / max(width, 1)), 1)


def _people(shown: Shown) -> str:
    number = {"number": f"{shown.number:,}"}
    return _("%(number)s人以上") % number if shown.is_at_least else _("%(number)s人") % number


def _notes(
    picked: Sequence[Release],
    released: Sequence[Release],
    table: Mapping[uuid.UUID, Mapping[Place, Shown]],
    skills: Sequence[Skill],
    columns: Sequence[Column],
) -> list[dict[str, Any]]:
    """Where a skill grew since the quarter before, by published numbers alone; the largest first."""
    if len(picked) != 1:
        return []
    last = [row for row in released if row.quarter_on == previous_quarter(picked[0].quarter_on)]
    if not last:
        return []
    before = queries.skill_table(last)
    found: list[dict[str, Any]] = []
    for skill in skills:
        for column in columns:
            now = table[skill.pk].get(column.place, Shown(0))
            old = before.get(skill.pk, {}).get(column.place, Shown(0))
            if grows(old, now):
                grown = (now.number or 0) - (old.number or 0)
                said = {"old": _people(old), "now": _people(now)}
                found.append({"skill": skill, "column": column, "by": grown, **said})
    return sorted(found, key=lambda note: -note["by"])[:NOTES]


def reported_rows(council: Council) -> list[dict[str, Any]]:
    """Reported totals as the table shows them, newest quarter first."""
    rows = list(queries.reported(council).order_by("-quarter_on", "lg_code", "skill__ordinal")[:REPORTED])
    names = vocabulary.short_names([row.lg_code for row in rows], language()) if rows else {}
    return [
        {
            "place": names[row.lg_code],
            "skill": row.skill,
            "quarter": quarter_label(row.quarter_on),
            "number": row.number,
            "source": row.source,
        }
        for row in rows
    ]
