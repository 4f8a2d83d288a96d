"""The demo, walked by its links as a visitor and as each of the cast on the narrowest phone: no link is dead, all fits.

test_every_address.py has every address before axe. Here axe sees what only the demo has: the pages whose look depends
on the state of what they show or on the council's colour, and what comes back when a form is sent.
"""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import Browser, Page

from sonjuku.flows.demo import CAST
from tests.stories.looking import LANGUAGES, axe, context_of, look
from tests.stories.site import Site

# Not pages: files, pictures, data.
DATA = re.compile(
    r"\.(css|json|png|svg|txt|ics|atom|csv|xlsx)$|/materials/|/download/$|/docx/|^/files/|^/demo/inbox/."
)
NO_SUCH_PAGE = "/no-such-page/"
VISITOR_STARTS = (
    "/", "/k/", "/verify/", "/demo/", "/demo/cast/", "/demo/inbox/", "/accounts/login/", "/accounts/signup/",
    "/accounts/password/reset/", "/accounts/login/code/", NO_SUCH_PAGE,
)  # fmt: skip
MORE_STARTS = {
    "learner": ("/c/hagi/calls/", "/verify/"),
    "engineer": ("/c/aomori/calls/", "/c/tsuyama/calls/"),
    "secretariat": ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"),
}
MORE_AREAS = {
    "learner": ("public:call", "public:badge"),
    "engineer": ("public:call", "public:badge"),
    "secretariat": ("account_", "mfa_", "print_"),
}
# Pages whose look depends on the state of what they show, and on the council's colour.
EXAMPLES = {
    "public:call": 3, "member:application": 3, "staff:application": 3, "staff:call": 3, "staff:selection": 2,
}  # fmt: skip
COLOURED = ("public:council", "staff:home")
BEFORE_AXE = {*EXAMPLES, *COLOURED, "no page", "staff:form of a draft", "staff:question_edit"}
# Sending these empty changes nothing and shows how they say what is missing.
SENT_EMPTY = (
    "account_login", "account_signup", "account_reset_password", "public:k", "public:verify", "member:apply",
    "member:profile", "member:report", "member:survey", "staff:call_new", "staff:entry", "staff:letter_new",
)  # fmt: skip

LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"
FORM = "main form[method=post]"
SEND_EMPTY = """(form) => {
  for (const box of form.querySelectorAll("input, textarea, select")) {
    if (box.type === "checkbox" || box.type === "radio") box.checked = false;
    else if (!["hidden", "submit", "file"].includes(box.type)) box.value = "";
  }
  form.noValidate = true;
  form.requestSubmit();
}"""


def where(path: str) -> tuple[str, str]:
    """(name of the address with the words that choose a variant of the page, slug of the council)."""
    try:
        with override("ja"):
            match = resolve(path)
    except Resolver404:
        return "no page", ""
    words = [str(v) for k, v in match.kwargs.items() if k in ("section", "action")]
    return " ".join([match.view_name, *words]), str(match.kwargs.get("slug", ""))


@dataclass
class Walk:
    """One person's way through the site; what is wrong goes into `problems`."""

    page: Page
    who: str
    examined: set[tuple[str, ...]]
    problems: list[str]
    wanted: Callable[[str], bool]
    examples: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    pages: int = 0

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def walk(self, starts: tuple[str, ...]) -> None:
        queue = deque(starts)
        self.known.update(starts)
        while queue:
            path = queue.popleft()
            name, slug = where(path)
            if self.examples[name, slug] >= EXAMPLES.get(name, 1):
                continue
            self.examples[name, slug] += 1
            for link in self.visit(path, name, slug):
                if link not in self.known and not DATA.search(link) and self.wanted(where(link)[0]):
                    self.known.add(link)
                    queue.append(link)

    def visit(self, path: str, name: str, slug: str) -> list[str]:
        """Look at the page, the first of its kind in both languages; the paths it links to."""
        found: list[str] = []
        first = (name, "en", "") not in self.examined and (name in BEFORE_AXE or name in SENT_EMPTY)
        for language in LANGUAGES if first else LANGUAGES[:1]:
            address, answer = self.go(path, language)
            expected = 404 if path == NO_SUCH_PAGE else 200
            status = [] if answer == expected else [f"status {answer}"]
            self.look(address, name, slug, language, status)
            if language == "ja":
                found = [urlsplit(link) for link in self.page.evaluate(LINKS)]
                here = urlsplit(self.page.url).netloc
                found = [
                    link.path for link in found if link.netloc == here and not link.path.startswith("/en/")
                ]
            if name in SENT_EMPTY and ("sent empty", name, language) not in self.examined:
                self.examined.add(("sent empty", name, language))
                if self.page.locator(FORM).count():
                    with self.page.expect_navigation():
                        self.page.locator(FORM).first.evaluate(SEND_EMPTY)
                    self.look(f"{address} sent empty", f"{name} sent empty", slug, language, [])
        return found

    def send(self, path: str, **values: str) -> None:
        """Fill in the page's form, send it, and look at what comes."""
        for language in LANGUAGES:
            if self.who == "visitor":
                self.page.context.clear_cookies()  # a login begun would lead past the page
            address, _ = self.go(path, language)
            for box, value in values.items():
                self.page.fill(f"main [name={box}]", value.replace("LANGUAGE", language))
            with self.page.expect_navigation():
                self.page.locator(FORM).first.evaluate("(form) => form.requestSubmit()")
            self.look(f"{address} sent", f"{where(path)[0]} sent", "", language, [])

    def build(self, path: str) -> None:
        """Copy the first form of the list, and look at the builder with the copy and one of its questions."""
        self.go(path, "ja")
        with self.page.expect_navigation():
            self.page.locator("form[action$='/copy/']").first.evaluate("(form) => form.requestSubmit()")
        copy = urlsplit(self.page.url).path
        for language in LANGUAGES:
            address, _ = self.go(copy, language)
            self.look(address, "staff:form of a draft", "", language, [])
            question = self.page.locator("a[href*='/forms/questions/'], a[id^='edit-']").first
            with self.page.expect_response(lambda response: response.ok):
                question.click()
            self.page.wait_for_selector("#question-edit")
            self.look(address, "staff:question_edit", "", language, [])

    def go(self, path: str, language: str) -> tuple[str, int]:
        """Open the page; (its address, its status)."""
        address = path if language == "ja" else f"/en{path}"
        answer = self.page.goto(address)
        assert answer is not None
        self.pages += 1
        return address, answer.status

    def look(self, address: str, name: str, slug: str, language: str, found: list[str]) -> None:
        refused = (400, 404, 409, 422) if address.endswith((NO_SUCH_PAGE, "sent empty")) else ()
        found += look(self.page, language)
        found += [text for text in self.said if not any(f"status of {status}" in text for status in refused)]
        self.said.clear()
        examined = (name, language, slug if name in COLOURED and language == "ja" else "")
        if examined not in self.examined and (name in BEFORE_AXE or " sent" in name):
            self.examined.add(examined)
            found += axe(self.page)
        self.problems += [f"{self.who} {address} ({name}): {problem}" for problem in found]


def walk_all(chromium: Browser, site: Any) -> tuple[list[str], set[str]]:
    """(what is wrong, the names of the addresses that were looked at)."""
    problems: list[str] = []
    examined: set[tuple[str, ...]] = set()
    seen: dict[str, set[str]] = {}
    for key, role in [("visitor", "visitor"), *((member.key, member.role or member.key) for member in CAST)]:
        context = context_of(chromium, site)
        page = context.new_page()
        starts, areas = VISITOR_STARTS, ("public:", "account_")
        if key != "visitor":
            page.goto("/demo/cast/")
            with page.expect_navigation():
                page.locator(f"form:has(input[value={key}]) button").click()
            starts = (urlsplit(page.url).path, "/me/", *MORE_STARTS.get(key, ()))
            areas = ("member:", "staff:", *MORE_AREAS.get(key, ()))
        # The second of a role looks at what the first has not seen.
        before = frozenset(seen.get(role, ()))
        walk = Walk(
            page, key, examined, problems,
            lambda name, areas=areas, before=before: name.startswith(areas) and name not in before,
        )  # fmt: skip
        walk.walk(starts)
        if key == "visitor":
            walk.send(
                "/accounts/signup/", email="new-LANGUAGE@example.jp", password1="long-enough-for-a-test-8"
            )
            walk.send("/accounts/login/code/", email="engineer@sonjuku.example")
            walk.send("/accounts/password/reset/", email="engineer@sonjuku.example")
        if key == "learner":
            badge = next(path for path in walk.known if where(path)[0] == "public:badge")
            walk.send("/verify/", text=site.url + badge)
            walk.send("/verify/", text="{}")
        if key == "secretariat":
            slip = site.one("SELECT id FROM calls_application WHERE channel = 'fax' AND code <> ''")
            walk.walk((f"/c/hagi/desk/applications/{UUID(slip)}/slip/",))
            walk.build("/c/hagi/desk/forms/")
        seen.setdefault(role, set()).update(name for name, _slug in walk.examples)
        print(f"{key}: {walk.pages} pages")
        context.close()
    return problems, set().union(*seen.values())


@pytest.mark.story
def test_the_demo_fits_a_narrow_phone_and_no_link_is_dead(site: Site, chromium: Browser) -> None:
    problems, names = walk_all(chromium, site)
    assert not problems, "\n" + "\n".join(problems)
    assert len(names) > 80, sorted(names)
