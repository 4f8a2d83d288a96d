"""保存期間と廃棄 at the desk: how long things are kept, what is due, its approval, and the record of what went."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as now

from sonjuku.flows import disposing
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions, privacy_queries
from sonjuku.rooms.people.models import Council, Disposal, RetentionRule
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import day_of, fiscal_year_label
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.retention_inputs import Approve, KeepLonger, RetentionForm
from sonjuku.web.staff.rows import one_or_404, page_of, working_calls

S = Disposal.State
# Done at once after the approval; the rest is the worker's.
FIRST_BATCHES = 2
ORDER = [S.PROPOSED, S.APPROVED, S.KEPT, S.DONE]


def _year(row: Disposal) -> str:
    return fiscal_year_label(row.fiscal_year, get_language() or "ja")


def _named(rows: Any) -> list[Any]:
    for row in rows:
        row.year = _year(row)
    return list(rows)


@staff("privacy.write")
def disposal_list(request: HttpRequest, council: Council) -> HttpResponse:
    """What waits for an approval first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = sorted(disposing.disposals_of(actor), key=lambda row: (ORDER.index(S(row.state)), row.due_on))
    page = page_of(request, rows)
    _named(page.object_list)
    has_rules = RetentionRule.objects.filter(council=council).exists()
    return render(request, "staff/disposals.html", {"page_obj": page, "has_rules": has_rules})


def disposal_or_404(request: HttpRequest, disposal_id: uuid.UUID) -> Disposal:
    rows = disposing.disposals_of(request.actor)  # type: ignore[attr-defined]
    row: Disposal = one_or_404(rows.select_related("council"), pk=disposal_id)
    row.year = _year(row)  # type: ignore[attr-defined]
    return row


@staff("privacy.write")
def disposal_page(request: HttpRequest, council: Council, disposal_id: uuid.UUID) -> HttpResponse:
    """What would go, what stays and why; the approval, or keeping it longer."""
    return render(request, "staff/disposal.html", _context(request, disposal_or_404(request, disposal_id)))


def _context(request: HttpRequest, row: Disposal, **forms: Any) -> dict[str, Any]:
    day = day_of(request.actor.at)  # type: ignore[attr-defined]
    return {
        "row": row,
        "preview": disposing.preview(row, day) if row.state != S.DONE else None,
        "approve": Approve(initial={"approved_on": day, "rows": row.rows}),
        "keep": KeepLonger(),
        **forms,
    }


@staff("privacy.write")
def disposal_action(
    request: HttpRequest, council: Council, disposal_id: uuid.UUID, action: str
) -> HttpResponse:
    """POST: approve, or keep longer."""
    row = disposal_or_404(request, disposal_id)
    if action not in DEEDS:
        raise Http404
    if request.method != "POST":
        return redirect("staff:disposal", council.slug, row.id)
    form = DEEDS[action](request.POST)
    if form.is_valid():
        try:
            _do(request, row, action, form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("staff:disposal", council.slug, row.id)
    return render(request, "staff/disposal.html", _context(request, row, **{action: form}), status=422)


def _do(request: HttpRequest, row: Disposal, action: str, data: dict[str, Any]) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if action == "keep":
        actions.keep_longer(by=actor, disposal=row, **data)
        messages.success(request, now("保存を延長しました。期限の日に、もう一度提案します。"))
        return
    data.pop("sure")
    approved = actions.approve_disposal(by=actor, disposal=row, **data)
    went, _used = disposing.carry_out(by=actor, disposal=approved, batches=FIRST_BATCHES)
    messages.success(
        request, now("決裁を記録し、%(number)s 件を廃棄しました。残りは自動で進みます。") % {"number": went}
    )


DEEDS: dict[str, Any] = {"approve": Approve, "keep": KeepLonger}
disposal_action.values = tuple(DEEDS)  # type: ignore[attr-defined]


def _done(request: HttpRequest) -> list[Any]:
    rows = disposing.disposals_of(request.actor).filter(state__in=[S.APPROVED, S.DONE])  # type: ignore[attr-defined]
    return _named(rows.order_by("approved_on", "id"))


@staff("privacy.write")
def disposal_record(request: HttpRequest, council: Council) -> HttpResponse:
    """廃棄記録 to print: numbers, no names."""
    return render(request, "staff/disposal_record.html", {"rows": _done(request), "at": request.actor.at})  # type: ignore[attr-defined]


@staff("privacy.write")
def disposal_csv(request: HttpRequest, council: Council) -> HttpResponse:
    cells = [
        [
            str(row.get_kind_display()), row.call_title, row.year, row.rows, row.erased, row.approval_number,
            row.approved_on, day_of(row.done_at) if row.done_at else None, str(row.get_state_display()),
        ]
        for row in _done(request)
    ]  # fmt: skip
    record(by=request.actor, verb="disposals.exported", council_id=council.id)  # type: ignore[attr-defined]
    header = [
        now("種類"), now("募集"), now("年度"), now("決裁した件数"), now("廃棄した件数"), now("決裁番号"), now("決裁日"),
        now("終わった日"), now("状態"),
    ]  # fmt: skip
    return csv_file(write_csv(cells, header), f"{council.slug}-disposals.csv")


def csv_file(content: bytes, name: str) -> HttpResponse:
    """A download that no cache keeps."""
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@staff("privacy.write")
def retention(request: HttpRequest, council: Council) -> HttpResponse:
    """The rules in force, and a form to set one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    calls = working_calls(actor).order_by("-id")
    form = RetentionForm(request.POST or None, calls=calls)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_retention_rule(by=actor, council=council, **form.rule())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存期間を保存しました。次の日から、この決まりで提案します。"))
            return redirect("staff:retention", council.slug)
    rules = privacy_queries.retention_rules(council)
    titles = {call.pk: call for call in Call.objects.filter(pk__in=[key for _kind, key in rules if key])}
    rows = [(kind, rules.get((kind.value, None))) for kind in RetentionRule.Kind]
    own = [(rule, titles[key]) for (_kind, key), rule in rules.items() if key in titles]
    context = {"form": form, "rows": rows, "own": own}
    return render(request, "staff/retention.html", context, status=422 if form.errors else 200)
