"""Puts the world of tests/world.py into a story's site; prints its addresses, and a session of whoever may open each.

Run in the site's own environment: `python -m tests.stories.furnished`; test_every_address.py reads the JSON.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.test import Client

    from tests.walking import Route

PASSWORD = "correct horse battery"
# Looks different to whoever has an account, a second factor, or nothing.
EVERYBODY = {"public:home", "public:council", "public:call", "mfa_index", "print_codes", "mfa_authenticate"}
# What a browser must send before the page is there: (account, (address, form)…).
BEGUN: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "account_confirm_login_code": (("account_request_login_code", {"email": "secret-person@example.jp"}),),
    "account_email_verification_sent": (
        ("account_signup", {"email": "begun@example.jp", "password1": "long-enough-for-a-test-8"}),
    ),
    "account_confirm_password_reset_code": (("account_reset_password", {"email": "stranger@example.jp"}),),
    "account_complete_password_reset": (
        ("account_reset_password", {"email": "stranger@example.jp"}),
        ("account_confirm_password_reset_code", {"code": "CODE"}),
    ),
    "mfa_authenticate": (("account_login", {"login": "secured@example.jp", "password": PASSWORD}),),
}


@dataclass(frozen=True)
class Address:
    """What a plain GET by `who` brought; `whole` is a page of its own, no part for a page that is open already."""

    label: str
    template: str
    path: str
    translated: bool
    who: str
    session: str
    status: int
    kind: str
    location: str
    whole: bool


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    from django.core.management import call_command

    from tests import many_words
    from tests import world as worlds

    call_command("migrate", verbosity=0)
    world = worlds.build()
    many_words.fill(world)
    print(json.dumps([asdict(address) for address in _addresses(world)]))


def _addresses(world: Any) -> Iterator[Address]:
    """Every route in every variant, as one of those who see a page there; as each of them where it differs."""
    from allauth.account.models import EmailAddress

    from sonjuku.rooms.people.models import Account
    from tests.walking import every_route, variants

    secured = _secured()
    world.params["pk"] = secured.authenticator_set.get(type="webauthn").pk
    world.params["public:body", "body_id"] = world.council.memberships.first().body_id
    _without_password()
    for account in Account.objects.all():
        EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    browsers: dict[str, Client] = {}
    for route in every_route():
        for kwargs in variants(route.label, route.pattern, world):
            tried = []
            for who, account in _people(route, world, secured):
                browser = browsers.get(who) or _browser(route.label, account)
                browsers[who] = browser
                tried.append(_ask(route, route.path(kwargs), who, browser))
            pages = [found for found in tried if found.whole and found.status in (200, 401)]
            yield from pages if route.label in EVERYBODY else (pages or tried[::-1])[:1]


def _people(route: "Route", world: Any, secured: Any) -> list[tuple[str, Any]]:
    """(name, account) of those who might see a page there, the likeliest first."""
    from tests.walking import entitled

    if route.label in BEGUN:
        return [(route.label, None)]
    if route.label == "member:apply":
        return [("stranger", world.stranger)]  # has not applied yet
    if route.namespace in ("member", "staff"):
        account = entitled(route.label, route.pattern, world)
        return [(account.email.split("@")[0], account)]
    visitor, member = ("visitor", None), (world.member.email.split("@")[0], world.member)
    if route.namespace == "public":
        return [visitor, member] if route.label in EVERYBODY else [visitor]
    if not route.translated:
        return [visitor]
    return [visitor, member, ("new", _without_password()), ("secured", secured)]


def _ask(route: "Route", path: str, who: str, browser: "Client") -> Address:
    answer = browser.get(path, headers={"host": "localhost"}, SERVER_NAME="localhost")
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    session = browser.cookies.get("sessionid")
    return Address(
        label=route.label, template=route.template, path=path, translated=route.translated, who=who,
        session=session.value if session else "", status=answer.status_code,
        kind=answer.headers.get("Content-Type", "").split(";")[0], location=answer.headers.get("Location", ""),
        whole="<html" in text,
    )  # fmt: skip


def _browser(label: str, account: Any) -> "Client":
    """Logged in a moment ago, or as far as the page at `label` needs."""
    from allauth.account.internal.userkit import user_id_to_str
    from django.test import Client
    from django.urls import reverse

    from tests.walking import client

    if label in BEGUN:
        browser = Client(raise_request_exception=True)
        for name, sent in BEGUN[label]:
            state = browser.session.get("account_password_reset_verification", {})
            form = {box: state.get("code", "") if value == "CODE" else value for box, value in sent.items()}
            answer = browser.post(reverse(name), form, SERVER_NAME="localhost")
            assert answer.status_code == 302, f"{label}: {name} answers {answer.status_code}"
        return browser
    browser = client(account)
    if account is not None:
        session = browser.session
        # In an hour, so that it is still recent when the browser has seen the pages before it.
        proved = {"method": "password", "at": time.time() + 3600, "reauthenticated": True}
        session["account_authentication_methods"] = [proved]
        session["account_authentication_methods_user"] = user_id_to_str(account)
        session.save()
    return browser


def _without_password() -> Any:
    """An account that was opened with a code by mail."""
    from sonjuku.rooms.people.models import Account

    email = "new@example.jp"
    found = Account.objects.filter(email=email).first()
    return found or Account.objects.create_user(email, None, is_demo=True)


def _secured() -> Any:
    """An account with every second factor: an app's codes, a security key, a printed sheet."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from cryptography.hazmat.primitives.asymmetric import ec
    from fido2.cose import ES256
    from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

    from sonjuku.rooms.people.models import Account

    account = Account.objects.create_user("secured@example.jp", PASSWORD, is_demo=True)
    TOTP.activate(account, generate_totp_secret())
    RecoveryCodes.activate(account)
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(b"\0" * 16, b"k" * 32, public)
    told = AuthenticatorData.create(
        b"\0" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 1, held
    )
    Authenticator.objects.create(
        user=account,
        type=Authenticator.Type.WEBAUTHN,
        data={
            "name": "鍵",
            "passwordless": True,
            "credential": _registered(AttestationObject.create("none", told, {})),
        },
    )
    return account


def _registered(attestation: Any) -> dict[str, Any]:
    """What a browser's registration of a key leaves behind."""
    from fido2.utils import websafe_encode

    return {
        "id": websafe_encode(b"k" * 32), "rawId": websafe_encode(b"k" * 32), "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": websafe_encode(b'{"type":"webauthn.create","challenge":"","origin":"http://localhost"}'),
            "attestationObject": websafe_encode(bytes(attestation)),
        },
    }  # fmt: skip


if __name__ == "__main__":
    main()
