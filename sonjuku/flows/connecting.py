"""Wallet apps: registered by themselves, let in by a holder, sent away; the rows of the OAuth library beside our own."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken, clear_expired

from sonjuku.flows.certifying import claim_badge
from sonjuku.protocols.openbadges.reading import Unreadable
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import OutsideCertificate, WalletConnection
from sonjuku.rooms.credentials.queries.outside import accepted, brought, certificates_visible_to
from sonjuku.rooms.credentials.rules import wallets as rules
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.refusals import Refused

# What the holder reads before saying yes; a change of it is a new version.
TEXT_VERSION = "wallet-1"
MOST_UNUSED = 1000
UNUSED_KEPT = timedelta(days=1)
_SECRETLESS = "none"


def unused() -> Any:
    """Apps that registered and that nobody let in, or nobody lets in any more."""
    live = WalletConnection.objects.filter(withdrawn_at=None).values("client_id")
    return Application.objects.filter(registration_source=Application.RegistrationSource.DCR).exclude(
        client_id__in=live
    )


@writes
def register_app(*, by: Actor, metadata: Mapping[str, Any]) -> tuple[Application, str]:
    """An app as it describes itself (RFC 7591), and its secret, told once ("" for an app that can't keep one).

    Refused: too_many_apps, invalid_redirect_uri, invalid_client_metadata.
    """
    uris, method = (
        metadata.get("redirect_uris"),
        metadata.get("token_endpoint_auth_method", "client_secret_basic"),
    )
    name = metadata.get("client_name", "")
    if not isinstance(uris, list) or not 1 <= len(uris) <= 5 or not all(isinstance(uri, str) for uri in uris):
        raise Refused("invalid_redirect_uri", "redirect_uris: one to five addresses")
    if not all(map(rules.may_redirect_to, uris)):
        raise Refused(
            "invalid_redirect_uri", "redirect_uris: https, or http on the loopback interface; no fragment"
        )
    grants = metadata.get("grant_types", ["authorization_code"])
    known = {"authorization_code", "refresh_token"}
    if (
        not isinstance(grants, list)
        or "authorization_code" not in grants
        or not known.issuperset(map(str, grants))
    ):
        raise Refused("invalid_client_metadata", "grant_types: authorization_code, refresh_token")
    if method not in (_SECRETLESS, "client_secret_basic", "client_secret_post") or not isinstance(name, str):
        raise Refused("invalid_client_metadata", "token_endpoint_auth_method or client_name")
    if unused().count() >= MOST_UNUSED:
        raise Refused("too_many_apps", "too many applications wait for their first use; try again tomorrow")
    app = Application(
        name=rules.plain_name(name), redirect_uris=" ".join(uris),
        client_type=Application.CLIENT_PUBLIC if method == _SECRETLESS else Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        registration_source=Application.RegistrationSource.DCR,
    )  # fmt: skip
    # Saving leaves its digest on the row.
    secret = "" if method == _SECRETLESS else str(app.client_secret)
    app.save()
    return app, secret


@writes
def let_in(
    *, by: Actor, app: Application, redirect_uri: str, scopes: Sequence[str], code: str
) -> WalletConnection:
    """The holder said yes; `code` is on its way to the app. Refused: not_holder."""
    return actions.connect_wallet(
        by=by, client_id=app.client_id, name=app.name, site=rules.site_of(redirect_uri), scopes=scopes, code=code,
        text_version=TEXT_VERSION,
    )  # fmt: skip


@writes
def send_away(*, by: Actor, connection: WalletConnection) -> WalletConnection:
    """Take the permission back; every token, code and refresh token of the app for this account is gone. Refused: not_holder."""
    row = actions.withdraw_wallet(by=by, connection=connection)
    for model in (Grant, RefreshToken, AccessToken):
        model.objects.filter(user_id=row.account_id, application__client_id=row.client_id).delete()
    return row


def end_replayed(*, by: Actor, client_id: str, code: str) -> None:
    """A code that comes a second time was stolen on its way: whatever the first one opened is closed (RFC 6749, 4.1.2)."""
    if Grant.objects.filter(code=code).exists():  # it comes too late, not twice
        return
    rows = WalletConnection.objects.filter(client_id=client_id, withdrawn_at=None)
    for row in rows.filter(code_digest=rules.digest(code)):
        send_away(by=by, connection=row)


@writes
def take_badge(*, by: Actor, data: bytes) -> tuple[OutsideCertificate, bool]:
    """A badge of another issuer that the holder's app hands in, as `claim_badge` takes it; whether it is new here.

    Refused: unreadable, no_kind (no council of the holder takes badges of this issuer), and all of `claim_badge`.
    """
    try:
        badge = brought(data, by.at)
    except (Unreadable, ValueError) as error:
        raise Refused("unreadable", _("バッジとして読み取れませんでした。")) from error
    known = certificates_visible_to(by).filter(badge_uri=badge.uri, badge_text=badge.text).first()
    if badge.uri and known is not None:
        return known, False
    persons = Person.objects.filter(account_id=by.account_id) if by.account_id else Person.objects.none()
    for person in persons.select_related("council").order_by("pk"):
        for kind in accepted(person.council):
            if badge.is_of(kind):
                return claim_badge(by=by, person=person, kind=kind, data=data), True
    raise Refused(
        "no_kind",
        _("このバッジを受け付ける協議会がありません。"),
        _("協議会のページから、証明として届け出てください。"),
    )


def forget_apps(*, by: Actor) -> int:
    """Once a day has passed without a yes, an app is forgotten; so is what has run out. Returns how many rows of ours."""
    clear_expired()
    gone = unused().filter(created__lte=by.at - UNUSED_KEPT).delete()[0]
    return int(gone) + actions.forget_wallets(by=by)


def described(body: bytes) -> dict[str, Any]:
    """What an app says of itself. Refused("invalid_client_metadata") for anything but a JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("invalid_client_metadata", "a JSON object is needed")
    return found


def owner(account_id: Any) -> Person | None:
    """The record whose name the profile tells: the newest of the account."""
    return (
        Person.objects.filter(account_id=account_id, account__is_active=True)
        .select_related("account")
        .order_by("-pk")
        .first()
    )
