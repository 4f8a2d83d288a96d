"""Every member and staff address, walked as everyone who must be refused. Addresses are found, not listed.

A new page cannot escape: an address parameter this file doesn't know fails the walk, a view without a declared
permission fails it, and each is first seen to answer somebody entitled.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sonjuku.flows import claiming, guarding
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation import queries as participation
from tests import world as worlds
from tests.world import SECRETS, World

OWN_PAGES = {"member:home", "member:profile", "member:apply", "member:claim"}  # everybody has one of their own
NEEDS_NO_LOGIN = {"member:guardian"}  # a signed link is the permission


def routes(namespace: str) -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address in the namespace, however deep the includes."""

    def walk(patterns: list[Any], prefix: str, inside: bool) -> Iterator[tuple[str, URLPattern]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                here = inside or entry.namespace == namespace
                yield from walk(entry.url_patterns, prefix, here)
            elif inside:
                yield f"{namespace}:{entry.name}", entry

    yield from walk(get_resolver().url_patterns, "", False)


def variants(name: str, pattern: URLPattern, world: World) -> Iterator[dict[str, Any]]:
    """Fill the address; an `action` or `section` is walked in each of the values its view declares."""
    params = world.params
    names = list(parameters(name))
    kwargs: dict[str, Any] = {}
    for parameter in names:
        if parameter == "token":
            kwargs[parameter] = token(name, world)
        elif parameter in ("action", "section", "order"):
            continue
        else:
            assert parameter in params, (
                f"{name}: unknown parameter {parameter!r}: teach tests/world.py what it is"
            )
            kwargs[parameter] = params.get((name, parameter), params[parameter])
    many = [p for p in names if p in ("action", "section", "order")]
    if not many:
        yield kwargs
        return
    values = getattr(pattern.callback, "values", None)
    assert values, f"{name}: its view must declare .values for {many[0]!r}"
    for value in values:
        yield {**kwargs, many[0]: value}


def parameters(name: str) -> set[str]:
    """All parameters of the address, those of the includes above it too."""
    namespace, local = name.split(":")
    resolver = get_resolver()
    found: set[str] = set()
    for key, (prefix, sub) in _namespaces(resolver).items():
        if key == namespace:
            for possibility, *_rest in sub.reverse_dict.getlist(local):
                found |= set(possibility[0][1])
            found |= {
                part.split(":")[-1].rstrip(">")
                for part in prefix.split("<")[1:]
                for part in [part.split(">")[0]]
            }
    return found


def _namespaces(resolver: Any) -> dict[str, tuple[str, Any]]:
    found = dict(resolver.namespace_dict)
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver) and not entry.namespace:
            for key, (prefix, sub) in _namespaces(entry).items():
                found.setdefault(key, (str(entry.pattern) + prefix, sub))
    return found


def token(name: str, world: World) -> str:
    if name == "member:guardian":
        return guarding.link(world.params["consent"]).strip("/").split("/")[-1]
    if name == "member:claim":
        return claiming.link(world.params["paper_person"]).strip("/").split("/")[-1]
    return participation.token(world.params["participation"])


def client(account: Any = None) -> Client:
    browser = Client(raise_request_exception=True)
    if account is not None:
        browser.force_login(account)
        session = browser.session
        session["demo_cast"] = True
        session.save()
    return browser


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


def entitled(name: str, pattern: URLPattern, world: World) -> Any:
    permission = getattr(pattern.callback, "permission", "")
    if name == "member:claim":
        return world.stranger  # has no record in this council yet
    if name.startswith("member:"):
        return world.member
    return {
        "selection.review": world.reviewer,
        "school.read": world.school,
        "aggregates.read": world.officer,
    }.get(permission, world.staff)


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
