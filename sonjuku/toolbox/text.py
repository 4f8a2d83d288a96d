"""Text for search, for pages, and for headings that break where a Japanese reader expects it."""

import re
import unicodedata
from functools import cache

import jaconv
import nh3
from budoux import Parser, load_default_japanese_parser
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LATIN_END, _LATIN_START = re.compile("[0-9A-Za-z]$"), re.compile("[0-9A-Za-z]")


def search_text(*parts: str | None) -> str:
    """What to store and to search for: NFKC, case and kana folded, a space between parts; None is left out.

    `ｶﾞｯｺｳ`, `がっこう` and `ガッコウ` become the same text. Fold the query with the same function.
    """
    joined = unicodedata.normalize("NFKC", " ".join(part for part in parts if part)).casefold()
    # Casefolding can leave text that NFKC changes again.
    return " ".join(jaconv.hira2kata(unicodedata.normalize("NFKC", joined)).split())


def markdown(text: str, top_heading: int = 3) -> str:
    """Safe HTML of CommonMark with tables: no raw HTML, pictures or styles; a line end is a line break.

    The text's highest heading becomes `top_heading`, deeper ones follow without a gap, whatever number of # the
    writer began with. Mark the result as safe in templates.
    """
    renderer = _renderer()
    tokens = renderer.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    used = sorted({token.tag for token in headings})
    above = top_heading - 1
    for token in headings:
        # One may go up several levels at once, but down only one.
        above = min(top_heading + used.index(token.tag), above + (token.type == "heading_open"), 6)
        token.tag = f"h{above}"
    html = renderer.renderer.render(tokens, renderer.options, {})
    return nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )


def balance(text: str) -> list[str]:
    """The phrases of a Japanese text; joined they are the text. Put `<wbr>` between them.

    The parser cuts `2024` into `2` and `024`; numbers and Latin words stay whole here.
    """
    phrases: list[str] = []
    for phrase in _phrases().parse(text):
        if phrases and _LATIN_END.search(phrases[-1]) and _LATIN_START.match(phrase):
            phrases[-1] += phrase
        else:
            phrases.append(phrase)
    return phrases


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


@cache
def _phrases() -> Parser:
    return load_default_japanese_parser()
