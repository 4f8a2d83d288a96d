"""Plain Japanese with readings: every page outside of the desk has it, no mark of a reading is left, none is stored."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from lxml import html

from sonjuku.toolbox import furigana
from sonjuku.web.context import in_languages
from tests import many_words
from tests import world as worlds
from tests.test_languages import pages, spoken
from tests.walking import client
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent / "sonjuku"
MARKS = re.compile("[\ufff9-\ufffb]|\\\\ufff[9ab]")
NOT_CITIZENS = ("staff:",)


@pytest.fixture
def world(db: Any, settings: Any) -> World:
    settings.DEMO = True  # the pages that only the demo has are pages too
    world = worlds.build()
    many_words.fill(world)
    return world


def easy_words() -> dict[str, str]:
    """What stands in the catalogues of plain Japanese, by what is said without it; what takes values is left out."""
    words = {}
    for file in sorted(ROOT.rglob("locale/ja_Easy/LC_MESSAGES/django.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="ja"):
                if isinstance(message.id, str) and message.id and not re.search(r"[{%]", message.id):
                    words[message.id] = str(message.string)
    return words


def walk(world: World, method: str) -> Iterator[tuple[str, Any, list[str]]]:
    """(where, answer, statements) of every page of ours but the desk's; what a POST changed is undone."""
    for name, address, who in pages(world):
        if name.startswith(NOT_CITIZENS):
            continue
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            response = getattr(client(who), method)(f"/ja-easy{address}", follow=True)
            transaction.set_rollback(True)
        yield f"{method} {name} {address}", response, [query["sql"] for query in asked.captured_queries]


def is_page(response: Any) -> bool:
    kind = response.get("Content-Type", "")
    return not response.streaming and kind.startswith("text/html") and b"<html" in response.content


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_in_plain_japanese(world, method):
    # Short words stand in councils' own text too.
    normal = {said for said, easy in easy_words().items() if len(said) > 5 and furigana.NOTATION.search(easy)}
    assert len(normal) > 800
    wrong, seen = [], 0
    for where, response, statements in walk(world, method):
        if response.status_code not in (200, 400, 403, 404, 405, 422):
            wrong.append(f"{where}: {response.status_code}")
        if any(MARKS.search(sql) for sql in statements):
            wrong.append(f"{where}: a reading goes into the database")
        if response.streaming:
            continue
        if MARKS.search(response.content.decode(errors="replace")):
            wrong.append(f"{where}: a mark is left")
        if not is_page(response):
            continue
        seen += 1
        page = html.document_fromstring(response.content.decode())
        assert page.get("lang") == "ja", where
        assert page.xpath("//ruby"), where
        assert not page.xpath(
            "//title//ruby | //option//ruby | //textarea//ruby | //*[@*[contains(., '<ruby')]]"
        ), where
        for ruby in page.xpath("//ruby"):
            ruby.text = ""  # what is left has no reading
        wrong += [
            f"{where}: {words.strip()}"
            for _language, _place, words in spoken(page, values=False)
            if _place not in ("title", "option") and " ".join(words.split()) in normal
        ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(dict.fromkeys(wrong))
    assert seen > 60


def test_the_desk_stays_in_plain_sight(world):
    """It has no plain Japanese: who asks for it gets the page itself, and a POST keeps its body."""
    slug = world.council.slug
    browser = client(world.staff)
    response = browser.get(f"/ja-easy/c/{slug}/desk/?a=1")
    assert (response.status_code, response["Location"]) == (302, f"/c/{slug}/desk/?a=1")
    assert browser.post(f"/ja-easy/c/{slug}/desk/").status_code == 307
    assert b"/ja-easy/" not in browser.get(f"/c/{slug}/desk/").content


@pytest.mark.parametrize("prefix", ["", "/ja-easy", "/en"])
def test_the_switch_keeps_the_page(world, prefix):
    address = f"/c/{world.council.slug}/calls/"
    page = html.document_fromstring(client().get(prefix + address).content.decode())
    links = {a.get("href"): a for a in page.xpath("//div[@class='head-tools']//a[@hreflang]")}
    others = {f"{other}{address}" for other in ("", "/ja-easy", "/en") if other != prefix}
    assert set(links) == others
    for href, link in links.items():
        assert link.get("lang") == link.get("hreflang") == ("en" if href.startswith("/en") else "ja")


@pytest.mark.parametrize(
    "path", ["/", "/c/hagi/", "/en", "/en/c/hagi/", "/ja-easy/c/hagi/", "/ja-easy-c/", "/enough/"]
)
def test_addresses_in_three_languages(path):
    found = in_languages(path)
    assert found["ja"] not in ("/en", "/ja-easy")
    assert not found["ja"].startswith(("/en/", "/ja-easy/"))
    assert (found["easy"], found["en"]) == (f"/ja-easy{found['ja']}", f"/en{found['ja']}")
