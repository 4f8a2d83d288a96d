"""What is looked at in every page, on the narrowest phone: it fits, is titled, reads in its language, and axe is silent."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

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

WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  const names = wide.slice(-3).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 30));
  return [`${root.scrollWidth} px wide: ${names.join(" | ")}`];
}"""
LOOK = """(language) => {
  const found = [], root = document.documentElement;
  const stops = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  if (!document.querySelector(stops)?.matches(".skip")) found.push("the skip link is not the first to get the focus");
  // An editor that opens where one pressed "edit" takes the focus.
  if (document.querySelector("[autofocus]:not(#question-edit *)")) found.push("autofocus passes the skip link by");
  const skip = document.querySelector("a.skip");
  if (skip && !document.querySelector(skip.getAttribute("href"))) found.push("the skip link leads nowhere");
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} h1`);
  if (!document.title.split("|")[0].trim()) found.push("no title");
  if (root.lang !== language) found.push(`says it is ${root.lang}, not ${language}`);
  if (getComputedStyle(root).colorScheme !== "light") found.push("a browser may turn its colours round");
  return found;
}"""
# The council's own colour on a button is the page's one next step; all else is outlined or a link.
FILLED = """() => {
  const probe = document.createElement("i");
  probe.className = "btn";
  document.body.append(probe);
  const key = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return [...document.querySelectorAll("main :is(button, .btn, input[type=submit])")]
    .filter((e) => e.checkVisibility() && getComputedStyle(e).backgroundColor === key)
    .map((e) => (e.textContent || e.value).trim().slice(0, 30));
}"""


def context_of(chromium: Browser, site: Site) -> BrowserContext:
    context = chromium.new_context(
        base_url=site.url, viewport=NARROW, locale="ja-JP", timezone_id="Asia/Tokyo", has_touch=True
    )
    context.set_default_timeout(30_000)
    return context


def wide(page: Page) -> list[str]:
    """What sticks out on the right."""
    found: list[str] = page.evaluate(WIDE)
    return found


def look(page: Page, language: str) -> list[str]:
    """What is wrong with the page that any of ours must have right."""
    found: list[str] = page.evaluate(LOOK, language)
    return wide(page) + found


def filled(page: Page) -> list[str]:
    """The words of the filled buttons one sees."""
    found: list[str] = page.evaluate(FILLED)
    return found


def axe(page: Page) -> list[str]:
    answer: Any = Axe().run(page, options=AXE).response
    return [
        f"axe {violation['id']}: {violation['help']}: "
        + " | ".join(f"{node['target']} {node['html'][:160]}" for node in violation["nodes"][:3])
        for violation in answer["violations"]
    ]
