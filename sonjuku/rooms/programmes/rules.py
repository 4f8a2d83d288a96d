"""Decisions about agreements, areas and names. No database, no clock."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Protocol

from sonjuku.toolbox.lg_code import is_valid, same_area


class Named(Protocol):
    title: str
    title_en: str
    is_provisional: bool


# An agreement asks for a decision at most so many days before its end.
LONGEST_ALERT = 366
CAPITAL_PREFECTURES = {"11", "12", "13", "14"}
KANSAI_PREFECTURES = {"25", "26", "27", "28", "29", "30"}


def title_of(named: Named, lang: str = "ja") -> str:
    """The name as it is shown: with （仮称） or (provisional) while it is not settled."""
    if lang == "ja" or not named.title_en:
        return f"{named.title}（仮称）" if named.is_provisional else named.title
    return f"{named.title_en} (provisional)" if named.is_provisional else named.title_en


def alert_level(ends_on: date | None, day: date, alert_days: Sequence[int]) -> int | None:
    """The smallest lead time (days before the inclusive end) that this day has reached; None outside."""
    if ends_on is None or day > ends_on:
        return None
    left = (ends_on - day).days
    return min((days for days in alert_days if left <= days), default=None)


def renewed_span(starts_on: date | None, ends_on: date) -> tuple[date, date]:
    """First and last day of the term that follows: from the next day on, as many years as before (at least one)."""
    first = ends_on + timedelta(days=1)
    years = max(1, round((first - starts_on).days / 365.25)) if starts_on else 1
    # One that begins on 29 February ends with the next February.
    same_day = (
        date(first.year + years, 3, 1)
        if (first.month, first.day) == (2, 29)
        else first.replace(year=first.year + years)
    )
    return first, same_day - timedelta(days=1)


def out_of_area(lg_code: str, area_codes: Collection[str]) -> bool | None:
    """域外: whether a person of this municipality comes from outside the area; None when it is not known."""
    return None if not is_valid(lg_code) else not same_area(lg_code, area_codes)


def region_of(lg_code: str) -> str:
    """`capital` (東京圏, one 都 and three 県), `kansai` (two 府 and four 県) or `other`."""
    if lg_code[:2] in CAPITAL_PREFECTURES:
        return "capital"
    return "kansai" if lg_code[:2] in KANSAI_PREFECTURES else "other"


def covers_topic(topic: str, role_text: str, covers: Sequence[str]) -> bool:
    """Whether a party's role takes a request: a word of the topic stands in its role or covers, or a cover in the topic.

    `need: 人材育成` asks about 人材育成; 「人材の育成」 is the same word as 「人材育成」.
    """
    asked = re.split(r"[:：]", topic, maxsplit=1)[-1]
    words = [word for word in map(_fold, re.split(r"[\s、。,，・/]+", asked)) if len(word) > 1]
    whole = _fold(asked)
    duties = [_fold(role_text), *map(_fold, covers)]
    named = any(word in duty for word in words for duty in duties)
    return named or any(len(duty) > 1 and duty in whole for duty in duties[1:])


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\sの、。・,「」()]", "", plain)
