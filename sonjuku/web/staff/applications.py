"""The applicants' table: filter, sort, page, and act on what is ticked."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows import mailing
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.applicant_inputs import BulkForm, FactCheckForm, Filter, MessageForm
from sonjuku.web.staff.rows import call_or_404, guardian_consents, page_of

MOST_AT_ONCE = 500


def _table(request: HttpRequest, rows: QuerySet[Application], call: Call | None) -> HttpResponse:
    form = Filter(request.GET, actor=request.actor)  # type: ignore[attr-defined]
    shown = form.apply(rows.exclude(state=Application.State.DRAFT)).annotate(
        guardian_given=Exists(guardian_consents().filter(given_at__isnull=False)),
        guardian_refused=Exists(guardian_consents().filter(refused_at__isnull=False)),
    )
    # The rows of one call share it: fifty copies of a call and its council cost more than all the rest.
    joined = ("person", "seat_pool") if call else ("call__council", "person", "seat_pool")
    page = page_of(request, shown.select_related(None).select_related(*joined))
    for row in page.object_list if call else ():
        row.call = call
    context = {
        "call": call,
        "words": words(call) if call else None,
        "filter": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "page_obj": page,
        "shows_seats": any(
            row.option or (row.seat_pool and row.seat_pool.seat_type) for row in page.object_list
        ),
        "bulk": BulkForm(None),
        "may_write": people_rules.may(request.actor.role, "applications.write"),  # type: ignore[attr-defined]
    }
    return render(request, "staff/applications.html", context)


@staff("applications.read")
def application_list(request: HttpRequest, council: Council) -> HttpResponse:
    return _table(request, calls.applications_visible_to(request.actor), None)  # type: ignore[attr-defined]


@staff("applications.read")
def applications_of(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    rows = calls.applications_visible_to(request.actor).filter(call=call)  # type: ignore[attr-defined]
    return _table(request, rows, call)


@staff("applications.write")
def applications_bulk(request: HttpRequest, council: Council) -> HttpResponse:
    """POST only: first the ticked rows and the action, then what the action still asks."""
    if request.method != "POST":
        return redirect("staff:applications", council.slug)
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, now("申込みが選ばれていません。左の欄で選んでから、もう一度押してください。"))
        return redirect("staff:applications", council.slug)
    rows = calls.applications_visible_to(request.actor).filter(pk__in=form.cleaned_data["ids"][:MOST_AT_ONCE])  # type: ignore[attr-defined]
    return BULK[form.cleaned_data["do"]](
        request, council, list(rows.select_related("person__account", "call__council"))
    )


def _remind(request: HttpRequest, council: Council, rows: list[Application]) -> HttpResponse:
    number = mailing.remind_guardians(by=request.actor, applications=rows)  # type: ignore[attr-defined]
    if number:
        messages.success(
            request, now("保護者 %(number)s 人に、再度のご案内を送ります。") % {"number": number}
        )
    else:
        messages.warning(request, now("同意を待っている申込みがないため、何も送っていません。"))
    return redirect("staff:applications", council.slug)


def _message(request: HttpRequest, council: Council, rows: list[Application]) -> HttpResponse:
    form = MessageForm(request.POST if "subject" in request.POST else None)
    if form.is_valid():
        batch = uuid.UUID(request.POST["batch"]) if _is_uuid(request.POST.get("batch")) else uuid7()
        number = mailing.send_message(
            by=request.actor, council=council, applications=rows, batch=batch, **form.cleaned_data  # type: ignore[attr-defined]
        )  # fmt: skip
        messages.success(request, now("%(number)s 人にお知らせを送ります。") % {"number": number})
        return redirect("staff:letters", council.slug)
    return _ask(request, rows, form, "message")


def _fact(request: HttpRequest, council: Council, rows: list[Application]) -> HttpResponse:
    form = FactCheckForm(request.POST if "fact" in request.POST else None)
    if not form.is_valid():
        return _ask(request, rows, form, "fact")
    try:
        with transaction.atomic():
            for application in rows:
                actions.record_fact_check(by=request.actor, application=application, **form.cleaned_data)  # type: ignore[attr-defined]
    except Refused as error:
        form.refuse(error)
        return _ask(request, rows, form, "fact")
    messages.success(request, now("%(number)s 件を確認済みにしました。") % {"number": len(rows)})
    return redirect("staff:applications", council.slug)


def _ask(request: HttpRequest, rows: list[Application], form: Any, do: str) -> HttpResponse:
    context = {"rows": rows, "form": form, "do": do, "batch": request.POST.get("batch") or uuid7()}
    return render(request, "staff/applications_bulk.html", context)


def _is_uuid(text: str | None) -> bool:
    try:
        uuid.UUID(text or "")
    except ValueError:
        return False
    return True


BULK = {"remind": _remind, "message": _message, "fact": _fact}
