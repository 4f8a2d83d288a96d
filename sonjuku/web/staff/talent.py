"""The desk's side of the numbers: areas, and what municipalities without Sonjuku reported."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.people import actions as people_actions
from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.rooms.talent import actions as talent_actions
from sonjuku.rooms.talent import queries as talent
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.public.bilingual import language
from sonjuku.web.public.talent_map import reported_rows
from sonjuku.web.staff.reported_file import read_reported
from sonjuku.web.staff.rows import one_or_404
from sonjuku.web.staff.talent_inputs import AreaForm, ReportedFile

LIST_OF_NAMES = 12


@staff("council.write")
def areas(request: HttpRequest, council: Council) -> HttpResponse:
    form = AreaForm(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        try:
            people_actions.add_area_group(by=request.actor, council=council, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("圏域を登録しました。次に公表する四半期から使います。"))
            return redirect("staff:areas", council.slug)
    groups = list(talent.area_groups(council))
    names = vocabulary.short_names([c for group in groups for c in group.lg_codes], language())
    rows = [
        {"group": group, "names": [names[code] for code in group.lg_codes], "most": LIST_OF_NAMES}
        for group in groups
    ]
    return render(request, "staff/areas.html", {"form": form, "rows": rows})


@staff("council.write")
def area(request: HttpRequest, council: Council, area_id: uuid.UUID) -> HttpResponse:
    group: AreaGroup = one_or_404(talent.area_groups(council), pk=area_id)
    form = AreaForm(request.POST or None, council=council, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            people_actions.change_area_group(by=request.actor, group=group, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("圏域を変えました。次に公表する四半期から使います。"))
            return redirect("staff:areas", council.slug)
    return render(request, "staff/area.html", {"form": form, "group": group})


@staff("council.write")
def reported(request: HttpRequest, council: Council) -> HttpResponse:
    """The reported totals, and a CSV or XLSX with more: all rows of a file or none."""
    form = ReportedFile(request.POST or None, request.FILES or None)
    problems: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        found = read_reported(form.cleaned_data["file"])
        problems = found.problems
        if found.rows and not problems:
            number = talent_actions.keep_reported(by=request.actor, council=council, rows=found.rows)  # type: ignore[attr-defined]
            messages.success(request, now("報告値を %(number)s 件取り込みました。") % {"number": number})
            return redirect("staff:reported", council.slug)
    context = {"form": form, "problems": problems, "reported": reported_rows(council)}
    return render(request, "staff/reported.html", context, status=400 if problems else 200)
