"""The budget ends and the server is switched off: from the exported files alone a stranger still verifies a badge."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sonjuku.protocols.openbadges import keys, vcjwt
from tests.stories.conftest import DESK, PATIENCE, PHONE, WATCH
from tests.stories.looking import axe, filled, look
from tests.stories.site import Site
from tests.stories.test_lottery import tick
from tests.stories.test_matching_event import picture, press, someone

pytestmark = pytest.mark.story

GENUINE, FALSE, UNSURE, UNREAD = "本物です", "正しい証明ではありません", "確かめられないところがあります", "確かめられませんでした"  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: Any) -> None:
        pass


@contextmanager
def served(place: Path) -> Iterator[str]:
    """The folder on a plain host of files; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(place))) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://localhost:{host.server_port}/"
        host.shutdown()


@contextmanager
def stranger(chromium: Browser, base: str) -> Iterator[Page]:
    """Somebody with the folder and nothing else: every request stays below `base`."""
    context = chromium.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    wrong: list[str] = []
    context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("request", lambda request: None if request.url.startswith(base) else wrong.append(request.url))
    yield context.new_page()
    context.close()
    assert wrong == []


def seen(page: Page, base: str, path: str, name: str) -> None:
    """The page in both languages, narrow and wide."""
    problems = []
    for language, prefix in (("ja", ""), ("en", "en/")):
        page.goto(f"{base}{prefix}{path}index.html")
        for width in (320, 375, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            problems += [f"{name} {language} {width}: {each}" for each in (*look(page, language), *axe(page))]
            picture(page, f"kept-{name}-{language}-{width}")
        assert len(filled(page)) <= 1, name
    assert problems == []
    page.set_viewport_size(PHONE)


def bring(page: Page, verifier: str, content: str, name: str, verdict: str) -> dict[str, str]:
    """Put a file into the verifier; what each of its lines found."""
    page.goto(verifier)
    page.get_by_label("確かめるファイル").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    )
    page.get_by_role("button", name="確かめる", exact=True).click()
    expect(page.locator("[data-verdict]").get_by_role("heading", name=verdict)).to_be_visible()
    rows = page.locator("[data-check]:not([hidden])")
    return {str(row.get_attribute("data-check")): str(row.get_attribute("data-result")) for row in rows.all()}


@pytest.fixture(scope="module")
def kept(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder that was written while the site still ran, and the cast; the site is off."""
    site, place = Site(tmp_path_factory.mktemp("ends")), tmp_path_factory.mktemp("kept")
    site.manage("migrate", "--verbosity", "0")
    cast = json.loads(site.run("tests.stories.kept_cast"))
    site.start_web()
    try:
        with someone(chromium, site, cast["holder"], DESK) as page:
            page.goto(f"/me/badges/{cast['good']}/")
            tick(page, "visibility", "public")
            press(page, "この範囲にする")
            expect(page.locator("#badge-address")).to_be_visible()
        site.manage("credentials", "export-site", str(place))
    finally:
        site.stop()
    assert not site.is_up()
    return place, cast


def test_a_stranger_verifies_with_the_server_switched_off(
    chromium: Browser, kept: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    place, cast = kept
    with served(place) as base, stranger(chromium, base) as page:
        page.goto(f"{base}badges/{cast['good']}/")
        expect(page.locator("dd.key")).to_have_text("はな")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="確かめるためのファイル（.jwt）").click()
        waiting.value.save_as(tmp_path / "badge.jwt")
        good = (tmp_path / "badge.jwt").read_text()
        page.get_by_role("link", name="本物か確かめる").click()
        judged(page, page.url, place, cast, good)
        found = bring(page, page.url, (place / f"badges/{cast['good']}.json").read_text(), "a.json", GENUINE)
        assert set(found.values()) == {"ok"}
        expect(page.get_by_text("同じ内容の、署名の付いたファイル（.jwt）で確かめました。")).to_be_visible()
        altered = (place / f"badges/{cast['good']}.json").read_text().replace("案内人", "案内員")
        assert bring(page, page.url, altered, "a.json", FALSE)["form"] == "bad"
        bring(page, page.url, good, "badge.jwt", GENUINE)
        assert look(page, "ja") + axe(page) == []
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            picture(page, f"kept-genuine-ja-{width}")
        page.set_viewport_size(PHONE)
        for path, name in (
            ("", "home"), ("verify/", "verify"), ("c/hagi/", "issuer"), ("c/hagi/skills/", "maps"),
            (f"badges/{cast['good']}/", "badge"), (f"badges/{cast['revoked']}/", "revoked"),
        ):  # fmt: skip
            seen(page, base, path, name)


def judged(page: Page, verifier: str, place: Path, cast: dict[str, Any], good: str) -> None:
    """Genuine, altered, revoked, of a key alone, and of somebody unknown: each as it is."""
    assert vcjwt.read(good)[1]["iss"] == cast["did"]
    assert set(bring(page, verifier, good, "badge.jwt", GENUINE).values()) == {"ok"}
    expect(page.locator("[data-why]")).to_contain_text("萩")
    head, payload, signature = good.split(".")
    altered = f"{head}.{payload[:200]}{'A' if payload[200] != 'A' else 'B'}{payload[201:]}.{signature}"
    page.goto(verifier)
    page.get_by_label(".jwt の中の文字").fill(altered)
    page.get_by_role("button", name="確かめる", exact=True).click()
    expect(page.locator("[data-verdict]").get_by_role("heading")).to_have_text(
        re.compile(f"{FALSE}|{UNREAD}")
    )
    forged = f"{head}.{payload}.{signature[:-8]}AAAAAAAA"
    assert bring(page, verifier, forged, "badge.jwt", FALSE)["proof"] == "bad"
    revoked = (place / f"badges/{cast['revoked']}.jwt").read_text()
    found = bring(page, verifier, revoked, "badge.jwt", FALSE)
    assert {name for name, result in found.items() if result != "ok"} == {"status"}
    expect(page.locator("[data-check=status]")).to_contain_text("失効させました")
    picture(page, "kept-revoked-ja-375")
    plain = (place / f"badges/{cast['plain']}.jwt").read_text()
    assert set(bring(page, verifier, plain, "badge.jwt", GENUINE).values()) == {"ok"}
    expect(page.locator("[data-why]")).to_have_text("学びの会社")
    _header, claims = vcjwt.read(plain)
    other = keys.new_key()
    document = {
        name: value for name, value in claims.items() if name not in ("iss", "jti", "sub", "nbf", "exp")
    }
    document["issuer"] = {**document["issuer"], "id": other.did}
    unknown = vcjwt.sign(document, vcjwt.SoftwareSigner(other.private, other.verification_method))
    found = bring(page, verifier, unknown, "badge.jwt", FALSE)
    # A stranger's badge that points to our list: the list is not its issuer's.
    assert {name: result for name, result in found.items() if result != "ok"} == {
        "key": "unknown",
        "status": "bad",
    }
    del document["credentialStatus"]
    unknown = vcjwt.sign(document, vcjwt.SoftwareSigner(other.private, other.verification_method))
    assert bring(page, verifier, unknown, "badge.jwt", UNSURE)["key"] == "unknown"
    bring(page, verifier, "こんにちは", "a.txt", UNREAD)


def test_the_folder_verifies_from_a_disk_too(chromium: Browser, kept: tuple[Path, dict[str, Any]]) -> None:
    place, cast = kept
    with stranger(chromium, place.as_uri()) as page:
        verifier = (place / "verify" / "index.html").as_uri()
        judged(page, verifier, place, cast, (place / f"badges/{cast['good']}.jwt").read_text())
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("button", name="Check", exact=True)).to_be_visible()


def test_a_browser_without_these_signatures_says_so(
    chromium: Browser, kept: tuple[Path, dict[str, Any]]
) -> None:
    place, cast = kept
    verifier = (place / "verify" / "index.html").as_uri()
    good = (place / f"badges/{cast['good']}.jwt").read_text()
    for script, line in (
        ("crypto.subtle.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); };", "issuer"),
        ("Object.defineProperty(crypto, 'subtle', { value: undefined });", "issuer"),
    ):  # fmt: skip
        with stranger(chromium, place.as_uri()) as page:
            page.add_init_script(script)
            assert bring(page, verifier, good, "badge.jwt", UNSURE)[line] == "unknown"
            expect(page.locator(f"[data-check={line}]")).to_contain_text("このブラウザー")
