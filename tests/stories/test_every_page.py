"""Every page of the demo, in both languages, on the narrowest phone: fits, is titled, and axe finds nothing.

Pages are found by following links, as a visitor and as each of the cast; one or a few examples of each address.
"""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import Browser, BrowserContext, Page

from sonjuku.flows.demo import CAST
from tests.stories.site import Site

# WCAG 1.4.10 Reflow: a window of 1280 x 1024 at 400 %. The tab bar, which covers what is under it, does not stick here.
NARROW = {"width": 320, "height": 256}
LANGUAGES = ("ja", "en")
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
}
# Not pages: files, pictures, data.
DATA = re.compile(r"\.(css|json|png|svg|txt|ics|atom|csv|xlsx)$|/materials/|^/files/|^/demo/inbox/.")
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
# Sending these empty changes nothing and shows how they say what is missing.
SENT_EMPTY = (
    "account_login", "account_signup", "account_reset_password", "public:k", "public:verify", "member:apply",
    "member:profile", "member:report", "member:survey", "staff:call_new", "staff:entry", "staff:letter_new",
)  # fmt: skip

LOOK = """() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
    const names = wide.slice(-3).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 30));
    found.push(`${root.scrollWidth} px wide: ${names.join(" | ")}`);
  }
  const stops = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  if (!document.querySelector(stops)?.matches(".skip")) found.push("the skip link is not the first to get the focus");
  // An editor that opens where one pressed "edit" takes the focus.
  if (document.querySelector("[autofocus]:not(#question-edit *)")) found.push("autofocus passes the skip link by");
  const skip = document.querySelector("a.skip");
  if (skip && !document.querySelector(skip.getAttribute("href"))) found.push("the skip link leads nowhere");
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} h1`);
  if (!document.title.split("|")[0].trim()) found.push("no title");
  if (root.lang !== LANGUAGE) found.push(`says it is ${root.lang}, not LANGUAGE`);
  return found;
}"""
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
        first = (name, "en", "") not in self.examined
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
        found += self.page.evaluate(LOOK.replace("LANGUAGE", f'"{language}"'))
        found += [text for text in self.said if not any(f"status of {status}" in text for status in refused)]
        self.said.clear()
        examined = (name, language, slug if name in COLOURED and language == "ja" else "")
        if examined not in self.examined:
            self.examined.add(examined)
            found += self.axe()
        self.problems += [f"{self.who} {address} ({name}): {problem}" for problem in found]

    def axe(self) -> list[str]:
        answer = Axe().run(self.page, options=AXE).response
        return [
            f"axe {violation['id']}: {violation['help']}: "
            + " | ".join(f"{node['target']} {node['html'][:160]}" for node in violation["nodes"][:3])
            for violation in answer["violations"]
        ]


def context_of(chromium: Browser, site: Site) -> BrowserContext:
    context = chromium.new_context(
        base_url=site.url, viewport=NARROW, locale="ja-JP", timezone_id="Asia/Tokyo", has_touch=True
    )
    context.set_default_timeout(15_000)
    return context


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
def test_fits_a_narrow_phone_and_axe_finds_nothing(site: Site, chromium: Browser) -> None:
    problems, names = walk_all(chromium, site)
    assert not problems, "\n" + "\n".join(problems)
    assert len(names) > 80, sorted(names)
