"""The experience route at the desk: for which badges, what was handed in, what the reviewers said, the decision."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import certifying
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Achievement, Dossier, ExperienceRoute
from sonjuku.rooms.credentials.queries import experience
from sonjuku.rooms.credentials.rules.experience import outcome
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, rows_field
from sonjuku.web.staff.proof_deeds import Deed, Reason, carry_out
from sonjuku.web.staff.rows import one_or_404, page_of
from sonjuku.web.staff.skill_map_inputs import badge_words

AREA = forms.Textarea({"rows": 4})


class RouteForm(DeskForm):
    achievement = rows_field(_("バッジ"))
    guidance = forms.CharField(
        label=_("何を見て判断するか"),
        max_length=2_000,
        widget=AREA,
        help_text=_("申請する人と審査員が読みます。"),
    )
    guidance_en = forms.CharField(
        label=_("何を見て判断するか（英語）"), max_length=2_000, required=False, widget=AREA
    )
    is_open = forms.BooleanField(label=_("新しい申請を受け付ける"), required=False, initial=True)

    def __init__(self, data: Any = None, *, council: Council, route: ExperienceRoute | None = None) -> None:
        names = ("guidance", "guidance_en", "is_open")
        super().__init__(data, initial={name: getattr(route, name) for name in names} if route else None)
        if route is not None:
            del self.fields["achievement"]
            return
        field: Any = self.fields["achievement"]
        field.queryset = Achievement.objects.filter(council=council, experience_route=None).select_related("call")  # fmt: skip
        field.label_from_instance = badge_words


@staff("applications.write")
def dossier_list(request: HttpRequest, council: Council) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    rows = experience.dossiers_visible_to(actor).order_by("-created_at", "-id")
    routes = experience.routes_visible_to(actor)
    page = page_of(request, rows)
    context = {"page_obj": page, "routes": routes, "decided": experience.decided(page)}
    return render(request, "staff/dossiers.html", context)


@staff("calls.write")
def route_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = RouteForm(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        host = one_or_404(Body.objects.filter(council=council), pk=request.actor.body_id)  # type: ignore[attr-defined]
        data = {name: form.cleaned_data[name] for name in ("achievement", "guidance", "guidance_en")}
        try:
            actions.open_route(by=request.actor, host=host, **data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("実務経験の申請を受け付けます。"))
            return redirect("staff:dossiers", council.slug)
    return render(request, "staff/experience_route.html", {"form": form})


@staff("calls.write")
def route_edit(request: HttpRequest, council: Council, route_id: uuid.UUID) -> HttpResponse:
    row = one_or_404(experience.routes_visible_to(request.actor), pk=route_id)  # type: ignore[attr-defined]
    form = RouteForm(request.POST or None, council=council, route=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_route(by=request.actor, route=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:dossiers", council.slug)
    return render(request, "staff/experience_route.html", {"form": form, "row": row})


def _one(request: HttpRequest, dossier_id: uuid.UUID) -> Dossier:
    row: Dossier = one_or_404(experience.dossiers_visible_to(request.actor), pk=dossier_id)  # type: ignore[attr-defined]
    return row


@staff("applications.write")
def dossier(request: HttpRequest, council: Council, dossier_id: uuid.UUID) -> HttpResponse:
    row = _one(request, dossier_id)
    record_look(by=request.actor, verb="dossier.viewed", subject=row, for_person_id=row.person_id)  # type: ignore[attr-defined]
    waits = row.state == Dossier.State.SUBMITTED
    context = {
        "row": row, "files": [one.upload for one in row.files.select_related("upload")],
        "reviews": row.reviews.all(), "outcome": outcome(experience.words_of(row)) if waits else "",
    }  # fmt: skip
    return render(request, "staff/dossier.html", context)


DEEDS: dict[str, Deed] = {
    "award": Deed(
        _("バッジを渡しますか"), _("審査員二人が認めました。同じバッジに、実務経験の審査で認めたことと判断の基準を書いて渡します。"), _("バッジを渡す"),
        lambda by, row, data: certifying.award_dossier(by=by, dossier=row), _("バッジを渡しました。本人にお知らせが届きます。"),
    ),
    "refuse": Deed(
        _("見送りを知らせますか"), _("審査員二人が、認めないと判断しました。理由を本人に知らせます。"), _("見送りを知らせる"),
        lambda by, row, data: certifying.refuse_dossier(by=by, dossier=row, **data), _("本人に知らせます。"), Reason,
    ),
}  # fmt: skip


@staff("applications.write")
def dossier_action(
    request: HttpRequest, council: Council, dossier_id: uuid.UUID, action: str
) -> HttpResponse:
    row, deed = _one(request, dossier_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    crumbs = [
        (reverse("staff:dossiers", args=[council.slug]), _("実務経験")),
        (reverse("staff:dossier", args=[council.slug, row.id]), row.code),
    ]
    back = ("staff:dossier", council.slug, row.id)
    return carry_out(request, deed, row, back=back, crumbs=crumbs, about=row.code)


dossier_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
