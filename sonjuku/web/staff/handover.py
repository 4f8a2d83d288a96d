"""引継書 at the desk: choose the year, print it, note who keeps the signing keys."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sonjuku.flows.handover_report import Scope, print_handover, usual_year, years_of
from sonjuku.rooms.credentials import queries as credentials
from sonjuku.rooms.credentials.actions import set_custodian
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox import docx as office
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.files import safe_name
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.letters import letters_of
from sonjuku.web.staff.printing import WORD
from sonjuku.web.staff.rows import one_or_404


class Custodian(DeskForm):
    custodian = forms.CharField(
        label=_("保管者"),
        max_length=80,
        required=False,
        help_text=_("部署や職の名前。人の名前は書きません。"),
    )


def chosen_year(request: HttpRequest, years: list[int]) -> int:
    """The year that ?year= asks for if the desk has it, else the one that is handed over today."""
    wanted = request.GET.get("year", "")
    found = [year for year in years if str(year) == wanted]
    return found[0] if found else usual_year(day_of(request.actor.at))  # type: ignore[attr-defined]


@staff("handover.read")
def handover(request: HttpRequest, council: Council) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    years = years_of(actor)
    keys = [
        {"key": key, "form": Custodian(initial={"custodian": key.custodian}, auto_id=f"id_{key.id}_%s")}
        for key in credentials.issuer_keys_visible_to(actor)
    ]
    context = {"years": years, "year": chosen_year(request, years), "keys": keys}
    return render(request, "staff/handover.html", context)


def _paper(request: HttpRequest, council: Council) -> office.Paper:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    scope = Scope(
        actor, council, chosen_year(request, years_of(actor)), letters_of(actor), "names" in request.GET
    )
    return print_handover(scope=scope)


@staff("handover.read")
def printed(request: HttpRequest, council: Council) -> HttpResponse:
    query = request.GET.copy()
    query.pop("names", None)
    context = {
        "paper": _paper(request, council),
        "label": _("引継書"),
        "asks_names": True,
        "kept": query.urlencode(),
        "docx_url": reverse("staff:handover_docx", args=[council.slug]),
        "back_url": reverse("staff:handover", args=[council.slug]),
    }
    return render(request, "staff/paper.html", context)


@staff("handover.read")
def docx(request: HttpRequest, council: Council) -> HttpResponse:
    paper = _paper(request, council)
    response = HttpResponse(office.write(paper), content_type=WORD)
    name = safe_name(f"{paper.title}.docx")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@staff("council.write")
@require_POST
def custodian(request: HttpRequest, council: Council, key_id: uuid.UUID) -> HttpResponse:
    rows: Any = credentials.issuer_keys_visible_to(request.actor)  # type: ignore[attr-defined]
    key: IssuerKey = one_or_404(rows, pk=key_id)
    form = Custodian(request.POST)
    if form.is_valid():
        set_custodian(by=request.actor, key=key, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, now("鍵の保管者を記録しました。"))
    else:
        messages.error(request, now("保管者は80文字までで入力してください。何も変えていません。"))
    return redirect("staff:handover", council.slug)
