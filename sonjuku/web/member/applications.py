"""One's own application: where it stands, what to do about it, the guardian's part of it."""

import uuid
from collections.abc import Callable
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import confirming, guarding, mailing
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.forms import queries as forms
from sonjuku.rooms.forms.models import Question, Response
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.rules import path_in
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import errors
from sonjuku.web.actors import member
from sonjuku.web.addresses import sheet_address
from sonjuku.web.member import telling, wishing
from sonjuku.web.qr import qr_svg

A = Application.State
MAY_WITHDRAW = {A.SUBMITTED, A.WAITLISTED}
MAY_DECLINE = {A.OFFERED, A.ACCEPTED}


def own_application(request: HttpRequest, application_id: uuid.UUID) -> Application:
    """The reader's own application; 404 for anybody else's."""
    rows = calls.applications_visible_to(request.actor).select_related(  # type: ignore[attr-defined]
        "call__data_controller", "call__programme", "response__version", "person__account"
    )
    found = rows.filter(pk=application_id).first()
    if found is None:
        raise Http404
    return found


@member
def application(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    row = own_application(request, application_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    consent = consent_for(row.id, Consent.Purpose.GUARDIAN) if row.needs_guardian else None
    context = {
        "application": row, "call": row.call, "council": row.call.council, "words": words(row.call),
        "standing": telling.standing(row, consent, calls.waiting_places(row)), "received": "received" in request.GET,
        "step": _step(row), "timeline": calls.timeline(row.call, actor.at), "draw": _draw(row),
        "why": calls.explanation(row, get_language() or "ja"), **wishing.of(request, row),
        "companions": calls.companions_of(row), "answers": _answers(row.response, actor), "participation": participation.of_application(row.id),
        "may_withdraw": row.state in MAY_WITHDRAW, "may_decline": row.state in MAY_DECLINE,
        **_guardian(row, consent),
    }  # fmt: skip
    return render(request, "member/application.html", context)


def _step(row: Application) -> dict[str, Any] | None:
    """The one thing to do about an offer."""
    if row.state != A.OFFERED:
        return None
    return {
        "title": _("参加するかどうか、お知らせください"), "due": row.confirm_by, "post": True,
        "text": _("確認すると参加が決まり、参加券が届きます。"), "label": _("参加を確認する"),
        "url": reverse("member:application_action", args=[row.id, "confirm"]),
        "quiet": {
            "url": reverse("member:application_action", args=[row.id, "decline"]),
            "label": _("辞退する"),
        },
    }  # fmt: skip


def _draw(row: Application) -> dict[str, Any] | None:
    """The person's number in the published order of the draw, once it is announced."""
    if not row.call.uses_draw or row.announced_at is None or not row.explanation:
        return None
    number, entries = row.explanation[:2]
    return {"rank": number, "entries": entries, "seats": sum(pool.capacity for pool in calls.pools(row.call))}


def _answers(response: Response | None, actor: Actor) -> list[dict[str, Any]]:
    """Title, text and files of what was answered, in the wording of its version."""
    if response is None:
        return []
    english = (get_language() or "ja").startswith("en")
    rows = []
    for question, value, text in forms.answers(response, actor):
        names = text.split("、")
        is_file = question.kind == Question.Kind.FILE and isinstance(value, list)
        files = list(zip(value, names, strict=False)) if is_file else []
        title_lang = "ja" if english and not question.title_en else ""
        title = question.title_en if english and question.title_en else question.title
        rows.append({"title": title, "lang": title_lang, "text": "" if is_file else text, "files": files})
    return rows


def _guardian(row: Application, consent: Consent | None) -> dict[str, Any]:
    if not row.needs_guardian:
        return {}
    waiting = telling.awaits_guardian(row, consent)
    link = guardian_link(consent, row.person.language) if waiting and consent else ""
    return {
        "consent": consent, "awaits_guardian": waiting, "guardian_link": link,
        "guardian_qr": qr(f"{link}?by=qr") if link else "", "guardian_until": telling.guardian_until(row, consent),
    }  # fmt: skip


def guardian_link(consent: Consent, language: str) -> str:
    """The whole address for a QR or a message, in the language of the person who asks."""
    return f"{settings.SITE_URL}{path_in(guarding.link(consent), language)}"


def qr(text: str) -> str:
    """An inline SVG without style attributes; its container gives it a name."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(border=3, omitsize=True, light="#fff", svgclass=None, lineclass=None)


# What may be done about it: a GET asks, a POST does


class Deed:
    def __init__(
        self, run: Callable[..., Any], title: Any, text: Any, label: Any, done: Any, tone: str = ""
    ) -> None:
        self.run, self.title, self.text, self.label, self.done, self.tone = (
            run,
            title,
            text,
            label,
            done,
            tone,
        )


DEEDS = {
    "confirm": Deed(
        confirming.confirm, _("参加を確認しますか"), _("確認すると、参加が決まります。"), _("参加を確認する"), _("参加が決まりました。"),
    ),
    "decline": Deed(
        confirming.decline, _("辞退しますか"), _("席は次の方に回ります。取り消しはできません。"), _("辞退する"), _("辞退を受け付けました。席は次の方に回ります。"), "bad",
    ),
    "withdraw": Deed(
        confirming.withdraw, _("取り下げますか"), _("順番や確保した席はなくなります。受付中に申し込み直すと、順番は最後になります。"), _("取り下げる"), _("取り下げました。"), "bad",
    ),
    "remind": Deed(
        lambda by, application: mailing.remind_guardians(by=by, applications=[application]),
        _("保護者にもう一度お願いを送りますか"), _("保護者のメールアドレスに、同じお願いをもう一度送ります。一日に一度だけ送れます。"), _("もう一度送る"),
        _("保護者の方へのお願いを送りました。"),
    ),
}  # fmt: skip


@member
def application_action(request: HttpRequest, application_id: uuid.UUID, action: str) -> HttpResponse:
    row = own_application(request, application_id)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    back = reverse("member:application", args=[row.id])
    if request.method != "POST":
        context = {
            "application": row,
            "call": row.call,
            "council": row.call.council,
            "deed": deed,
            "back": back,
        }
        return render(request, "member/application_action.html", context)
    try:
        deed.run(by=request.actor, application=row)  # type: ignore[attr-defined]
    except Refused as error:
        return errors.refused_back(request, error, "member:application", row.id)
    messages.success(request, deed.done)
    return redirect(back)


application_action.values = tuple(DEEDS)  # type: ignore[attr-defined]


@member
def slip(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """受付票 to print and bring; its QR opens the record at the desk, and this page's application for its owner."""
    row = own_application(request, application_id)
    context = {
        "application": row, "call": row.call, "council": row.call.council, "person": row.person, "words": words(row.call),
        "record_qr": mark_safe(qr_svg(sheet_address(row.call, row.code))),
        "back_url": reverse("member:application", args=[row.id]),
    }  # fmt: skip
    return render(request, "member/slip.html", context)


@member
def consent_paper(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """A form to print, sign and hand in where no e-mail and no screen reaches the guardian."""
    row = own_application(request, application_id)
    consent = consent_for(row.id, Consent.Purpose.GUARDIAN)
    if consent is None:
        raise Http404
    context = {
        "application": row, "call": row.call, "council": row.call.council, "consent": consent, "words": words(row.call),
        "items": telling.items_of(consent), "until": telling.guardian_until(row, consent), "back_url": reverse("member:application", args=[row.id]),
    }  # fmt: skip
    return render(request, "member/consent_paper.html", context)
