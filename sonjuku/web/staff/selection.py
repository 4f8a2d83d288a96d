"""選考 by review: from the sheets to the announcement, one step at a time. A draw has the pages of its run."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Approval, Call, Review, SelectionRun
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.people.models import Council
from sonjuku.web.actors import staff
from sonjuku.web.staff.applicant_inputs import unchecked
from sonjuku.web.staff.rows import call_or_404, page_of, waiting_for_guardian

R = SelectionRun.State
ORDER = [R.PREPARED, R.FROZEN, R.DRAWN, R.ANNOUNCED]


@staff("selection.run")
def selection(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    run = calls.run_of(call)
    if call.uses_draw:
        return _to_the_run(request, call, run)
    stage = R(run.state) if run and run.state != R.PUBLISHED else R.PREPARED
    rows = calls.applications_visible_to(request.actor).filter(call=call)  # type: ignore[attr-defined]
    decided = (
        rows.exclude(verdict="").order_by("rank", "code") if stage in {R.DRAWN, R.ANNOUNCED} else rows.none()
    )
    context = {
        "call": call,
        "words": words(call),
        "run": run,
        "stage": stage,
        "steps": _steps(call, stage),
        "step": _next(call, stage),
        "checks": _checks(rows),
        "verdicts": _verdicts(decided),
        "page_obj": page_of(request, decided.select_related("person", "seat_pool")),
        "reviews": _reviews(call) if call.selection == Call.Selection.REVIEW else None,
        "approvals": _approvals(call),
    }
    return render(request, "staff/selection.html", context)


def _to_the_run(request: HttpRequest, call: Call, run: SelectionRun | None) -> HttpResponse:
    if run is not None:
        return redirect("staff:run", call.council.slug, run.code)
    messages.info(request, now("この募集の抽選のページは、受付を始めるとできます。"))
    return redirect("staff:call", call.council.slug, call.code)


def _checks(rows: Any) -> list[dict[str, Any]]:
    """What should be settled before the list is fixed."""
    submitted = rows.filter(state=Application.State.SUBMITTED)
    return [
        {"label": _("受け付けた申込み"), "number": submitted.count(), "query": "state=submitted"},
        {
            "label": _("保護者の同意待ち"),
            "number": waiting_for_guardian(rows).count(),
            "query": "guardian=waiting",
        },
        {
            "label": _("照合していない紙の申込み"),
            "number": unchecked(submitted).count(),
            "query": "channel=unchecked",
        },
    ]


def _verdicts(decided: Any) -> list[tuple[Any, int]]:
    numbers = dict(decided.order_by().values_list("verdict").annotate(number=Count("id")))
    return [
        (Application.Verdict(verdict).label, numbers[verdict])
        for verdict in Application.Verdict.values
        if verdict in numbers
    ]


def _reviews(call: Call) -> dict[str, int]:
    """How far the reviewers are: applications with enough sheets, out of all."""
    counted = Q(reviews__submitted_at__isnull=False, reviews__has_conflict=False)
    rows = call.applications.filter(state=Application.State.SUBMITTED).annotate(
        sheets=Count("reviews", filter=counted)
    )
    return {
        "ready": rows.filter(sheets__gte=max(call.min_reviewers, 1)).count(),
        "all": rows.count(),
        "conflicts": Review.objects.filter(application__call=call, has_conflict=True).count(),
    }


def _approvals(call: Call) -> list[dict[str, Any]]:
    if not call.asks_approval:
        return []
    given = {row.step: row for row in call.approvals.all()}
    return [
        {"label": step.label, "row": given.get(step)}
        for step in (Approval.Step.DECIDE, Approval.Step.ANNOUNCE)
    ]


def _steps(call: Call, stage: SelectionRun.State) -> list[dict[str, Any]]:
    """The time line; what is behind `stage` is done."""
    closed = call.state in {Call.State.CLOSED, Call.State.DECIDED, Call.State.FINISHED}
    place = ORDER.index(stage)
    titles = [
        (_("受付を終える"), _("締切の時刻に自動的に終わります。"), closed),
        (_("審査員が採点する"), _("利害関係の有無を先に申告してもらいます。"), place >= 2),
        (_("点の高い順に結果をまとめる"), _("利害関係のある審査員の点は数えません。"), place >= 2),
        (_("結果を確かめて発表する"), _("一人ひとりにお知らせが届きます。"), place >= 3),
    ]
    first_open = next((i for i, (_title, _text, done) in enumerate(titles) if not done), None)
    return [
        {"title": title, "text": text, "state": "done" if done else "now" if i == first_open else "next"}
        for i, (title, text, done) in enumerate(titles)
    ]


def _next(call: Call, stage: SelectionRun.State) -> dict[str, Any] | None:
    def do(action: str) -> str:
        return reverse("staff:call_action", args=[call.council.slug, call.code, action])

    if call.state == Call.State.OPEN:
        return {
            "title": _("締切を待っています"),
            "text": _("それまでに、申込みの内容と保護者の同意を確かめておきます。"),
            "due": call.closes_at,
        }
    if stage == R.ANNOUNCED or call.state != Call.State.CLOSED or call.selection != Call.Selection.REVIEW:
        return None
    if stage == R.DRAWN:
        return {
            "title": _("結果を発表する"), "text": _("下の結果を確かめてから進みます。まだ、だれにも知らされていません。"),
            "url": do("announce_results"), "label": _("確認へ進む"),
        }  # fmt: skip
    return {
        "title": _("審査の結果をまとめる"),
        "text": _("採点がそろったら進みます。"),
        "url": do("decide"),
        "label": _("確認へ進む"),
    }
