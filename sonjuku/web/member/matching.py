"""A member of a matching event puts the other side in order; after the announcement they meet their partner here."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions.outbox import address_of
from sonjuku.rooms.matching import actions, queries, rules
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back

R = MatchingEvent.State
# What somebody agrees to who hands an order in; a new wording is a new rules.TEXT_VERSION.
AGREEMENT = _(
    "紹介が決まったとき、私の氏名・メールアドレス・電話番号を、希望した相手のうち紹介される相手だけに渡すことに同意します。"
    "発表のあとには、受付番号だけで書いた双方の希望の順が公開され、紹介された相手には私の付けた順も分かることを知っています。"
)


def _own(request: HttpRequest, matching_member_id: uuid.UUID) -> MatchingMember:
    rows = queries.members_visible_to(request.actor)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=matching_member_id)


@never_cache
@member
def matching(request: HttpRequest, matching_member_id: uuid.UUID) -> HttpResponse:
    """Every button saves the draft; `move` shifts one partner, `submit` hands the order in."""
    row = _own(request, matching_member_id)
    if request.method == "POST":
        return _received(request, row)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    event = row.event
    takes = row.withdrawn_at is None and rules.takes_ranks(event, actor.at)
    standing = queries.own_consents([row]).get(row.id)
    context = {
        "row": row, "event": event, "council": event.council, "is_left": row.side == Side.LEFT, "takes": takes,
        "waits": event.state == R.PUBLISHED and event.opens_at is not None and actor.at < event.opens_at,
        "is_over": event.state == R.ANNOUNCED, "agreement": AGREEMENT, "agreed": standing is not None,
        "truth_is_safe": rules.truth_is_safe(event, row.side, queries.leasts(event)),
        "has_leasts": any(queries.leasts(event)),
        "needs_guardian": row.id in queries.minors([row]) and not queries.signed_by_guardian([row]),
        "on_paper": row.channel != Application.Channel.WEB,
        "differs": row.submitted_at is not None and row.draft != row.ranks,
        "may_leave": row.withdrawn_at is None and event.state == R.PUBLISHED,
        **_lists(row, row.draft if takes else row.ranks),
        **(_result(actor, row) if event.state == R.ANNOUNCED else {}),
    }  # fmt: skip
    return render(request, "member/matching.html", context)


def _lists(row: MatchingMember, groups: rules.Groups) -> dict[str, Any]:
    """Partners in the member's order, then those not listed; `places` to choose from."""
    known = {partner.id: partner for partner in queries.partners(row)}
    groups = rules.only(groups, known)
    listed = [
        {"partner": known[key], "place": place, "equal": len(group) > 1}
        for place, group in enumerate(groups, 1)
        for key in group
    ]
    placed = {key for group in groups for key in group}
    others = [{"partner": partner, "place": None} for key, partner in known.items() if key not in placed]
    return {"listed": listed, "others": others, "places": range(1, len(known) + 1)}


def _result(actor: Actor, row: MatchingMember) -> dict[str, Any]:
    """Whom the member was introduced to; a partner's address only as long as the partner's consent stands."""
    found = []
    for introduction in queries.introductions_visible_to(actor).filter(event_id=row.event_id):
        for mine, partner in (
            (introduction.left, introduction.right),
            (introduction.right, introduction.left),
        ):
            if mine.id == row.id:
                agrees = partner.id in queries.consents([partner])
                email = address_of(partner.person) if agrees else ""
                found.append({"partner": partner, "row": introduction, "agrees": agrees, "email": email})
    return {"introductions": found, "reasons": queries.explained(row)}


def _received(request: HttpRequest, row: MatchingMember) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = reverse("member:matching", args=[row.id])
    groups = rules.from_places(_places(row, request.POST))
    key, _sign, way = request.POST.get("move", "").partition(":")
    if way in ("up", "down"):
        groups = rules.moved(groups, key, -1 if way == "up" else 1)
    try:
        actions.save_draft(by=actor, member=row, groups=groups)
        if "submit" in request.POST:
            _hand_in(actor, row, groups, request.POST)
    except Refused as error:
        return refused_back(request, error, "member:matching", row.id)
    if "submit" in request.POST:
        messages.success(request, gettext("希望の順を受け取りました。締切までは、出し直せます。"))
    elif not way:
        messages.success(request, gettext("下書きを保存しました。まだ提出されていません。"))
    return redirect(f"{back}#partner-{key}" if way else back)


def _places(row: MatchingMember, data: QueryDict) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for partner in queries.partners(row):
        typed = data.get(f"place_{partner.id}", "")
        found[partner.id] = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None
    return found


def _hand_in(actor: Actor, row: MatchingMember, groups: rules.Groups, data: QueryDict) -> None:
    with override("en" if get_language() == "en" else "ja"):  # a consent keeps its words without readings
        text = str(AGREEMENT)
    actions.submit_ranks(
        by=actor,
        member=row,
        groups=groups,
        agrees="agrees" in data,
        title_is_public="title_is_public" in data,
        text=text,
    )


@member
def withdraw(request: HttpRequest, matching_member_id: uuid.UUID) -> HttpResponse:
    row = _own(request, matching_member_id)
    if request.method != "POST":
        context = {"row": row, "event": row.event, "council": row.event.council}
        return render(request, "member/matching_withdraw.html", context)
    try:
        actions.withdraw_member(by=request.actor, member=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "member:matching", row.id)
    messages.success(request, gettext("参加を取りやめました。"))
    return redirect("member:matching", row.id)
