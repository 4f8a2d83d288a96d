"""Who takes part in a matching event: added from a call or one by one, described, withdrawn."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import ngettext

from sonjuku.flows import introducing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.matching import event_or_404
from sonjuku.web.staff.matching_inputs import FromCall, One, Words
from sonjuku.web.staff.rows import one_or_404, working_calls
from sonjuku.web.templatetags.sonjuku_ui import tr_text


@staff("selection.run")
def members_add(request: HttpRequest, council: Council, matching_id: uuid.UUID) -> HttpResponse:
    """POST with `from_call` takes everyone of a call, else one person."""
    row, actor = event_or_404(request, matching_id), request.actor  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else None
    whole = data is not None and "from_call" in data
    sides = [(Side.LEFT, tr_text(row, "left_title")), (Side.RIGHT, tr_text(row, "right_title"))]
    many = FromCall(data if whole else None, calls=working_calls(actor), sides=sides)
    one = One(None if whole else data, bodies=people.bodies(council), sides=sides)
    form: Any = many if whole else one
    if data is not None and form.is_valid():
        try:
            number = _from_call(actor, row, many) if whole else _one(actor, row, one)
        except Refused as error:
            form.refuse(error)
        else:
            if number:
                text = ngettext("%(number)d人を加えました。", "%(number)d人を加えました。", number)
                messages.success(request, text % {"number": number})
                return redirect("staff:matching_members", council.slug, row.id)
    context = {"row": row, "many": many, "one": one, "members": row.members.select_related("body")}
    return render(request, "staff/matching_members.html", context)


def _from_call(by: Actor, row: MatchingEvent, form: FromCall) -> int:
    chosen = form.cleaned_data
    return len(actions.add_from_call(by=by, event=row, side=chosen["side"], call=chosen["call"]))


def _one(by: Actor, row: MatchingEvent, form: One) -> int:
    """0 where the form still asks for something."""
    data = form.cleaned_data
    person = introducing.known(by=by, council=row.council, email=data["email"])
    profile = {} if person else form.profile()
    if person is None and not profile:
        return 0
    introducing.add_member(
        by=by, event=row, side=data["side"], person=person, profile=profile, body=data["body"], **form.words()
    )
    return 1


def member_or_404(request: HttpRequest, member_id: uuid.UUID) -> MatchingMember:
    row: MatchingMember = one_or_404(queries.members_visible_to(request.actor), pk=member_id)  # type: ignore[attr-defined]
    return row


@staff("selection.run")
def member_edit(request: HttpRequest, council: Council, matching_member_id: uuid.UUID) -> HttpResponse:
    row = member_or_404(request, matching_member_id)
    form = Words(request.POST or None, member=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_member(by=request.actor, member=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:matching", council.slug, row.event_id)
    is_minor = bool(queries.minors([row]))
    context = {
        "row": row, "event": row.event, "form": form, "is_minor": is_minor,
        "needs_guardian": is_minor and not queries.signed_by_guardian([row]),
    }  # fmt: skip
    return render(request, "staff/matching_member.html", context)


@staff("selection.run")
def member_withdraw(request: HttpRequest, council: Council, matching_member_id: uuid.UUID) -> HttpResponse:
    row = member_or_404(request, matching_member_id)
    if request.method != "POST":
        return render(request, "staff/matching_withdraw.html", {"row": row, "event": row.event})
    try:
        actions.withdraw_member(by=request.actor, member=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:matching", council.slug, row.event_id)
    messages.success(request, now("参加を取りやめました。"))
    return redirect("staff:matching", council.slug, row.event_id)
