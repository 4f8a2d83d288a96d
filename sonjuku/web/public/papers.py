"""The QR code of a paper: the desk finds the record there, an applicant their own, anybody else the call's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sonjuku.flows.papers import sheets
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import may
from sonjuku.web.actors import staff_roles
from sonjuku.web.public.pages import of_council


@never_cache
@of_council
def paper(request: HttpRequest, council: Council, code: str, paper: str) -> HttpResponse:
    """Says nothing about the paper: whoever may not know is sent where everybody is sent, known code or not."""
    call = Call.objects.filter(council=council, code=code).select_related("council").first()
    found = sheets.read_code(paper)
    if call is not None and request.user.is_authenticated:
        if _at_the_desk(request, call):
            if not found:
                return redirect("staff:entry", council.slug, call.code)
            return redirect(f"{reverse('staff:paper_open', args=[council.slug, call.code])}?paper={found}")
        own = calls.application_of(call, request.user)
        if own is not None and found and found in {own.code, *_sheet(call, found, own.pk)}:
            return redirect("member:application", own.id)
    return redirect("public:call", council.slug, code)


def _at_the_desk(request: HttpRequest, call: Call) -> bool:
    """Whether the reader holds a role, for a body that sees the call's people, in which papers are entered."""
    roles = [role for role in staff_roles(request, call.council) if may(role.kind, "applications.write")]
    return CallBody.objects.filter(
        call=call, body__in=[role.body_id for role in roles], role__in=CallBody.SEES_PEOPLE
    ).exists()


def _sheet(call: Call, code: str, application_id: object) -> set[str]:
    return {code} if sheets.entry_id(call, code) == application_id else set()
