"""What staff type in for a member of a matching event: an order from paper or telephone, a guardian's signature."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import override

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions, queries, rules
from sonjuku.rooms.matching.models import MatchingMember
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.member.matching import AGREEMENT
from sonjuku.web.staff.matching_inputs import Order, Signature
from sonjuku.web.staff.matching_members import member_or_404


@staff("selection.run")
def member_order(request: HttpRequest, council: Council, matching_member_id: uuid.UUID) -> HttpResponse:
    """An empty form each time: what the member has handed in is not shown to the desk."""
    row, actor = member_or_404(request, matching_member_id), request.actor  # type: ignore[attr-defined]
    form = Order(request.POST or None, partners=queries.partners(row), now=actor.at)
    if request.method == "POST" and form.is_valid():
        try:
            _enter(actor, row, form)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(
                request, now("希望の順を受け取りました。本人は、締切までは自分の画面から出し直せます。")
            )
            return redirect("staff:matching", council.slug, row.event_id)
    context = {"row": row, "event": row.event, "form": form, "agreement": AGREEMENT}
    return render(request, "staff/matching_order.html", context)


def _enter(by: Actor, row: MatchingMember, form: Order) -> None:
    with override("ja"):  # the words on the paper
        text = str(AGREEMENT)
    actions.enter_ranks(
        by=by, member=row, groups=rules.from_places(form.places()), channel=form.cleaned_data["channel"],
        received_at=form.received_at(), agrees=form.cleaned_data["agrees"],
        title_is_public=form.cleaned_data["title_is_public"], text=text,
    )  # fmt: skip


@staff("selection.run")
def member_guardian(request: HttpRequest, council: Council, matching_member_id: uuid.UUID) -> HttpResponse:
    """A guardian's consent on paper, for a minor."""
    row = member_or_404(request, matching_member_id)
    form = Signature(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_guardian_paper(by=request.actor, member=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保護者の同意を記録しました。"))
            return redirect("staff:matching", council.slug, row.event_id)
    context: dict[str, Any] = {"row": row, "event": row.event, "form": form, "text": rules.GUARDIAN_TEXT}
    return render(request, "staff/matching_guardian.html", context)
