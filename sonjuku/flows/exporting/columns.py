"""What every exported list is made of: columns that know how to read a row, and rows that know whose they are."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import Person

Value = str | int | Decimal | date | datetime | None

ABOUT_PERSON = _("本人")
ABOUT_APPLICATION = _("申込み")


@dataclass(frozen=True)
class Column:
    """`key` is what the register and the journal keep; `read` takes one row of the list."""

    key: str
    label: Any
    group: Any
    read: Callable[[Any], Value]
    is_usual: bool = False
    is_sensitive: bool = False


class Sheet(Protocol):
    """One kind of list about one call, as one actor may see it."""

    def columns(self) -> list[Column]:
        """All columns that this actor may take out, in their order."""

    def rows(self, keys: Collection[str], limit: int | None = None) -> list[Any]:
        """The rows with what the columns `keys` need; the number of statements does not depend on how many."""

    def count(self) -> int: ...

    def person_id(self, row: Any) -> uuid.UUID | None: ...


def yes_no(value: bool | None) -> str:
    return "" if value is None else pgettext("表", "はい") if value else pgettext("表", "いいえ")


def is_english() -> bool:
    return (get_language() or "ja").startswith("en")


def in_words(row: Any, field: str) -> str:
    """A row's title or name in the reader's language."""
    if row is None:
        return ""
    english = getattr(row, f"{field}_en", "") if is_english() else ""
    return str(english or getattr(row, field))


def person_columns(
    of: Callable[[Any], Person], usual: Collection[str], places: dict[str, str]
) -> list[Column]:
    """What a council holds of a person; `places` gives the names of municipalities by code (filled by the sheet)."""

    def plain(name: str) -> Callable[[Any], Value]:
        return lambda row: getattr(of(row), name)

    found: list[tuple[str, Any, Callable[[Any], Value]]] = [
        ("family_name", _("姓"), plain("family_name")),
        ("given_name", _("名"), plain("given_name")),
        ("family_name_kana", _("姓（フリガナ）"), plain("family_name_kana")),
        ("given_name_kana", _("名（フリガナ）"), plain("given_name_kana")),
        ("display_name", _("表示名"), plain("display_name")),
        ("date_of_birth", _("生年月日"), plain("date_of_birth")),
        ("email", _("メールアドレス"), plain("email")),
        ("phone", _("電話番号"), plain("phone")),
        ("postal_code", _("郵便番号"), plain("postal_code")),
        ("address", _("住所"), plain("address")),
        ("lg_code", _("市区町村"), lambda row: places.get(of(row).lg_code, of(row).lg_code)),
        ("school_stage", _("学校の段階"), lambda row: str(of(row).get_school_stage_display())),
        ("school", _("学校"), lambda row: in_words(of(row).school, "name")),
        ("audience", _("対象者の区分"), lambda row: in_words(of(row).audience, "title")),
        ("employer", _("勤め先"), plain("employer")),
        ("language", _("連絡の言語"), plain("language")),
    ]
    return [Column(key, label, ABOUT_PERSON, read, key in usual) for key, label, read in found]
