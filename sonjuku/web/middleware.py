"""Furigana; the council of the URL and who acts, once per request."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.toolbox import furigana
from sonjuku.web.actors import member_actor, slug_of_path

EASY = "/ja-easy"
DESK = re.compile(rf"^{EASY}/c/[^/]+/desk/")
TEXTS = ("text/", "application/json", "application/ld+json", "application/xml", "application/atom+xml")


class FuriganaMiddleware:
    """Writes the readings of a page in plain Japanese as <ruby>; other text loses them. The desk has no such pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if DESK.match(request.path_info):
            answer = HttpResponseRedirect(request.get_full_path().replace(EASY, "", 1))
            answer.status_code = 302 if request.method in ("GET", "HEAD") else 307
            return answer
        response = self.get_response(request)
        kind = response.get("Content-Type", "")
        if (
            response.streaming
            or furigana.BEGIN.encode() not in response.content
            or not kind.startswith(TEXTS)
        ):
            return response
        said = response.content.decode(response.charset)
        said = furigana.in_html(said) if kind.startswith("text/html") else furigana.plain(said)
        response.content = said.encode(response.charset)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response


class ActorMiddleware:
    """Sets `request.council` (from /c/<slug>/, else None) and `request.actor` (a member's or the public's).

    Staff views ask `web.actors.staff_actor` for their own, which refuses whoever has no role today.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug = slug_of_path(request.path_info)
        if request.user.is_authenticated:
            council, person = people.council_with_record(slug, request.user) if slug else (None, None)
            request.actor = member_actor(request, council, person)  # type: ignore[attr-defined]
        else:
            council = people.council(slug) if slug else None
            request.actor = Actor(at=timezone.now())  # type: ignore[attr-defined]
        request.council = council  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.setdefault("Content-Language", (translation.get_language() or "ja")[:2])
        return response
