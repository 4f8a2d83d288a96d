"""From text values to typed ones, collecting every fault with its line instead of stopping at the first."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext as _

from sonjuku.flows.importing.reading import Marked, Problem
from sonjuku.toolbox import lg_code
from sonjuku.toolbox.dates import at_tokyo, end_of_day, parse_date

DAY_BEFORE = "day_before"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RELATIVE = re.compile(r"(?P<days>[+-]\d{1,5})d(?: (?P<weekday>mon|tue|wed|thu|fri|sat|sun))?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TRUE, _FALSE = {"true", "yes", "はい"}, {"false", "no", "いいえ"}


class Wrong(Exception):
    """A value that can't be taken; its argument says why in plain words."""


@dataclass
class Context:
    """What a value may refer to, and what "today" means for dates relative to it."""

    today: date
    keys: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, path: str, message: str) -> None:
        self.problems.append(Problem(line, path, message))


Reader = Callable[[Any, Context, str, int | None], Any]


@dataclass(frozen=True)
class Field:
    read: Reader
    required: bool = False


Shape = Mapping[str, Field]


def check(
    value: Any, shape: Shape, context: Context, path: str = "", line: int | None = None
) -> dict[str, Any]:
    """The mapping's values as the shape's readers make them; absent keys stay absent, faults go to the context."""
    if not isinstance(value, Mapping):
        context.add(line, path, _("「項目: 値」の形で書いてください。"))
        return {}
    lines = value.lines if isinstance(value, Marked) else {}
    line = value.line if isinstance(value, Marked) else line
    made: dict[str, Any] = {}
    for name in value:
        if name not in shape:
            close = difflib.get_close_matches(str(name), shape, 1)
            hint = _("「%(name)s」のことですか。") % {"name": close[0]} if close else ""
            context.add(lines.get(name, line), _join(path, str(name)), _("この項目はありません。") + hint)
    for name, kind in shape.items():
        raw = value.get(name)
        if raw is None or raw == "":
            if kind.required:
                context.add(line, _join(path, name), _("この項目は必ず書いてください。"))
            continue
        try:
            made[name] = kind.read(raw, context, _join(path, name), lines.get(name, line))
        except Wrong as wrong:
            context.add(lines.get(name, line), _join(path, name), str(wrong))
    return made


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def scalar(raw: Any) -> str:
    """The value as text. Raises Wrong for a list or a mapping."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str | int | date):
        return str(raw).strip()
    raise Wrong(_("文字で書いてください。"))


def simple(convert: Callable[[str], Any], required: bool = False) -> Field:
    return Field(lambda raw, context, path, line: convert(scalar(raw)), required)


def text(limit: int, required: bool = False) -> Field:
    def convert(value: str) -> str:
        if len(value) > limit:
            raise Wrong(_("長すぎます（%(limit)d字まで）。") % {"limit": limit})
        return value

    return simple(convert, required)


def slug(required: bool = False, limit: int = 40) -> Field:
    def convert(value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value) or len(value) > limit:
            raise Wrong(
                _("半角の英小文字、数字、ハイフンで%(limit)d字まで書いてください。") % {"limit": limit}
            )
        return value

    return simple(convert, required)


def choice(choices: type[Choices], required: bool = False) -> Field:
    def convert(value: str) -> str:
        if value not in choices.values:
            listed = _("、").join(f"{value} ({label})" for value, label in choices.choices)
            raise Wrong(
                _("「%(value)s」は使えません。使えるもの：%(listed)s") % {"value": value, "listed": listed}
            )
        return value

    return simple(convert, required)


def number(least: int = 0, most: int = 1_000_000, required: bool = False) -> Field:
    def convert(value: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", value) or not least <= int(value) <= most:
            raise Wrong(
                _("%(least)dから%(most)dまでの数を半角で書いてください。") % {"least": least, "most": most}
            )
        return int(value)

    return simple(convert, required)


def _flag(value: str) -> bool:
    if value.lower() not in _TRUE | _FALSE:
        raise Wrong(_("yes か no で書いてください。"))
    return value.lower() in _TRUE


def flag() -> Field:
    return simple(_flag)


def _place(value: str) -> str:
    if not lg_code.is_valid(value):
        raise Wrong(_("全国地方公共団体コードではありません（検査数字を含む6桁）。"))
    return value


def place(required: bool = False) -> Field:
    return simple(_place, required)


def read_day(value: str, today: date) -> date:
    """`2026-12-14`, `令和8年12月14日`, `+24d` from today, `+24d sat` the first Saturday from then. Raises Wrong."""
    match = _RELATIVE.fullmatch(value)
    if match:
        day = today + timedelta(days=int(match["days"]))
        if match["weekday"]:
            day += timedelta(days=(_WEEKDAYS.index(match["weekday"]) - day.weekday()) % 7)
        return day
    try:
        return parse_date(value)
    except ValueError as error:
        if str(error) == "weekday_differs":
            raise Wrong(_("日付と曜日が合いません。")) from None
        raise Wrong(_("日付として読めません（例：2026-12-14、令和8年12月14日、+24d、+24d sat）。")) from None


def read_clock(value: str) -> time:
    match = _CLOCK.fullmatch(value)
    if not match:
        raise Wrong(_("時刻として読めません（例：13:30）。"))
    return time(int(match[1]), int(match[2]))


def day(required: bool = False) -> Field:
    return Field(lambda raw, context, path, line: read_day(scalar(raw), context.today), required)


def clock(required: bool = False) -> Field:
    return simple(read_clock, required)


def instant() -> Field:
    """A day with an optional clock; without one, its 0:00 in Tokyo."""

    def convert(raw: Any, context: Context, path: str, line: int | None) -> datetime:
        there, at = _split(scalar(raw))
        return at_tokyo(read_day(there, context.today), read_clock(at) if at else time(0))

    return Field(convert)


def close() -> Field:
    """Until when: a day, or a day at 23:59, ends with that day; `day_before` is settled by the call's first day."""

    def convert(raw: Any, context: Context, path: str, line: int | None) -> datetime | str:
        value = scalar(raw)
        if value == DAY_BEFORE:
            return DAY_BEFORE
        there, at = _split(value)
        if at in {"", "23:59"}:
            return end_of_day(read_day(there, context.today))
        return at_tokyo(read_day(there, context.today), read_clock(at))

    return Field(convert)


def _split(value: str) -> tuple[str, str]:
    there, _space, at = value.rpartition(" ")
    return (there, at) if ":" in at else (value, "")


def ref(kind: str, required: bool = False) -> Field:
    """The key of something the file (or the vocabulary) names: `context.keys[kind]` knows which there are."""

    def convert(raw: Any, context: Context, path: str, line: int | None) -> str:
        return _known(scalar(raw), kind, context)

    return Field(convert, required)


def _known(value: str, kind: str, context: Context) -> str:
    if value not in context.keys.get(kind, ()):
        close_to = difflib.get_close_matches(value, context.keys.get(kind, ()), 1)
        hint = _("「%(name)s」のことですか。") % {"name": close_to[0]} if close_to else ""
        raise Wrong(_("「%(value)s」は見つかりません。") % {"value": value} + hint)
    return value


def listed(item: Field, required: bool = False) -> Field:
    """A list of single values."""

    def convert(raw: Any, context: Context, path: str, line: int | None) -> list[Any]:
        return [
            item.read(value, context, f"{path}[{place}]", line)
            for place, value in enumerate(_items(raw, required), 1)
        ]

    return Field(convert, required)


def one(shape: Shape, required: bool = False) -> Field:
    return Field(lambda raw, context, path, line: check(raw, shape, context, path, line), required)


def many(shape: Shape, required: bool = False, unique: str = "") -> Field:
    """A list of mappings; no two may have the same `unique`."""

    def convert(raw: Any, context: Context, path: str, line: int | None) -> list[dict[str, Any]]:
        made, seen = [], set()
        for place, value in enumerate(_items(raw, required), 1):
            row = check(value, shape, context, f"{path}[{place}]", line)
            key = row.get(unique)
            if key is not None and key in seen:
                at = value.line if isinstance(value, Marked) else line
                context.add(
                    at, f"{path}[{place}].{unique}", _("「%(key)s」が二度書かれています。") % {"key": key}
                )
            seen.add(key)
            made.append(row)
        return made

    return Field(convert, required)


def _items(raw: Any, required: bool) -> list[Any]:
    if not isinstance(raw, list):
        raise Wrong(_("「- 」で始まる行の一覧で書いてください。"))
    if required and not raw:
        raise Wrong(_("一つ以上書いてください。"))
    return raw
