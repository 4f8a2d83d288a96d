"""Inviting people to a call that has no public applications: somebody known to the body, or a new record."""

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows import calling
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.applicant_inputs import Filter
from sonjuku.web.staff.entry_inputs import PERSON, EntryForm
from sonjuku.web.staff.rows import call_or_404, one_or_404, page_of


class Guest(EntryForm):
    """The person as the entry from paper asks; nothing of a paper."""

    def explain(self) -> None:
        super().explain()
        self.fields = {name: field for name, field in self.fields.items() if name in PERSON}
        # By it a guest proves later that the record is theirs, and a minor is not invited past the guardian.
        self.fields["date_of_birth"].required = True


def known_people(actor: Actor, call: Call) -> QuerySet[Application]:
    """The newest application, in the body's other calls, of everyone who isn't in this call yet."""
    rows = calls.applications_visible_to(actor).exclude(state=Application.State.DRAFT).exclude(call=call)
    rows = rows.exclude(person__in=call.applications.values("person"))
    newest = rows.filter(person=OuterRef("person")).order_by("-id").values("pk")[:1]
    return rows.filter(pk=Subquery(newest))


@staff("applications.write")
def invite(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """POST with `application` invites a known person, without it a new one."""
    call = call_or_404(request, code)
    if call.selection != Call.Selection.INVITATION:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    is_known = "application" in request.POST
    form = Guest(request.POST if request.method == "POST" and not is_known else None, call=call, by=actor)
    if is_known or form.is_valid():
        try:
            _invite(request, call, form)
        except Refused as error:
            if is_known:
                return refused_back(request, error, "staff:invite", council.slug, code)
            form.refuse(error)
        else:
            messages.success(request, now("席をご用意し、ご案内を送ります。"))
            return redirect("staff:invite", council.slug, code)
    search = Filter(request.GET, actor=actor)
    context = {
        "call": call, "form": form, "search": search["q"], "seats_left": calls.seats_left(call),
        "page_obj": page_of(request, search.apply(known_people(actor, call))),
        "invited": calls.applications_visible_to(actor).filter(call=call).order_by("-offered_at"),
    }  # fmt: skip
    return render(request, "staff/invite.html", context)


def _invite(request: HttpRequest, call: Call, form: Guest) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if "application" not in request.POST:
        calling.invite_new(by=actor, call=call, profile=form.profile())
        return
    row = one_or_404(known_people(actor, call), pk=request.POST["application"])
    calling.invite(by=actor, call=call, person=row.person)
