"""What templates say and draw: dates, money, phrases, two languages, icons, patterns."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, cast

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.people.rules import may as role_may
from sonjuku.toolbox import dates, furigana, money, text
from sonjuku.web.templatetags import states
from sonjuku.web.templatetags.icons import ICONS
from sonjuku.web.templatetags.patterns import tile

register = template.Library()
_spare_ids = count(1)
LINE_OF_SEAL = 8
SIGN = r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]"
JAPANESE = re.compile(SIGN)
# Words without a blank that hold a Japanese sign, and the blanks between them: ITの基礎.
JAPANESE_WORDS = re.compile(rf"(\S*{SIGN}\S*(?:\s+\S*{SIGN}\S*)*)")


def _lang() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def _reader() -> str:
    """`ja`, `en`, or `ja-easy` for dates and sums with furigana."""
    return get_language() or "ja"


def _day(value: date) -> date:
    return dates.day_of(value) if isinstance(value, datetime) else value


# Dates and money


@register.filter
def jdate(value: date | None) -> str:
    """`11月30日（月）` / `Mon 30 Nov`; of an instant, its day in Tokyo. Nothing for None, as all filters here."""
    return dates.format_date(_day(value), _reader()) if value else ""


@register.filter
def jdate_full(value: date | None) -> str:
    return dates.format_date(_day(value), _reader(), year=True) if value else ""


@register.filter
def jdatetime(value: datetime | None) -> str:
    return dates.format_datetime(value, _reader()) if value else ""


@register.filter
def jdatetime_full(value: datetime | None) -> str:
    return dates.format_datetime(value, _reader(), year=True) if value else ""


@register.filter
def deadline(value: datetime | None) -> str:
    """An exclusive close as people say it (`…まで`); midnight is the day before."""
    return dates.format_deadline(value, _reader()) if value else ""


@register.filter
def wareki(value: date | None) -> str:
    """`令和8年11月30日(月)`; English has no eras and gets the full date."""
    if not value:
        return ""
    if _lang() == "en":
        return dates.format_date(_day(value), "en", year=True)
    said = dates.wareki(_day(value))
    return furigana.dated(said) if _reader() == "ja-easy" else said


@register.filter
def fiscal_year(value: int | None) -> str:
    """`令和8年度` / `FY2026`."""
    return "" if value is None else dates.fiscal_year_label(int(value), _reader())


@register.filter
def yen(value: int | None) -> str:
    """`無料` for 0, `1,500円` / `¥1,500`; nothing for None (not decided yet is not free)."""
    return "" if value is None else money.yen(int(value), _reader())


def whole_days_left(closes_at: datetime, at: datetime) -> int:
    """Days in Tokyo from today to the last day on which one may still apply: 0 today, negative when over."""
    if at >= closes_at:
        return -1
    last = dates.day_of(closes_at - timedelta(microseconds=1))
    return (last - dates.day_of(at)).days


@register.simple_tag
def days_left(closes_at: datetime | None, at: datetime | None = None) -> str:
    """`あと6日`, `今日まで`, or `受付は終わりました` for an exclusive close."""
    if not closes_at:
        return ""
    left = whole_days_left(closes_at, at or timezone.now())
    if left < 0:
        return _("受付は終わりました")
    if left == 0:
        return _("今日まで")
    return ngettext("あと%(days)d日", "あと%(days)d日", left) % {"days": left}


@register.filter
def is_soon(closes_at: datetime | None) -> bool:
    """Closes within three days: worth the warning colour."""
    return closes_at is not None and 0 <= whole_days_left(closes_at, timezone.now()) <= 3


# Words


@register.filter
def phrases(value: object) -> SafeString:
    """Japanese with <wbr> between phrases, for headings where the browser lacks auto-phrase. English stays as it is."""
    if _lang() == "en" or not value or furigana.BEGIN in str(value):
        return conditional_escape(
            str(value or "") if not hasattr(value, "__html__") else cast(SafeString, value)
        )
    parts = format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in text.balance(str(value))))
    return format_html('<span class="phrases">{}</span>', parts)


def _read(thing: Any, field: str) -> str:
    value = thing.get(field) if isinstance(thing, Mapping) else getattr(thing, field, "")
    return str(value or "")


@register.filter
def tr_text(thing: Any, field: str) -> str:
    """The field in the reader's language, or Japanese: for attributes and <title>, where no lang can be set."""
    if thing is None:
        return ""
    return (_lang() == "en" and _read(thing, f"{field}_en")) or _read(thing, field)


@register.simple_tag
def tr(thing: Any, field: str) -> str | SafeString:
    """`title_en` in English, else `title`; where English is missing, the Japanese in `<span lang="ja">`."""
    if thing is None:
        return ""
    if _lang() == "ja":
        return _read(thing, field)
    english, japanese = _read(thing, f"{field}_en"), _read(thing, field)
    if english or not japanese:
        return english
    return format_html('<span lang="ja">{}</span>', japanese)


@register.filter
def marked(value: object) -> str | SafeString:
    """Somebody's own words: on an English page, what is Japanese in them says so. Not for attributes and <title>."""
    if hasattr(value, "__html__"):
        return cast(SafeString, value)
    words = "" if value is None else str(value)
    if _lang() == "ja" or not JAPANESE.search(words):
        return words
    parts = enumerate(JAPANESE_WORDS.split(words))
    return format_html_join(
        "", "{}", ((format_html('<span lang="ja">{}</span>', p) if i % 2 else p,) for i, p in parts)
    )


@register.filter
def has_tr(thing: Any, field: str) -> bool:
    """False where the reader's language is missing and Japanese stands in: the element then needs lang="ja"."""
    return _lang() == "ja" or thing is None or bool(_read(thing, f"{field}_en"))


@register.simple_tag
def ruby(word: str, reading: str) -> SafeString:
    return format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", word, reading)


@register.filter
def tone(state: object) -> str:
    return states.tone(state)


@register.filter
def tone_icon(name: str) -> str:
    """The icon that says a tone without colour; none for key and plain."""
    return states.ICON_OF_TONE.get(name, "")


@register.filter
def may(actor: Any, permission: str) -> bool:
    """Whether the page's actor may do this: for menus; the view itself decides again."""
    return actor is not None and role_may(actor.role, permission)


@register.simple_tag(takes_context=True)
def articles_waiting(context: Context) -> int:
    """How many articles wait for this page's actor to approve them; asks nothing for those who approve none."""
    actor: Any = context.get("actor")
    return newsroom.waiting(actor).count() if may(actor, "news.approve") else 0


@register.filter
def mail_address(value: object) -> SafeString:
    """An e-mail address that breaks after its @ before it breaks anywhere else."""
    return format_html_join(mark_safe("@<wbr>"), "{}", ((part,) for part in str(value or "").split("@")))


# Drawings


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An inline line drawing of ICONS, hidden from screen readers: the words stand beside it."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def status_tag(state: object, label: object) -> SafeString:
    """parts/status_tag.html for long tables: the same markup without an include a row."""
    tone_of = states.tone(state)
    sign = states.ICON_OF_TONE.get(tone_of, "")
    return format_html('<span class="tag {}">{}{}</span>', tone_of, icon(sign) if sign else "", label)


@register.simple_tag(takes_context=True)
def uid(context: Context, prefix: str = "u") -> str:
    """An id that no other part of this page has."""
    request = context.get("request")
    if request is None:
        return f"{prefix}-x{next(_spare_ids)}"
    request.sonjuku_ids = getattr(request, "sonjuku_ids", 0) + 1
    return f"{prefix}-{request.sonjuku_ids}"


@register.simple_tag
def pattern_tile(name: str, uid: str, ground: str = "var(--key)") -> SafeString:
    return mark_safe(tile(name, conditional_escape(uid), conditional_escape(ground)))


@register.simple_tag(takes_context=True)
def pattern(context: Context, council: Any, ground: str = "var(--key)") -> SafeString:
    """The council's pattern, white on `ground`, filling its positioned parent; `.pattern` sets how faint it is."""
    name = _read(council, "pattern") if council else "seigaiha"
    ident = uid(context, "pattern")
    return format_html(
        '<svg class="pattern" width="100%" height="100%" aria-hidden="true" focusable="false">'
        '<defs>{}</defs><rect width="100%" height="100%" fill="url(#{})"/></svg>',
        pattern_tile(name, ident, ground),
        ident,
    )


def _width(words: str) -> float:
    """In full-width characters; Latin counts a little over half."""
    return sum(1 if ord(sign) > 0x2E7F else 0.58 for sign in words)


def _runs(phrase: str, limit: float) -> list[str]:
    """A phrase too long for one line, cut where the script changes: 地域IT|ファシリテーター."""
    return (
        [phrase] if _width(phrase) <= limit else re.findall(r"[!-~]+|[ァ-ヺー・]+|[^!-~ァ-ヺー・]+", phrase)
    )


def _broken(words: str, limit: float, most: int) -> list[str]:
    """Phrases filled into lines of about `limit` full-width characters; what is left over stays on the last line."""
    glue = " " if words.isascii() else ""
    lines: list[str] = []
    parts = (
        words.split()
        if words.isascii()
        else [run for part in text.balance(words) for run in _runs(part, limit)]
    )
    for part in parts:
        if lines and (_width(lines[-1] + glue + part) <= limit or len(lines) == most):
            lines[-1] += glue + part
        else:
            lines.append(part)
    return lines


@register.filter
def seal_lines(title: object) -> list[dict[str, object]]:
    """A badge's title as at most three centred lines `{text, y, size}` on the band of the 200 × 220 seal."""
    words = str(title or "")
    limit = max(LINE_OF_SEAL, _width(words) / 3 + 1)
    lines = _broken(words, limit, 3)
    while max(map(_width, lines), default=0) > limit:
        limit += 1
        lines = _broken(words, limit, 3)
    size = min(25.0, 158 / max(map(_width, lines), default=1), 70 / (1.3 * max(len(lines), 1)))
    step = size * 1.3
    top = 107 - step * (len(lines) - 1) / 2 + size * 0.36
    return [
        {"text": line, "y": round(top + step * i, 1), "size": round(size, 1)} for i, line in enumerate(lines)
    ]


@register.filter
def seal_issuer(council: Any) -> str:
    """The council's short name, where it has one, in the reader's language."""
    return (tr_text(council, "short_title") or tr_text(council, "title")) if council else ""


@register.filter
def seal_foot(issuer: object) -> list[dict[str, object]]:
    """The issuer's name under the band, at most two lines in the narrowing end of the seal."""
    lines = _broken(str(issuer or ""), 11, 2)
    size = min(10.5, 110 / max(map(_width, lines), default=1))
    return [{"text": line, "y": 168 + 13 * i, "size": round(size, 1)} for i, line in enumerate(lines)]


# Places


@register.simple_tag(takes_context=True)
def current(context: Context, *names: str) -> SafeString | str:
    """`aria-current` for a menu link: "page" on the first URL name itself, "true" on the others (its subpages)."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in names:
        return ""
    return mark_safe(' aria-current="page"' if match.view_name == names[0] else ' aria-current="true"')


@register.filter
def elided(page: Page) -> Iterator[int | str]:
    """Page numbers around this page and at both ends; `…` for what is left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def file_size(value: int | None) -> str:
    """Bytes as a person reads them: 10 MB."""
    if not value:
        return ""
    return f"{value / 1_048_576:.0f} MB" if value >= 1_048_576 else f"{max(1, round(value / 1024))} KB"
