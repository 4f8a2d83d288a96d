"""Each document of a call as a page to print, and as DOCX where an office edits it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import providing
from sonjuku.flows.papers import certificates, dispatch, drafts, guidelines, sheets
from sonjuku.flows.papers.saying import guardian_may_be_needed, said
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.actions import door_of
from sonjuku.rooms.calls.models import Application, Approval, Call
from sonjuku.rooms.journal.actions import record_many
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox import docx as office
from sonjuku.toolbox.counting import cut_to
from sonjuku.toolbox.files import safe_name
from sonjuku.web.actors import staff
from sonjuku.web.addresses import call_address, call_path, path_of, sheet_address
from sonjuku.web.qr import qr_svg
from sonjuku.web.staff.papers import completed_places
from sonjuku.web.staff.rows import call_or_404

LONGEST_LEAD = 120
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFTS = {f"draft-{step}": step for step in Approval.Step.values}
WRITTEN = {
    "guidelines": _("募集要項"),
    **{key: _("起案") for key in DRAFTS},
    "dispatch": _("派遣依頼"),
}


@staff("calls.read")
def printed(request: HttpRequest, council: Council, code: str, section: str) -> HttpResponse:
    call = call_or_404(request, code)
    context: dict[str, Any] = {
        "call": call,
        "section": section,
        "back_url": reverse("staff:papers", args=[council.slug, call.code]),
    }
    if section in WRITTEN:
        context |= {"paper": _paper(request, call, section), "label": WRITTEN[section]}
        context["asks_names"] = section in {"draft-decide", "draft-announce"}
        context["docx_url"] = reverse("staff:paper_docx", args=[council.slug, call.code, section])
        return render(request, "staff/paper.html", context)
    draw = DRAWN.get(section)
    if draw is None:
        raise Http404
    template, more = draw(request, call)
    return render(request, template, {**context, **more})


@staff("calls.read")
def docx(request: HttpRequest, council: Council, code: str, section: str) -> HttpResponse:
    call = call_or_404(request, code)
    if section not in WRITTEN:
        raise Http404
    paper = _paper(request, call, section)
    response = HttpResponse(office.write(paper), content_type=WORD)
    name = safe_name(f"{paper.title}.docx")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _paper(request: HttpRequest, call: Call, section: str) -> office.Paper:
    at, address = request.actor.at, call_address(call)  # type: ignore[attr-defined]
    if section == "guidelines":
        return guidelines.guidelines(call, at=at, address=address)
    if section == "dispatch":
        return _dispatch(request, call)
    step = DRAFTS[section]
    is_decision = step in {Approval.Step.DECIDE, Approval.Step.ANNOUNCE}
    if is_decision:
        # Verdicts are sealed for whoever does not run the selection.
        if not people_rules.may(request.actor.role, "selection.run"):  # type: ignore[attr-defined]
            raise Http404
        if call.uses_draw and step == Approval.Step.ANNOUNCE:
            address = f"{address}proof/"
    with_names = is_decision and "names" in request.GET
    if with_names:
        record_many(by=request.actor, verb="application.printed", subjects=drafts.rows_of(call))  # type: ignore[attr-defined]
    return drafts.draft(call, step, at=at, address=address, with_names=with_names)


def _dispatch(request: HttpRequest, call: Call) -> office.Paper:
    """To the school that ?school= names, else to the first whose pupils take part."""
    wanted = request.GET.get("school")
    found = [school for school, _number in dispatch.schools(call) if wanted in (None, str(school.id))]
    if not found:
        raise Http404
    named = dispatch.pupils(call, found[0]).named
    record_many(by=request.actor, verb="participation.printed", subjects=named)  # type: ignore[attr-defined]
    told = Application.objects.filter(pk__in=[place.application_id for place in named])
    providing.tell_school(
        by=request.actor,  # type: ignore[attr-defined]
        school=found[0],
        rows=told.select_related("call__data_controller__council", "person"),
        items=providing.NAME_ITEMS,
        what="dispatch",
    )
    return dispatch.dispatch(call, found[0], at=request.actor.at)  # type: ignore[attr-defined]


# What is drawn rather than written

Drawing = tuple[str, dict[str, Any]]


def _notice(request: HttpRequest, call: Call) -> Drawing:
    link = paper_queries.referral_link(call, request.GET.get("from", ""))
    return "staff/paper_notice.html", {
        **_door(request, call),
        "said": said(call, request.actor.at),  # type: ignore[attr-defined]
        "body": link.body if link else None,
        "qr": mark_safe(qr_svg(call_address(call, link))),
    }


def _door(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The address as a QR code and as a short code to type."""
    if call.state == Call.State.DRAFT:
        code = ""
    else:
        code = door_of(by=request.actor, call=call, path=call_path(call)).code  # type: ignore[attr-defined]
    address = call_address(call)
    typed = f"{address.split('/c/')[0]}{path_of('public:k')}"
    return {"address": address, "short_code": code, "typed_at": typed, "qr": mark_safe(qr_svg(address))}


def _flyer(request: HttpRequest, call: Call) -> Drawing:
    at = request.actor.at  # type: ignore[attr-defined]
    wanted = request.GET.get("sheets", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 1
    codes = sheets.new_codes(number)
    copies = [{"code": code, "qr": mark_safe(qr_svg(sheet_address(call, code)))} for code in codes]
    return "staff/paper_flyer.html", {
        **_door(request, call),
        "said": said(call, at),
        "lead": cut_to(call.summary, LONGEST_LEAD),
        "terms": paper_queries.paper_terms(call),
        "form_title": sheets.FORM_TITLES[Call.Noun(call.noun)],
        # Without numbers, for a printer who makes a thousand of one sheet: the QR opens the entry page.
        "copies": copies or [{"code": "", "qr": mark_safe(qr_svg(sheet_address(call, "new")))}],
        "sheets": len(codes),
        "most_sheets": sheets.MOST_SHEETS,
        "person_lines": sheets.person_lines(call),
        "question_lines": sheets.question_lines(call),
        "guardian_lines": sheets.guardian_lines() if guardian_may_be_needed(call, at) else [],
    }


def _certificates(request: HttpRequest, call: Call) -> Drawing:
    only = request.GET.get("only")
    places = [place for place in completed_places(request, call) if only in (None, str(place.id))]
    made = certificates.certificates(call, places, at=request.actor.at)  # type: ignore[attr-defined]
    record_many(by=request.actor, verb="participation.printed", subjects=places)  # type: ignore[attr-defined]
    rows = [
        {"row": row, "qr": mark_safe(qr_svg(_badge(call, row.award_id))) if row.award_id else ""}
        for row in made
    ]
    return "staff/paper_certificates.html", {"rows": rows, "is_wide": request.GET.get("layout") == "wide"}


def _badge(call: Call, award_id: object) -> str:
    site = call_address(call).split("/c/")[0]
    return f"{site}{path_of('public:badge', award_id)}"


DRAWN: dict[str, Callable[[HttpRequest, Call], Drawing]] = {
    "flyer": _flyer,
    "notice": _notice,
    "certificates": _certificates,
}
printed.values = (*WRITTEN, *DRAWN)  # type: ignore[attr-defined]
docx.values = tuple(WRITTEN)  # type: ignore[attr-defined]
