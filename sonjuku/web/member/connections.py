"""Apps of the holder's choice: the yes to an app that asks, the list of those let in, a badge into a wallet app."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.models import Application
from oauth2_provider.views.base import AuthorizationView
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from sonjuku.flows import connecting
from sonjuku.protocols.wallets import CREDENTIALS_READ, CREDENTIALS_UPSERT, PROFILE_READ, issuing
from sonjuku.rooms.credentials.actions import offer_award
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.credentials.queries import awards_visible_to
from sonjuku.rooms.credentials.queries.wallets import connections_visible_to
from sonjuku.rooms.credentials.rules.wallets import site_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import errors
from sonjuku.web.actors import member
from sonjuku.web.context import in_languages
from sonjuku.web.qr import qr_svg
from sonjuku.web.wallets.doors import at

# What each scope lets an app do, in the order in which a page says it; the others let it do nothing more.
WORDS = {
    CREDENTIALS_READ: gettext_lazy("あなたのバッジを、ぜんぶ読みます。「自分だけ」のバッジも読みます。"),
    PROFILE_READ: gettext_lazy("あなたの表示名とメールアドレスを読みます。"),
    CREDENTIALS_UPSERT: gettext_lazy("ほかで受けたバッジを、あなたの代わりに協議会へ届け出ます。"),
}


def in_words(scopes: list[str]) -> list[Any]:
    return [words for scope, words in WORDS.items() if scope in scopes]


@method_decorator(never_cache, name="dispatch")
class Consent(AuthorizationView):  # type: ignore[misc]
    """An app asks (RFC 6749, 4.1.1): who it is, what it wants, for how long. The yes is kept by wallets.validator."""

    template_name = "member/wallet_consent.html"

    def validate_authorization_request(self, request: HttpRequest) -> Any:
        """The library lets the holder answer first and refuses the weak kind of PKCE then: nobody shall be asked in vain."""
        scopes, asked = super().validate_authorization_request(request)
        if asked.get("code_challenge_method") != "S256":
            error = InvalidRequestError("code_challenge_method must be S256", state=asked.get("state"))
            raise OAuthToolkitError(error=error, redirect_uri=asked["redirect_uri"])
        return scopes, asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        data, query = self.oauth2_data, self.request.GET.urlencode()
        # In another language it is the same question.
        languages = {name: f"{path}?{query}" for name, path in in_languages(self.request.path).items()}
        return {
            **context,
            "language_urls": languages,
            "site": site_of(data["redirect_uri"]),
            "words": in_words(data["scopes"]),
            "app": data["application"],
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if "error" in context:  # an app or an address that we don't know: this page leads nowhere
            return _unasked(self.request)
        response: HttpResponse = super().render_to_response(context, **kwargs)
        # Chromium holds the redirect after the form to the page's form-action: the app's address must be on it.
        uri = self.oauth2_data["redirect_uri"]
        response._csp_update = {"form-action": [f"{uri.partition('://')[0]}://{site_of(uri)}"]}  # type: ignore[attr-defined]
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except Application.DoesNotExist:
            return _unasked(self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return _unasked(self.request)


def _unasked(request: HttpRequest) -> HttpResponse:
    return errors.page(request, 400, _("アプリの頼みを読み取れませんでした"), _("何も見せていません。"),
                       _("アプリに戻り、もう一度はじめてください。"))  # fmt: skip


consent = member(Consent.as_view())


@never_cache
@member
def connections(request: HttpRequest) -> HttpResponse:
    rows = connections_visible_to(request.actor)  # type: ignore[attr-defined]
    context = {
        "live": [(row, in_words(row.scopes)) for row in rows.filter(withdrawn_at=None)],
        "past": rows.exclude(withdrawn_at=None)[:20],
    }
    return render(request, "member/connections.html", context)


@never_cache
@member
def connection_end(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Asked first, done by POST."""
    row = get_object_or_404(connections_visible_to(request.actor), pk=connection_id)  # type: ignore[attr-defined]
    if request.method != "POST":
        return render(request, "member/connection_end.html", {"row": row})
    connecting.send_away(by=request.actor, connection=row)  # type: ignore[attr-defined]
    messages.success(request, _("つながりをやめました。このアプリは、もうバッジを読めません。"))
    return redirect("member:connections")


@never_cache
@member
def badge_wallet(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """GET says what happens; POST holds the badge ready for ten minutes and shows the code and the number, once."""
    rows = awards_visible_to(request.actor)  # type: ignore[attr-defined]
    award: Award = get_object_or_404(rows, pk=award_id)
    context: dict[str, Any] = {"award": award, "council": award.council}
    if request.method == "POST":
        try:
            offered = offer_award(by=request.actor, award=award)  # type: ignore[attr-defined]
        except Refused as error:
            return errors.refused_back(request, error, "member:badge", award.id)
        link = issuing.offer_link(at("wallets:offer", offered.code))
        context |= {
            "link": link,
            "pin": offered.pin,
            "ends": offered.row.expires_at,
            "qr": mark_safe(qr_svg(link)),
        }
    return render(request, "member/badge_wallet.html", context)
