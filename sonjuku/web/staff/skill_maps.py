"""Skill maps at the desk: what they ask, how many would qualify now, their versions and who was awarded under which."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import SkillMap
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.rows import one_or_404, page_of
from sonjuku.web.staff.skill_map_inputs import Items, Least, MapForm, new_items, rows_of


def map_or_404(request: HttpRequest, skill_map_id: uuid.UUID) -> SkillMap:
    row: SkillMap = one_or_404(paths.maps_visible_to(request.actor), pk=skill_map_id)  # type: ignore[attr-defined]
    return row


@staff("calls.write")
def map_list(request: HttpRequest, council: Council) -> HttpResponse:
    rows = paths.maps_visible_to(request.actor)  # type: ignore[attr-defined]
    return render(request, "staff/skill_maps.html", {"page_obj": page_of(request, rows)})


@staff("calls.write")
def map_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = MapForm(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        host = one_or_404(Body.objects.filter(council=council), pk=request.actor.body_id)  # type: ignore[attr-defined]
        try:
            row = _made(request, council, host, form)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("スキルマップを作りました。次に、必要なものを決めます。"))
            return redirect("staff:skill_map_items", council.slug, row.id)
    return render(request, "staff/skill_map_edit.html", {"form": form})


def _made(request: HttpRequest, council: Council, host: Body, form: MapForm) -> SkillMap:
    by, data = request.actor, dict(form.cleaned_data)  # type: ignore[attr-defined]
    badge = data.pop("achievement")
    if badge is None:
        about = data["description"] or data["title"]
        badge = actions.define_achievement(
            by=by, council=council, title=data["title"][:120], title_en=data["title_en"][:160], type="Badge",
            description=about, description_en=data["description_en"],
            criteria=f"スキルマップ「{data['title']}」の条件を満たすこと。",
        )  # fmt: skip
    return actions.make_map(by=by, council=council, host=host, achievement=badge, **data)


@staff("calls.write")
def map_edit(request: HttpRequest, council: Council, skill_map_id: uuid.UUID) -> HttpResponse:
    row = map_or_404(request, skill_map_id)
    form = MapForm(request.POST or None, council=council, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_map(by=request.actor, skill_map=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:skill_map", council.slug, row.id)
    return render(request, "staff/skill_map_edit.html", {"form": form, "row": row})


@staff("calls.write")
def skill_map(request: HttpRequest, council: Council, skill_map_id: uuid.UUID) -> HttpResponse:
    """The draft's preview says how many would qualify at this moment; publishing is its own page."""
    row = map_or_404(request, skill_map_id)
    day = day_of(request.actor.at)  # type: ignore[attr-defined]
    versions = list(paths.versions(row))
    for version in versions:
        version.skill_map = row
    awarded = paths.qualified(row)
    draft = next((one for one in versions if one.published_at is None), None)
    current = next((one for one in versions if one.published_at is not None), None)
    context = {
        "row": row, "draft": draft, "current": current, "awarded": sum(awarded.values()),
        "would": len(paths.qualifying(draft, day)) if draft else 0,
        "due": len(paths.qualifying(current, day)) if current and not row.closed_at else 0,
        "versions": [(one, awarded.get(one.number, 0)) for one in versions if one.published_at],
    }  # fmt: skip
    return render(request, "staff/skill_map.html", context)


@staff("calls.write")
def items(request: HttpRequest, council: Council, skill_map_id: uuid.UUID) -> HttpResponse:
    """The draft's items; where there is none yet, the newest version's are a copy to begin with, made by the first save."""
    row = map_or_404(request, skill_map_id)
    shown = paths.versions(row)[0]
    data = request.POST if request.method == "POST" else None
    least = Least(data, initial={"least": shown.least})
    formset = Items(data, initial=rows_of(shown), form_kwargs={"council": council})
    if data is not None and least.is_valid() and formset.is_valid():
        by = request.actor  # type: ignore[attr-defined]
        try:
            draft = actions.new_version(by=by, skill_map=row)
            found = new_items(formset.rows())  # type: ignore[attr-defined]
            actions.set_items(by=by, version=draft, least=least.cleaned_data["least"], items=found)
        except Refused as error:
            least.refuse(error)
        else:
            messages.success(request, now("下書きを保存しました。公開するまで、だれにも影響しません。"))
            return redirect("staff:skill_map", council.slug, row.id)
    return render(request, "staff/skill_map_items.html", {"row": row, "least": least, "formset": formset})
