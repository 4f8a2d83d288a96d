"""What every address for apps passes: rate, browsers of other sites without our cookies, and the holder's token."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_backends import get_oauthlib_core

from sonjuku.protocols.wallets import service
from sonjuku.rooms.credentials.actions import note_wallet_use
from sonjuku.rooms.credentials.models import WalletConnection
from sonjuku.rooms.credentials.queries.wallets import live_connection
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.api.limits import seconds_to_wait

View = Callable[..., HttpResponse]


def at(name: str, *args: Any) -> str:
    """An address of this site as metadata names it: the Japanese one, which has no prefix."""
    with override("ja"):
        return settings.SITE_URL + reverse(name, args=args)


def answer(document: Mapping[str, Any], status: int = 200) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False)
    response = HttpResponse(text, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def machine(*methods: str) -> Callable[[View], View]:
    """For these methods; anything that isn't meant for people. Cookies count for nothing, so any site's script may call."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = _answered(view, methods, request, args, kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "Link, X-Total-Count, WWW-Authenticate"
            response["X-Content-Type-Options"] = "nosniff"
            return response

        return guarded

    return decorate


def _answered(
    view: View, methods: tuple[str, ...], request: HttpRequest, args: Any, kwargs: Any
) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        return response
    if request.method not in methods:
        response = refused(405, "This address does not know the method.")
        response["Allow"] = ", ".join(methods)
        return response
    wait = seconds_to_wait(request, None)
    if wait:
        response = refused(429, f"Too many requests; wait {wait} seconds.")
        response["Retry-After"] = str(wait)
        return response
    try:
        return view(request, *args, **kwargs)
    except SuspiciousOperation:  # more data than settings allow
        return refused(400, "The request could not be read.")


def refused(status: int, description: str, minor: str = "") -> HttpResponse:
    """Imsx_StatusInfo, which also has what OAuth clients look for."""
    return answer(
        {**service.status_info(status, description, minor), "error": minor or "invalid_request"}, status
    )


def _held(token: Any) -> WalletConnection | None:
    if token is None or token.user is None:
        return None
    return live_connection(token.user, token.application.client_id, token.created)


def bearer(scope: str) -> Callable[[View], View]:
    """A token of a connection that stands, with this scope. Sets `request.actor` to the holder, `request.connection`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            valid, oauth = get_oauthlib_core().verify_request(request, scopes=[])
            token = oauth.access_token if valid else None
            held = _held(token)
            if token is None or held is None:
                response = refused(401, "The token is missing, has ended or was withdrawn by the holder.")
                response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
                return response
            if scope not in token.scope.split() or scope not in held.scopes:
                response = refused(403, f"The token lacks the scope {scope}.")
                response["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope}"'
                return response
            actor = Actor(at=timezone.now(), role="member", account_id=held.account_id)
            note_wallet_use(by=actor, connection=held)
            request.actor, request.connection = actor, held  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate
