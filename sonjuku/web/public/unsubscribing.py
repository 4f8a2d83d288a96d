"""No more news, without a login: the signed address in a letter's footer and in its List-Unsubscribe header."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions, queries
from sonjuku.web import errors


# A mail program posts here on a click (RFC 8058), without cookies; the signature in the address is the proof.
@csrf_exempt
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing: programs that check links open it too. The page names nobody; a letter may be passed on."""
    person = queries.subscriber(token)
    if person is None:
        return errors.page(
            request, 404, _("このリンクは使えません"),
            _("リンクの一部が欠けているか、記録がもうありません。"),
            _("メールに書かれた問合せ先にご連絡ください。"),
        )  # fmt: skip
    if request.method == "POST":
        by = Actor(at=timezone.now(), role="public", person_id=person.id, council_id=person.council_id)
        # Answered in place: mail programs do not follow a redirect.
        if "undo" in request.POST:
            actions.resubscribe(by=by, person=person)
        else:
            actions.unsubscribe(by=by, person=person)
    context = {
        "council": person.council,
        "stopped": queries.has_unsubscribed(person),
        "changed": request.method == "POST",
    }
    return render(request, "public/unsubscribe.html", context)
