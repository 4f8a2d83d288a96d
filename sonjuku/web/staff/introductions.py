"""Introductions at the desk: who supports which firm, what is due, what is late."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.matching import actions, queries, rules
from sonjuku.rooms.matching.models import Introduction
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.matching_inputs import Ending, Report, Terms
from sonjuku.web.staff.rows import one_or_404, page_of

S = Introduction.State
LATE = "late"


@staff("selection.run")
def introduction_list(request: HttpRequest, council: Council) -> HttpResponse:
    """Those due first come first; `?show=late` those past their day."""
    day, chosen = timezone.localdate(), request.GET.get("show", "")
    everything = queries.introductions_visible_to(request.actor)  # type: ignore[attr-defined]
    late = queries.overdue(everything, day)
    rows = late if chosen == LATE else everything.filter(state=chosen) if chosen in S.values else everything
    counted = [("", _("すべて"), everything), (LATE, _("報告の期限が過ぎたもの"), late)]
    filters = [
        {"key": key, "label": label, "number": found.count(), "current": key == chosen}
        for key, label, found in counted
    ]
    page = page_of(request, rows)
    overdue = {row.pk for row in page.object_list if rules.is_overdue(row, day)}
    context = {"page_obj": page, "filters": filters, "overdue": overdue, "is_narrowed": bool(chosen)}
    return render(request, "staff/introductions.html", context)


def _one(request: HttpRequest, introduction_id: uuid.UUID) -> Introduction:
    row: Introduction = one_or_404(
        queries.introductions_visible_to(request.actor),  # type: ignore[attr-defined]
        pk=introduction_id,
    )
    return row


@staff("selection.run")
def introduction(request: HttpRequest, council: Council, introduction_id: uuid.UUID) -> HttpResponse:
    row = _one(request, introduction_id)
    context = {
        "row": row,
        "is_overdue": rules.is_overdue(row, timezone.localdate()),
        "deeds": [(slug, deed.button) for slug, deed in DEEDS.items() if row.state in deed.states],
    }
    return render(request, "staff/introduction.html", context)


@dataclass(frozen=True)
class Deed:
    title: Any
    text: Any
    button: Any
    form: type[DeskForm]
    run: Callable[..., Any]
    done: Any
    states: tuple[str, ...] = (S.ACTIVE,)


DEEDS: dict[str, Deed] = {
    "report": Deed(
        _("報告を受け取る"), _("受け取った日を記録します。期限が過ぎた印は消えます。"), _("報告を受け取った"), Report,
        actions.receive_report, _("報告を記録しました。"),
    ),
    "change": Deed(
        _("期間と期限を直す"), _("この紹介だけが変わります。"), _("期間と期限を直す"), Terms,
        actions.change_introduction, _("保存しました。"), (S.ACTIVE, S.REPORTED),
    ),
    "end": Deed(
        _("途中で終わったと記録する"), _("この紹介には、報告を求めなくなります。"), _("途中で終わった"), Ending,
        actions.end_introduction, _("途中で終わったことを記録しました。"),
    ),
}  # fmt: skip


@staff("selection.run")
def introduction_action(
    request: HttpRequest, council: Council, introduction_id: uuid.UUID, action: str
) -> HttpResponse:
    row, deed = _one(request, introduction_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    today = timezone.localdate()
    initial = {name: getattr(row, name, None) for name in deed.form.base_fields}
    initial |= {name: today for name in ("report_on", "ended_on") if name in initial and not initial[name]}
    form = deed.form(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            deed.run(by=request.actor, introduction=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, deed.done)
            return redirect("staff:introduction", council.slug, row.id)
    return render(request, "staff/introduction_action.html", {"row": row, "deed": deed, "form": form})


introduction_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
