"""マッチング at the desk: events, how far the rankings are, the steps to the announcement. Nobody's order is shown."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.models import MatchingEvent, Side
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.matching_inputs import EventForm
from sonjuku.web.staff.rows import one_or_404, page_of
from sonjuku.web.templatetags.sonjuku_ui import tr

R = MatchingEvent.State
ORDER = [R.PREPARED, R.PUBLISHED, R.FROZEN, R.DRAWN, R.ANNOUNCED]


def event_or_404(request: HttpRequest, matching_id: uuid.UUID) -> MatchingEvent:
    row: MatchingEvent = one_or_404(queries.events_visible_to(request.actor), pk=matching_id)  # type: ignore[attr-defined]
    return row


@staff("selection.run")
def event_list(request: HttpRequest, council: Council) -> HttpResponse:
    rows = queries.events_visible_to(request.actor)  # type: ignore[attr-defined]
    late = queries.overdue(queries.introductions_visible_to(request.actor), timezone.localdate())  # type: ignore[attr-defined]
    return render(request, "staff/matchings.html", {"page_obj": page_of(request, rows), "late": late.count()})


@staff("selection.run")
def event_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = EventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        host = one_or_404(Body.objects.filter(council=council), pk=request.actor.body_id)  # type: ignore[attr-defined]
        try:
            row = actions.create_event(by=request.actor, council=council, host=host, **form.values())  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("マッチングをつくりました。次に、参加者を加えます。"))
            return redirect("staff:matching", council.slug, row.id)
    return render(request, "staff/matching_edit.html", {"form": form})


@staff("selection.run")
def event_edit(request: HttpRequest, council: Council, matching_id: uuid.UUID) -> HttpResponse:
    row = event_or_404(request, matching_id)
    form = EventForm(request.POST or None, event=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_event(by=request.actor, event=row, **form.values())  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:matching", council.slug, row.id)
    return render(request, "staff/matching_edit.html", {"form": form, "row": row})


@staff("selection.run")
def event(request: HttpRequest, council: Council, matching_id: uuid.UUID) -> HttpResponse:
    row = event_or_404(request, matching_id)
    members = row.members.select_related("person", "body")
    drawn = row.state in (R.DRAWN, R.ANNOUNCED)
    pairs = queries.pairs(row) if drawn else []
    met = {member.id for pair in pairs for member in pair}
    page = page_of(request, members, 100)
    on_page = list(page.object_list)
    minors = queries.minors(on_page)
    context = {
        "row": row,
        "steps": _steps(row),
        "step": _next(row),
        "progress": [{**each, "name": _side(row, each["side"])} for each in queries.progress(row)],
        "page_obj": page,
        "unsigned": minors - queries.signed_by_guardian(on_page) if minors else set(),
        "corrections": row.corrections.all(),
        "successor": queries.successor(row),
        "typed": row.typed_numbers.count() if row.state == R.FROZEN else 0,
        "drawn": drawn,
        "pairs": pairs,
        "alone": [m for m in members if m.id not in met and not m.withdrawn_at] if drawn else [],
        "is_open": row.state == R.PUBLISHED and row.ranks_by is not None and timezone.now() < row.ranks_by,
    }
    return render(request, "staff/matching.html", context)


def _side(row: MatchingEvent, side: str) -> Any:
    return tr(row, "left_title" if side == Side.LEFT else "right_title")


def _steps(row: MatchingEvent) -> list[dict[str, Any]]:
    place = ORDER.index(R(row.state)) if row.state in ORDER else 0
    closed = row.ranks_by is not None and row.ranks_by <= timezone.now()
    titles: list[tuple[Any, Any, bool]] = [
        (_("参加者を加え、規則を公開する"), _("一人ひとりに、希望の順を出すお願いが届きます。"), place >= 1),
        (
            _("希望の順を受け付ける"),
            _("発表までは、中身はどのページにも出ません。"),
            place >= 2 or (place == 1 and closed),
        ),
        (_("一覧を固定する"), _("締切までに出された順だけを数えます。下書きは数えません。"), place >= 2),
        (_("公表された数で組み合わせる"), tr(row, "seed_source"), place >= 3),
        (_("結果を確かめて発表する"), _("双方に、相手の名前と連絡先が届きます。"), place >= 4),
    ]
    first = next((i for i, (_title, _text, done) in enumerate(titles) if not done), None)
    return [
        {"title": title, "text": text, "state": "done" if done else "now" if i == first else "next"}
        for i, (title, text, done) in enumerate(titles)
    ]


def _next(row: MatchingEvent) -> dict[str, Any] | None:
    def do(action: str) -> str:
        return reverse("staff:matching_action", args=[row.council.slug, row.id, action])

    go = _("確認へ進む")
    if row.state == R.PREPARED and not row.members.exists():
        url = reverse("staff:matching_members", args=[row.council.slug, row.id])
        return {"title": _("参加者を加える"), "text": _("募集の参加者をまとめて、または一人ずつ加えます。"), "url": url, "label": _("参加者を加える")}  # fmt: skip
    if row.state == R.PREPARED:
        return {"title": _("規則を公開する"), "text": _("参加者・人数・締切・使う公開の数を確かめてから進みます。"), "url": do("open"), "label": go}  # fmt: skip
    if row.state == R.PUBLISHED and row.ranks_by is not None and timezone.now() < row.ranks_by:
        return {"title": _("締切を待っています"), "text": _("まだの人には、締切の前に自動でお願いが届きます。下のリンクからも送れます。"), "due": row.ranks_by}  # fmt: skip
    if row.state == R.PUBLISHED:
        return {"title": _("一覧を固定する"), "text": _("出された順だけを数えます。固定すると、変えられません。"), "url": do("freeze"), "label": go}  # fmt: skip
    if row.state == R.FROZEN:
        return _number_step(row, do)
    if row.state == R.DRAWN:
        return {"title": _("結果を発表する"), "text": _("下の組み合わせを確かめてから進みます。まだ、だれにも知らされていません。"), "url": do("announce"), "label": go}  # fmt: skip
    return None


def _number_step(row: MatchingEvent, do: Any) -> dict[str, Any]:
    """Two people type the number (or one pastes the beacon), then it is drawn."""
    draw = {"title": _("組み合わせを計算する"), "text": _("数がそろいました。計算は一度だけです。"), "url": do("draw"), "label": _("確認へ進む")}  # fmt: skip
    if row.seed_kind == MatchingEvent.SeedKind.DRAND:
        if row.beacon:
            return draw
        return {"title": _("乱数を貼り付ける"), "text": tr(row, "seed_source"), "url": do("beacon"), "label": _("貼り付けへ進む")}  # fmt: skip
    values = list(row.typed_numbers.values_list("value", flat=True))
    if len(values) >= 2 and len(set(values)) == 1:
        return draw
    title = _("公表された数を、二人で入力する")
    text: Any = tr(row, "seed_source")
    if len(set(values)) > 1:
        text = _("二人の入力が違っています。公表された数を見直して、違っていた人が入力し直してください。")
    elif values:
        text = _("一人目は済みました。もう一人が、自分のアカウントで入力します。")
    return {"title": title, "text": text, "url": do("number"), "label": _("数の入力へ進む")}
