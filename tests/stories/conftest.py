import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.stories.site import CHROMIUM, CHROMIUM_ARGS, Site

REQUIRED = bool(os.environ.get("CI") or os.environ.get("SONJUKU_REQUIRE_BROWSER"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories need Debian's Chromium; where it is absent they are skipped and say so, except in CI."""
    if Path(CHROMIUM).exists() or REQUIRED:
        return
    for item in items:
        if "stories" in str(item.path):
            item.add_marker(
                pytest.mark.skip(reason=f"{CHROMIUM} is not installed (apt-get install chromium)")
            )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.prepare()
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser, site: Site) -> Iterator[Page]:
    """A new person's phone: nothing stored, Japanese."""
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 375, "height": 812}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Page]:
    """The secretariat's computer."""
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 1280, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def guest(chromium: Browser, site: Site) -> Iterator[Page]:
    """Somebody else's phone: a guardian, a stranger who verifies."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 375, "height": 812}, locale="ja-JP")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
