"""Text for search, for pages, and for headings that break where a Japanese reader expects it."""

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


def search_text(*parts: str | None) -> str:
    """What to store and to search for: NFKC, case and kana folded, a space between parts; None is left out.

    `ｶﾞｯｺｳ`, `がっこう` and `ガッコウ` become the same text. Fold the query with the same function.
    """
    joined = unicodedata.normalize("NFKC", " ".join(part for part in parts if part)).casefold()
    # Casefolding can leave text that NFKC changes again.
    return " ".join(jaconv.hira2kata(unicodedata.normalize("NFKC", joined)).split())


def markdown(text: str, top_heading: int = 3) -> str:
    """Safe HTML of CommonMark with tables: no raw HTML, pictures or styles; a line end is a line break.

    `#` becomes `<h3>` unless `top_heading` says otherwise, deeper ones follow. Mark the result as safe in
    templates.
    """
    renderer = _renderer()
    tokens = renderer.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + top_heading - 1, 6)}"
    html = renderer.renderer.render(tokens, renderer.options, {})
    return nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )


def balance(text: str) -> list[str]:
    """The phrases of a Japanese text; joined they are the text. Put `<wbr>` between them."""
    return _phrases().parse(text)


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


@cache
def _phrases() -> Parser:
    return load_default_japanese_parser()
