"""代理入力: staff enter what came on paper; another person compares it; the applicant gets a slip."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from sonjuku.flows import applying
from sonjuku.flows.papers import sheets
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.addresses import sheet_address
from sonjuku.web.companions import CompanionsForm
from sonjuku.web.qr import qr_svg
from sonjuku.web.questions import QuestionForm
from sonjuku.web.staff.applicant_inputs import unchecked
from sonjuku.web.staff.entry_inputs import EntryForm
from sonjuku.web.staff.papers import already_entered
from sonjuku.web.staff.rows import application_or_404, call_or_404


@staff("applications.write")
def entry(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    paper = sheets.read_code(request.POST.get("paper") or request.GET.get("paper", ""))
    if paper and (done := sheets.application_of(call, paper)):
        already_entered(request)
        return redirect("staff:application", council.slug, done.id)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data, call=call, by=actor)
    questions = QuestionForm(call.form_version, data, request.FILES) if call.form_version else None
    along = (
        CompanionsForm(data, most=call.max_persons, today=day_of(actor.at)) if call.max_persons > 1 else None
    )
    if data is not None and _all_valid(form, questions, along):
        try:
            application = _enter(actor, call, form, questions, along, _entry_id(call, paper, data))
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("staff:entry_slip", council.slug, application.id)
    if data is not None and questions is not None:
        questions.remind_of_files()
    to_check = unchecked(calls.applications_visible_to(actor).filter(call=call)).order_by("submitted_at")[:20]
    context = {
        "call": call, "words": words(call), "form": form, "questions": questions, "to_check": to_check,
        "entry_id": _entry_id(call, paper, data), "paper": paper, "along": along,
    }  # fmt: skip
    return render(request, "staff/entry.html", context)


def _entry_id(call: Call, paper: str, data: Any) -> object:
    """The id of the application to be: that of the sheet, else one that this page keeps until it is sent."""
    if paper:
        return sheets.entry_id(call, paper)
    return (data.get("entry_id") if data is not None else "") or uuid7()


def _all_valid(*forms: EntryForm | QuestionForm | CompanionsForm | None) -> bool:
    """All are checked, so that everything wrong is said at once."""
    fine = [form.is_valid() for form in forms if form is not None]
    return all(fine)


def _enter(
    by: Actor,
    call: Call,
    form: EntryForm,
    questions: QuestionForm | None,
    along: CompanionsForm | None,
    entry_id: object,
) -> Application:
    return applying.enter(
        by=by, call=call, profile=form.profile(), guardian=form.guardian(), **form.receipt(),
        guardian_paper=form.cleaned_data["guardian_paper"], **form.wanted(),
        values=questions.cleaned.values if questions else None,
        uploads=questions.cleaned.uploads if questions else None,
        entry_id=_uuid(entry_id), companions=along.fellows if along else (),
    )  # fmt: skip


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


@staff("applications.read")
def entry_slip(request: HttpRequest, council: Council, application_id: uuid.UUID) -> HttpResponse:
    """受付票: one sheet with the receipt code, and a short address and QR of the applicant's own page."""
    application = application_or_404(request, application_id)
    by: Actor = request.actor  # type: ignore[attr-defined]
    person_id = application.person_id
    record_look(by=by, verb="application.printed", subject=application, for_person_id=person_id)
    receipt = letters.visible_to(by, about_ids=[application.id]).filter(
        about_id=application.id, kind="receipt", short_code__isnull=False
    )
    door = getattr(receipt.select_related("short_code").first(), "short_code", None)
    wish_rank = application.wish_rank if len(calls.drawn_together(application.call)) > 1 else None
    context = {
        "application": application, "wish_rank": wish_rank, "call": application.call, "person": application.person, "words": words(application.call),
        "record_qr": mark_safe(qr_svg(sheet_address(application.call, application.code))),
        "site": settings.SITE_URL, "door": door, "qr": mark_safe(qr_svg(settings.SITE_URL + door.path)) if door else "",
        "back_url": reverse("staff:application", args=[council.slug, application.id]),
    }  # fmt: skip
    return render(request, "staff/entry_slip.html", context)
