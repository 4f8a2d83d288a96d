"""OAuth 2 for apps: registration, tokens, revocation, metadata. The holder's yes is asked in web/member/connections.py."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from oauth2_provider.views.base import RevokeTokenView, TokenView

from sonjuku.flows import connecting
from sonjuku.protocols.wallets import SCOPES, issuing
from sonjuku.rooms.credentials.actions import redeem_offer
from sonjuku.rooms.credentials.rules.wallets import TOKEN_LASTS
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.api.limits import over
from sonjuku.web.visitor import address
from sonjuku.web.wallets.doors import answer, at, machine

_AUTH = ["none", "client_secret_basic", "client_secret_post"]
REGISTRATIONS_AN_HOUR = 20
_token, _revoke = TokenView.as_view(), RevokeTokenView.as_view()


@machine("GET", "HEAD")
def metadata(request: HttpRequest) -> HttpResponse:
    """RFC 8414, for the holder's apps and for OpenID4VCI wallets alike."""
    return answer({
        "issuer": settings.SITE_URL,
        "authorization_endpoint": at("member:wallet_consent"),
        "token_endpoint": at("wallets:token"),
        "revocation_endpoint": at("wallets:revoke"),
        "registration_endpoint": at("wallets:register"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", issuing.GRANT],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": _AUTH,
        "revocation_endpoint_auth_methods_supported": _AUTH,
        "authorization_response_iss_parameter_supported": True,
        "pre-authorized_grant_anonymous_access_supported": True,
        "ui_locales_supported": ["ja", "en"],
        "service_documentation": at("public:home"),
    })  # fmt: skip


def _error(code: str, description: str = "", status: int = 400) -> HttpResponse:
    return answer({"error": code, **({"error_description": description} if description else {})}, status)


@machine("POST")
def register(request: HttpRequest) -> HttpResponse:
    """RFC 7591, open to all but bounded: what is never used is forgotten after a day."""
    if over(f"wallet-app:{address(request)}", REGISTRATIONS_AN_HOUR, 3600):
        return _error(
            "invalid_client_metadata", "too many registrations from this address; wait an hour", 429
        )
    try:
        told = connecting.described(request.body)
        app, secret = connecting.register_app(by=Actor(at=timezone.now()), metadata=told)
    except Refused as error:
        return _error(error.code, str(error.message), 503 if error.code == "too_many_apps" else 400)
    known: dict[str, Any] = {
        "client_id": app.client_id, "client_id_issued_at": int(app.created.timestamp()), "client_name": app.name,
        "redirect_uris": app.redirect_uris.split(), "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"], "scope": " ".join(SCOPES),
        "token_endpoint_auth_method": told.get("token_endpoint_auth_method", "client_secret_basic"),
    }  # fmt: skip
    return answer({**known, "client_secret": secret, "client_secret_expires_at": 0} if secret else known, 201)


@machine("POST")
def token(request: HttpRequest) -> HttpResponse:
    """A code, a refresh token, or the code of an offer with the number on the holder's screen."""
    grant = request.POST.get("grant_type", "")
    if grant == issuing.GRANT:
        return _offered(request)
    if grant not in ("authorization_code", "refresh_token"):
        return _error("unsupported_grant_type" if grant else "invalid_request")
    response: HttpResponse = _token(request)
    response["Cache-Control"] = "no-store"
    return response


def _offered(request: HttpRequest) -> HttpResponse:
    code, pin = request.POST.get("pre-authorized_code", ""), request.POST.get("tx_code", "")
    if not code or not pin:
        return _error("invalid_request", "pre-authorized_code and tx_code are needed")
    made = redeem_offer(by=Actor(at=timezone.now()), code=code, pin=pin)
    if not made:
        return _error("invalid_grant", "The offer has ended or was used, or the number is wrong")
    return answer(
        {"access_token": made, "token_type": "Bearer", "expires_in": int(TOKEN_LASTS.total_seconds())}
    )


@machine("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: the app itself gives a token back."""
    response: HttpResponse = _revoke(request)
    return response
