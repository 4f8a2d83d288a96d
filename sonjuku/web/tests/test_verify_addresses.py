"""Keys that stand at addresses, through the page: read where the operator lets it, believed where they are the issuer's."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sonjuku.protocols.openbadges import controllers, keys, status, vcjwt
from sonjuku.protocols.openbadges.tests import hostile
from sonjuku.protocols.openbadges.tests.hostile import AT, KEY, P256, SITE
from sonjuku.rooms.credentials.models import CertificateKind
from sonjuku.rooms.credentials.tests.conftest import *  # noqa: F403
from sonjuku.toolbox import fetching, outside
from sonjuku.web.tests.hostile_page import Visitor

pytestmark = pytest.mark.django_db
ISSUER, KID = f"{SITE}/issuers/1", f"{SITE}/keys/1"
METHOD = f"{ISSUER}#1"
LIST = f"{SITE}/status/1"
JWK = hostile.jwk(P256)


@pytest.fixture
def visitor(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A stranger at the hour of the cases, on a site that may fetch."""
    settings.FETCH = "https"
    found = Visitor(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: hostile.AT)
    monkeypatch.setattr(fetching.Errand, "get", lambda errand, url, **_: found.get(errand, url))
    return found


def token(kid: str = KID, signer: Any = P256, **fields: Any) -> str:
    """A badge of an issuer that is named by its web address."""
    return vcjwt.sign(hostile.unsigned(ISSUER, **fields), vcjwt.SoftwareSigner(signer, kid))


def document(**fields: Any) -> dict[str, Any]:
    """What stands at that address: the issuer's keys."""
    entry = hostile.multikey(KEY, ISSUER) | {"id": METHOD}
    return {"id": ISSUER, "verificationMethod": [entry], "assertionMethod": [METHOD]} | fields


def entry(**fields: Any) -> dict[str, Any]:
    return document()["verificationMethod"][0] | fields


def codes(visitor: Visitor) -> dict[str, str]:
    return {one.name: one.code for one in visitor.report.findings}


GOOD = {
    "a key that stands alone": (token(), {KID: JWK}),
    "a key among the issuer's own": (token(METHOD, KEY.private), {ISSUER: document()}),
    "one that is named in short": (token("#1", KEY.private), {ISSUER: document()}),
    "a proof beside the badge": (json.dumps(hostile.by_web(hostile.unsigned(ISSUER), method=METHOD)), {ISSUER: document()}),
    "another spelling of the host": (token("https://SCHOOL.example:443/keys/1"), {"https://SCHOOL.example:443/keys/1": JWK}),
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_an_issuer_named_by_its_address_is_known_by_its_keys_there(visitor, kind, what):
    text, served = GOOD[what]
    assert visitor.bring(served, text=text) == []
    assert (codes(visitor)["issuer"], codes(visitor)["proof"], codes(visitor)["key"]) == ("", "", "stranger")
    CertificateKind.objects.filter(pk=kind.pk).update(issuer_uri=ISSUER)
    visitor.bring(served, text=text)
    assert (visitor.report.result, visitor.report.accepted) == ("ok", (kind.council,))


def test_its_list_is_read_with_its_key_too(visitor):
    unsigned = status.list_credential(LIST, ISSUER, [7], valid_from=AT)
    badge = token(credentialStatus=status.entry(LIST, 7))
    for kid, served in ((KID, {}), (f"{KID}9", {f"{KID}9": JWK})):
        listed = vcjwt.sign(unsigned, vcjwt.SoftwareSigner(P256, kid))
        assert visitor.bring({KID: JWK, LIST: listed, **served}, text=badge) == ["revoked"]


OTHER = ec.generate_private_key(ec.SECP256R1())
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EVIL = "https://evil.example/keys/1"


def with_jwk() -> str:
    """Its header brings another key than the one at its address, and that other one signed."""
    payload = vcjwt.read(token())[1]
    header = {"alg": "ES256", "kid": KID, "jwk": hostile.jwk(OTHER)}
    data = hostile.part(header) + b"." + hostile.part(payload)
    return (data + b"." + hostile.part(vcjwt._SIGN["ES256"].sign(data, OTHER))).decode()


HOSTILE = [
    ("unknown_key", "a key on another host", token(EVIL), {EVIL: JWK}),
    ("unknown_key", "a key on a host below the issuer's", token("https://x.school.example/k"), {"https://x.school.example/k": JWK}),
    ("unknown_key", "a host that only begins alike", token("https://school.example.evil.example/k"), {}),
    ("unknown_key", "a host behind a name", token("https://school.example@evil.example/k"), {}),
    ("unknown_key", "a host before a backslash", token("https://evil.example\\@school.example/k"), {}),
    ("unknown_key", "another port", token("https://school.example:8443/k"), {}),
    ("unknown_key", "no https", token("http://school.example/k"), {}),
    ("unknown_key", "another's list of keys", token(f"{EVIL}#1"), {EVIL: document(id=EVIL)}),
    ("not_fetched", "nothing there", token(), {}),
    ("not_fetched", "no JSON there", token(), {KID: "-----BEGIN PUBLIC KEY-----"}),
    ("not_fetched", "a list there", token(), {KID: [JWK]}),
    ("not_fetched", "a name that stands twice", token(), {KID: json.dumps(JWK)[:-1] + ', "x": "AA"}'}),
    ("unsupported_key", "a key with its private half", token(), {KID: JWK | {"d": "AA"}}),
    ("unsupported_key", "a secret for both", token(), {KID: {"kty": "oct", "k": "AAAA"}}),
    ("unsupported_key", "several keys", token(), {KID: {"keys": [JWK]}}),
    ("unsupported_key", "a token", token(), {KID: token()}),
    ("weak_key", "a short key", token(), {KID: hostile.jwk(SHORT)}),
    ("alg_of_other_key", "a key of another kind", token(), {KID: hostile.jwk(KEY.private)}),
    ("wrong_signature", "another key", token(), {KID: hostile.jwk(OTHER)}),
    ("other_key_in_header", "another key in the header", with_jwk(), {KID: JWK}),
    ("wrong_controller", "another's document", token(METHOD, KEY.private), {ISSUER: document(id=EVIL)}),
    ("wrong_controller", "another's method", token(METHOD, KEY.private), {ISSUER: document(verificationMethod=[entry(controller=EVIL)])}),
    ("not_for_assertion", "a key for something else", token(METHOD, KEY.private), {ISSUER: document(assertionMethod=[])}),
    ("no_such_method", "a key that isn't there", token(f"{ISSUER}#2", KEY.private), {ISSUER: document()}),
    ("no_such_method", "a key that is there twice", token(METHOD, KEY.private), {ISSUER: document(verificationMethod=[entry(), entry()])}),
    ("unsupported_key", "a method without a key", token(METHOD, KEY.private), {ISSUER: document(verificationMethod=[entry(publicKeyMultibase=None)])}),
    ("unknown_controller", "a document that is no JSON", token(METHOD, KEY.private), {ISSUER: "<html>"}),
    ("broken_controller", "a document that is a token", token(METHOD, KEY.private), {ISSUER: token()}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "what", "text", "served"), HOSTILE, ids=[f"{w}: {r}" for r, w, *_ in HOSTILE]
)
def test_what_is_not_the_issuers_is_not_believed(visitor, kind, reason, what, text, served):
    CertificateKind.objects.filter(pk=kind.pk).update(issuer_uri=ISSUER)
    asked = []
    visitor.get = lambda _errand, url, get=visitor.get: asked.append(url) or get(_errand, url)
    assert visitor.bring(served, text=text) == [reason]
    assert (visitor.report.result != "ok", visitor.report.accepted) == (True, ())
    assert not any("evil" in url for url in asked)


@pytest.mark.parametrize(("text", "address"), [(token(), KID), (token(METHOD, KEY.private), ISSUER)])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (outside.Answer(302, b"", {"location": EVIL}), "other_host"),
        (outside.Answer(302, b"", {"location": "https://x.school.example/"}), "other_host"),
        (outside.Answer(302, b"", {"location": "http://school.example/"}), "not_https"),
        (outside.Answer(302, b"", {"location": "https://127.0.0.1/"}), "other_host"),
        (outside.Answer(200, b" " * (fetching.LARGEST + 1)), "too_large"),
        (outside.Answer(404, json.dumps(JWK).encode()), "status"),
    ],
)
def test_a_key_comes_from_its_own_host_small_and_whole(
    client, settings, monkeypatch, text, address, answer, code
):
    settings.FETCH = "https"
    places = {"school.example": answer, "evil.example": outside.Answer(200, json.dumps(JWK).encode())}
    monkeypatch.setattr(outside, "get", lambda target, *_, **__: places[target.host])
    real = fetching.Errand
    public = [(0, 0, 0, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(
        fetching, "Errand", lambda: real(lambda url: fetching.find(url, lambda *_, **__: public))
    )
    visitor = Visitor(client)
    visitor.bring(text=text)
    assert [(one.address, one.code) for one in visitor.report.missing] == [(address, code)]
    assert codes(visitor)["proof"] == "not_checked"


def test_nothing_is_asked_unless_the_operator_says_so(client, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("asked the network"))
    visitor = Visitor(client)
    for text, reason in ((token(), "not_fetched"), (token(METHOD, KEY.private), "unknown_controller")):
        assert reason in visitor.bring(text=text)
        assert visitor.report.needed
        assert "読みに行かない設定です" in visitor.words


def test_our_own_addresses_are_no_keys(visitor, settings):
    settings.SITE_URL = SITE
    assert visitor.bring({KID: JWK}, text=token()) == ["not_fetched"]
    assert visitor.report.needed == ()


@pytest.mark.parametrize(
    "odd", ["", "https://", "https://[", "https://a:b", "https://school.example:x/", "did:web:a"]
)
def test_odd_names_are_beside_nothing(odd):
    assert not controllers.is_beside(odd, odd)
    assert not controllers.is_beside(odd, ISSUER)
    assert not controllers.is_beside(KID, odd)


def test_a_key_named_like_one_of_ours_is_not_ours(visitor, award):
    """Another site may call its own key what it likes."""
    name = award.issuer_key.did.removeprefix("did:key:")
    own = keys.new_key()
    method = hostile.multikey(own) | {"id": f"{hostile.DID}#{name}"}
    document = hostile.web(method, assertionMethod=[method["id"]])[hostile.DID]
    badge = hostile.by_web(key=own, method=method["id"])
    visitor.bring({"https://council.example/.well-known/did.json": document}, text=json.dumps(badge))
    assert {one.name: one.code for one in visitor.report.findings}["proof"] == ""
    assert visitor.report.council is None
    assert visitor.report.result == "unknown"
