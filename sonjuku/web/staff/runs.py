"""選考: a draw over one or several calls at the desk, one step at a time, each visible before it is taken."""

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Approval, Call, SelectionRun
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.web.actors import staff
from sonjuku.web.staff import run_steps
from sonjuku.web.staff.applicant_inputs import unchecked
from sonjuku.web.staff.journal import described
from sonjuku.web.staff.rows import page_of, waiting_for_guardian
from sonjuku.web.staff.run_rows import applications, draws, grouped, run_or_404, typed

R, V = SelectionRun.State, Application.Verdict
SHOWN_STEPS = 40


@staff("selection.run")
def run_list(request: HttpRequest, council: Council) -> HttpResponse:
    rows = draws(request.actor).prefetch_related("calls__council").order_by("-id")  # type: ignore[attr-defined]
    return render(request, "staff/runs.html", {"page_obj": page_of(request, rows)})


@staff("selection.run")
def run_page(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    run = run_or_404(request, run_code)
    now = standing(request, run)
    rows = applications(request, run)
    context = {
        "run": run, "calls": now.calls, "now": now, "steps": run_steps.steps_of(now), "step": run_steps.next_step(now),
        "checks": _checks(rows) if run.state in calls.BEFORE_THE_FREEZE else None,
        **_classes(run),
        "rehearses": _may_rehearse(now), **_rehearsal(request, now),
        "hashes": {"rules": grouped(run.rules_hash), "list": grouped(run.list_hash)},
        "entry_count": calls.entry_count(run), "approvals": _approvals(now.calls), "witnesses": run.witnesses.all(),
        "corrections": run.corrections.all(), "journal": _journal(run, council),
        "may_void": run.state in {R.PUBLISHED, R.FROZEN, R.DRAWN}, "is_sealed": run.announced_at is None,
        "is_over": run.state in {R.ANNOUNCED, R.VOIDED},
        **_results(request, run, now.calls, rows), **progress(run),
    }  # fmt: skip
    return render(request, "staff/run.html", context)


def _classes(run: SelectionRun) -> dict[str, Any]:
    """Before the freeze: how many stand in each class, and how many still lack sheets of reviewers."""
    if run.state not in calls.BEFORE_THE_FREEZE:
        return {}
    return {"preview": actions.preview_classes(run=run)}


def _may_rehearse(now: run_steps.Standing) -> bool:
    return now.run.state == R.PUBLISHED or (now.run.state == R.PREPARED and now.is_closed)


def _rehearsal(request: HttpRequest, now: run_steps.Standing) -> dict[str, Any]:
    wanted = "rehearse" in request.GET and _may_rehearse(now)
    return {"rehearsal": actions.rehearse(run=now.run) if wanted else None}


def standing(request: HttpRequest, run: SelectionRun) -> run_steps.Standing:
    """Where the run is for this reader now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    open_pairs = 0
    if run.state in calls.BEFORE_THE_FREEZE:
        open_pairs = sum(pair.check is None for pair in calls.doubles(run))
    return run_steps.Standing(
        slug=request.council.slug,  # type: ignore[attr-defined]
        run=run,
        calls=calls.calls_of(run),
        at=actor.at,
        doubles=open_pairs,
        typed=typed(run, actor.account_id),
        successor=calls.corrected_by(run) if run.state == R.VOIDED else None,
    )


def _checks(rows: Any) -> dict[str, int]:
    """What should be settled before the list is fixed."""
    submitted = rows.filter(state=Application.State.SUBMITTED)
    return {
        "submitted": submitted.count(),
        "guardian": waiting_for_guardian(rows).count(),
        "unchecked": unchecked(submitted).count(),
    }


def _approvals(run_calls: list[Call]) -> list[dict[str, Any]]:
    found = []
    for call in run_calls:
        given = {row.step: row for row in call.approvals.all()} if call.asks_approval else None
        for step in (Approval.Step.DECIDE, Approval.Step.ANNOUNCE):
            if given is not None:
                found.append({"call": call, "label": step.label, "row": given.get(step)})
    return found


def _results(request: HttpRequest, run: SelectionRun, run_calls: list[Call], rows: Any) -> dict[str, Any]:
    """The numbers of each call, and the people of the chosen one."""
    if run.drawn_at is None or run.state == R.VOIDED:
        return {}
    decided = rows.exclude(verdict="")
    numbers = {
        (call_id, verdict): number
        for call_id, verdict, number in decided.order_by()
        .values_list("call", "verdict")
        .annotate(Sum("persons"))
    }
    tally = [
        {"call": call, "numbers": [numbers.get((call.pk, verdict), 0) for verdict in VERDICTS]}
        for call in run_calls
    ]
    chosen = next((call for call in run_calls if call.code == request.GET.get("call")), None)
    shown = decided.filter(call=chosen) if chosen else decided
    shown = shown.order_by("call__run_ordinal", "call__code", "rank", "code").select_related(
        "person", "seat_pool", "call"
    )
    return {
        "tally": tally, "verdicts": [verdict.label for verdict in VERDICTS], "chosen": chosen,
        "page_obj": page_of(request, shown),
    }  # fmt: skip


VERDICTS = (V.SELECTED, V.WAITLISTED, V.NOT_SELECTED, V.INELIGIBLE)


def _journal(run: SelectionRun, council: Council) -> list[Any]:
    rows = Entry.objects.filter(council_id=council.id, subject_id=run.pk).order_by("-at", "-id")[:SHOWN_STEPS]
    return described(rows, {body.id: str(body) for body in people.bodies(council)})


def progress(run: SelectionRun) -> dict[str, Any]:
    """How far the letters of an announced run have come; `writes` while there are more to write."""
    if run.state != R.ANNOUNCED:
        return {"writes": False}
    told = Application.objects.filter(call__selection_run_id=run.pk, announced_at=run.announced_at)
    return {"writes": run.letters_at is None, "told": told.count()}


@staff("selection.run")
def run_progress(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """The progress bar alone, for htmx; a run that writes no letters now leads to its page."""
    run = run_or_404(request, run_code)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("staff:run", council.slug, run.code)
    shown = progress(run)
    if not shown["writes"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "staff/part_run_progress.html", {"run": run, **shown})
