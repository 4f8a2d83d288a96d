"""Messages to a segment of a call's applicants: written, previewed as real recipients, sent now or later, followed."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import mailing as flow
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions, merging, queries
from sonjuku.rooms.letters.models import Letter, Mailing
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.letters import letters_of
from sonjuku.web.staff.mailing_inputs import ChooseCall, MailingForm, mailing_id
from sonjuku.web.staff.rows import one_or_404, page_of, working_calls

MOST_PRINTED = 500
WHY_REFUSED: dict[str, Any] = {
    "author_left": _("予約した人の役割が終わったため、送りませんでした。"),
    "call_gone": _("予約した人の団体が、この募集の担当ではなくなったため、送りませんでした。"),
}


def mailings_of(actor: Actor) -> QuerySet[Mailing]:
    return queries.mailings_visible_to(actor, working_calls(actor).order_by().values("id"))


@staff("letters.write")
def letter_new(request: HttpRequest, council: Council) -> HttpResponse:
    """First the call, then whom, what and when; the preview is a POST of its own and writes nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    calls = working_calls(actor)
    again = _earlier(request, actor)
    wanted = request.POST.get("call") or request.GET.get("call") or (str(again.about_id) if again else "")
    if not wanted:
        return render(request, "staff/letter_call.html", {"form": ChooseCall(calls=calls.order_by("-id"))})
    call: Call = one_or_404(calls, pk=wanted)
    groups = flow.counted_groups(actor, call)
    data = request.POST if request.method == "POST" else None
    form = MailingForm(data, groups=groups, at=actor.at, initial=_initial(again, groups))
    context: dict[str, Any] = {
        "form": form, "call": call, "batch": mailing_id(request.POST.get("batch", "")), "fields": merging.FIELDS.values(),
        "again": again,
    }  # fmt: skip
    if data is not None and form.is_valid():
        try:
            if "send" in data and _may_send(form, actor, call):
                return _send(request, council, call, form, again, context["batch"])
            context |= _preview(form, actor, call)
        except Refused as error:
            form.refuse(error)
    return render(request, "staff/letter_new.html", context)


def _earlier(request: HttpRequest, actor: Actor) -> Mailing | None:
    """An earlier mailing whose words are taken over."""
    wanted = request.POST.get("again") or request.GET.get("again")
    return one_or_404(mailings_of(actor), pk=wanted) if wanted else None


def _initial(again: Mailing | None, groups: list[flow.Group]) -> dict[str, Any]:
    if again is None:
        numbers = {choice.value: choice.number for group in groups[:1] for choice in group.choices}
        return {"states": [state for state in ("accepted", "submitted") if numbers[state]][:1]}
    words = {"subject": again.subject, "body": again.body, "is_duty": "1" if again.is_duty else "0"}
    return {**again.segment, **words}


def _may_send(form: MailingForm, actor: Actor, call: Call) -> bool:
    """Now needs somebody to send to; a later day may still find them."""
    if form.cleaned_data["when"] == "later" or flow.recipients(actor, call, form.segment).exists():
        return True
    form.add_error("states", now("当てはまる申込みがありません。ほかの状態も選んでください。"))
    return False


def _send(
    request: HttpRequest,
    council: Council,
    call: Call,
    form: MailingForm,
    again: Mailing | None,
    batch: uuid.UUID,
) -> HttpResponse:
    actor, data = request.actor, form.cleaned_data  # type: ignore[attr-defined]
    mailing = flow.schedule(
        by=actor, mailing_id=batch, call=call, segment=form.segment, subject=data["subject"], body=data["body"],
        is_duty=data["is_duty"], due_at=data["due_at"],
    )  # fmt: skip
    if again is not None and again.state == Mailing.State.REFUSED:
        actions.cancel_mailing(by=actor, mailing=again)
    if data["when"] == "later":
        messages.success(request, now("お知らせを予約しました。"))
    else:
        messages.success(request, now("お知らせを送り始めました。"))
    return redirect("staff:mailing", council.slug, mailing.pk)


def _preview(form: MailingForm, actor: Actor, call: Call) -> dict[str, Any]:
    data = form.cleaned_data
    rows = flow.recipients(actor, call, form.segment)
    draft = Mailing(
        id=uuid7(), council=call.council, subject=data["subject"], body=data["body"], is_duty=data["is_duty"]
    )
    reach = flow.reach(rows, merging.fields_in(draft.subject, draft.body))
    if not reach.meant and data["when"] != "later":
        form.add_error("states", now("当てはまる申込みがありません。ほかの状態も選んでください。"))
        return {}
    previews = flow.previews(by=actor, mailing=draft, call=call, rows=rows, codes=data["samples"])
    unknown = set(data["samples"]) - {each.application.code for each in previews}
    if unknown:
        text = _("受付番号 {codes} の人は、この宛先に含まれていません。")
        form.add_error("samples", format_lazy(text, codes=", ".join(sorted(unknown))))
        return {}
    return {
        "previews": previews, "reach": reach, "number": reach.going(data["is_duty"]), "is_duty": data["is_duty"],
        "later": data["due_at"] if data["when"] == "later" else None, "checked": True,
    }  # fmt: skip


@staff("letters.read")
def mailing_list(request: HttpRequest, council: Council) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = page_of(request, mailings_of(actor))
    wanted = [row.about_id for row in page.object_list]
    titles = {call.pk: call for call in working_calls(actor).filter(pk__in=wanted)}
    for row in page.object_list:
        row.call = titles.get(row.about_id)
    return render(request, "staff/mailings.html", {"page_obj": page})


@staff("letters.read")
def mailing(request: HttpRequest, council: Council, mailing_id: uuid.UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row: Mailing = one_or_404(mailings_of(actor), pk=mailing_id)
    call: Call = one_or_404(working_calls(actor), pk=row.about_id)
    states = queries.states_of(row)
    waits = row.state == Mailing.State.SCHEDULED and row.queued_at is None
    reach = flow.reach(flow.recipients(actor, call, row.segment)) if waits else None
    context = {
        "mailing": row, "call": call, "segment": flow.in_words(call, row.segment), "waits": waits,
        "why": WHY_REFUSED.get(row.problem),
        "counts": [(state, label, states[state]) for state, label in Letter.State.choices if states[state]],
        "done": sum(states[state] for state in ("sent", "handed")),
        "on_paper": sum(states[state] for state in ON_PAPER),
        "reach": reach, "number": reach.going(row.is_duty) if reach else 0,
    }  # fmt: skip
    return render(request, "staff/mailing.html", context)


@staff("letters.write")
def mailing_cancel(request: HttpRequest, council: Council, mailing_id: uuid.UUID) -> HttpResponse:
    """POST: take it back before it starts, or put a refused one away."""
    row: Mailing = one_or_404(mailings_of(request.actor), pk=mailing_id)  # type: ignore[attr-defined]
    if request.method != "POST":
        return redirect("staff:mailing", council.slug, row.pk)
    try:
        actions.cancel_mailing(by=request.actor, mailing=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:mailing", council.slug, row.pk)
    messages.success(request, now("お知らせを取りやめました。"))
    return redirect("staff:mailing", council.slug, row.pk)


@staff("letters.read")
def mailing_print(request: HttpRequest, council: Council, mailing_id: uuid.UUID) -> HttpResponse:
    """All letters of a mailing that must go on paper, one to a page."""
    row: Mailing = one_or_404(mailings_of(request.actor), pk=mailing_id)  # type: ignore[attr-defined]
    rows = letters_of(request.actor).filter(mailing=row, state__in=ON_PAPER).select_related("person")  # type: ignore[attr-defined]
    context = {"mailing": row, "letters": rows.order_by("person__family_name_kana", "id")[:MOST_PRINTED]}
    return render(request, "staff/mailing_print.html", context)


ON_PAPER = [Letter.State.HELD, Letter.State.BOUNCED, Letter.State.FAILED]
