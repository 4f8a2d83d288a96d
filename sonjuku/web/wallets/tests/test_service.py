"""The Open Badges 3.0 API as an app sees it, and what it must never see."""

import datetime as dt
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from sonjuku.protocols.openbadges import build, keys, proofs, vcjwt
from sonjuku.protocols.wallets import CREDENTIALS_READ, CREDENTIALS_UPSERT, PROFILE_READ
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Award, OutsideCertificate, WalletConnection

SCHEMA = Path(__file__).parents[4] / "../shared/vectors/1edtech/ob_v3p0_achievementcredential_schema.json"
KIND = "urn:uuid:11111111-1111-4111-8111-111111111111"


@pytest.fixture
def several(council, secretariat, holder):
    """Three badges of the holder, a day apart, oldest first."""
    found = []
    for number in range(3):
        one = actions.define_achievement(
            by=secretariat, council=council, title=f"証 {number}", description="証", criteria="証"
        )
        by = secretariat.now(secretariat.at - dt.timedelta(days=3 - number))
        found += actions.award_many(by=by, achievement=one, claims=[Claim(holder.person.pk)])
    return found


def ids(answer):
    return [one["id"] for one in answer.json()["credential"]]


def minor(answer):
    told = answer.json()
    assert told["imsx_codeMajor"] in ("failure", "unsupported")
    assert told["imsx_severity"] == "error"
    assert told["imsx_description"]
    return told["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]


def test_every_badge_comes_signed_and_verifies_without_us(app, several):
    told = app.read(app.connect()["access_token"])
    assert told["Content-Type"] == "application/json"
    for credential in told.json()["credential"]:
        found = proofs.verify(credential, timezone.now())
        assert {check.name: check.reason for check in found.checks} == {
            **dict.fromkeys(("kind", "form", "issuer", "proof", "dates"), ""), "status": "status_unsupported",
        }  # fmt: skip


def test_as_tokens_where_they_are_asked_for(app, several):
    told = app.read(app.connect()["access_token"], format="jwt_vc_json").json()
    assert told["credential"] == []
    assert len(told["compactJwsString"]) == 3
    for token, award in zip(told["compactJwsString"], several, strict=True):
        found, document = vcjwt.verify(token, timezone.now())
        assert {check.name for check in found.checks if not check.ok} == {"status"}
        assert document["id"] == award.uri


def test_a_badge_whose_key_was_struck_out_comes_with_the_proof_it_has(app, award, secretariat):
    tokens = app.connect()
    actions.strike_key(by=secretariat, key=award.issuer_key, reason="漏えい")
    told = app.read(tokens["access_token"], format="jwt_vc_json").json()
    assert (told["compactJwsString"], len(told["credential"])) == ([], 1)


def test_the_answer_fits_the_schema_of_1edtech(app, award):
    if not SCHEMA.exists():
        pytest.skip("the schema of 1EdTech is not in ../shared/vectors")
    jsonschema = pytest.importorskip("jsonschema")
    [credential] = app.read(app.connect()["access_token"]).json()["credential"]
    jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text())).validate(credential)


def test_pages_lead_to_each_other(app, several):
    token = app.connect()["access_token"]
    whole = [row.uri for row in several]
    first = app.read(token, limit=2)
    assert (ids(first), first["X-Total-Count"]) == (whole[:2], "3")
    links = dict(reversed(part.strip().split("; rel=")) for part in first["Link"].split(","))
    assert set(links) == {'"first"', '"last"', '"next"'}
    query = parse_qs(urlsplit(links['"next"'].strip("<>")).query)
    second = app.read(token, **{name: value[0] for name, value in query.items()})
    assert ids(second) == whole[2:]
    assert 'rel="prev"' in second["Link"]
    assert 'rel="next"' not in second["Link"]


def test_since_leaves_out_what_is_older(app, several):
    token = app.connect()["access_token"]
    assert ids(app.read(token, since=several[0].issued_at.isoformat())) == [row.uri for row in several[1:]]
    assert "since=" in app.read(token, since=several[0].issued_at.isoformat(), limit=1)["Link"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"limit": "9" * 20}, {"offset": "-1"}, {"offset": "1e3"}, {"since": "gestern"},
        {"since": "2026-01-01T00:00:00"}, {"since": "2026-99-99T00:00:00Z"}, {"format": "xml"}, {"limit": "٣"},
    ],
    ids=str,
)  # fmt: skip
def test_a_parameter_that_is_none_is_refused(app, award, query):
    answer = app.read(app.connect()["access_token"], **query)
    assert (answer.status_code, minor(answer)) == (400, "invalid_query_parameter")


def test_what_belongs_to_somebody_else_is_never_told(
    app, award, achievement, secretariat, council, make_account, make_person
):
    other = make_person(
        council, account=make_account("other@example.jp"), email="other@example.jp", display_name="ほかの人"
    )
    actions.award_many(by=secretariat, achievement=achievement, claims=[Claim(other.pk)])
    Award.objects.update(visibility="public")
    token = app.connect()["access_token"]
    assert ids(app.read(token)) == [award.uri]
    assert "other@example.jp" not in app.read(token, "profile").content.decode()


def test_a_revoked_badge_is_told_with_the_list_that_says_so(app, award, secretariat):
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="誤発行")
    assert ids(app.read(app.connect()["access_token"])) == [award.uri]


def test_the_profile_is_the_holders_own_words_under_a_name_of_this_app(app, award):
    first = app.read(app.connect()["access_token"], "profile").json()
    assert (first["name"], first["email"], first["type"]) == ("はなこ", "holder@example.jp", ["Profile"])
    app.known = {}
    assert app.read(app.connect()["access_token"], "profile").json()["id"] != first["id"]


@pytest.mark.parametrize("token", ["", "x", "Bearer"])
def test_without_a_token_nothing_is_told(app, award, token):
    for path in ("credentials", "profile"):
        answer = app.read(token, path)
        assert (answer.status_code, minor(answer)) == (401, "unauthorizedrequest")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_login_of_the_browser_opens_nothing_here(app, award):
    assert app.browser.get("/ims/ob/v3p0/credentials").status_code == 401


def test_a_token_in_the_address_opens_nothing(app, award):
    token = app.connect()["access_token"]
    assert Client().get("/ims/ob/v3p0/credentials", {"access_token": token}).status_code == 401


def test_each_address_asks_for_its_own_scope(app, award):
    badges, profile = app.connect(scope=CREDENTIALS_READ), app.connect(scope=PROFILE_READ)
    for token, path in ((badges, "profile"), (profile, "credentials")):
        answer = app.read(token["access_token"], path)
        assert (answer.status_code, minor(answer)) == (403, "forbidden")
        assert "insufficient_scope" in answer["WWW-Authenticate"]
    assert app.client.post(
        "/ims/ob/v3p0/credentials", b"{}", content_type="application/json",
        headers={"Authorization": f"Bearer {badges['access_token']}"},
    ).status_code == 403  # fmt: skip


def test_other_methods_are_refused_in_the_standards_words(app, award):
    headers = {"Authorization": f"Bearer {app.connect()['access_token']}"}
    for method, path in (
        ("put", "profile"),
        ("delete", "credentials"),
        ("post", "discovery"),
        ("patch", "profile"),
    ):
        answer = getattr(Client(), method)(f"/ims/ob/v3p0/{path}", headers=headers)
        assert (answer.status_code, minor(answer)) == (405, "not_allowed"), path


def test_too_many_requests_are_told_to_wait(app, award, settings):
    token = app.connect()["access_token"]
    settings.API_RATE = 0
    answer = app.read(token)
    assert (answer.status_code, minor(answer)) == (429, "server_busy")
    assert int(answer["Retry-After"]) > 0


def test_a_script_of_another_site_may_ask_but_not_with_our_cookies(app, award):
    answer = Client().options("/ims/ob/v3p0/credentials")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_when_it_last_read_is_kept_for_the_holder(app, award):
    token = app.connect()["access_token"]
    assert WalletConnection.objects.get().last_used_at is None
    app.read(token)
    assert WalletConnection.objects.get().last_used_at is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_three(app, several, rows, django_assert_num_queries):
    token = app.connect()["access_token"]
    app.read(token)
    # The token with its app and account; the connection; noting the use; counting; the badges.
    with django_assert_num_queries(5):
        assert len(ids(app.read(token, limit=rows))) == rows


def test_the_description_names_its_scopes_and_addresses(db, settings):
    told = Client().get("/ims/ob/v3p0/discovery").json()
    assert told["openapi"].startswith("3.0")
    scheme = told["components"]["securitySchemes"]["OAuth2ACG"]
    flow = scheme["flows"]["authorizationCode"]
    assert set(flow["scopes"]) == {CREDENTIALS_READ, CREDENTIALS_UPSERT, PROFILE_READ}
    for address in (
        flow["authorizationUrl"],
        flow["tokenUrl"],
        flow["refreshUrl"],
        scheme["x-imssf-registrationUrl"],
    ):
        assert Client().get(address.removeprefix(settings.SITE_URL)).status_code in (302, 405)
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            answer = getattr(Client(), method)(f"/ims/ob/v3p0{path}")
            assert answer.status_code == (401 if operation.get("security") else 200), path
    named = set(told["components"]["schemas"])
    assert {ref.rpartition("/")[2] for ref in _refs(told)} <= named


@pytest.mark.parametrize("several", [False, True])
def test_it_names_the_terms_and_the_policy(settings, council, request, several):
    if several:
        request.getfixturevalue("other_council")
    told = Client().get("/ims/ob/v3p0/discovery").json()
    paths = ["/", "/"] if several else [f"/c/{council.slug}/terms/", f"/c/{council.slug}/privacy/"]
    terms, policy = [f"{settings.SITE_URL}{path}" for path in paths]
    assert (told["info"]["termsOfService"], told["info"]["x-imssf-privacyPolicyUrl"]) == (terms, policy)
    for path in paths:
        assert Client().get(path).status_code == 200


def _refs(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _refs(each)


# Handing in


@pytest.fixture
def outside_key():
    return keys.new_key()


@pytest.fixture
def kind(council, secretariat, outside_key):
    row = actions.accept_kind(
        by=secretariat, council=council, host=council.host, title="試験", issuer_name="試験の団体"
    )
    row.issuer_uri, row.achievement_uri = outside_key.did, KIND
    row.save()
    return row


@pytest.fixture
def badge(outside_key):
    unsigned = build.achievement_credential(
        id=build.UUID("22222222-2222-4222-8222-222222222222"), issuer=build.Issuer(outside_key.did, "試験の団体"),
        achievement=build.Achievement(KIND, "ITパスポート", "合格した。", "試験に合格すること。"),
        subject=build.HashedEmail("holder@example.jp", "salt"), valid_from=timezone.now() - dt.timedelta(days=3),
    )  # fmt: skip
    return json.dumps(proofs.sign(unsigned, outside_key, timezone.now()), ensure_ascii=False).encode()


def hand_in(app, body, kind="application/json"):
    token = app.connect(scope=CREDENTIALS_UPSERT)["access_token"]
    return app.client.post(
        "/ims/ob/v3p0/credentials", body, content_type=kind, headers={"Authorization": f"Bearer {token}"}
    )  # fmt: skip


def test_a_badge_of_a_known_issuer_is_handed_in_once(app, holder, kind, badge):
    first = hand_in(app, badge)
    assert (first.status_code, first.content) == (201, badge)
    row = OutsideCertificate.objects.get()
    assert (row.person, row.kind, row.state) == (holder.person, kind, "checked")
    assert hand_in(app, badge).status_code == 200
    assert OutsideCertificate.objects.count() == 1


def test_what_is_no_badge_or_is_forged_or_of_a_stranger_is_refused(app, holder, kind, badge):
    forged = badge.replace("合格した".encode(), "優勝した".encode())
    stranger = json.loads(badge)
    stranger["issuer"]["id"] = keys.new_key().did
    for body, status in (
        (b"x", 400),
        (b"[]", 400),
        (b"{}", 403),
        (forged, 403),
        (json.dumps(stranger).encode(), 403),
    ):
        answer = hand_in(app, body)
        assert answer.status_code == status, body[:40]
        minor(answer)
    assert not OutsideCertificate.objects.exists()
