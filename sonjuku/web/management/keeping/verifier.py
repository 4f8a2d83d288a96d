"""The page that checks badges in a visitor's browser: its scripts, its words, and what it knows of keys and lists."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges.proofs import Check
from sonjuku.rooms.credentials import rules
from sonjuku.web.management.keeping.pages import File, page

# In the order in which the page loads them; the last one is the page's own.
SCRIPTS = ("text.js", "keys.js", "vcjwt.js", "status.js", "reading.js", "examine.js", "page.js")
CHECKS = ("kind", "form", "issuer", "proof", "key", "dates", "status")

_FINE = {
    "key": _("この鍵は、ここに一覧のある発行者の鍵です。"),
    "status": _("発行者の一覧で、失効も一時停止もしていません。ただし、下の日の一覧です。"),
}
# Said by the site's own verify page too.
_SHARED = (
    "not_a_badge", "not_issuer", "no_such_method", "wrong_signature", "bad_date", "not_yet_valid", "expired", "struck",
    "revoked", "suspended", "unknown_context", "not_checked", "no_status",
)  # fmt: skip
_ALTERED = _("署名の外に、中身と違うことが書かれています。書き換えられたか、偽物です。")
_TRICK = _("署名の書き方に、だますための細工があります。")
_WEB = _("発行者の鍵の一覧が、正しい形ではありません。")
_LIST = _("失効の一覧を確かめられません。失効していないとは言えません。")
_BAD = {
    "alg_none": _("署名がありません。だれでも作れるデータです。"),
    **dict.fromkeys(
        ("alg_secret", "alg_of_other_key", "unencoded_payload", "critical_header", "key_by_address",
         "certificate_in_header", "other_key_in_header"), _TRICK),
    **dict.fromkeys(
        ("iss_differs", "jti_differs", "sub_differs", "nbf_differs", "exp_differs", "wrapped", "has_proof"), _ALTERED),
    "weak_key": _("発行者の鍵が短すぎて、だれでも偽物を作れます。"),
    "wrong_controller": _WEB,
    "broken_controller": _WEB,
    "not_for_assertion": _("署名した鍵は、証明に使ってよい鍵ではありません。"),
    "list_issuer": _("失効の一覧が、証明の発行者のものではありません。"),
    "other_than_kept": _("同じ番号のバッジが、ここでは違う中身になっています。書き換えられたか、前の鍵で署名されたものです。"),
}  # fmt: skip
_UNKNOWN = {
    "alg_unsupported": _("このページが知らない署名の方式です。確かめられませんでした。"),
    "unknown_key": _("発行者の鍵がわかりません。確かめられませんでした。"),
    "unsupported_key": _("このページが知らない種類の鍵です。確かめられませんでした。"),
    "unknown_controller": _("発行者の鍵の一覧が、ここにありません。確かめられませんでした。"),
    "stranger": _("ここに一覧のない発行者です。書かれている名前が本当かどうかは、わかりません。"),
    "no_algorithm": _("このブラウザーは、この署名（Ed25519など）をまだ計算できません。新しい版のブラウザーで開いてください。"),
    "no_crypto": _("このブラウザーでは、署名を計算できません。https のアドレスか、手もとのフォルダーから開いてください。"),
    **dict.fromkeys(
        ("no_list", "list_proof", "list_address", "list_purpose", "list_broken", "list_bomb", "list_short",
         "index_outside", "entry_type", "entry_purpose", "entry_size", "entry_index"), _LIST),
}  # fmt: skip
_UNREAD = {
    "unknown_kind": _("証明のデータではないようです。.jwt のファイルか、その中の文字を入れてください。"),
    "needs_token": _(
        "この形は、ブラウザーだけでは確かめられません。同じバッジの .jwt のファイルを入れてください。"
    ),
    "not_a_token": _(".jwt のデータが壊れているか、途中で切れています。もとのファイルを選んでください。"),
    "duplicate_name": _("同じ名前の項目が2つあります。読む人によって中身が変わるため、確かめられません。"),
    "no_crypto": _UNKNOWN["no_crypto"],
}
_UNREAD_SHARED = (
    "empty", "too_large", "broken_image", "no_credential", "several_credentials", "not_json", "not_an_object",
)  # fmt: skip


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
    shared = [(reason, rules.finding(Check("kind", False, reason))) for reason in _SHARED]
    return {
        "checks": [(name, rules.finding(Check(name, True)).title) for name in CHECKS],
        "fine": [(name, _FINE.get(name) or rules.finding(Check(name, True)).text) for name in CHECKS],
        "why": [
            *((reason, found.result, found.text) for reason, found in shared),
            *((reason, "bad", text) for reason, text in _BAD.items()),
            *((reason, "unknown", text) for reason, text in _UNKNOWN.items()),
        ],
        "unread": [
            *((reason, rules.unreadable(reason).findings[0].text) for reason in _UNREAD_SHARED),
            *_UNREAD.items(),
        ],
    }
