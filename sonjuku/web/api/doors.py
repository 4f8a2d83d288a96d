"""What every call of the interface passes: language, rate, token; and who then acts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import conditional_page
from ninja.security import HttpBearer

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.actions import note_token_use
from sonjuku.rooms.people.models import ApiToken
from sonjuku.rooms.people.rules import MACHINE
from sonjuku.web.api import errors, limits

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Language of Accept-Language, rate limit, errors in one shape, ETag on what is read."""
    reading = conditional_page(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Outside of i18n_patterns the middleware speaks Japanese whatever the header says.
        with translation.override(translation.get_language_from_request(request)[:2]):
            token = request.api_token = _token(request)  # type: ignore[attr-defined]
            wait = limits.seconds_to_wait(request, token)
            if wait:
                return _dressed(errors.too_many(wait))
            try:
                response = (reading if token is None else view)(request, *args, **kwargs)
            except Http404:
                response = errors.not_found()
            except SuspiciousOperation:  # more data than settings allow
                response = errors.unreadable()
            return _dressed(errors.answer_to(request, response))

    return guarded


def _dressed(response: HttpResponse) -> HttpResponse:
    response["Content-Language"] = translation.get_language() or "ja"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _token(request: HttpRequest) -> ApiToken | None:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    return people.token_of(secret.strip(), timezone.now()) if scheme.lower() == "bearer" else None


class Token(HttpBearer):
    """`Authorization: Bearer sjk_…` whose token has this scope. Sets `request.actor` to the body's machine."""

    def __init__(self, scope: ApiToken.Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        token: ApiToken | None = request.api_token  # type: ignore[attr-defined]
        if token is None:
            return None
        if self.scope not in token.scopes:
            raise errors.NoScope(self.scope.label)
        actor = machine(token)
        note_token_use(by=actor, token=token)
        request.actor = actor  # type: ignore[attr-defined]
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError  # __call__ has done it


def machine(token: ApiToken) -> Actor:
    return Actor(at=timezone.now(), role=MACHINE, body_id=token.body_id, council_id=token.council_id)


def public() -> Actor:
    """Whoever has no token; a browser's cookies count for nothing here."""
    return Actor(at=timezone.now())
