"""A badge into a wallet app: the way it goes, and every proof that shows nothing."""

import datetime as dt
import json
import time

import pytest
from django.test import Client
from django.utils import timezone
from jwt import encode as hmac_token

from sonjuku.protocols.openbadges import proofs, vcjwt
from sonjuku.protocols.wallets import issuing
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import SpentNonce, WalletOffer
from sonjuku.rooms.journal.models import Entry
from sonjuku.web.wallets.tests.wallet import Wallet, b64, shown

PRE = issuing.GRANT


@pytest.fixture
def offered(app, award):
    """The link and the number on the screen of the holder."""
    return shown(app.browser.post(f"/me/badges/{award.pk}/wallet/").content.decode())


@pytest.fixture
def wallet():
    return Wallet()


@pytest.fixture
def token(offered, wallet):
    link, pin = offered
    code = wallet.offer(link)["grants"][PRE]["pre-authorized_code"]
    return wallet.token(code, pin).json()["access_token"]


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
@pytest.mark.parametrize("by_kid", [True, False])
def test_a_wallet_fetches_a_token_about_its_own_key(app, award, offered, algorithm, by_kid):
    wallet = Wallet(algorithm, by_kid)
    link, pin = offered
    offer = wallet.offer(link)
    assert offer["grants"][PRE]["tx_code"]["length"] == 6
    token = wallet.token(offer["grants"][PRE]["pre-authorized_code"], pin).json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    [given] = wallet.ask(token["access_token"]).json()["credentials"]
    found, document = vcjwt.verify(given["credential"], timezone.now())
    assert {check.name for check in found.checks if not check.ok} == {"status"}
    assert found.issuer == award.credential["issuer"]["id"]
    assert document["credentialSubject"]["id"] == wallet.did
    changed = {
        **award.credential,
        "credentialSubject": {**award.credential["credentialSubject"], "id": wallet.did},
    }
    assert document == {name: value for name, value in changed.items() if name != "proof"}


def test_and_as_json_with_a_proof_that_our_own_page_believes(award, wallet, token):
    [given] = wallet.ask(token, wanted="OpenBadge_ldp_vc").json()["credentials"]
    assert given["credential"]["credentialSubject"]["id"] == wallet.did
    assert proofs.verify(given["credential"], timezone.now()).checks[3].ok
    report = queries.verify(json.dumps(given["credential"]).encode(), timezone.now(), "holder@example.jp")
    assert {finding.name for finding in report.findings if finding.result == "bad"} == set()


def test_what_a_wallet_holds_falls_with_the_badge(award, wallet, token, secretariat):
    [given] = wallet.ask(token, wanted="OpenBadge_ldp_vc").json()["credentials"]
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="誤発行")
    report = queries.verify(json.dumps(given["credential"]).encode(), timezone.now())
    assert [finding.name for finding in report.findings if finding.result == "bad"] != []


def test_each_form_is_given_once(wallet, token):
    assert wallet.ask(token).status_code == 200
    assert wallet.ask(token, wanted="OpenBadge_ldp_vc").status_code == 200
    assert wallet.ask(token).json()["error"] == "credential_request_denied"


def test_it_is_written_down_and_no_secret_is_kept(award, holder, wallet, token, offered):
    wallet.ask(token)
    assert Entry.objects.filter(verb="award.put_in_wallet", for_person_id=holder.person.pk).count() == 1
    kept = json.dumps([str(value) for value in WalletOffer.objects.values_list()[0]])
    for secret in (token, offered[1], offered[0].rpartition("%2F")[0].rpartition("%2F")[2]):
        assert secret not in kept


def code_of(wallet, link):
    return wallet.offer(link)["grants"][PRE]["pre-authorized_code"]


def test_an_offer_is_redeemed_once(offered, wallet):
    code = code_of(wallet, offered[0])
    assert wallet.token(code, offered[1]).status_code == 200
    assert wallet.token(code, offered[1]).json()["error"] == "invalid_grant"


def test_a_wrong_number_opens_nothing_and_the_sixth_try_is_one_too_many(offered, wallet):
    code = code_of(wallet, offered[0])
    wrong = f"{(int(offered[1]) + 1) % 1_000_000:06}"
    for _ in range(4):
        assert wallet.token(code, wrong).json()["error"] == "invalid_grant"
    assert WalletOffer.objects.get().tries == 4
    wallet.token(code, wrong)
    assert wallet.token(code, offered[1]).json()["error"] == "invalid_grant"
    assert wallet.client.get(f"/oid4vci/offers/{code}/").status_code == 404


@pytest.mark.parametrize(("code", "pin"), [("x", "123456"), ("", "123456"), ("x", None), ("\0", "1")])
def test_a_code_that_is_none(db, code, pin):
    assert Wallet().token(code, pin).json()["error"] in ("invalid_grant", "invalid_request")


def test_an_offer_ends_after_ten_minutes(offered, wallet):
    code = code_of(wallet, offered[0])
    WalletOffer.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert wallet.token(code, offered[1]).json()["error"] == "invalid_grant"


def test_a_token_ends_after_five_minutes(wallet, token):
    left = WalletOffer.objects.get().expires_at - timezone.now()
    assert dt.timedelta(minutes=4) < left <= dt.timedelta(minutes=5)
    WalletOffer.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = wallet.ask(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_a_newer_offer_ends_the_one_before(app, award, offered, wallet):
    code = code_of(wallet, offered[0])
    app.browser.post(f"/me/badges/{award.pk}/wallet/")
    assert wallet.token(code, offered[1]).json()["error"] == "invalid_grant"


def test_only_its_holder_offers_a_badge(award, make_account):
    award.visibility = "public"
    award.save()
    stranger = Client()
    stranger.force_login(make_account("stranger@example.jp"))
    assert stranger.post(f"/me/badges/{award.pk}/wallet/").status_code == 404
    assert not WalletOffer.objects.exists()


def test_a_badge_that_was_revoked_is_neither_offered_nor_given(app, award, wallet, token, secretariat):
    actions.change_status(by=secretariat, award=award, kind="suspend", reason="確認中")
    assert wallet.ask(token).json()["error"] == "credential_request_denied"
    assert app.browser.post(f"/me/badges/{award.pk}/wallet/").status_code == 302


def lies(wallet):
    """Proofs that show nothing: what is wrong, and how it is made."""
    other = Wallet()
    good = wallet.proof()
    head, body, signature = good.split(".")
    yield "for another issuer", wallet.proof(aud="https://other.example.jp"), "invalid_proof"
    yield "for nobody", wallet.proof(aud=None), "invalid_proof"
    yield "for two", wallet.proof(aud=["http://localhost:8000", "https://other.example.jp"]), "invalid_proof"
    yield "old", wallet.proof(iat=int(time.time()) - 3600), "invalid_proof"
    yield "of tomorrow", wallet.proof(iat=int(time.time()) + 86400), "invalid_proof"
    yield "without a day", wallet.proof(iat=None), "invalid_proof"
    yield "a nonce of its own", wallet.proof(nonce="made-up"), "invalid_nonce"
    yield "a nonce changed", wallet.proof(nonce=wallet.nonce()[:-2] + "xx"), "invalid_nonce"
    yield (
        "not signed",
        f"{b64({'typ': 'openid4vci-proof+jwt', 'alg': 'none', 'jwk': wallet.jwk})}.{body}.",
        "invalid_proof",
    )
    yield (
        "a secret as key",
        hmac_token({"aud": "x"}, "s" * 32, "HS256", {"typ": "openid4vci-proof+jwt", "jwk": wallet.jwk}),
        "invalid_proof",
    )
    yield "of another kind", wallet.proof({"typ": "JWT"}), "invalid_proof"
    yield "two keys", wallet.proof({"jwk": wallet.jwk}), "invalid_proof"
    yield "no key", wallet.proof({"kid": None}), "invalid_proof"
    yield "another's key", wallet.proof({"kid": f"{other.did}#{other.did[8:]}"}), "invalid_proof"
    yield "another part of the key", wallet.proof({"kid": f"{wallet.did}#{other.did[8:]}"}), "invalid_proof"
    yield "a key that must be fetched", wallet.proof({"kid": "did:web:127.0.0.1#k"}), "invalid_proof"
    yield "a certificate", wallet.proof({"kid": None, "x5c": ["MIIB"]}), "invalid_proof"
    yield "its private key", wallet.proof({"kid": None, "jwk": {**wallet.jwk, "d": "AA"}}), "invalid_proof"
    yield "a critical header", wallet.proof({"crit": ["x"], "x": 1}), "invalid_proof"
    yield (
        "changed",
        f"{head}.{b64({'aud': 'http://localhost:8000', 'iat': int(time.time()), 'nonce': wallet.nonce()})}.{signature}",
        "invalid_proof",
    )
    yield "no token", "a.b", "invalid_proof"
    yield "empty", "", "invalid_credential_request"
    yield "too long", good + "A" * 40_000, "invalid_credential_request"


def test_proofs_that_show_nothing_get_nothing(wallet, token, settings):
    settings.SITE_URL = "http://localhost:8000"
    for what, proof, error in lies(wallet):
        asked = {"credential_configuration_id": "OpenBadge_jwt_vc_json", "proofs": {"jwt": [proof]}}
        answer = wallet.client.post(
            "/oid4vci/credential/", json.dumps(asked), content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )  # fmt: skip
        assert (answer.status_code, answer.json()["error"]) == (400, error), what
    assert not SpentNonce.objects.exists(), "a proof that shows nothing uses up no number"
    assert wallet.ask(token).status_code == 200


def test_a_proof_is_good_once(app, award, wallet, token):
    proof = wallet.proof()
    assert wallet.ask(token, proof).status_code == 200
    link, pin = shown(app.browser.post(f"/me/badges/{award.pk}/wallet/").content.decode())
    thief = Wallet()
    other = thief.token(code_of(thief, link), pin).json()["access_token"]
    assert thief.ask(other, proof).json()["error"] == "invalid_nonce"


def test_a_number_lasts_five_minutes(wallet, token, monkeypatch):
    proof = wallet.proof()
    monkeypatch.setattr("sonjuku.rooms.credentials.rules.wallets.NONCE_LASTS", dt.timedelta(0))
    assert wallet.ask(token, proof).json()["error"] == "invalid_nonce"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"credential_configuration_id": "Diploma"}, "unknown_credential_configuration"),
        ({"credential_configuration_id": None, "credential_identifier": "x"}, "unknown_credential_identifier"),
        ({"credential_identifier": "x"}, "invalid_credential_request"),
        ({"proofs": {}}, "invalid_credential_request"), ({"proofs": None}, "invalid_credential_request"),
        ({"proofs": {"jwt": []}}, "invalid_credential_request"), ({"proofs": {"jwt": ["a", "b"]}}, "invalid_credential_request"),
        ({"proofs": {"jwt": [5]}}, "invalid_credential_request"), ({"proofs": {"jwt": "a.b.c"}}, "invalid_credential_request"),
        ({"proofs": {"di_vp": [{}]}}, "invalid_credential_request"), ({"proofs": {"attestation": ["a.b.c"]}}, "invalid_proof"),
    ],
    ids=str,
)  # fmt: skip
def test_requests_of_another_shape(wallet, token, wrong, error):
    answer = wallet.ask(token, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 30_000, b'{"a":1,"a":2}', b"{" + b" " * 40_000])
def test_bodies_that_are_no_request(wallet, token, body):
    answer = wallet.client.post(
        "/oid4vci/credential/", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")


def test_tokens_of_apps_and_tokens_of_offers_open_each_their_own(app, award, wallet, token):
    assert app.read(token).status_code == 401
    assert wallet.ask(app.connect()["access_token"]).status_code == 401
    assert wallet.ask("").status_code == 401


def test_metadata_names_what_is_served_and_fits_the_offer(offered, wallet, settings):
    told = Client().get("/.well-known/openid-credential-issuer").json()
    assert told["credential_issuer"] == settings.SITE_URL
    for name in ("credential_endpoint", "nonce_endpoint"):
        assert Client().get(told[name].removeprefix(settings.SITE_URL)).status_code == 405
    offer = wallet.offer(offered[0])
    assert set(offer["credential_configuration_ids"]) == set(told["credential_configurations_supported"])
    server = Client().get("/.well-known/oauth-authorization-server").json()
    assert PRE in server["grant_types_supported"]


def test_the_offer_names_nobody(offered, wallet, award):
    said = json.dumps(wallet.offer(offered[0]))
    for word in (str(award.pk), award.achievement.title, "holder@example.jp", offered[1]):
        assert word not in said


def test_what_has_run_out_is_forgotten(wallet, token, system):
    wallet.ask(token)
    assert actions.forget_wallets(by=system.now(timezone.now())) == 0
    assert actions.forget_wallets(by=system.now(timezone.now() + dt.timedelta(minutes=11))) == 2
    assert not WalletOffer.objects.exists()
