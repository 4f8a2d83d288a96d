"""The call editor: its sections in order, what each still misses, and the one page that edits any of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import Missing
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff import call_badges, call_classes, call_inputs, call_materials, call_rows
from sonjuku.web.staff.rows import call_or_404


@dataclass(frozen=True)
class Part:
    """One section of the editor. `fields` are the names under which `still_missing` reports what it lacks."""

    slug: str
    title: Any
    form: Any
    fields: frozenset[str] = frozenset()


PARTS: tuple[Part, ...] = (
    Part("basics", _("名称と概要"), call_inputs.Basics, frozenset({"title"})),
    Part("dates", _("日程"), call_inputs.Dates, frozenset({"opens_at", "closes_at", "starts_on", "ends_on", "result_on"})),
    Part("place", _("会場・開催方法・参加費"), call_inputs.Place, frozenset({"venue", "fee_jpy", "webinar_status"})),
    Part("occasions", _("開催する回"), call_rows.Occasions),
    Part("speakers", _("登壇者とプログラム"), call_materials.Speakers),
    Part("materials", _("終わったあとに配る資料"), call_materials.Materials),
    Part("selection", _("選び方"), call_inputs.Selecting, frozenset({"seed_source", "draws_at", "min_reviewers", "max_persons"})),
    Part("pools", _("定員と枠"), call_rows.Pools, frozenset({"pools"})),
    Part("rules", _("応募資格"), call_rows.Rules, frozenset({"rules"})),
    Part("classes", _("優先の区分"), call_classes.PriorityClasses, frozenset({"classes"})),
    Part("criteria", _("審査の項目"), call_rows.Criteria, frozenset({"criteria"})),
    Part("form", _("申込みの質問"), call_badges.Questions),
    Part(
        "words", _("個人情報と問合せ先"), call_inputs.Words,
        frozenset({"purpose_of_use", "data_controller", "contact_office", "contact_phone", "contact_hours"}),
    ),
    Part("duties", _("参加者がすること"), call_rows.Duties),
    Part("badge", _("バッジ"), call_badges.Badge),
    Part("bodies", _("関わる団体"), call_rows.Bodies, frozenset({"bodies"})),
    Part("approving", _("決裁と公募の扱い"), call_inputs.Approving, frozenset({"restriction_reason", "restriction_approver"})),
    Part("approvals", _("決裁番号"), call_badges.Approvals, frozenset({"approval_open"})),
)  # fmt: skip
# Sections whose contents the opening of a call fixes; the others stay open to correction.
TERMS = {
    "basics",
    "dates",
    "place",
    "selection",
    "pools",
    "rules",
    "classes",
    "criteria",
    "form",
    "duties",
    "approving",
}
COUNTED: dict[str, Any] = {
    "occasions": _("%(number)s 回"),
    "rules": _("条件 %(number)s 件"),
    "classes": _("区分 %(number)s 件"),
    "duties": _("%(number)s 件"),
    "badge": _("バッジ %(number)s 件"),
    "form": _("質問 %(number)s 件"),
    "pools": _("定員 %(number)s 人"),
}
BY_SLUG = {part.slug: part for part in PARTS}


def parts_for(call: Call) -> list[Part]:
    """The sections that this call has: classes only of a draw, criteria only where points count, numbers only when
    approvals are asked for."""
    hidden = set()
    if not (call.uses_draw or call.priority_rules.exists()):
        hidden.add("classes")
    if not calls.has_review(call):
        hidden.add("criteria")
    if not call.asks_approval:
        hidden.add("approvals")
    return [part for part in PARTS if part.slug not in hidden]


def checklist(call: Call, missing: list[Missing]) -> list[dict[str, Any]]:
    """The sections with what each holds and still lacks; `state` done, todo or empty (nothing there, nothing needed)."""
    said = summaries(call)
    rows = []
    for part in parts_for(call):
        lacks = [each.message for each in missing if each.field in part.fields]
        is_empty = part.slug in said and not said[part.slug]
        state = "todo" if lacks else "empty" if is_empty else "done"
        rows.append({"part": part, "missing": lacks, "state": state, "summary": said.get(part.slug) or ""})
    return rows


def summaries(call: Call) -> dict[str, Any]:
    """What the optional sections hold, in a few words; empty where there is nothing."""
    capacity = call.seat_pools.aggregate(seats=Sum("capacity", default=0))["seats"]
    numbers = {
        "occasions": call.occasions.count(),
        "rules": call.eligibility_rules.count(),
        "classes": call.priority_rules.count(),
        "duties": call.obligation_rules.count(),
        "badge": call.achievements.count(),
        "form": call.form_version.questions.count() if call.form_version else 0,
    }
    said: dict[str, Any] = {
        slug: number and COUNTED[slug] % {"number": number} for slug, number in numbers.items()
    }
    return said | {"pools": capacity and COUNTED["pools"] % {"number": capacity}}


@staff("calls.write")
def call_edit(request: HttpRequest, council: Council, code: str, section: str) -> HttpResponse:
    call = call_or_404(request, code)
    part = BY_SLUG.get(section)
    if part is None:
        raise Http404
    form = part.form(request.POST or None, request.FILES or None, call=call, actor=request.actor)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.save(request.actor)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("「%(section)s」を保存しました。") % {"section": part.title})
            return redirect(_after(request, call, part))
    missing = calls.still_missing(call)
    context = {
        "call": call,
        "part": part,
        "form": form,
        "parts": parts_for(call),
        "is_frozen": call.frozen_at is not None and part.slug in TERMS,
        "missing": [m for m in missing if m.field in part.fields],
    }
    return render(request, "staff/call_edit.html", context)


call_edit.values = tuple(BY_SLUG)  # type: ignore[attr-defined]


def _after(request: HttpRequest, call: Call, part: Part) -> str:
    """Where to go next: the section asked for, the form just made, or back to the call."""
    if part.slug == "form" and request.POST.get("how") in {"new", "copy"}:
        call.refresh_from_db()
        if call.form_version is not None:
            return reverse("staff:form", args=[call.council.slug, call.form_version.form_id])
    if "save_and_more" in request.POST:
        return reverse("staff:call_edit", args=[call.council.slug, call.code, part.slug])
    if "save_and_next" in request.POST:
        order = [each.slug for each in parts_for(call)]
        place = order.index(part.slug) if part.slug in order else len(order) - 1
        if place + 1 < len(order):
            return reverse("staff:call_edit", args=[call.council.slug, call.code, order[place + 1]])
    return reverse("staff:call", args=[call.council.slug, call.code])
