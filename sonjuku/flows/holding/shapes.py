"""Facts, items and sections: plain values for the file that a machine reads, words for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.toolbox import dates


@dataclass(frozen=True)
class Fact:
    """`value` as JSON knows it (text, number, true, list, ISO day or instant); `text` as the reader's language says it."""

    name: str
    label: Any
    value: Any
    text: str


@dataclass(frozen=True)
class Item:
    title: Any
    facts: list[Fact]


@dataclass(frozen=True)
class Section:
    name: str
    title: Any
    items: list[Item] = field(default_factory=list)
    note: Any = ""


def language() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def fact(name: str, label: Any, value: Any, text: Any = None) -> Fact | None:
    """One fact; None where there is nothing to tell (0 and False are something)."""
    if value is None or value == "" or value == []:
        return None
    return Fact(name, label, _plain(value), _words(value) if text is None else str(text))


def item(title: Any, *facts: Fact | None) -> Item:
    return Item(title, [one for one in facts if one is not None])


def choice(row: Any, name: str, label: Any) -> Fact | None:
    """A field with choices: its code for the machine, its label for people."""
    return fact(name, label, getattr(row, name), getattr(row, f"get_{name}_display")())


def plain(row: Any, fields: Iterable[tuple[str, Any]]) -> list[Fact | None]:
    return [fact(name, label, getattr(row, name)) for name, label in fields]


def title_of(call: Call) -> str:
    return call.title_en if language() == "en" and call.title_en else call.title


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return [_plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | dict) else str(value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("はい") if value else _("いいえ"))
    if isinstance(value, datetime):
        return dates.format_datetime(value, get_language() or "ja", year=True)
    if isinstance(value, date):
        return dates.format_date(value, get_language() or "ja", year=True)
    if isinstance(value, list | tuple | set):
        return "、".join(_words(each) for each in value)
    return str(value)
