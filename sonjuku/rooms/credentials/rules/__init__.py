"""What a credential says, and what a verification may claim."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges.build import Achievement as WireAchievement
from sonjuku.protocols.openbadges.build import Alignment, Evidence, Issuer, issuer_member
from sonjuku.protocols.openbadges.dids import did_web
from sonjuku.protocols.openbadges.proofs import Check, Verification, read_time
from sonjuku.rooms.credentials.models import (
    Achievement,
    AchievementAlignment,
    IssuerKey,
    Route,
    StatusChange,
    StatusList,
)

Result = Literal["ok", "bad", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. "unknown" means that it could not be checked: never a kind of "ok"."""

    name: str
    result: Result
    title: Any
    text: Any


@dataclass(frozen=True)
class Report:
    """What a visitor learns about one credential. `result` is the worst of the findings.

    `claims` are the credential's own words (title, description, issuer, valid_from), true only as far as the
    findings carry. `council` is set when the signing key is one of ours. `not_checked`: plain sentences.
    """

    result: Result
    findings: tuple[Finding, ...]
    not_checked: tuple[Any, ...] = ()
    claims: dict[str, str] = field(default_factory=dict)
    council: Any = None

    @property
    def issued_at(self) -> datetime | None:
        """The claimed instant of issue; None where it can't be read."""
        try:
            return read_time(self.claims.get("valid_from"))
        except ValueError:
            return None


_TITLES = {
    "read": _("読み取り"),
    "kind": _("証明の種類"),
    "form": _("書かれ方"),
    "issuer": _("発行者と鍵のつながり"),
    "key": _("鍵の持ち主"),
    "proof": _("署名"),
    "dates": _("期間"),
    "status": _("失効"),
    "holder": _("受け取った人"),
}
_FINE = {
    "kind": _("オープンバッジの証明です。"),
    "form": _("すべての項目が署名の対象になる書き方です。"),
    "issuer": _("署名した鍵は、証明に書かれた発行者の鍵です。"),
    "proof": _("署名は正しく、発行されたあとに書き換えられていません。"),
    "dates": _("有効な期間の中です。"),
    "key": _("この鍵は、発行者の協議会がこのサイトで使っている鍵です。"),
    "holder": _("入力されたメールアドレスの持ち主に発行されたものです。"),
    "status": _("発行者の一覧で、失効も一時停止もしていません。"),
}
_BAD = {
    "not_a_badge": _("オープンバッジの証明ではありません。"),
    "not_json": _("データの形が壊れています。"),
    "unsigned_terms": _("署名の対象にならない項目がまぎれています。あとから足された疑いがあります。"),
    "not_issuer": _("署名した鍵が、証明に書かれた発行者のものではありません。"),
    "no_such_method": _("署名した鍵が、発行者の鍵の一覧にありません。発行者が取り消した鍵か、偽物です。"),
    "no_proof": _("署名がありません。だれでも作れるデータです。"),
    "wrong_signature": _("署名が合いません。発行されたあとに書き換えられたか、偽物です。"),
    "proof_expired": _("署名の有効期限が過ぎています。"),
    "bad_date": _("日付を読み取れません。"),
    "not_yet_valid": _("まだ有効になっていません。"),
    "expired": _("有効期限が過ぎています。"),
    "struck": _(
        "この鍵は、発行者が取り消しました。偽物のおそれがあります。本人は、新しい署名のバッジを受け取り直せます。"
    ),
    "revoked": _("発行者が失効させました。"),
    "suspended": _("発行者が一時停止しています。"),
    "status_foreign": _("失効の一覧が、証明の発行者のものではありません。"),
    "other_holder": _("入力されたメールアドレスの持ち主に発行されたものではありません。"),
}
_UNKNOWN = {
    "too_large": _("大きすぎるため、確かめられませんでした。"),
    "too_complex": _("つくりが複雑すぎるため、確かめられませんでした。"),
    "too_many_proofs": _("署名の数が多すぎるため、確かめられませんでした。"),
    "unknown_context": _("このサイトが知らない語彙を使っているため、確かめられませんでした。"),
    "not_did_key": _("発行者の示し方に、このサイトがまだ対応していません。確かめられませんでした。"),
    "unknown_controller": _("発行者のサイトにある鍵の一覧を読めないため、確かめられませんでした。"),
    "unsupported_proof": _("署名の方式に、このサイトがまだ対応していません。確かめられませんでした。"),
    "not_checked": _("書かれ方を確かめられないため、署名も確かめられませんでした。"),
    "status_unsupported": _("失効の確認はまだできません。失効していないかは、発行者にお問い合わせください。"),
    "no_status": _("失効の一覧が付いていない証明です。失効していないかは確かめていません。"),
    "stranger": _(
        "鍵の持ち主を確かめられませんでした。書かれている発行者の名前が本当かどうかは、発行者にお問い合わせください。"
    ),
}
_UNREADABLE = {
    "empty": _("何も入っていません。"),
    "too_large": _("大きすぎて読み取れません。1 MBまでのファイルを選んでください。"),
    "unknown_kind": _("証明のデータではないようです。JSONの文字か、バッジのPNG・SVG画像を入れてください。"),
    "broken_image": _("画像が壊れているか、途中で切れています。もとのファイルを選んでください。"),
    "no_credential": _(
        "画像の中に証明がありません。画面の写しではなく、ダウンロードしたバッジの画像を選んでください。"
    ),
    "several_credentials": _("画像の中に証明が2つ以上あります。どれを確かめるか決められません。"),
    "jwt_unsupported": _("JWT形式の証明には、まだ対応していません。JSON形式のものを入れてください。"),
    "not_json": _("JSONとして読み取れません。全体を省かずに貼り付けてください。"),
    "not_an_object": _("証明のデータではないようです。「{」で始まるJSONの全体を貼り付けてください。"),
    "foreign_address": _(
        "ほかのサイトのアドレスは読みに行きません。そのサイトから証明をダウンロードして、ファイルで入れてください。"
    ),
    "no_such_page": _(
        "このアドレスには、公開されているバッジがありません。持ち主が公開をやめたか、アドレスが違います。"
    ),
}
IDENTITY = _("これを見せている人が、受け取った本人かどうか")
REVOCATION = _("発行されたあとに失効していないかどうか")


def unreadable(reason: str) -> Report:
    """The report for something that isn't a credential at all; `reason` is one of Unreadable's codes or our own."""
    text = _UNREADABLE.get(reason, _UNREADABLE["unknown_kind"])
    return Report("unknown", (Finding("read", "unknown", _TITLES["read"], text),))


def finding(check: Check) -> Finding:
    """A check in plain words. A reason that this house doesn't know counts as not checked."""
    title = _TITLES[check.name]
    if check.ok:
        return Finding(check.name, "ok", title, _FINE[check.name])
    if check.reason in _BAD:
        return Finding(check.name, "bad", title, _BAD[check.reason])
    return Finding(check.name, "unknown", title, _UNKNOWN.get(check.reason, _UNKNOWN["not_checked"]))


def report(
    verification: Verification,
    document: dict[str, Any],
    *,
    council: Any,
    email_matches: bool | None,
    is_struck: bool = False,
    status: str | None = None,
) -> Report:
    """Put the checks together. `council` owns the key (None: nobody we know); `email_matches` None: not asked.

    `is_struck`: its owner struck the key out. `status`: "" where the lists say that it holds, else revoked, suspended,
    status_foreign; None where no list of ours was read.
    """
    findings = [finding(check) for check in verification.checks if check.name != "status"]
    signed = all(found.result == "ok" for found in findings if found.name in {"issuer", "proof"})
    if signed:
        reason = "struck" if is_struck else "" if council else "stranger"
        findings.append(finding(Check("key", not reason, reason)))
    if email_matches is not None:
        findings.append(finding(Check("holder", email_matches, "" if email_matches else "other_holder")))
    told = _told(verification) if status is None else status
    findings.append(finding(Check("status", not told, told)))
    left_out = [REVOCATION] * (told in _UNKNOWN) + [IDENTITY] * (email_matches is None)
    # No list named: nothing was skipped that the issuer offers, so it's told but doesn't lower the result.
    weighed = findings if told != "no_status" else findings[:-1]
    known = council if signed else None
    return Report(worst(weighed), tuple(findings), tuple(left_out), claims(document), known)


def _told(verification: Verification) -> str:
    reasons = [check.reason for check in verification.checks if check.name == "status"]
    return next(filter(None, reasons), "no_status")


def worst(findings: Iterable[Finding]) -> Result:
    results = {found.result for found in findings}
    return "bad" if "bad" in results else "unknown" if "unknown" in results else "ok"


def claims(document: dict[str, Any]) -> dict[str, str]:
    """What the credential says of itself, each at most 500 characters; anything unexpected is left out."""
    subject = _dict(document.get("credentialSubject"))
    achievement = _dict(subject.get("achievement"))
    issuer = document.get("issuer")
    found = {
        "title": achievement.get("name") or document.get("name"),
        "description": achievement.get("description"),
        "issuer": _dict(issuer).get("name") or issuer,
        "valid_from": document.get("validFrom"),
        "id": document.get("id"),
    }
    return {name: value[:500] for name, value in found.items() if isinstance(value, str)}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def wire_achievement(achievement: Achievement, alignments: Sequence[AchievementAlignment]) -> WireAchievement:
    """The achievement as the credential carries it; alignments need `skill__framework` loaded."""
    return WireAchievement(
        id=achievement.uri,
        name=achievement.title,
        description=achievement.description,
        criteria=achievement.criteria,
        name_en=achievement.title_en,
        description_en=achievement.description_en,
        # A member of an enumeration is no plain text to the templates that make signing fast.
        kind=str(achievement.type),
        alignments=[alignment(one) for one in alignments if one.skill.framework.source_url],
    )


def alignment(row: AchievementAlignment) -> Alignment:
    framework = row.skill.framework
    # The words go with the credential for good, so they say how sure we were.
    said = [
        f"レベル：{row.level}" if row.level else "",
        "" if framework.verified else "項目名は原典と照合していません（未確認）",
    ]
    return Alignment(
        name=row.skill.title,
        url=framework.source_url,
        code=row.skill.code,
        framework=f"{framework.name} {framework.version}",
        description="。".join(filter(None, said)),
    )


_ROUTES = {Route.EXPERIENCE: "実務の経験による認定", Route.RULE: "スキルマップの条件による認定"}


def evidence_of(route: str, narrative: str) -> list[Evidence]:
    """How the holder came to the badge, where it wasn't by completing its course: the route is the evidence's genre."""
    if route == Route.COURSE and not narrative:
        return []
    return [Evidence(_ROUTES.get(Route(route), "講座の修了"), narrative, genre=f"route:{route}")]


# Who issues, and whether it still holds

STATUS_MOVES: Mapping[str, frozenset[str]] = {
    "valid": frozenset({StatusChange.Kind.REVOKE, StatusChange.Kind.SUSPEND}),
    "suspended": frozenset({StatusChange.Kind.REVOKE, StatusChange.Kind.REINSTATE}),
    "revoked": frozenset(),
}
STATUS_VERBS: Mapping[str, str] = {
    "revoke": "award.revoked",
    "suspend": "award.suspended",
    "reinstate": "award.reinstated",
}


def issuer_page(site: str, key: IssuerKey) -> str:
    """The public page of the issuer; its DID document lies below it."""
    page = f"{site}/c/{key.council.slug}/"
    return f"{page}bodies/{key.body_id}/" if key.body_id else page


def issuer_did(key: IssuerKey, site: str) -> str:
    """The DID that the next badge of this key names. `council` must be loaded."""
    return did_web_of(key, site) if key.naming == IssuerKey.Naming.WEB else key.did


def did_web_of(key: IssuerKey, site: str) -> str:
    """The did:web of the key's issuer, whether its badges name it or not."""
    return did_web(issuer_page(site, key))


def issuer(key: IssuerKey, did: str, site: str) -> Issuer:
    """The issuer as the credential names it. `council` and `body` must be loaded."""
    name = str(key.body) if key.body else key.council.title
    return Issuer(did, name, issuer_page(site, key))


def renamed(credential: Mapping[str, Any], issuer: Issuer, entry: Mapping[str, str]) -> dict[str, Any]:
    """The same words of another issuer, with another place in a status list: unsigned."""
    kept = {name: value for name, value in credential.items() if name != "proof"}
    return {**kept, "issuer": issuer_member(issuer), "credentialStatus": dict(entry)}


def list_address(site: str, slug: str, row: StatusList, purpose: str) -> str:
    """Where a status list is served, for good: badges name it."""
    return f"{site}/c/{slug}/status/{row.pk}/{purpose}"


# Rows of bits, index 0 first, as status lists count them


def is_marked(bits: bytes, index: int) -> bool:
    return bool(bits[index // 8] & 0x80 >> index % 8)


def with_marks(bits: bytes, indexes: Iterable[int], value: bool = True) -> bytes:
    """A copy with these places marked, or cleared."""
    changed = bytearray(bits)
    for index in indexes:
        mask = 0x80 >> index % 8
        changed[index // 8] = changed[index // 8] | mask if value else changed[index // 8] & ~mask
    return bytes(changed)


def marked(bits: bytes) -> list[int]:
    """The places that are marked."""
    return [
        number * 8 + place
        for number, byte in enumerate(bits)
        if byte
        for place in range(8)
        if byte & 0x80 >> place
    ]
