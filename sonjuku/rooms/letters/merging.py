"""Merge fields of a mailing: `{{氏名}}` in a subject or body stands for each recipient's own. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.toolbox.refusals import Refused


class Field(NamedTuple):
    """`ja` and `en` are what staff write between the braces; both work in either language."""

    ja: str
    en: str
    label: str | Promise


FIELDS: dict[str, Field] = {
    "name": Field("氏名", "name", _("氏名")),
    "call": Field("募集名", "call", _("募集名")),
    "code": Field("受付番号", "number", _("受付番号")),
    "date": Field("開催日", "date", _("開催日")),
    "venue": Field("会場", "venue", _("会場")),
    "online": Field("参加用アドレス", "link", _("オンラインの参加用アドレス")),
    "option": Field("区分", "option", _("申し込んだ区分")),
    "confirm_by": Field("確認期限", "reply_by", _("参加の返事の期限")),
    "result_on": Field("結果発表日", "results_on", _("結果を発表する日")),
    "owed": Field("残っていること", "to_do", _("まだ済んでいないこと")),
}
_BY_NAME = {name: key for key, field in FIELDS.items() for name in (field.ja, field.en)}
# Wide braces are what a Japanese keyboard gives.
_PLACE = re.compile(r"(?:\{\{|｛｛)\s*([^{}｛｝\n]{0,60}?)\s*(?:\}\}|｝｝)")
_BRACES = re.compile(r"\{\{|\}\}|｛｛|｝｝")


def fields_in(*texts: str) -> list[str]:
    """Keys of FIELDS that the texts use, in the order of FIELDS.

    Refused: `merge_field_unknown` (its name is in the message), `merge_field_open` (braces without a partner).
    """
    used = set()
    for text in texts:
        for name in _PLACE.findall(text):
            if name not in _BY_NAME:
                raise Refused(
                    "merge_field_unknown",
                    format_lazy(_("「{name}」という差し込みはありません。"), name=name),
                    _("「差し込める項目」の一覧から選び、そのまま写してください。"),
                )
            used.add(_BY_NAME[name])
        if _BRACES.search(_PLACE.sub("", text)):
            raise Refused(
                "merge_field_open",
                _("差し込みのかっこが閉じていません。"),
                _("「差し込める項目」の一覧から選び、そのまま写してください。"),
            )
    return [key for key in FIELDS if key in used]


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with each place filled, once: what a value itself says is never read as a place."""

    def fill(match: re.Match[str]) -> str:
        key = _BY_NAME.get(match[1])
        return values.get(key, "") if key else match[0]

    return _PLACE.sub(fill, text)


def lacking(used: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """Keys that this recipient has nothing for."""
    return [key for key in used if not values.get(key)]
