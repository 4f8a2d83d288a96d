"""Finds the council of the URL and says who acts, once per request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from sonjuku.rooms.journal.models import Actor
from sonjuku.web.actors import council_of_path, member_actor


class ActorMiddleware:
    """Sets `request.council` (from /c/<slug>/, else None) and `request.actor` (a member's or the public's).

    Staff views ask `web.actors.staff_actor` for their own, which refuses whoever has no role today.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.council = council_of_path(request.path_info)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.actor = member_actor(request, request.council)  # type: ignore[attr-defined]
        else:
            request.actor = Actor(at=timezone.now())  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.setdefault("Content-Language", translation.get_language() or "ja")
        return response
