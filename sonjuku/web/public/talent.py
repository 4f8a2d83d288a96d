"""The talent map for people and machines, and what the council achieved."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.rooms.people.models import Council
from sonjuku.rooms.talent import queries
from sonjuku.rooms.talent.models import ReleasedCell
from sonjuku.rooms.talent.rules import next_quarter, quarter_of
from sonjuku.toolbox.csvio import write_csv
from sonjuku.web.public.pages import of_council
from sonjuku.web.public.results import results_of
from sonjuku.web.public.talent_map import reported_rows, talent_map


@of_council
def map_page(request: HttpRequest, council: Council) -> HttpResponse:
    context = talent_map(council, request.GET)
    context["next_on"] = next_quarter(quarter_of(timezone.localdate()))
    context["reported"] = reported_rows(council) if not context["group"] else []
    return render(request, "public/map.html", context)


@of_council
def results(request: HttpRequest, council: Council) -> HttpResponse:
    return render(request, "public/results.html", results_of(council, request.GET))


@of_council
def map_csv(request: HttpRequest, council: Council) -> HttpResponse:
    """Every released cell of every quarter: exactly what the pages show."""
    header = [
        _("四半期の初日"), _("スキルの番号"), _("スキル"), _("圏域"), _("全国地方公共団体コード"), _("人数"), _("以上"), _("非公表"),
    ]  # fmt: skip
    rows = [
        (
            one.release.quarter_on, one.skill.code, one.skill.title,
            one.area_group.title if one.area_group else "", one.lg_code, one.number,
            1 if one.is_at_least else 0, 1 if one.number is None else 0,
        )
        for one in queries.cells(council)
    ]  # fmt: skip
    response = HttpResponse(write_csv(rows, header), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{council.slug}-map.csv"'
    return response


@of_council
def map_json(request: HttpRequest, council: Council) -> HttpResponse:
    return JsonResponse(map_of(council), json_dumps_params={"ensure_ascii": False})


def map_of(council: Council) -> dict[str, Any]:
    """The released map as plain values; `number` null means hidden, `at_least` that a part of it is."""
    return {
        "council": council.slug,
        "is_demo": council.is_demo,
        "counted": _("本人が公開に同意した証明だけを、人数で数えています。"),
        "releases": [
            {"quarter_on": row.quarter_on, "released_at": row.released_at}
            for row in queries.releases(council)
        ],
        "cells": [_wire(one) for one in queries.cells(council)],
    }


def _wire(one: ReleasedCell) -> dict[str, Any]:
    return {
        "quarter_on": one.release.quarter_on,
        "skill": one.skill.code,
        "area": one.area_group.slug if one.area_group else "",
        "lg_code": one.lg_code,
        "number": one.number,
        "at_least": one.is_at_least,
    }
