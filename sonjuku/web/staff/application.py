"""All about one application, and what staff may do on behalf of its person."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import confirming, fulfilling, guarding
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import application_may_move, words
from sonjuku.rooms.credentials.queries.outside import certificates_visible_to
from sonjuku.rooms.forms import queries as form_queries
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.participation.models import Obligation
from sonjuku.rooms.participation.rules import still_to_do
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Consent, Council
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.applicant_inputs import DecisionNote, Exclusion, FactCheckForm, PaperConsent, Waiver
from sonjuku.web.staff.journal import described
from sonjuku.web.staff.rows import application_or_404

S = Application.State


@staff("applications.read")
def application_page(request: HttpRequest, council: Council, application_id: uuid.UUID) -> HttpResponse:
    application = application_or_404(request, application_id)
    record_look(
        by=request.actor,  # type: ignore[attr-defined]
        verb="application.viewed",
        subject=application,
        for_person_id=application.person_id,
    )
    return render(request, "staff/application.html", _context(request, application))


def _context(request: HttpRequest, application: Application, **forms: Any) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person, call = application.person, application.call
    consent = (
        people.consent_for(application.id, Consent.Purpose.GUARDIAN) if application.needs_guardian else None
    )
    waiting = consent is not None and not (consent.given_at or consent.refused_at or consent.withdrawn_at)
    sent = letters.visible_to(actor, about_ids=[application.id]).filter(about_id=application.id)
    return {
        "application": application,
        "call": call,
        "person": person,
        "words": words(call),
        "place": vocabulary.name_of(person.lg_code, request.LANGUAGE_CODE) if person.lg_code else "",  # type: ignore[attr-defined]
        "answers": form_queries.answers(application.response, actor) if application.response else [],
        "companions": calls.companions_of(application),
        "checks": application.fact_checks.select_related("checked_by"),
        "certificates": certificates_visible_to(actor).filter(person=person),
        "consent": consent,
        "history": described(Entry.objects.filter(subject_id=application.id)[:30]),
        "letters": sent[:20],
        "undelivered": letters.has_bounced(person),
        "news_stopped": letters.has_unsubscribed(person),
        "waiting_places": calls.waiting_places(application),
        "wish_rank": application.wish_rank if len(calls.drawn_together(call)) > 1 else None,
        "may_write": people_rules.may(actor.role, "applications.write"),
        "may_check": _may_check(application, actor),
        "may_withdraw": application_may_move(application.state, S.WITHDRAWN),
        "may_decline": application_may_move(application.state, S.DECLINED),
        "may_confirm": application.state == S.OFFERED,
        "may_exclude": _may_exclude(application),
        "why": calls.explanation(application, request.LANGUAGE_CODE),  # type: ignore[attr-defined]
        "note_form": DecisionNote(None, initial={"note": application.decision_note}),
        "may_note": _may_note(application, actor),
        "fact_form": FactCheckForm(None),
        "paper_form": PaperConsent(None) if waiting else None,
        "exclude_form": Exclusion(None),
        "obligations": [(row, still_to_do(row)) for row in _obligations(actor, application)],
        "waive_form": Waiver(None, owed=_owed(actor, application)),
        **forms,
    }


def _may_exclude(application: Application) -> bool:
    call = application.call
    return application.state == S.SUBMITTED and (call.uses_draw or call.selection == Call.Selection.REVIEW)


def _obligations(actor: Actor, application: Application) -> QuerySet[Obligation]:
    rows = participation.obligations_visible_to(actor)
    return rows.filter(participation__application=application).order_by("rule__ordinal", "id")


def _owed(actor: Actor, application: Application) -> QuerySet[Obligation]:
    """What is still open and may be waived."""
    return _obligations(actor, application).filter(done_at__isnull=True, waived_at__isnull=True)


def _may_note(application: Application, actor: Actor) -> bool:
    """Sealed like the verdict: for whoever runs the selection, of a review, until it is announced."""
    is_open = application.announced_at is None and application.state == S.SUBMITTED
    is_review = application.call.selection == Call.Selection.REVIEW
    return is_open and is_review and people_rules.may(actor.role, "selection.run")


def _may_check(application: Application, actor: Actor) -> bool:
    entered = application.entered_by_id is not None and application.checked_at is None
    return entered and application.entered_by_id != actor.account_id


@staff("applications.write")
def application_action(
    request: HttpRequest, council: Council, application_id: uuid.UUID, action: str
) -> HttpResponse:
    """POST: one thing done on behalf of the applicant; a form that lacks something comes back with the page."""
    application = application_or_404(request, application_id)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    if request.method != "POST":
        return redirect("staff:application", council.slug, application.id)
    form_class, name, run, done = deed
    form = _form(form_class, request, application)
    if form is not None and not form.is_valid():
        return render(request, "staff/application.html", _context(request, application, **{name: form}))
    try:
        run(request.actor, application, form.cleaned_data if form else {})  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:application", council.slug, application.id)
    messages.success(request, done)
    return redirect("staff:application", council.slug, application.id)


def _form(kind: Any, request: HttpRequest, application: Application) -> Any:
    if kind is Waiver:
        return Waiver(request.POST, owed=_owed(request.actor, application))  # type: ignore[attr-defined]
    return kind(request.POST) if kind else None


def _paper(by: Actor, application: Application, data: dict[str, Any]) -> None:
    consent = people.consent_for(application.id, Consent.Purpose.GUARDIAN)
    if consent is None:
        raise Refused("no_consent", _("この申込みには、保護者の同意がいりません。"))
    guarding.answer(
        by=by, consent=consent, given=data["given"] == "yes", channel=Consent.Channel.PAPER,
        checked=data["checked"], name=data["name"], relation=data["relation"],
    )  # fmt: skip


def _note(by: Actor, application: Application, data: dict[str, Any]) -> None:
    if not people_rules.may(by.role, "selection.run"):
        raise PermissionDenied
    actions.note_decision(by=by, application=application, note=data["note"])


DEEDS: dict[str, tuple[Any, str, Any, Any]] = {
    "paper_consent": (PaperConsent, "paper_form", _paper, _("保護者の回答を記録しました。")),
    "fact": (
        FactCheckForm, "fact_form",
        lambda by, application, data: actions.record_fact_check(by=by, application=application, **data),
        _("確認したことを記録しました。"),
    ),
    "exclude": (
        Exclusion, "exclude_form",
        lambda by, application, data: actions.exclude(by=by, application=application, reason=data["reason"]),
        _("対象外の判定を記録しました。発表までは本人に知らされません。"),
    ),
    "note": (DecisionNote, "note_form", _note, _("理由を記録しました。発表までは本人に知らされません。")),
    "waive": (
        Waiver, "waive_form",
        lambda by, application, data: fulfilling.waive(by=by, obligation=data["owed"], reason=data["waived_reason"]),
        _("免除を記録しました。本人のページに理由が出ます。"),
    ),
    "check": (None, "", lambda by, application, data: actions.check_entry(by=by, application=application), _("紙と照合したことを記録しました。")),
    "confirm": (None, "", lambda by, application, data: confirming.confirm(by=by, application=application), _("参加の確認を記録しました。")),
    "withdraw": (None, "", lambda by, application, data: confirming.withdraw(by=by, application=application), _("取下げを記録しました。")),
    "decline": (None, "", lambda by, application, data: confirming.decline(by=by, application=application), _("辞退を記録しました。")),
}  # fmt: skip
application_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
