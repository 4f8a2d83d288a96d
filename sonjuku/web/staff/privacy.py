"""個人情報の請求 at the desk: what is due, one request, its answer. Each body sees the requests that it answers itself."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import asking, residue
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Body, Council, DataRequest, Person
from sonjuku.rooms.people.rules import OPEN_REQUESTS, urgency
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import normalise_code
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.journal import described
from sonjuku.web.staff.letters import letters_of
from sonjuku.web.staff.privacy_inputs import (
    Correction,
    Done,
    Identity,
    NewRequest,
    Refusal,
    RequestFilter,
    today_first,
)
from sonjuku.web.staff.rows import one_or_404, page_of

K = DataRequest.Kind


@staff("privacy.write")
def request_list(request: HttpRequest, council: Council) -> HttpResponse:
    """What waits for an answer, the nearest last day first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = RequestFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    everything = queries.requests_visible_to(actor)
    rows = everything if data.get("state") == "all" else queries.open_requests(actor)
    if data.get("kind"):
        rows = rows.filter(kind=data["kind"])
    if data.get("state") == "all":
        rows = rows.order_by(F("received_at").desc(), "id")
    page = page_of(request, rows)
    for row in page.object_list:
        row.urgency = urgency(row.state, row.due_on, day_of(actor.at))
    context = {"filter": form, "page_obj": page, "open": OPEN_REQUESTS, "filtered": any(data.values())}
    return render(request, "staff/privacy.html", context)


@staff("privacy.write")
def request_new(request: HttpRequest, council: Council) -> HttpResponse:
    """A request that came on paper or at the counter, entered for its person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    day = day_of(actor.at)
    initial = {**today_first(day), "code": request.GET.get("code", "")}
    form = NewRequest(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = calls.applications_visible_to(actor).filter(code=normalise_code(data.pop("code"))).first()
        if found is None:
            form.add_error("code", now("この番号の申込みが見つかりません。番号を確かめてください。"))
        else:
            try:
                body = council.bodies.select_related("council").get(pk=request.role.body_id)  # type: ignore[attr-defined]
                row = asking.ask(by=actor, person=found.person, body=body, **data)
            except Refused as error:
                form.refuse(error)
            else:
                messages.success(request, now("請求を受け付けました。次に、本人確認を記録してください。"))
                return redirect("staff:privacy_request", council.slug, row.id)
    context = {"form": form, "rules": _rules_here(council, actor)}
    return render(request, "staff/privacy_new.html", context, status=422 if form.errors else 200)


def _rules_here(council: Council, actor: Actor) -> list[Any]:
    """The periods of the actor's own body, by kind."""
    body = Body.objects.filter(pk=actor.body_id).first() if actor.body_id else None
    rules = queries.request_rules(council, day_of(actor.at))
    return [(K(kind).label, rules[body.is_public, kind]) for kind in K.values] if body else []


def request_or_404(request: HttpRequest, request_id: uuid.UUID) -> DataRequest:
    row: DataRequest = one_or_404(queries.requests_visible_to(request.actor), pk=request_id)  # type: ignore[attr-defined]
    return row


@staff("privacy.write")
def request_page(request: HttpRequest, council: Council, request_id: uuid.UUID) -> HttpResponse:
    row = request_or_404(request, request_id)
    if row.person_id:
        record_look(by=request.actor, verb="data_request.viewed", subject=row, for_person_id=row.person_id)  # type: ignore[attr-defined]
    return render(request, "staff/privacy_request.html", _context(request, row))


def _context(request: HttpRequest, row: DataRequest, **forms: Any) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = row.person
    received = day_of(row.received_at)
    erased = queries.erased_person_of(row) if person is None else None
    is_open = row.state in OPEN_REQUESTS
    return {
        "row": row, "person": person, "is_open": is_open, "urgency": urgency(row.state, row.due_on, day_of(actor.at)),
        "rule": queries.request_rule(row.body, row.kind, received),
        "applications": _applications(actor, person),
        "left": residue.of_erased(erased, row.council) if erased else None,
        "history": described(Entry.objects.filter(subject_id=row.id)[:20]),
        "letters": letters_of(actor).filter(about_id=row.id).order_by("created_at"),
        "checked": row.identity_checked_at is not None,
        "identity_form": Identity(None, initial={"how": _guess(row)}), "done_form": Done(None), "refuse_form": Refusal(None),
        "correct_form": Correction(None, person=person) if person and is_open and row.kind == K.CORRECTION else None,
        **forms,
    }  # fmt: skip


def _applications(actor: Actor, person: Person | None) -> list[Any]:
    if person is None:
        return []
    return list(calls.applications_visible_to(actor).filter(person=person).order_by("-submitted_at"))


def _guess(row: DataRequest) -> str:
    """What may be written down for a request that came through the person's own login."""
    own = Entry.objects.filter(subject_id=row.pk, verb="data_request.received", actor_role="member").exists()
    return now("本人のアカウントからの請求") if own else ""


@staff("privacy.write")
def request_action(
    request: HttpRequest, council: Council, request_id: uuid.UUID, action: str
) -> HttpResponse:
    """POST: one step towards the answer; a form that lacks something comes back with the page."""
    row = request_or_404(request, request_id)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    if request.method != "POST" or row.person is None:
        return redirect("staff:privacy_request", council.slug, row.id)
    name, make, run, done = deed
    form = make(request, row)
    if not form.is_valid():
        return render(
            request, "staff/privacy_request.html", _context(request, row, **{name: form}), status=422
        )
    try:
        run(request.actor, row, form.cleaned_data)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:privacy_request", council.slug, row.id)
    messages.success(request, done)
    return redirect("staff:privacy_request", council.slug, row.id)


def _done(by: Actor, row: DataRequest, data: dict[str, Any]) -> None:
    if row.kind == K.ERASURE:
        raise Refused(
            "erase_first", _("消去は、消去のページから行います。"), _("「消去に進む」を押してください。")
        )
    asking.answer(by=by, request=row, done=True, **data)


DEEDS: dict[str, tuple[str, Any, Any, Any]] = {
    "identity": (
        "identity_form", lambda request, row: Identity(request.POST),
        lambda by, row, data: actions.check_identity(by=by, request=row, how=data["how"]),
        _("本人確認を記録しました。"),
    ),
    "done": (
        "done_form", lambda request, row: Done(request.POST), _done, _("対応を記録し、本人にお知らせしました。"),
    ),
    "refuse": (
        "refuse_form", lambda request, row: Refusal(request.POST),
        lambda by, row, data: asking.answer(by=by, request=row, done=False, **data),
        _("応じられないことを記録し、本人に理由をお知らせしました。"),
    ),
    "correct": (
        "correct_form", lambda request, row: Correction(request.POST, person=row.person),
        lambda by, row, data: actions.correct_person(by=by, request=row, fields=data),
        _("登録情報を直しました。続けて、対応したことを記録してください。"),
    ),
    "withdraw": (
        "identity_form", lambda request, row: DeskForm({}),
        lambda by, row, data: actions.withdraw_request(by=by, request=row), _("取下げを記録しました。"),
    ),
}  # fmt: skip
request_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
