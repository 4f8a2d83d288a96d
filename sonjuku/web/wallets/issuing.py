"""OpenID for Verifiable Credential Issuance 1.0: a holder's badge into the wallet app of their choice."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges.signing import SigningFailed
from sonjuku.protocols.wallets import issuing
from sonjuku.rooms.credentials.actions import fresh_nonce, put_in_wallet, spend_nonce
from sonjuku.rooms.credentials.queries.wallets import offer_of_token, open_offer
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.accounts import SITE_NAME
from sonjuku.web.wallets.doors import answer, at, machine


@machine("GET", "HEAD")
def metadata(request: HttpRequest) -> HttpResponse:
    addresses = {"credential_endpoint": at("wallets:credential"), "nonce_endpoint": at("wallets:nonce")}
    return answer(issuing.metadata(settings.SITE_URL, addresses, {"ja": SITE_NAME, "en": SITE_NAME}))


@machine("GET", "HEAD")
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR code leads to. It names no badge and nobody; without the number on the screen it opens nothing."""
    if open_offer(code, timezone.now()) is None:
        return answer({"error": "invalid_request", "error_description": "This offer has ended."}, 404)
    return answer(issuing.offer(settings.SITE_URL, code, _("画面に出ている6けたの番号を入れてください。")))


@machine("POST")
def nonce(request: HttpRequest) -> HttpResponse:
    return answer({"c_nonce": fresh_nonce(Actor(at=timezone.now()))})


@machine("POST")
def credential(request: HttpRequest) -> HttpResponse:
    """The badge, signed anew about the key whose proof came with the request."""
    by = Actor(at=timezone.now())
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    offered = offer_of_token(token.strip(), by.at) if scheme.lower() == "bearer" else None
    if offered is None:
        return _lost()
    if len(request.body) > issuing.LARGEST_REQUEST:
        return _no("invalid_credential_request")
    try:
        form = issuing.form_of(request.body)
        holder = issuing.holder_of(
            request.body, settings.SITE_URL, by.at, lambda number: spend_nonce(by=by, nonce=number)
        )
        badge = put_in_wallet(by=by, offer=offered, form=form, holder=holder)
    except issuing.Refusal as error:
        return _no(error.code)
    except Refused as error:
        return _lost() if error.code == "token_gone" else _no("credential_request_denied")
    except SigningFailed:
        return _no("credential_request_denied")
    response = HttpResponse(issuing.response(badge), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _no(code: str) -> HttpResponse:
    return answer({"error": code}, 400)


def _lost() -> HttpResponse:
    response = answer({"error": "invalid_token"}, 401)
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response
