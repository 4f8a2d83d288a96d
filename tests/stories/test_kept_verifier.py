"""The verifier that an exported site brings along finds in a browser what protocols/openbadges finds, thing by thing."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from sonjuku.protocols.openbadges import proofs, reading, status, vcjwt
from sonjuku.protocols.openbadges.tests import hostile, test_hostile
from sonjuku.protocols.openbadges.tests.hostile import (
    AT,
    CARRIED,
    DID,
    ITXT,
    KEY,
    OTHER,
    P256,
    PNG,
    SITE,
    multikey,
    part,
    png_with,
    signed,
    svg_with,
    token,
    unsigned,
    web,
)
from sonjuku.web.management.keeping.verifier import SCRIPTS
from tests.stories.site import ROOT

pytestmark = pytest.mark.story

STATIC = ROOT / "sonjuku" / "web" / "static" / "sonjuku" / "kept"
VERIFY = """async ([cases, at]) => Promise.all(cases.map(async ([token, dids]) => {
  const { checks, issuer, document } = await sonjukuKept.verifyToken(token, at, dids);
  return [checks, issuer, document];
}))"""
STATUS = """async ([cases, at]) => Promise.all(cases.map(async ([document, lists]) => {
  try { return (await sonjukuKept.statusOf(document, lists, at, {})).told; } catch (error) { return error.message; }
}))"""
READ = """async (files) => Promise.all(files.map(async (file) => {
  const bytes = Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0));
  try { const found = await sonjukuKept.read(bytes); return found.token ?? JSON.stringify(found.document); } catch (error) { return error.message; }
}))"""
MILLISECONDS = int(AT.timestamp() * 1000)


@pytest.fixture(scope="module")
def reader(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page from the disk, as an archive is opened, with the verifier's scripts and nothing else."""
    place = tmp_path_factory.mktemp("kept") / "page.html"
    scripts = "".join(f'<script src="{(STATIC / name).as_uri()}"></script>' for name in SCRIPTS[:-1])
    place.write_text(f"<!doctype html><meta charset=utf-8>{scripts}")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(place.as_uri())
    yield page
    context.close()


def asked_of(name: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """With what the cases of protocols/openbadges ask this looker of theirs, by the case's name."""
    calls: list[Any] = []
    asked = [
        (what, look) for _reason, what, look in test_hostile.HOSTILE if name in look.__code__.co_names
    ] + [(what, look) for what, look in test_hostile.GOOD.items() if name in look.__code__.co_names]
    for what, look in asked:
        monkeypatch.setattr(
            test_hostile, name, lambda *given, what=what, **_named: calls.append((what, given)) or []
        )
        look()
    return calls


EXTRA = {
    "a P-256 key of a did:web": lambda: (
        vcjwt.sign(unsigned(DID), vcjwt.SoftwareSigner(P256, f"{DID}#p")),
        web({"id": f"{DID}#p", "controller": DID, "publicKeyJwk": hostile.jwk(P256)}, assertionMethod=["#p"]),
    ),
    "a method that stands in assertionMethod itself": lambda: (
        vcjwt.sign(unsigned(DID), vcjwt.SoftwareSigner(KEY.private, f"{DID}#1")),
        web(assertionMethod=[multikey(KEY)]),
    ),
    "a method that is listed for nothing": lambda: (
        vcjwt.sign(unsigned(DID), vcjwt.SoftwareSigner(KEY.private, f"{DID}#1")),
        web(multikey(KEY)),
    ),
    "a method that stands twice": lambda: (
        vcjwt.sign(unsigned(DID), vcjwt.SoftwareSigner(KEY.private, f"{DID}#1")),
        web(multikey(KEY), multikey(OTHER), assertionMethod=["#1"]),
    ),
    "a method that another controls": lambda: (
        vcjwt.sign(unsigned(DID), vcjwt.SoftwareSigner(KEY.private, f"{DID}#1")),
        web(multikey(KEY, "did:web:evil.example"), assertionMethod=["#1"]),
    ),
    "a document of another": lambda: (
        vcjwt.sign(unsigned(DID), hostile.RSA_SIGNER), {DID: web()[DID] | {"id": "did:web:evil.example"}},
    ),
    "a document that is a list": lambda: (vcjwt.sign(unsigned(DID), hostile.RSA_SIGNER), {DID: []}),
    "no document": lambda: (vcjwt.sign(unsigned(DID), hostile.RSA_SIGNER), {}),
    "a document named like a property of objects": lambda: (token({"kid": None}, {"issuer": "did:constructor"}), {}),
    "a key with its private half": lambda: (token({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}}), {}),
    "the issuer's own key in the header": lambda: (token({"jwk": hostile.jwk(KEY.private)}), {}),
    "an issuer of a web address and its document": lambda: at_address(SITE, f"{SITE}#1"),
    "an issuer of a web address without it": lambda: (at_address(SITE, f"{SITE}#1")[0], {}),
    "an issuer of a web address whose key stands alone": lambda: at_address(SITE, f"{SITE}/key"),
    "an issuer of a web address and a key of another": lambda: at_address(SITE, "https://evil.example#1"),
    "no kid": lambda: (token(drop=("kid",)), {}),
    "a kid that is a number": lambda: (token({"kid": 1}), {}),
    "a kid of the key's name alone": lambda: (token({"kid": KEY.did.removeprefix("did:key:")}), {}),
    "a did:key that is cut off": lambda: (token({"kid": None}, {"issuer": KEY.did[:-4], "iss": KEY.did[:-4]}), {}),
    "expired": lambda: (vcjwt.sign(unsigned(validUntil=proofs.wire_time(AT)), hostile.SIGNER), {}),
    "not yet": lambda: (vcjwt.sign(unsigned(validFrom="2026-11-02T00:00:00+09:00"), hostile.SIGNER), {}),
    "the last second": lambda: (vcjwt.sign(unsigned(validUntil="2026-11-01T12:00:01+09:00"), hostile.SIGNER), {}),
    "a day that isn't": lambda: (token(payload={"validUntil": "2026-02-30T00:00:00Z"}), {}),
    "an hour that isn't": lambda: (token(payload={"validFrom": "2026-02-03T25:00:00Z"}), {}),
    "no date": lambda: (token(drop=("validFrom",)), {}),
    "an embedded proof": lambda: (token(payload={"proof": []}), {}),
    "its own context first": lambda: (token(payload={"@context": ["https://evil.example/"]}), {}),
    "another kind": lambda: (token(payload={"type": ["VerifiableCredential"]}), {}),
    "an nbf with a fraction": lambda: (token(payload={"nbf": vcjwt.read(token())[1]["nbf"] + 0.5}), {}),
    "an nbf as text": lambda: (token(payload={"nbf": str(vcjwt.read(token())[1]["nbf"])}), {}),
    "a sub that is an object": lambda: (token(payload={"sub": {"id": "x"}}), {}),
    "an exp that is null": lambda: (token(payload={"exp": None}), {}),
    "an unpaired surrogate": lambda: (token(payload={"name": "\ud800"}), {}),
    "a name that stands twice, once escaped": lambda: (with_header(b'{"alg":"EdDSA","\\u0061lg":"none"}'), {}),
    "a name that stands twice far inside": lambda: (with_header(b'{"alg":"EdDSA","a":[{"b":1,"c":{},"b":2}]}'), {}),
    "names alike in different objects": lambda: (token({"a": [{"b": 1}, {"b": 1}], "b": '{"b":1,"b":2}'}), {}),
    "nested to the limit": lambda: (with_header(b'{"a":' + b"[" * 127 + b"]" * 127 + b"}"), {}),
    "nested beyond the limit": lambda: (with_header(b'{"a":' + b"[" * 128 + b"]" * 128 + b"}"), {}),
    "a header that is a list": lambda: (with_header(b"[]"), {}),
    "a header with a byte order mark": lambda: (with_header(b'\xef\xbb\xbf{"alg":"EdDSA"}'), {}),
    "a header that is no UTF-8": lambda: (with_header(b'{"alg":"\xff"}'), {}),
    "a number beyond all": lambda: (with_header(b'{"alg":"EdDSA","a":1e999}'), {}),
    "nothing": lambda: ("", {}),
    "a signature cut off": lambda: (token()[:-8], {}),
    "no signature": lambda: (token().rpartition(".")[0] + ".", {}),
    "a payload of another badge": lambda: (".".join([*token().split(".")[:1], *token(payload={"name": "別"}).split(".")[1:2], token().split(".")[2]]), {}),
    "a list of its own": lambda: (vcjwt.sign(unsigned() | hostile.entry(), hostile.SIGNER), {}),
}  # fmt: skip


def at_address(issuer: str, method: str) -> tuple[str, dict[str, Any]]:
    """A badge of an issuer that is named by its web address, and the document that stands there."""
    entry = multikey(KEY, issuer) | {"id": method}
    document = {"id": issuer, "verificationMethod": [entry], "assertionMethod": [method]}
    return vcjwt.sign(unsigned(issuer), vcjwt.SoftwareSigner(KEY.private, method)), {issuer: document}


def with_header(header: bytes) -> str:
    """A token with this very header, signed all the same."""
    data = part(header) + b"." + token().split(".")[1].encode()
    return (data + b"." + part(KEY.sign(data))).decode()


def test_a_token_is_judged_alike_for_the_same_reasons(reader: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = {
        what: (given[0], given[1] if len(given) > 1 else {})
        for what, given in asked_of("jwt_badge", monkeypatch)
    }
    cases |= {what: make() for what, make in EXTRA.items()}
    found = dict(zip(cases, reader.evaluate(VERIFY, [list(cases.values()), MILLISECONDS]), strict=True))
    ours = {}
    for what, (text, dids) in cases.items():
        verification, document = vcjwt.verify(text, AT, dids=dids or {})
        reasons = {check.name: check.reason for check in verification.checks}
        ours[what] = [reasons, verification.issuer, json.loads(json.dumps(document))]
    assert found == ours
    holding = [what for what, (reasons, _, _) in ours.items() if not any(reasons.values())]
    assert len(cases) >= 60
    assert {"token", "token of a did:web", "no kid", "a P-256 key of a did:web"} <= set(holding)
    assert len(holding) < 20


def listed(document: dict[str, Any]) -> str:
    """A list of the cases as a token: a sound one signed, a forged one with another's signature."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    if "proof" not in document:
        return (part({"alg": "none"}) + b"." + part(bare) + b".").decode()
    key = OTHER if proofs.issuer_of(document) == OTHER.did else KEY
    text = vcjwt.sign(bare, vcjwt.SoftwareSigner(key.private, key.verification_method))
    forged = any(check.reason == "wrong_signature" for check in proofs.verify(document, AT).checks)
    return text.rpartition(".")[0] + "." + token().rpartition(".")[2] if forged else text


def test_a_list_is_judged_alike_for_the_same_reasons(reader: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = {
        what: (document, {url: listed(one) for url, one in lists.items()})
        for what, (document, lists) in asked_of("revocation", monkeypatch)
    }
    assert len(cases) >= 18

    def ours(document: Any, lists: Any) -> str:
        try:
            return status.status_of(document, lists, AT)
        except status.StatusRefused as error:
            return error.reason

    found = reader.evaluate(STATUS, [list(cases.values()), MILLISECONDS])
    assert dict(zip(cases, found, strict=True)) == {what: ours(*case) for what, case in cases.items()}
    expected = {what: reason for reason, what, _ in test_hostile.HOSTILE if what in cases}
    assert {what: one for what, one in zip(cases, found, strict=True) if what in expected} == expected


def test_a_list_that_is_no_token_is_never_taken(reader: Page) -> None:
    """An embedded proof can't be checked in a browser without a library, so nothing may be read from it."""
    document, lists = unsigned() | hostile.entry(), {hostile.LIST: hostile.listing()}
    assert status.status_of(document, lists, AT) == ""
    assert reader.evaluate(STATUS, [[[document, lists]], MILLISECONDS]) == ["list_broken"]


def test_a_file_is_read_alike(reader: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    text = token()
    files = {what: given[0] for what, given in asked_of("file", monkeypatch)} | {
        "a token in a PNG": png_with(ITXT + text.encode()),
        "a token in an SVG": hostile.SVG_HEAD + f'<openbadges:credential verify="{text}"/></svg>'.encode(),
        "a token with blanks around it": b"\r\n " + text.encode() + b"\n",
        "a picture without anything": PNG,
        "a picture cut off": png_with(ITXT + b"{}")[:-20],
        "a chunk without its parts": png_with(b"openbadgecredential\0\0"),
        "JSON": json.dumps(signed(), ensure_ascii=False).encode(),
        "JSON with a mark before it": b"\xef\xbb\xbf{}",
        "a list": b"[]",
        "a name that stands twice": b'{"a":1,"a":2}',
        "words": "こんにちは".encode(),
        "nothing": b" \n",
        "a page": b"<html><body></html>",
        "an element with words and a comment": svg_with(CARRIED.replace(b"{}", b"{}<!-- -->")),
        "too much": b"a" * (1024 * 1024 + 1),
    }  # fmt: skip
    found = reader.evaluate(READ, [b64encode(data).decode() for data in files.values()])
    ours = {what: read_here(data) for what, data in files.items()}
    assert dict(zip(files, found, strict=True)) == ours
    assert len(ours) >= 25
    assert ours["a token in a PNG"] == ours["a token in an SVG"] == text


def read_here(data: bytes) -> str:
    try:
        found = reading.read_any(data)
    except reading.Unreadable as error:
        return error.reason
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def test_a_forged_word_is_never_fine(reader: Page) -> None:
    """Every single sign of a token, changed: none of them still holds."""
    text = token()
    changed = [
        (text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :], {})
        for place in range(0, len(text), 7)
        if text[place] != "."
    ]
    found = reader.evaluate(VERIFY, [changed, MILLISECONDS])
    assert [checks for checks, _, _ in found if not any(checks.values())] == []


def test_the_scripts_are_all_there_and_ask_nobody() -> None:
    assert {path.name for path in STATIC.glob("*.js")} == set(SCRIPTS)
    for path in map(Path, STATIC.glob("*.js")):
        words = path.read_text()
        assert "import(" not in words
        assert ("fetch(" in words) == (path.name == "page.js")
