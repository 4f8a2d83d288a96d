"""POST /api/v1/verify: what the verify page tells people, for programs."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sonjuku.protocols.openbadges import baking, image
from sonjuku.protocols.openbadges.tests import hostile
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.tests.conftest import *  # noqa: F403
from sonjuku.web.api import description
from sonjuku.web.api.urls import api

pytestmark = pytest.mark.django_db
PATH = "/api/v1/verify"


def ask(body: Any, **headers: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return Client().post(PATH, text, content_type="application/json", headers=headers)


def codes(answer: Any) -> dict[str, str]:
    return {one["name"]: one["code"] for one in answer.json()["findings"]}


def test_a_badge_as_json_as_text_as_a_token_and_as_a_file(award, council):
    text = queries.wire_text(award)
    picture = baking.bake_png(image.badge_png("題", "", "#123456"), text)
    sent = [
        ask({"credential": award.credential}),
        ask({"credential": text}),
        ask({"credential": actions.token(award)}),
        Client().post(PATH, {"credential": SimpleUploadedFile("badge.png", picture)}),
    ]
    for answer in sent:
        found = answer.json()
        assert (answer.status_code, found["result"], found["kind"]) == (200, "ok", "badge")
        assert found["issuer_known"] == "council"
        assert found["councils"] == [{"slug": council.slug, "title": council.title}]
        assert found["claims"]["title"] == award.achievement.title


def test_what_is_wrong_has_a_code_and_a_sentence_in_the_readers_language(award):
    forged = award.credential | {"name": "博士"}
    japanese, english = ask({"credential": forged}), ask({"credential": forged}, **{"Accept-Language": "en"})
    assert codes(japanese) == codes(english)
    assert codes(english)["proof"] == "wrong_signature"
    said = {one["name"]: one["text"] for one in english.json()["findings"]}["proof"]
    assert said.isascii()
    assert said not in japanese.content.decode()


def test_what_could_not_be_checked_is_never_ok():
    found = ask({"credential": hostile.signed(validUntil="2999-01-01T00:00:00Z")}).json()
    assert (found["result"], found["issuer_known"], found["councils"]) == ("unknown", "no", [])
    assert {one["name"]: one["result"] for one in found["findings"]}["key"] == "unknown"
    assert found["not_checked"]


def test_a_record_has_its_members_as_layers():
    found = ask({"credential": hostile.clr(hostile.signed(name="別"))}).json()
    assert found["kind"] == "record"
    assert [(layer["layer"], layer["kind"], layer["result"]) for layer in found["layers"]] == [
        ("member", "badge", "bad")
    ]


def test_nothing_readable_is_an_answer_too():
    found = ask({"credential": "hello"}).json()
    assert (found["kind"], found["result"], found["verdict"]) == ("none", "unknown", "unreadable")


def test_the_holder_is_compared(award):
    assert codes(ask({"credential": award.credential, "email": "holder@example.jp"}))["holder"] == ""
    assert codes(ask({"credential": award.credential, "email": "x@example.jp"}))["holder"] == "other_holder"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400), ("[]", 400), ('{"credential": "a", "credential": "b"}', 400), ("", 400), ("[" * 50_000, 400),
        ("{}", 422), ('{"credential": 5}', 422), ('{"credential": ""}', 422), ('{"credential": []}', 422),
        ('{"credential": "a", "email": "nobody"}', 422), ('{"credential": "a", "email": 5}', 422),
    ],
)  # fmt: skip
def test_wrong_requests_are_told(body, status):
    answer = ask(body)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "next_step", "fields"}


def test_a_broken_form_is_told():
    answer = Client().post(PATH, b"--x\r\nbroken", content_type="multipart/form-data")
    assert answer.status_code == 400


def test_whoever_asks_too_often_waits(settings):
    settings.VERIFY_RATE = 1
    assert ask({"credential": "hello"}).status_code == 200
    answer = ask({"credential": "hello"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_it_is_described():
    row = next(one for group in description.rows(api, "https://s") for one in group["operations"] if one["id"] == "verifyCredential")  # fmt: skip
    assert (row["method"], row["path"], row["scope"]) == ("POST", "/api/v1/verify", "")
    assert [one["name"] for one in row["body"]] == ["credential", "beside", "email"]
    body = description.schema(api)["paths"]["/api/v1/verify"]["post"]["requestBody"]
    assert set(body["content"]) == {"application/json", "multipart/form-data"}
