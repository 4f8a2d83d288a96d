"""By whose address a visitor came to a call: kept in the session until they apply there, then only as a code."""

from django.http import HttpRequest

from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.models import Call

PARAMETER = "from"


def remember(request: HttpRequest, call: Call) -> None:
    """Keep ?from=CODE if it is an address of this call; the latest one counts. Anything else changes nothing."""
    link = paper_queries.referral_link(call, request.GET.get(PARAMETER, "")[:20])
    if link is not None:
        request.session[_key(call)] = link.code


def of(request: HttpRequest, call: Call) -> str:
    """The code of the address, or "" where the visitor came by none."""
    return str(request.session.get(_key(call), ""))


def _key(call: Call) -> str:
    return f"referral:{call.id}"
