"""広報紙の文: composed from the call, edited by hand, counted by the server."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows.papers.bulletin import ORDER, Bulletin, compose
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.actions import keep_bulletin
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.counting import bulletin_length, cut_to
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.addresses import call_address
from sonjuku.web.staff.paper_inputs import BulletinForm
from sonjuku.web.staff.rows import call_or_404


@staff("calls.read")
def bulletin(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """GET shows what is kept, else a composed text; a POST composes anew, counts, shortens or keeps."""
    call = call_or_404(request, code)
    terms = paper_queries.paper_terms(call)
    may_write = people_rules.may(request.actor.role, "calls.write")  # type: ignore[attr-defined]
    form = BulletinForm(request.POST if request.method == "POST" else None)
    length, made = terms.bulletin_length, None
    text = terms.bulletin_text
    if form.is_bound and form.is_valid():
        length, text = form.cleaned_data["length"], form.cleaned_data["text"]
        if "keep" in request.POST and may_write and _kept(request, call, form):
            return redirect("staff:bulletin", council.slug, call.code)
        if "shorten" in request.POST:
            text = cut_to(text, length)
    if "compose" in request.POST or not (text or form.is_bound):
        made = _composed(request, call, length)
        text = made.text
    if not form.errors:
        form = BulletinForm(initial={"length": length, "text": text})
    context = {
        "call": call, "form": form, "length": length, "used": bulletin_length(text), "may_write": may_write,
        "is_kept": bool(terms.bulletin_text) and text == terms.bulletin_text, "left_out": made.left_out if made else [],
        "order": ORDER,
    }  # fmt: skip
    return render(request, "staff/bulletin.html", context)


def _composed(request: HttpRequest, call: Call, length: int) -> Bulletin:
    return compose(call, at=request.actor.at, length=length, address=call_address(call))  # type: ignore[attr-defined]


def _kept(request: HttpRequest, call: Call, form: BulletinForm) -> bool:
    data = form.cleaned_data
    try:
        keep_bulletin(by=request.actor, call=call, text=data["text"], length=data["length"])  # type: ignore[attr-defined]
    except Refused as error:
        form.refuse(error)
        return False
    messages.success(request, now("広報紙の文を保存しました。"))
    return True
