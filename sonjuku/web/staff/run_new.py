"""複数の募集をまとめて選ぶ: a run over several calls, prepared before any of them opens."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.rows import working_calls
from sonjuku.web.staff.run_inputs import OrderForm, RunForm, seeding_of
from sonjuku.web.staff.run_rows import run_or_404

DRAWN = (Call.Selection.LOTTERY, Call.Selection.RANKED)


def _offered(request: HttpRequest, run: SelectionRun | None = None) -> QuerySet[Call]:
    """Calls that may be drawn together: not open yet, drawn, in no other run."""
    rows = working_calls(request.actor).filter(  # type: ignore[attr-defined]
        selection__in=DRAWN, state__in=[Call.State.DRAFT, Call.State.ANNOUNCED]
    )
    free = Q(selection_run__isnull=True)
    return rows.filter(free | Q(selection_run_id=run.pk) if run else free).order_by("starts_on", "code")


@staff("selection.run")
def run_new(request: HttpRequest, council: Council) -> HttpResponse:
    offered = _offered(request)
    form = RunForm(request.POST if request.method == "POST" else None, calls=offered)
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.create_run(
                by=request.actor,  # type: ignore[attr-defined]
                council=council,
                calls=form.chosen(),
                **form.fields_of_run(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("選考をつくりました。受付を始めると、規則が公開されます。"))
            return redirect("staff:run", council.slug, run.code)
    context = {"form": form, "has_calls": offered.exists()}
    return render(request, "staff/run_edit.html", context, status=422 if form.errors else 200)


def _may_change(run: SelectionRun) -> bool:
    return run.is_shared and run.state == SelectionRun.State.PREPARED


def _to_the_run(request: HttpRequest, council: Council, run: SelectionRun) -> HttpResponse:
    messages.info(request, now("この選考の規則は、ここでは変えられません。"))
    return redirect("staff:run", council.slug, run.code)


@staff("selection.run")
def run_change(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """Only before the first call opens, and only of a run over several calls; else it leads to the run."""
    run = run_or_404(request, run_code)
    if not _may_change(run):
        return _to_the_run(request, council, run)
    before = calls.calls_of(run)
    form = RunForm(
        request.POST if request.method == "POST" else None,
        calls=_offered(request, run),
        before=before,
        initial=_initial(run, before),
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.change_run(by=request.actor, run=run, **form.fields_of_run())  # type: ignore[attr-defined]
                actions.set_run_calls(by=request.actor, run=run, calls=form.chosen())  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("選考を保存しました。"))
            return redirect("staff:run", council.slug, run.code)
    context = {"run": run, "form": form, "has_calls": True}
    return render(request, "staff/run_edit.html", context, status=422 if form.errors else 200)


@staff("selection.run")
def run_order(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """The order of the calls, which the published rules give; under the same conditions as run_change."""
    run = run_or_404(request, run_code)
    if not _may_change(run):
        return _to_the_run(request, council, run)
    form = OrderForm(request.POST if request.method == "POST" else None, calls=calls.calls_of(run))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_run_calls(by=request.actor, run=run, calls=form.chosen())  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("選考を保存しました。"))
            return redirect("staff:run", council.slug, run.code)
    return render(
        request, "staff/run_order.html", {"run": run, "form": form}, status=422 if form.errors else 200
    )


def _initial(run: SelectionRun, chosen: list[Call]) -> dict[str, Any]:
    names = ("title", "title_en", "check_days", "is_public_draw")
    return {
        **{name: getattr(run, name) for name in names},
        **seeding_of(run),
        "calls": [call.pk for call in chosen],
    }
