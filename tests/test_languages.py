"""English pages hold no Japanese that does not say so (lang="ja"), Japanese pages no English sentence of ours.

Every address is walked as somebody entitled to it. Each row of the world has all its words filled in, in Japanese
and, where the row has room for it, in English, so a name that a template forgot to mark shows itself.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.db import transaction
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import translation
from lxml import html

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.letters.rules import KINDS
from sonjuku.web.templatetags.sonjuku_ui import marked
from tests import many_words
from tests import world as worlds
from tests.walking import client, entitled, routes, variants
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent / "sonjuku"
CJK = re.compile(r"[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6]")
SPOKEN = ("title", "alt", "aria-label", "aria-description", "placeholder", "label", "data-confirm")
BUTTONS = ("submit", "button", "reset")


def language_of(element: Any) -> str:
    """What the page says the element's language is: its own `lang` or the nearest above."""
    while element is not None:
        if element.get("lang") is not None:
            return element.get("lang")
        element = element.getparent()
    return ""


def spoken(page: Any, values: bool = True) -> Iterator[tuple[str, str, str]]:
    """(language, where, words) of all a reader sees or hears. What is typed into a field is the typist's language."""
    for element in page.iter():
        if not isinstance(element.tag, str):
            if element.tail and element.getparent() is not None:
                yield language_of(element.getparent()), element.getparent().tag, element.tail
            continue
        here = language_of(element)
        if element.tag not in ("script", "style", "textarea") and element.text:
            yield here, element.tag, element.text
        if element.tail and element.getparent() is not None:
            yield language_of(element.getparent()), element.getparent().tag, element.tail
        if not values:
            continue
        for name in SPOKEN:
            if element.get(name):
                yield here, f"{element.tag} {name}", element.get(name)
        if element.tag == "input" and element.get("type") in BUTTONS and element.get("value"):
            yield here, "button value", element.get("value")
        if element.tag == "meta" and element.get("name") == "description":
            yield here, "meta description", element.get("content") or ""


def unmarked(page: Any, values: bool = True) -> list[str]:
    """Japanese outside lang="ja", with the place it stands in."""
    if page.get("lang") != "en":
        return [f"the whole page is in {page.get('lang')!r}"]
    return [
        f"<{where}> {words.strip()[:80]}"
        for language, where, words in spoken(page, values)
        if CJK.search(words) and not language.startswith("ja") and (values or where != "title")
    ]


@pytest.fixture
def world(db: Any, settings: Any) -> World:
    settings.DEMO = True  # the pages that only the demo has are pages too
    world = worlds.build()
    many_words.fill(world)
    return world


def pages(world: World, only: tuple[str, ...] = ()) -> list[tuple[str, str, Any]]:
    """(name, Japanese address, who may open it) of the whole house, or of the names in `only`."""
    with translation.override("ja"):
        every = [*_of_ours(world), *_of_accounts(world)]
    return [page for page in every if not only or page[0] in only]


def _of_ours(world: World) -> Iterator[tuple[str, str, Any]]:
    for namespace in ("public", "member", "staff"):
        for name, pattern in routes(namespace):
            for kwargs in variants(name, pattern, world):
                address = reverse(name, kwargs=kwargs)
                if namespace == "public":
                    yield name, address, None
                    yield name, address, world.member
                else:
                    yield name, address, entitled(name, pattern, world)


def _of_accounts(world: World) -> Iterator[tuple[str, str, Any]]:
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and name.startswith(("account_", "mfa_", "print_codes")):
            try:
                address = reverse(name)
            except NoReverseMatch:  # needs the number of a security key
                continue
            yield name, address, None
            yield name, address, world.member


def visit(language: str, method: str, address: str, who: Any) -> Any:
    """The page the browser ends on, parsed, or None when it is no HTML. What a POST changed is undone."""
    prefix = "/en" if language == "en" else ""
    with transaction.atomic():
        response = getattr(client(who), method)(f"{prefix}{address}", follow=True)
        transaction.set_rollback(True)
    if response.streaming or not response.content or "text/html" not in response.get("Content-Type", ""):
        return None
    page = html.document_fromstring(response.content.decode())
    if b"<html" not in response.content:
        page.set("lang", language)  # a part of a page, which htmx puts into the whole
    return page if response.status_code != 404 else None


def walk(
    world: World, language: str, method: str = "get", only: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any]]:
    for name, address, who in pages(world, only):
        page = visit(language, method, address, who)
        if page is not None:
            yield f"{method} {name} {address.split('/')[-2]}", page


def report(lines: list[str]) -> str:
    return f"{len(lines)} places:\n" + "\n".join(dict.fromkeys(lines))


def test_english_pages_hold_no_japanese(world):
    wrong, seen = [], 0
    for where, page in walk(world, "en"):
        seen += 1
        wrong += [f"{where}: {words}" for words in unmarked(page)]
    assert seen > 100
    assert not wrong, report(wrong)


def test_english_pages_hold_no_japanese_when_a_form_comes_back(world):
    wrong = []
    for where, page in walk(world, "en", "post"):
        wrong += [f"{where}: {words}" for words in unmarked(page)]
    assert not wrong, report(wrong)


def test_japanese_that_stands_in_for_english_is_marked(world):
    many_words.without_english()
    wrong = []
    for where, page in walk(world, "en"):
        wrong += [f"{where}: {words}" for words in unmarked(page, values=False)]
    assert not wrong, report(wrong)


ABOUT_A_CALL = ("public:call", "public:calls", "public:proof", "member:apply", "member:home", "staff:home",
                "staff:call", "staff:calls", "staff:selection", "public:council")  # fmt: skip
ABOUT_AN_APPLICATION = (
    "member:application",
    "member:home",
    "staff:application",
    "staff:applications",
    "member:apply",
)


@pytest.mark.parametrize("selection", Call.Selection.values)
def test_every_state_of_a_call_in_english(world, selection):
    wrong = []
    for state in Call.State.values:
        Call.objects.update(state=state, selection=selection)
        for where, page in walk(world, "en", only=ABOUT_A_CALL):
            wrong += [f"{state} {where}: {words}" for words in unmarked(page)]
    assert not wrong, report(wrong)


def test_every_state_of_an_application_in_english(world):
    wrong = []
    for state in Application.State.values:
        Application.objects.update(state=state, confirm_by=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
        for where, page in walk(world, "en", only=ABOUT_AN_APPLICATION):
            wrong += [f"{state} {where}: {words}" for words in unmarked(page)]
    assert not wrong, report(wrong)


def english_sentences() -> set[str]:
    """What the catalogues say in English, where it is more than a word that Japanese may use too."""
    sentences = set()
    for file in ROOT.rglob("*.po"):
        with file.open("rb") as source:
            for message in read_po(source, locale="en"):
                text = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
                if message.id and " " in text and "%(" not in text and "{" not in text:
                    sentences.add(" ".join(text.split()))
    return sentences


def test_japanese_pages_hold_no_english_of_ours(world):
    sentences, wrong = english_sentences(), []
    assert len(sentences) > 500
    for where, page in walk(world, "ja"):
        if page.get("lang") != "ja":
            wrong.append(f"{where}: the whole page is in {page.get('lang')!r}")
        wrong += [
            f"{where}: {words.strip()}"
            for language, _place, words in spoken(page)
            if language == "ja" and " ".join(words.split()) in sentences
        ]
    assert not wrong, report(wrong)


SAID = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{%.*?%\}|\{\{.*?\}\}",
    re.S,
)


def templates() -> list[Path]:
    return sorted(p for p in ROOT.rglob("templates/**/*.html"))


def literal(source: str) -> Any:
    """The template's own words: what is left when every tag is taken out."""
    body = SAID.sub("", re.sub(r"<!doctype.*?>", "", source, flags=re.I))
    return html.document_fromstring(f'<html lang="en"><body>{body}</body></html>')


def test_no_template_writes_japanese_outside_a_message():
    """Also in branches that no walk reaches."""
    assert len(templates()) > 60
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.relative_to(ROOT)}: {words}" for words in unmarked(literal(text))]
    assert not wrong, report(wrong)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("<p>申込み</p>", 1),
        ('<p lang="ja">申込み<b>受付</b></p>', 0),
        ('<p lang="ja">申込み</p>受付', 1),
        ('<p lang="ja"><b lang="en">Apply 申込み</b></p>', 1),
        ('<img alt="図" src="x">', 1),
        ('<input placeholder="例" value="山田">', 1),
        ('<input type="submit" value="送る">', 1),
        ('<select><option>はい</option><option lang="ja">いいえ</option></select>', 1),
        ("<p>5。</p>", 1),
        ("<p>Fine — “really”</p>", 0),
        ("<!-- 註 --><script>'註'</script><textarea>下書き</textarea>", 0),
        ("{# 註 #}<p>{% translate '申込み' %}</p>", 0),
    ],
)
def test_the_check_sees_what_it_must(source, wrong):
    assert len(unmarked(literal(source))) == wrong


def test_letters_are_seen_in_english_on_the_desk(world):
    """A wording's preview is in the letter's own language, whatever the desk reads."""
    for kind in KINDS:
        with translation.override("ja"):
            address = reverse("staff:wording", kwargs={"slug": "hagi", "kind": kind, "language": "en"})
        assert unmarked(visit("en", "get", address, world.staff)) == []


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("Holders of ITの基礎 (today)", 'Holders of <span lang="ja">ITの基礎</span> (today)'),
        ("萩 花子", '<span lang="ja">萩 花子</span>'),
        ("Hagi & Abu", "Hagi & Abu"),
        ("<b>萩</b>", '<span lang="ja">&lt;b&gt;萩&lt;/b&gt;</span>'),
        (None, ""),
    ],
)
def test_words_are_marked_where_they_are_japanese(words, english):
    with translation.override("en"):
        assert marked(words) == english
    with translation.override("ja"):
        assert marked(words) == (words or "")
