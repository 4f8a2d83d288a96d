"""Calls at the desk: the list, a new draft, and the page that says what comes next."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.actions import calls as actions
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import actions as programme_actions
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import day_of, fiscal_year
from sonjuku.toolbox.ids import short_code
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.call_inputs import NewCall
from sonjuku.web.staff.editor import checklist
from sonjuku.web.staff.rows import call_or_404, page_of

STATE_FILTERS = [
    (
        "live",
        _("動いているもの"),
        [Call.State.ANNOUNCED, Call.State.OPEN, Call.State.CLOSED, Call.State.DECIDED],
    ),
    ("draft", _("下書き"), [Call.State.DRAFT]),
    ("finished", _("終わったもの"), [Call.State.FINISHED]),
    ("all", _("すべて"), list(Call.State)),
]


@staff("calls.read")
def call_list(request: HttpRequest, council: Council) -> HttpResponse:
    chosen = request.GET.get("show", "all")
    states = next((states for key, _label, states in STATE_FILTERS if key == chosen), list(Call.State))
    rows = calls.desk_calls_visible_to(request.actor).filter(state__in=states).order_by("-id")  # type: ignore[attr-defined]
    # A subquery per call: a join over ten thousand applications takes a second.
    counted = (
        Application.objects.filter(call=OuterRef("pk")).exclude(state=Application.State.DRAFT).order_by()
    )
    number = counted.values("call").annotate(number=Count("id")).values("number")
    page = page_of(request, rows.annotate(applied=Coalesce(Subquery(number), 0)))
    filters = [
        {"key": key, "label": label, "current": key == chosen} for key, label, _states in STATE_FILTERS
    ]
    return render(request, "staff/calls.html", {"page_obj": page, "filters": filters, "chosen": chosen})


@staff("calls.write")
def call_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = NewCall(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        try:
            call = _create(request.actor, council, form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("staff:call", council.slug, call.code)
    return render(request, "staff/call_new.html", {"form": form})


@transaction.atomic
def _create(by: Actor, council: Council, data: dict[str, Any]) -> Call:
    programme = data["programme"] or _new_programme(by, council, data)
    return actions.create_call(
        by=by, council=council, programme=programme, code=free_code(council, by, data["kind"]),
        title=data["title"], kind=data["kind"], selection=data["selection"],
    )  # fmt: skip


def _new_programme(by: Actor, council: Council, data: dict[str, Any]) -> Programme:
    """A first programme, in the chosen line of work or in a first line of its own."""
    line: BusinessLine | None = data["new_line"] or programmes.lines(council).first()
    title = data["new_programme"].strip()
    if line is None:
        line = programme_actions.create_line(by=by, council=council, slug="line-1", ordinal=1, title=title)
    audiences = [audience.code for audience in vocabulary.audiences() if audience.parent_id is None]
    return programme_actions.create_programme(
        by=by, line=line, slug=f"programme-{short_code().lower()}", title=title, audiences=audiences
    )


def free_code(council: Council, by: Actor, kind: str) -> str:
    """An address people can read out: course-2026-1."""
    stem = f"{kind}-{fiscal_year(day_of(by.at))}"
    used = set(Call.objects.filter(council=council, code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (f"{stem}-{n}" for n in range(1, len(used) + 2)) if code not in used)


@staff("calls.read")
def call_page(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    missing = calls.still_missing(call) if call.state in {Call.State.DRAFT, Call.State.ANNOUNCED} else []
    run = calls.run_of(call)
    seats = call.seat_pools.aggregate(capacity=Sum("capacity", default=0), taken=Sum("taken", default=0))
    actor: Actor = request.actor  # type: ignore[attr-defined]
    may_write = people_rules.may(actor.role, "calls.write")
    context = {
        "call": call,
        "words": words(call),
        "checklist": checklist(call, missing),
        "missing": missing,
        "counts": [
            (Application.State(state).label, number) for state, number in calls.counts(call).items() if number
        ],
        "seats": seats,
        "run": run,
        "step": next_step(call, run, bool(missing), actor.at) if may_write else None,
        "others": other_steps(call, actor.at) if may_write else [],
        "may_write": may_write,
    }
    return render(request, "staff/call.html", context)


def _do(call: Call, action: str) -> str:
    return reverse("staff:call_action", args=[call.council.slug, call.code, action])


def next_step(call: Call, run: SelectionRun | None, lacks: bool, at: datetime) -> dict[str, Any] | None:
    """The one thing to do with this call now, as parts/next_step.html draws it."""
    if call.state in {Call.State.DRAFT, Call.State.ANNOUNCED}:
        return _to_open(call, lacks, at)
    if call.state == Call.State.OPEN and call.selection == Call.Selection.INVITATION:
        return {
            "title": _("招待する人を選ぶ"),
            "text": _("一人ずつ席を用意し、ご案内を送ります。"),
            "due": call.closes_at,
            "url": reverse("staff:invite", args=[call.council.slug, call.code]),
            "label": _("招待のページへ"),
        }
    if call.state == Call.State.OPEN:
        return {
            "title": _("申込みを確かめる"),
            "text": _("締切の時刻になると、受付は自動的に終わります。"),
            "due": call.closes_at,
            "url": reverse("staff:applications_of", args=[call.council.slug, call.code]),
            "label": _("申込者を見る"),
        }
    if call.state == Call.State.CLOSED and (call.uses_draw or call.selection == Call.Selection.REVIEW):
        decided = run is not None and run.state == SelectionRun.State.DRAWN
        return {
            "title": _("結果を発表する") if decided else _("選考を進める"),
            "text": _("手順を一つずつ案内します。"),
            "url": reverse("staff:selection", args=[call.council.slug, call.code]),
            "label": _("選考のページへ"),
        }
    if call.state in {Call.State.CLOSED, Call.State.DECIDED}:
        return {
            "title": _("終わったら、この募集を終了する"),
            "text": _("参加者の修了とバッジを確かめてから終了してください。"),
            "url": _do(call, "finish"),
            "label": _("確認へ進む"),
        }
    return {
        "title": _("来年度の募集をつくる"),
        "text": _("この募集を写し、日付を一年後の同じ曜日に直した下書きをつくります。"),
        "url": _do(call, "clone"),
        "label": _("写しをつくる"),
    }


def _to_open(call: Call, lacks: bool, at: datetime) -> dict[str, Any]:
    if lacks:
        return {
            "title": _("足りないところを入力する"),
            "text": _("下の一覧で「まだ」のところを入力すると、受付を始められます。"),
        }
    if call.opens_at and at < call.opens_at:
        return _before_opening(call)
    return {
        "title": _("受付を始める"),
        "text": _("始めると、申込みの質問・選び方・定員・個人情報の扱いが固定されます。"),
        "url": _do(call, "open"),
        "label": _("確認へ進む"),
    }


def _before_opening(call: Call) -> dict[str, Any]:
    if call.state == Call.State.ANNOUNCED:
        return {
            "title": _("受付の開始を待っています"),
            "text": _("開始の時刻になると、自動的に受付が始まります。"),
            "due": None,
        }
    return {
        "title": _("予告を公開する"),
        "text": _("公開のページに予告が出て、受付の開始時刻になると自動的に始まります。"),
        "url": _do(call, "announce"),
        "label": _("確認へ進む"),
    }


def other_steps(call: Call, at: datetime) -> list[dict[str, Any]]:
    """What may also be done, quietly."""
    steps: list[dict[str, Any]] = []
    if call.selection != Call.Selection.INVITATION and call.state in {Call.State.OPEN, Call.State.CLOSED}:
        steps.append(
            {
                "url": reverse("staff:entry", args=[call.council.slug, call.code]),
                "label": _("紙・FAX・窓口・電話の申込みを入力する"),
            }
        )
        steps.append(
            {
                "url": reverse("staff:imports", args=[call.council.slug, call.code]),
                "label": _("ファイルから取り込む"),
            }
        )
    if call.state == Call.State.OPEN and call.closes_at and call.closes_at <= at:
        steps.append({"url": _do(call, "close"), "label": _("受付を終える")})
    if call.state == Call.State.DRAFT and call.opens_at:
        steps.append({"url": _do(call, "announce"), "label": _("先に予告だけ公開する")})
    if call.state not in {Call.State.DRAFT, Call.State.FINISHED}:
        steps.append({"url": _do(call, "switch_mode"), "label": _("開催方法を切り替える")})
    if call.state != Call.State.FINISHED:
        steps.append({"url": _do(call, "clone"), "label": _("写して来年度の下書きをつくる")})
    return steps
