"""A guardian's page behind a signed link: reads without a login, answers by POST only."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sonjuku.flows import guarding
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent, Guardian
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import errors
from sonjuku.web.member import telling
from sonjuku.web.member.forms import AnswerForm


@never_cache
def guardian(request: HttpRequest, token: str) -> HttpResponse:
    consent = guarding.find(token)
    application = guarding.application_of(consent) if consent else None
    if consent is None or application is None:
        return errors.page(
            request, 404, _("このリンクは使えません"),
            _("リンクの一部が欠けているか、お願いが取り消されています。"),
            _("お子さまのマイページからもう一度送ってもらうか、メールに書かれた問合せ先にご連絡ください。"),
        )  # fmt: skip
    if request.method == "POST":
        return _answer(request, consent, application)
    return _show(request, consent, application, AnswerForm(initial=_named(consent)))


def _named(consent: Consent) -> dict[str, str]:
    named = consent.guardian
    return {"name": named.name, "relation": named.relation} if named else {}


def _answer(request: HttpRequest, consent: Consent, application: Application) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, consent, application, form, status=422)
    try:
        guarding.answer(
            by=Actor(at=timezone.now(), role="guardian", council_id=consent.council_id),
            consent=consent,
            given=form.cleaned_data["answer"] == "yes",
            channel=_channel(request, consent),
            checked=Guardian.Checked.DECLARED,
            name=form.cleaned_data["name"],
            relation=form.cleaned_data["relation"],
        )
    except Refused as error:
        return _show(request, consent, application, form, refused=error, status=409)
    return redirect(request.path)


def _channel(request: HttpRequest, consent: Consent) -> str:
    """How the link reached the guardian: the QR says so, a known address means the letter."""
    if request.GET.get("by") == "qr" or consent.guardian is None or not consent.guardian.email:
        return Consent.Channel.QR
    return Consent.Channel.MAIL


def _show(
    request: HttpRequest, consent: Consent, application: Application, form: AnswerForm,
    *, refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    consent.refresh_from_db()
    until = telling.guardian_until(application, consent)
    waits = application.state == Application.State.SUBMITTED
    context: dict[str, Any] = {
        "consent": consent, "application": application, "call": application.call, "council": application.call.council,
        "words": words(application.call), "person": application.person, "form": form, "refused": refused, "until": until,
        "items": telling.items_of(consent), "ended": application.state in Application.ENDED,
        "overdue": waits and until is not None and timezone.now() >= until,
    }  # fmt: skip
    return render(request, "member/guardian.html", context, status=status)
