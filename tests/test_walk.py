"""Every member and staff address, walked as everyone who must be refused. Addresses are found, not listed (walking.py).

A new page cannot escape: an address parameter tests/world.py doesn't know fails the walk, a view without a declared
permission fails it, and each is first seen to answer somebody entitled.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from sonjuku.rooms.journal.models import Entry
from tests import world as worlds
from tests.walking import client, entitled, parameters, routes, variants
from tests.world import SECRETS, World

OWN_PAGES = {
    "member:home",
    "member:profile",
    "member:apply",
    "member:wallet",
    "member:activities",
    "member:claim",
    "member:certificate_new",
    "member:dossier_new",
    "member:connections",
    "member:wallet_consent",
}  # everybody has one of their own
NEEDS_NO_LOGIN = {"member:guardian"}  # a signed link is the permission


@pytest.fixture
def world(db: Any) -> World:
    return worlds.build()


@pytest.fixture
def addresses(world: World) -> list[tuple[str, URLPattern, str]]:
    found = []
    for namespace in ("member", "staff"):
        for name, pattern in routes(namespace):
            for kwargs in variants(name, pattern, world):
                found.append((name, pattern, reverse(name, kwargs=kwargs)))
    return found


def refused(response: Any) -> bool:
    """No page, no redirect except to the login; 405 is a method that the address has for nobody."""
    if response.status_code in (403, 404, 405):
        return True
    return response.status_code == 302 and "/accounts/login/" in response["Location"]


def leaks(response: Any) -> list[str]:
    if response.streaming:
        return ["a file"]
    text = response.content.decode(errors="replace")
    return [secret for secret in SECRETS if secret in text]


def test_the_walk_finds_the_house(addresses):
    names = {name for name, _, _ in addresses}
    assert {"member:home", "member:application", "staff:home", "staff:application", "staff:journal"} <= names
    assert len(names) > 40


def test_every_view_declares_its_permission(addresses):
    for name, pattern, _ in addresses:
        if name not in NEEDS_NO_LOGIN:
            assert getattr(pattern.callback, "permission", None), f"{name} has no @staff(…) or @member"


def test_the_entitled_are_let_in(addresses, world):
    """A 404 for a stranger means something only where somebody is let in. (Where POST alone answers, POST.)"""
    for name, pattern, path in addresses:
        browser = client(entitled(name, pattern, world))
        response = browser.get(path)
        if response.status_code == 405:
            with transaction.atomic():
                response = browser.post(path)
                transaction.set_rollback(True)
        assert response.status_code in (200, 302, 400, 409, 422), f"{name} {path}: {response.status_code}"
        assert not refused(response), f"{name} {path} refuses the entitled"


STRANGERS = ["logged_out", "stranger", "foreign_staff", "roleless_staff"]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_refused(addresses, world, who, method):
    account = None if who == "logged_out" else getattr(world, who)
    browser = client(account)
    before = Entry.objects.count()
    for name, _pattern, path in addresses:
        if name in NEEDS_NO_LOGIN:
            continue
        response = getattr(browser, method)(path)
        assert not leaks(response), f"{who} {method} {name} {path}: leaks {leaks(response)}"
        if name in OWN_PAGES and account is not None:
            continue
        if who == "roleless_staff" and name.startswith("staff:"):
            continue  # has a desk of its own in this council; what matters is that it shows nobody
        assert refused(response), f"{who} {method} {name} {path}: {response.status_code}"
    if who != "roleless_staff":
        assert Entry.objects.count() == before


def test_a_body_without_a_role_on_the_call_cannot_open_its_people(addresses, world):
    """The chamber has a desk in this council, but no part in this call."""
    browser = client(world.roleless_staff)
    about_people = (
        "application_id",
        "participation_id",
        "occasion_id",
        "letter_id",
        "code",
        "token",
        "form_id",
        "run_code",
    )
    walked = 0
    for name, _pattern, path in addresses:
        if name.startswith("staff:") and parameters(name) & set(about_people):
            walked += 1
            assert refused(browser.get(path)), f"{name} {path}"
            assert refused(browser.post(path)), f"{name} {path}"
    assert walked > 10


def test_staff_of_a_school_see_no_pupil_without_consent(world):
    response = client(world.school).get(reverse("staff:school", kwargs={"slug": "hagi"}))
    assert response.status_code == 200
    assert not leaks(response)


def test_an_officer_of_the_prefecture_sees_no_person(addresses, world):
    browser = client(world.officer)
    for name, _pattern, path in addresses:
        if name.startswith("staff:"):
            response = browser.get(path)
            assert not leaks(response), f"{name} {path}"


def test_a_second_factor_is_asked_of_staff(world):
    browser = Client()
    browser.force_login(world.staff)
    response = browser.get(reverse("staff:home", kwargs={"slug": "hagi"}))
    assert response.status_code == 302
    assert "/2fa/" in response["Location"]
