"""Every hostile credential of the protocols through the page: refused, and for its own stated reason."""

import functools
import json
from typing import Any

import pytest
from django.urls import reverse

from sonjuku.protocols.openbadges.tests import hostile, test_hostile
from sonjuku.rooms.credentials.rules import verdicts
from sonjuku.toolbox import fetching, outside
from sonjuku.web.tests.hostile_page import BASE, LOOKERS, Visitor, sealed

pytestmark = pytest.mark.django_db
# Issuers that are mere addresses: nobody hands their keys to the page, so it doesn't get as far.
OTHERWISE = {"a key in the header of an address": "unknown_key"}
# About functions that a page has no use for.
NOT_HERE = {"did:web", "file", "token of an address"}


@pytest.fixture
def visitor(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A stranger at the hour of the cases, on a site that may fetch."""
    settings.FETCH = "https"
    found = Visitor(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: hostile.AT)
    monkeypatch.setattr(fetching.Errand, "get", lambda errand, url: found.get(errand, url))
    for name in LOOKERS:
        monkeypatch.setattr(test_hostile, name, getattr(found, name))
    monkeypatch.setattr(test_hostile, "endorsed", functools.partial(hostile.endorsed, file=BASE))
    return found


@pytest.mark.parametrize("name", [name for name in test_hostile.GOOD if name not in NOT_HERE])
def test_the_same_things_unharmed_are_not_called_wrong(visitor, name):
    assert test_hostile.GOOD[name]() == []
    assert visitor.report.result == "unknown"


@pytest.mark.parametrize(
    ("reason", "what", "look"), test_hostile.HOSTILE, ids=[f"{w}: {r}" for r, w, _ in test_hostile.HOSTILE]
)
def test_each_is_refused_on_the_page_for_its_own_reason(visitor, reason, what, look):
    assert look() == [OTHERWISE.get(what, reason)]
    assert visitor.report.result != "ok"
    assert "本物です" not in visitor.words


def test_there_are_more_than_forty():
    assert len(test_hostile.HOSTILE) >= 40


# Addresses that must not be asked


def resolver(address: str) -> Any:
    return lambda host, port, **_: [(0, 0, 0, "", (address, port))]


TARGETS = [
    ("https://127.0.0.1/x", "8.8.8.8", "not_a_name"),
    ("https://2130706433/x", "8.8.8.8", "not_a_name"),
    ("https://0x7f.1/x", "8.8.8.8", "not_a_name"),
    ("https://[::ffff:127.0.0.1]/x", "8.8.8.8", "not_a_name"),
    ("https://localhost/x", "8.8.8.8", "not_a_name"),
    ("http://school.example/x", "8.8.8.8", "not_https"),
    ("https://a:b@school.example/x", "8.8.8.8", "bad_url"),
    ("https://school.example:6379/x", "8.8.8.8", "port"),
    ("https://school.example/x", "127.0.0.1", "private"),
    ("https://school.example/x", "169.254.169.254", "private"),
    ("https://school.example/x", "10.1.1.1", "private"),
    ("https://school.example/x", "100.64.0.1", "private"),
    ("https://school.example/x", "::ffff:192.168.0.1", "private"),
    ("https://school.example/x", "2002:a00:1::", "private"),
    ("https://school.example/x", "fe80::1", "private"),
]


@pytest.fixture
def resolved(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site that may fetch, where every name has this address."""
    settings.FETCH = "https"
    real = fetching.Errand

    def use(address: str) -> None:
        monkeypatch.setattr(
            fetching, "Errand", lambda: real(lambda url: fetching.find(url, resolver(address)))
        )

    return use


@pytest.mark.parametrize(("url", "address", "code"), TARGETS)
def test_an_address_inside_is_refused_on_the_page(client, resolved, url, address, code):
    resolved(address)
    visitor = Visitor(client)
    assert visitor.bring(text=url) == [f"outside_{code}"]
    assert str(verdicts.OUTSIDE[code]) in visitor.words


def test_a_redirect_from_outside_to_inside_is_refused(client, resolved, monkeypatch):
    resolved("93.184.216.34")
    moved = outside.Answer(302, b"", {"location": "https://169.254.169.254/latest/"})
    monkeypatch.setattr(outside, "get", lambda *_, **__: moved)
    assert Visitor(client).bring(text="https://school.example/badge") == ["outside_not_a_name"]


def test_what_a_badge_names_inside_is_not_read_and_told(client, resolved):
    resolved("10.0.0.7")
    badge = hostile.unsigned("did:web:inside.example") | hostile.entry()
    visitor = Visitor(client)
    visitor.bring(text=json.dumps(sealed(badge, method="did:web:inside.example#1")))
    told = {one.address: one.code for one in visitor.report.missing}
    assert told == {"https://inside.example/.well-known/did.json": "private", hostile.LIST: "private"}
    assert "https://inside.example/.well-known/did.json" in visitor.words


def test_nothing_is_asked_unless_the_operator_says_so(client, settings, monkeypatch):
    assert settings.FETCH == "off"
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("asked the network"))
    visitor = Visitor(client)
    assert visitor.bring(text="https://school.example/badge") == ["foreign_address"]
    badge = hostile.unsigned("did:web:outside.example", validUntil="2999-01-01T00:00:00Z") | hostile.entry()
    visitor.bring(text=json.dumps(sealed(badge, method="did:web:outside.example#1")))
    assert visitor.report.needed
    assert "読みに行かない設定です" in visitor.words
    assert visitor.report.result == "unknown"


def test_the_page_says_in_english_what_it_says_in_japanese(client):
    response = client.post("/en" + reverse("public:verify"), {"text": hostile.token({"alg": "none"})})
    assert "The JWT says that it has no signature." in response.content.decode()
