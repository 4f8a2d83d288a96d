import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.stories.site import CHROMIUM, CHROMIUM_ARGS, Site

REQUIRED = bool(os.environ.get("CI") or os.environ.get("SONJUKU_REQUIRE_BROWSER"))
# Milliseconds; how long a step takes says how busy the machine is.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

# Playwright's loop runs as long as its process lives; Django's own tests come after the stories there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
LONGEST = [
    "test_every_address",
    "test_every_page",
    "test_kill",
    "test_matching_event",
    "test_outlives",
    "test_mailing",
]
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1280, "height": 900}
# Runs in every page: what is wider than the screen becomes a console error, and console errors fail the story.
WATCH = """
addEventListener("load", () => {
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) console.error(`${location.pathname} is ${wide} px wide on a screen of ${innerWidth} px`);
});
"""


# Around the others: groups are told before pytest-xdist reads them, the order after pytest-django has made its own.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Stories need Debian's Chromium; where it is absent they are skipped and say so, except in CI.

    They come first, those that take longest before the others, so that both processes end at the same time.
    """
    stories = [item for item in items if "stories" in str(item.path)]
    for item in stories:
        item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if "chromium" in getattr(item, "fixturenames", ()) and not (Path(CHROMIUM).exists() or REQUIRED):
            item.add_marker(
                pytest.mark.skip(reason=f"{CHROMIUM} is not installed (apt-get install chromium)")
            )
    yield
    items.sort(key=lambda item: _turn(item.path))


def _turn(path: Path) -> int:
    if "stories" not in path.parts:
        return len(LONGEST) + 1
    return LONGEST.index(path.stem) if path.stem in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's database and files, loaded once for all processes of the tests."""
    base = tmp_path_factory.getbasetemp()
    site = Site((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo")
    site.var.mkdir(exist_ok=True)
    with (site.var / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (site.var / "ready").exists():
            site.prepare()
            (site.var / "ready").touch()
    return site.var


@pytest.fixture(scope="session")
def site(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.prepare_from(demo_folder)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def own_site(demo_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A site that one test has to itself: what others wrote there does not stand in its way, nor its own in theirs."""
    own = Site(tmp_path / "site")
    own.prepare_from(demo_folder)
    own.start()
    yield own
    own.stop()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
    yield browser
    browser.close()


@contextmanager
def someone(chromium: Browser, site: Site, screen: dict[str, int]) -> Iterator[Page]:
    """A browser of its own with nothing stored, in Japanese. At the end: no page was too wide, none had an error."""
    context = chromium.new_context(
        base_url=site.url,
        viewport=screen,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        has_touch=screen is PHONE,
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    problems: list[str] = []
    context.on(
        "console",
        lambda said: problems.append(f"{said.text} at {said.page.url}") if said.type == "error" else None,
    )
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert problems == []


@pytest.fixture
def phone(chromium: Browser, site: Site) -> Iterator[Page]:
    """A new person's phone."""
    with someone(chromium, site, PHONE) as page:
        yield page


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Page]:
    """The secretariat's computer."""
    with someone(chromium, site, DESK) as page:
        yield page


@pytest.fixture
def guest(chromium: Browser, site: Site) -> Iterator[Page]:
    """Somebody else's phone: a guardian, a stranger who verifies."""
    with someone(chromium, site, PHONE) as page:
        yield page


@pytest.fixture
def become(site: Site) -> Callable[..., Any]:
    """Step in as one of the demo's cast."""

    def be(page: Page, name: str) -> None:
        page.goto("/demo/cast/")
        page.get_by_role("button", name=f"{name}になる", exact=True).click()
        page.wait_for_load_state()

    return be
