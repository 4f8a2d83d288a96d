"""The page that checks badges in a visitor's browser: its scripts, its words, and what it knows of keys and lists."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.rules import verdicts
from sonjuku.web.management.keeping.pages import File, page

# In the order in which the page loads them; the last one is the page's own.
SCRIPTS = ("text.js", "keys.js", "vcjwt.js", "status.js", "reading.js", "examine.js", "page.js")
CHECKS = ("kind", "form", "issuer", "proof", "key", "dates", "status")

_FINE = {
    "key": _("この鍵は、ここに一覧のある発行者の鍵です。"),
    "status": _("発行者の一覧で、失効も一時停止もしていません。ただし、下の日の一覧です。"),
}
# What this page alone finds; for all else it has the words of the site's own verify page.
_OWN = {
    "other_than_kept": (
        "bad",
        _(
            "同じ番号のバッジが、ここでは違う中身になっています。書き換えられたか、前の鍵で署名されたものです。"
        ),
    ),
    "stranger": (
        "unknown",
        _("ここに一覧のない発行者です。書かれている名前が本当かどうかは、わかりません。"),
    ),
    "no_algorithm": (
        "unknown",
        _(
            "このブラウザーは、この署名（Ed25519など）をまだ計算できません。新しい版のブラウザーで開いてください。"
        ),
    ),
    "no_crypto": (
        "unknown",
        _(
            "このブラウザーでは、署名を計算できません。https のアドレスか、手もとのフォルダーから開いてください。"
        ),
    ),
}
_UNREAD_SHARED = (
    "empty", "too_large", "broken_image", "no_credential", "several_credentials", "not_json", "not_an_object",
)  # fmt: skip
_UNREAD = {
    "unknown_kind": _("証明のデータではないようです。.jwt のファイルか、その中の文字を入れてください。"),
    "needs_token": _(
        "この形は、ブラウザーだけでは確かめられません。同じバッジの .jwt のファイルを入れてください。"
    ),
}


def files(known: Mapping[str, Any]) -> Iterator[File]:
    """The page, its scripts and `data.js`, which holds `known` (issuers, dids, lists, struck): so it works from a disk."""
    yield from page("verify/", "verify.html", **_words(), scripts=SCRIPTS)
    for name in SCRIPTS:
        yield f"assets/kept/{name}", asset(f"kept/{name}")
    text = json.dumps(known, ensure_ascii=True, sort_keys=True, indent=1)
    yield "verify/data.js", f"globalThis.sonjukuKeptData = {text};\n".encode()


def asset(name: str) -> bytes:
    """One of the house's static files as it stands in the source."""
    found = finders.find(f"sonjuku/{name}")
    assert isinstance(found, str), name
    with open(found, "rb") as file:
        return file.read()


def _words() -> dict[str, Any]:
    why = {reason: words for reason, words in verdicts.WORDS.items() if "." not in reason} | _OWN
    unread = {reason: verdicts.UNREADABLE[reason] for reason in _UNREAD_SHARED} | _UNREAD
    return {
        "checks": [(name, verdicts.TITLES[name]) for name in CHECKS],
        "fine": [(name, _FINE.get(name) or verdicts.FINE[name]) for name in CHECKS],
        "why": [(reason, result, text) for reason, (result, text) in why.items()],
        "unread": unread.items(),
    }
