"""A council's own words in the reader's language; Japanese that stands in for missing English says so to the browser."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.rules import title_of
from sonjuku.web.templatetags.sonjuku_ui import tr

CIRCLED_ONE = 0x2460


def language() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def reader() -> str:
    """As `language`, and `ja-easy` for who reads furigana: for dates and years."""
    return get_language() or "ja"


def joined(parts: Iterable[Any]) -> SafeString:
    """`A、B、C` or `A, B, C`, escaped."""
    return format_html_join("、" if language() == "ja" else ", ", "{}", ((part,) for part in parts))


def japanese(text: str) -> SafeString:
    """Text that exists in Japanese only; nothing stays nothing."""
    return format_html("{}" if language() == "ja" or not text else '<span lang="ja">{}</span>', text)


def body_name(body: Body) -> SafeString:
    """The legal name, then the branch, which has no English."""
    if not body.branch:
        return format_html("{}", tr(body, "name"))
    return format_html("{} {}", tr(body, "name"), japanese(body.branch))


def titled(thing: Any) -> SafeString:
    """A line of work or a programme with its （仮称）."""
    title = title_of(thing, language())
    return format_html("{}", title) if language() == "ja" or thing.title_en else japanese(title)


def circled(number: int) -> str:
    """`①` to `⑳`, as roles are numbered in agreements."""
    return chr(CIRCLED_ONE + number - 1) if 1 <= number <= 20 else f"({number})"
