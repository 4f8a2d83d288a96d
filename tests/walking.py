"""Every address of the site, found in its URL configuration and filled with rows of tests/world.py.

The permission test (test_walk.py) and the browser (stories/test_every_address.py) walk the same list, so a page that
one of them sees, the other sees too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver

from sonjuku.flows import claiming, guarding
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.participation import queries as participation
from tests.world import World

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# A parameter of which every value is a page of its own: the view says which in `.values`.
MANY = ("action", "section", "order")


@dataclass(frozen=True)
class Route:
    """`namespace` and `name` as in `{% url %}`; `template` is the path with its <parameters>, the includes' too."""

    namespace: str
    name: str
    template: str
    translated: bool
    pattern: URLPattern

    @property
    def label(self) -> str:
        return f"{self.namespace}:{self.name}" if self.namespace else self.name or self.template

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.template)

    def path(self, kwargs: dict[str, Any]) -> str:
        return "/" + PARAMETER.sub(lambda found: str(kwargs[found[1]]), self.template)


@cache
def every_route() -> tuple[Route, ...]:
    def walk(patterns: list[Any], template: str, namespace: str, translated: bool) -> Iterator[Route]:
        for entry in patterns:
            here = template + str(entry.pattern).removeprefix("^").removesuffix("$")
            if isinstance(entry, URLResolver):
                i18n = isinstance(entry.pattern, LocalePrefixPattern)
                inside = template if i18n else here
                yield from walk(entry.url_patterns, inside, entry.namespace or namespace, translated or i18n)
            else:
                yield Route(namespace, entry.name or "", here, translated, entry)

    return tuple(walk(get_resolver().url_patterns, "", "", False))


def routes(namespace: str) -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address in the namespace, however deep the includes."""
    for route in every_route():
        if route.namespace == namespace:
            yield route.label, route.pattern


def parameters(name: str) -> set[str]:
    """All parameters of the address, those of the includes above it too."""
    return {p for route in every_route() if route.label == name for p in route.parameters}


def variants(name: str, pattern: URLPattern, world: World) -> Iterator[dict[str, Any]]:
    """Fill the address; an `action` or `section` is walked in each of the values its view declares."""
    params = world.params
    names = parameters(name)
    kwargs: dict[str, Any] = {}
    for parameter in names:
        if parameter == "token":
            kwargs[parameter] = token(name, world)
        elif parameter not in MANY:
            assert parameter in params, (
                f"{name}: unknown parameter {parameter!r}: teach tests/world.py what it is"
            )
            kwargs[parameter] = params.get((name, parameter), params[parameter])
    many = [p for p in names if p in MANY]
    if not many:
        yield kwargs
        return
    values = getattr(pattern.callback, "values", None)
    assert values, f"{name}: its view must declare .values for {many[0]!r}"
    for value in values:
        yield {**kwargs, many[0]: value}


def token(name: str, world: World) -> str:
    if name == "member:guardian":
        return guarding.link(world.params["consent"]).strip("/").split("/")[-1]
    if name == "member:claim":
        return claiming.link(world.params["paper_person"]).strip("/").split("/")[-1]
    if name == "public:unsubscribe":
        return letters.unsubscribe_path(world.params["participation"].person).strip("/").split("/")[-1]
    if name.startswith("public:shared"):
        return "shared"
    return participation.token(world.params["participation"])


def entitled(name: str, pattern: URLPattern, world: World) -> Any:
    """The account to which the page belongs."""
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


def client(account: Any = None) -> Client:
    """A browser that `account` has logged in with, past the second factor."""
    browser = Client(raise_request_exception=True)
    if account is not None:
        browser.force_login(account)
        session = browser.session
        session["demo_cast"] = True
        session.save()
    return browser
