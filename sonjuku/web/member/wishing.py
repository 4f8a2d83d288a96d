"""希望の順: what one wishes for in a call, and the order of one's calls in a selection over several."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as now

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, SelectionRun
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.wishes import ask_wishes, refuse_twice


class OrderForm(forms.Form):
    """Each application once, the one wanted most first."""

    def __init__(self, data: Any, rows: list[Application]) -> None:
        super().__init__(data, initial={f"wish_{at}": str(row.pk) for at, row in enumerate(rows, start=1)})
        self.wish_names: list[str] = []
        self.rows = {str(row.pk): row for row in rows}
        ask_wishes(self, [(key, _title(row)) for key, row in self.rows.items()], all_needed=True)

    def clean(self) -> dict[str, Any]:
        refuse_twice(self)
        return self.cleaned_data

    def chosen(self) -> list[Application]:
        return [self.rows[self.cleaned_data[name]] for name in self.wish_names]


def _title(row: Application) -> str:
    english = (get_language() or "ja").startswith("en")
    return (english and row.call.title_en) or row.call.title


def of(request: HttpRequest, row: Application) -> dict[str, Any]:
    """What the page of one's own application says of wishes: options in order, and the number in the draw."""
    titles = {}
    if len(row.wishes) > 1:
        titles = {pool.option: pool for pool in calls.pools(row.call)}
    run = calls.run_of(row.call) if row.call.uses_draw else None
    others = _together(request, row, run) if run is not None and run.is_shared else []
    return {
        "wishes": [titles.get(option, option) for option in row.wishes] if titles else [],
        "run_code": row.run_code if row.call.uses_draw and row.run_code else "",
        "together": others if len(others) > 1 else [],
        "may_reorder": len(others) > 1 and run is not None and run.state in calls.BEFORE_THE_FREEZE,
    }


def _together(request: HttpRequest, row: Application, run: SelectionRun) -> list[Application]:
    """The person's applications in this run that still stand, in the order of their wishes."""
    rows = calls.applications_visible_to(request.actor)  # type: ignore[attr-defined]
    mine = rows.filter(
        call__selection_run_id=run.pk, person_id=row.person_id, state=Application.State.SUBMITTED
    )
    return list(mine.select_related("call__council", "person").order_by("wish_rank", "submitted_at", "id"))


@member
def order(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """The order of one's calls, until the first of them closes."""
    visible = calls.applications_visible_to(request.actor).select_related("call__council", "person")  # type: ignore[attr-defined]
    row = visible.filter(pk=application_id).first()
    run = calls.run_of(row.call) if row is not None and row.call.uses_draw else None
    if row is None or run is None:
        raise Http404
    rows = _together(request, row, run)
    if len(rows) < 2:
        messages.info(request, now("順番を決める申込みは、ほかにありません。"))
        return redirect("member:application", row.id)
    form = OrderForm(request.POST if request.method == "POST" else None, rows)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reorder_wishes(by=request.actor, applications=form.chosen())  # type: ignore[attr-defined]
        except Refused as error:
            form.add_error(None, format_lazy("{} {}", error.message, error.next_step))
        else:
            messages.success(request, now("希望の順を保存しました。"))
            return redirect("member:application", row.id)
    context = {"application": row, "call": row.call, "council": row.call.council, "form": form, "run": run}
    return render(request, "member/order.html", context, status=422 if form.errors else 200)
