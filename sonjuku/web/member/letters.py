"""Whether a person gets a council's news; what their applications need always comes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sonjuku.rooms.letters import actions
from sonjuku.web.actors import member, own_person


@member
def news_choice(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: stop the news (`stop`) or get it again."""
    council = request.council  # type: ignore[attr-defined]
    person = own_person(request, council) if council else None
    if person is None:
        raise Http404
    if request.method == "POST":
        by = request.actor  # type: ignore[attr-defined]
        if "stop" in request.POST:
            actions.unsubscribe(by=by, person=person)
            messages.success(request, _("案内の配信を止めました。必要な連絡は、これまでどおり届きます。"))
        else:
            actions.resubscribe(by=by, person=person)
            messages.success(request, _("案内をまたお送りします。"))
    return redirect("member:profile", slug)
