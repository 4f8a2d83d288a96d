"""Applying: what is asked, what goes wrong on the way, and nothing lost when it does."""

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import applying
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import REAPPLY_FROM, closed_text
from sonjuku.rooms.people.actions import add_tie, save_profile
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.dates import format_datetime
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import referral
from sonjuku.web.actors import member
from sonjuku.web.member.applying_page import ApplyPage

# Refusals after which the form makes no sense any more.
FINAL = {"closed", "not_open", "invitation_only"}


@member
def apply(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    council = request.council  # type: ignore[attr-defined]
    call = calls.call(council, code, request.actor) if council else None  # type: ignore[attr-defined]
    if call is None:
        raise Http404
    call.council = council
    if request.method != "POST":
        return _standing(request, call) or _page(request, call)
    # What is received was looked up under the call's lock: here only what would be refused.
    answer = _page(request, call)
    return answer if answer.status_code < 400 else _standing(request, call) or answer


def _standing(request: HttpRequest, call: Call) -> HttpResponse | None:
    """The way to the application that stands already."""
    earlier = calls.application_of(call, request.user)
    if earlier is None or earlier.state in REAPPLY_FROM:
        return None
    return redirect(f"{reverse('member:application', args=[earlier.id])}?received=1")


def _page(request: HttpRequest, call: Call) -> HttpResponse:
    page = ApplyPage(request, call)
    closed = why_closed(page)
    if closed is not None:
        return show_closed(request, page, closed)
    if page.asks_first:
        return _first(request, page)
    problems = page.problems() if not page.missing else []
    if problems:
        return show_ineligible(request, page, [problem.message for problem in problems])
    return _receive(request, page) if request.method == "POST" else show(request, page)


def why_closed(page: ApplyPage) -> Refused | None:
    """Why nobody may apply now; the action has the last word when it comes in."""
    call = page.call
    if call.selection == Call.Selection.INVITATION:
        return Refused("invitation_only", _("この募集は、ご案内した方だけが参加できます。"),
                       _("ご案内が届いていないときは、問合せ先にご連絡ください。"))  # fmt: skip
    if call.takes_applications(page.at):
        return None
    if call.state == Call.State.ANNOUNCED or (call.opens_at and page.at < call.opens_at):
        begins = format_lazy(_("{when}から受け付けます。"), when=_when(call)) if call.opens_at else ""
        return Refused("not_open", _("この募集はまだ受け付けていません。"), begins)
    return Refused("closed", closed_text(call), _("ほかの募集をご覧いただくか、問合せ先にご連絡ください。"))


def _when(call: Call) -> str:
    return format_datetime(call.opens_at, get_language() or "ja") if call.opens_at else ""


def _first(request: HttpRequest, page: ApplyPage) -> HttpResponse:
    """The page before the questions: facts about the person, saved on their own."""
    form = page.profile_form
    assert form is not None  # asks_first: something is missing
    if request.method != "POST" or not form.is_valid():
        return show(request, page, step=1, status=422 if form.errors else 200)
    fields = {**page.carried, **form.fields_to_save}
    by = request.actor  # type: ignore[attr-defined]
    person = save_profile(by=by, council=page.council, account=page.account, fields=fields)
    for kind in form.chosen_ties:
        add_tie(by=by, person=person, kind=kind, lg_code=page.council.lg_code)
    return redirect(request.get_full_path())


def _receive(request: HttpRequest, page: ApplyPage) -> HttpResponse:
    profile = _valid(page)
    if page.is_stale:
        stale = Refused("stale", _("質問が新しくなりました。"), _("内容を確かめて、もう一度送ってください。"))
        return show(request, page, refused=stale, status=409)
    if profile is None:
        return show(request, page, status=422)
    problems = page.problems(profile)
    if problems:
        return show_ineligible(request, page, [problem.message for problem in problems])
    minor = page.needs_guardian(profile)
    if minor and not page.guardian_form.is_valid():
        return show(request, page, status=422)
    try:
        application = _send(request, page, profile, minor)
    except Refused as error:
        return _refused(request, page, error)
    return redirect(f"{reverse('member:application', args=[application.id])}?received=1")


def _valid(page: ApplyPage) -> dict[str, Any] | None:
    """The profile fields to save, when all forms but the guardian's are fine."""
    shown = [page.profile_form, page.question_form, page.terms_form, page.companions_form]
    results = [form.is_valid() for form in shown if form is not None]
    if not all(results):
        return None
    return {**page.carried, **(page.profile_form.fields_to_save if page.profile_form else {})}


def _send(request: HttpRequest, page: ApplyPage, profile: dict[str, Any], minor: bool) -> Any:
    cleaned = page.question_form.cleaned if page.question_form else None
    agreed = {Consent.Purpose.APPLICATION} if request.POST.get("agree") == "application" else set()
    ties = page.profile_form.chosen_ties if page.profile_form else []
    along = page.companions_form
    return applying.apply(
        by=request.actor,  # type: ignore[attr-defined]
        call=page.call,
        account=page.account,
        profile=profile,
        consents=agreed | page.terms_form.consents | (along.consents if along else set()),
        values=cleaned.values if cleaned else {},
        uploads=cleaned.uploads if cleaned else {},
        guardian=page.guardian_form.as_guardian if minor else None,
        option=page.option,
        wishes=page.wishes,
        referral=referral.of(request, page.call) or request.POST.get("ref", "")[:60],
        ties=[(kind, page.council.lg_code) for kind in ties],
        terms=_terms(request) if getattr(page.council, "has_terms", True) else None,
        companions=along.fellows if along else (),
    )


def _terms(request: HttpRequest) -> list[uuid.UUID]:
    """The versions that the page said it asks for; what cannot be one is none."""
    found = []
    for text in request.POST.getlist("terms")[:10]:
        with suppress(ValueError):
            found.append(uuid.UUID(text))
    return found


def _refused(request: HttpRequest, page: ApplyPage, error: Refused) -> HttpResponse:
    if error.code in FINAL:
        return show_closed(request, page, error)
    if error.code == "same_address":
        page.guardian_form.add_error("email", format_lazy("{} {}", error.message, error.next_step))
        return show(request, page, status=422)
    return show(request, page, refused=error, status=409)


def show(
    request: HttpRequest, page: ApplyPage, *, step: int = 2, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    came_back = request.method == "POST"
    if came_back and step == 2 and page.question_form is not None and page.question_form.cleaned.uploads:
        page.question_form.remind_of_files()
    asked = page.profile_form
    told = asked.fields_to_save if came_back and asked is not None and asked.is_valid() else {}
    minor = step == 2 and page.needs_guardian(told)
    if minor and came_back and not page.guardian_form.is_bound:
        messages.info(
            request, gettext("保護者の同意が必要です。保護者の欄を入力して、もう一度送ってください。")
        )
    guardian = page.guardian_form if minor else None
    later = [page.terms_form, page.companions_form, page.question_form, guardian] if step == 2 else []
    forms = [form for form in (asked, *later) if form is not None]
    context = {
        "page": page, "call": page.call, "words": page.words, "step": step, "refused": refused, "minor": minor,
        "problems": [problem for form in forms for problem in _problems(form)] if came_back else [],
        "titles": [_("あなたのこと"), _("質問と同意") if page.question_form else _("確認と同意"), pgettext("申込みの段階", "受付")],
        "ref": request.POST.get("ref") or request.GET.get("ref", ""),
    }  # fmt: skip
    return render(request, "member/apply.html", context, status=status)


def _problems(form: Any) -> list[dict[str, Any]]:
    """Lines of the error summary of one form, each with the control that it leads to."""
    lines = [
        {"id": bound.auto_id, "label": bound.label, "lang": getattr(bound, "title_lang", ""), "error": error}
        for bound in form
        for error in bound.errors
    ]
    general = form.non_field_errors() if hasattr(form, "non_field_errors") else []
    return lines + [{"id": "main", "label": "", "lang": "", "error": error} for error in general]


def show_closed(request: HttpRequest, page: ApplyPage, error: Refused) -> HttpResponse:
    context = {"call": page.call, "words": page.words, "error": error, "sent": request.method == "POST"}
    return render(request, "member/apply_closed.html", context, status=409)


def show_ineligible(request: HttpRequest, page: ApplyPage, reasons: list[Any]) -> HttpResponse:
    context = {"call": page.call, "words": page.words, "reasons": reasons, "page": page}
    return render(request, "member/apply_ineligible.html", context, status=409)
