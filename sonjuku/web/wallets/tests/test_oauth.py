"""The whole dance of an app, and every step of it done wrong."""

import datetime as dt
import html
import json
import re

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken

from sonjuku.flows import connecting
from sonjuku.protocols.wallets import CREDENTIALS_READ, PROFILE_READ
from sonjuku.rooms.credentials.models import WalletConnection
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.web.wallets.tests.conftest import CALLBACK, App

BROKEN = [
    {"redirect_uris": []}, {"redirect_uris": "https://a.example"}, {"redirect_uris": [5]}, {"redirect_uris": ["https://a.example"] * 6},
    {"redirect_uris": ["http://a.example/cb"]}, {"redirect_uris": ["https://a.example/#x"]}, {"redirect_uris": ["https://u@a.example/"]},
    {"redirect_uris": ["javascript:alert(1)"]}, {"redirect_uris": ["wallet://cb"]}, {"redirect_uris": ["https://a.example/ x"]},
    {"redirect_uris": ["https://あ.example/"]}, {"redirect_uris": ["https:///cb"]}, {"redirect_uris": ["https://a.example:99999/"]},
    {"grant_types": ["client_credentials"]}, {"grant_types": ["implicit", "authorization_code"]}, {"grant_types": "code"},
    {"token_endpoint_auth_method": "private_key_jwt"}, {"client_name": 5},
]  # fmt: skip


def test_an_app_registers_is_let_in_reads_and_refreshes(app, award):
    tokens = app.connect()
    assert tokens["token_type"] == "Bearer"
    assert app.read(tokens["access_token"]).json()["credential"] == [award.credential]
    again = app.refresh(tokens["refresh_token"]).json()
    assert again["access_token"] != tokens["access_token"]
    assert again["refresh_token"] != tokens["refresh_token"]
    assert app.read(again["access_token"]).status_code == 200


def test_the_answer_names_its_issuer_and_the_state(app, award, settings):
    app.register()
    back = app.answer()
    assert back["state"] == "here-again"
    assert back["iss"] == settings.SITE_URL


def test_an_app_without_a_secret_has_pkce_alone(app, award):
    known = app.register(token_endpoint_auth_method="none").json()
    assert "client_secret" not in known
    assert app.read(app.connect()["access_token"]).status_code == 200


def test_secrets_and_tokens_are_kept_as_digests(app, award):
    tokens = app.connect()
    kept = [
        *AccessToken.objects.values_list("token", flat=True),
        *RefreshToken.objects.values_list("token", flat=True),
    ]
    assert kept == ["", ""]
    secret = Application.objects.get().client_secret
    assert app.known["client_secret"] not in secret
    assert tokens["access_token"] not in json.dumps(
        list(AccessToken.objects.values_list("token_checksum", flat=True))
    )


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: str(broken)[:60])
def test_registrations_that_are_refused(db, broken):
    answer = App().register(**broken)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_redirect_uri", "invalid_client_metadata")
    assert not Application.objects.exists()


@pytest.mark.parametrize("body", ["[]", "{", '"x"', "null", "[" * 100_000])
def test_a_registration_that_is_no_object_is_refused(db, body):
    answer = Client().post("/oauth/register/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8123/cb", "http://[::1]:9/cb", "http://localhost:7000/cb"])
def test_an_app_on_the_holders_own_device_needs_no_https(db, uri):
    assert App().register(redirect_uris=[uri]).status_code == 201


def test_a_name_cannot_turn_the_page_around(db):
    app = App()
    app.register(client_name="协会\u202e公式\n\x00アプリ" + "あ" * 100)
    assert Application.objects.get().name == ("协会 公式 アプリ" + "あ" * 100)[:60]


def test_registration_is_bounded_per_address_and_in_all(db, monkeypatch):
    codes = [App().register().status_code for _ in range(21)]
    assert codes == [201] * 20 + [429]
    monkeypatch.setattr(connecting, "MOST_UNUSED", 20)
    full = Client().post(
        "/oauth/register/", json.dumps({"redirect_uris": [CALLBACK]}), content_type="application/json", REMOTE_ADDR="192.0.2.9"
    )  # fmt: skip
    assert full.status_code == 503


def test_an_app_that_nobody_let_in_is_forgotten_after_a_day(app, award):
    app.connect()
    App().register()
    Application.objects.update(created=timezone.now() - dt.timedelta(hours=25))
    connecting.forget_apps(by=Actor(at=timezone.now(), role="system"))
    assert [row.client_id for row in Application.objects.all()] == [app.known["client_id"]]


def test_without_a_login_the_question_waits_behind_it(app, award):
    app.register()
    page = Client().get(app.question())
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/?next=/oauth/authorize/%3Fresponse_type")


def test_the_question_says_who_asks_for_what(app, award):
    app.register()
    page = app.browser.get(app.question())
    text = page.content.decode()
    for word in (
        "きろくウォレット",
        "wallet.example.org",
        "holder@example.jp",
        "表示名とメールアドレスを読みます",
        "90日",
    ):
        assert word in text
    assert "form-action 'self' https://wallet.example.org" in page["Content-Security-Policy"]
    assert "届け出ます" not in text


def test_the_question_is_the_same_in_every_language(app, award):
    app.register()
    page = app.browser.get(app.question())
    english = re.search(r'href="(/en/oauth/authorize/[^"]+)"', page.content.decode())
    said = app.browser.get(html.unescape(english[1])).content.decode()
    assert "Show your badges to this app?" in said
    assert app.known["client_id"] in said


def test_a_no_goes_back_as_a_no(app, award):
    app.register()
    assert app.answer(allow=False)["error"] == "access_denied"
    assert not WalletConnection.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"client_id": "nobody"}, {"redirect_uri": "https://evil.example/cb"}, {"redirect_uri": f"{CALLBACK}/x"}],
)
def test_a_question_from_nowhere_leads_nowhere(app, award, wrong):
    app.register()
    page = app.browser.get(app.question(**wrong))
    assert page.status_code == 400
    assert "evil.example" not in page.content.decode()


def test_a_forged_form_leads_nowhere(app, award):
    app.register()
    sent = {
        "client_id": "nobody",
        "redirect_uri": CALLBACK,
        "scope": CREDENTIALS_READ,
        "response_type": "code",
        "allow": "on",
    }
    assert app.browser.post("/oauth/authorize/", sent).status_code == 400
    assert app.browser.post("/oauth/authorize/", {"allow": "on"}).status_code == 400
    elsewhere = {**sent, "client_id": app.known["client_id"], "redirect_uri": "https://evil.example/"}
    assert app.browser.post("/oauth/authorize/", elsewhere).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"), ({"scope": "read everything"}, "invalid_scope"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_to_the_app(app, award, wrong, error):
    app.register()
    sent = app.browser.get(app.question(**wrong))
    assert sent["Location"].startswith(CALLBACK)
    assert f"error={error}" in sent["Location"]


def test_a_code_without_its_verifier_opens_nothing(app, award):
    app.register()
    code = app.answer()["code"]
    for wrong in (
        {"code_verifier": "x" * 50},
        {"code_verifier": ""},
        {"redirect_uri": "https://wallet.example.org/other"},
    ):
        assert app.fetch(code, **wrong).status_code == 400
    assert not AccessToken.objects.exists()


def test_a_code_is_of_one_app_alone(app, award):
    app.register()
    code = app.answer()["code"]
    thief = App(verifier=app.verifier)
    thief.register()
    assert thief.fetch(code).json()["error"] == "invalid_grant"
    app.known["client_secret"] = "wrong"
    assert app.fetch(code).json()["error"] == "invalid_client"


def test_a_code_that_comes_twice_closes_what_it_opened(app, award):
    app.register()
    code = app.answer()["code"]
    tokens = app.fetch(code).json()
    assert app.fetch(code).json()["error"] == "invalid_grant"
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert WalletConnection.objects.get().withdrawn_at is not None


def test_an_old_code_opens_nothing(app, award):
    app.register()
    code = app.answer()["code"]
    Grant.objects.update(expires=timezone.now() - dt.timedelta(seconds=1))
    assert app.fetch(code).json()["error"] == "invalid_grant"
    assert WalletConnection.objects.get().withdrawn_at is None, "late is not stolen"


def test_a_refresh_token_that_comes_twice_closes_the_family(app, award):
    tokens = app.connect()
    newer = app.refresh(tokens["refresh_token"]).json()
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(newer["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_old_token_reads_nothing_and_an_old_refresh_token_neither(app, award):
    tokens = app.connect()
    AccessToken.objects.update(expires=timezone.now() - dt.timedelta(seconds=1))
    assert app.read(tokens["access_token"]).status_code == 401
    AccessToken.objects.update(expires=timezone.now() - dt.timedelta(days=91))
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_app_gives_its_token_back(app, award):
    tokens = app.connect()
    assert (
        app.client.post("/oauth/revoke/", {**app.secrets(), "token": tokens["refresh_token"]}).status_code
        == 200
    )
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "grant", ["password", "client_credentials", "", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_other_grants_are_not_known(app, award, grant):
    app.register()
    answer = app.token(grant_type=grant, username="holder@example.jp", password="x")
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "invalid_request")


def test_the_holder_sees_and_ends_it_and_every_token_is_dead_at_once(app, award, holder):
    tokens = app.connect()
    row = WalletConnection.objects.get()
    page = app.browser.get("/me/connections/").content.decode()
    assert "きろくウォレット" in page
    app.browser.post(f"/me/connections/{row.pk}/end/")
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.exists()
    verbs = Entry.objects.filter(for_person_id=holder.person.pk, subject_id=row.pk).values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["wallet_connection.allowed", "wallet_connection.taken_back"]


def test_a_token_that_outlived_its_connection_opens_nothing_under_the_next(app, award):
    """Made in the instant in which the holder withdrew, it is not seen by the withdrawal."""
    tokens = app.connect()
    WalletConnection.objects.update(withdrawn_at=timezone.now())
    assert app.read(tokens["access_token"]).status_code == 401
    newer = app.connect()
    assert app.read(newer["access_token"]).status_code == 200
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_narrower_yes_narrows_the_older_token(app, award):
    wide = app.connect()
    app.connect(scope=CREDENTIALS_READ)
    assert app.read(wide["access_token"], "profile").status_code == 403
    assert WalletConnection.objects.get().scopes == [CREDENTIALS_READ]


def test_nobody_ends_the_connection_of_somebody_else(app, award, make_account):
    tokens = app.connect()
    stranger = Client()
    stranger.force_login(make_account("stranger@example.jp"))
    assert stranger.post(f"/me/connections/{WalletConnection.objects.get().pk}/end/").status_code == 404
    assert "きろくウォレット" not in stranger.get("/me/connections/").content.decode()
    assert app.read(tokens["access_token"]).status_code == 200


def test_a_closed_account_has_no_apps(app, award, holder):
    tokens = app.connect()
    holder.is_active = False
    holder.save()
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_metadata_names_every_endpoint_and_only_what_is_served(db, settings):
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == settings.SITE_URL
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    for name in ("authorization", "token", "revocation", "registration"):
        path = told[f"{name}_endpoint"].removeprefix(settings.SITE_URL)
        assert Client().get(path).status_code in (302, 405), name
    assert {CREDENTIALS_READ, PROFILE_READ} <= set(told["scopes_supported"])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(app, award, rows, django_assert_num_queries):
    for _ in range(rows):
        app.known = {}
        app.connect()
    # Session, account, those that stand, those that were ended.
    with django_assert_num_queries(4):
        assert app.browser.get("/me/connections/").content.decode().count("きろくウォレット") == rows * 2
