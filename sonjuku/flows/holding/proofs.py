"""The person's certificates of others, what was laid on them, what they told of their experience, and which apps may read."""

from django.utils.translation import gettext_lazy as _

from sonjuku.flows.holding.shapes import Item, Section, choice, fact, item, language, plain
from sonjuku.rooms.credentials.models import (
    Achievement,
    Dossier,
    OutsideCertificate,
    ShareLink,
    WalletConnection,
)
from sonjuku.rooms.people.models import Person


def certificates(person: Person, all_of: bool) -> Section:
    """Hangs on no call: left out unless everything is asked for."""
    rows = OutsideCertificate.objects.filter(person=person).select_related("kind", "endorsement")
    items = [_certificate(row) for row in (rows.order_by("created_at", "id") if all_of else ())]
    return Section("certificates", _("ほかで受けた証明と認定証"), items)


def _certificate(row: OutsideCertificate) -> Item:
    laid = getattr(row, "endorsement", None)
    return item(
        row.title,
        fact("issuer", _("発行者"), row.kind.issuer_name),
        choice(row, "form", _("形")),
        choice(row, "state", _("状態")),
        *plain(row, [
            ("number", _("番号")), ("issued_on", _("発行日")), ("valid_until", _("有効期限")), ("badge_uri", _("バッジの番号")),
            ("sha256", _("照合の値")), ("reason", _("理由")), ("checked_at", _("確かめた日時")), ("created_at", _("届け出た日時")),
        ]),
        fact("endorsement", _("認定証"), laid.state, laid.get_state_display()) if laid else None,
        fact("endorsed_at", _("認定証の発行日時"), laid.issued_at) if laid else None,
        fact("endorsement_visibility", _("認定証を見せる範囲"), laid.visibility, laid.get_visibility_display()) if laid else None,
    )  # fmt: skip


def dossiers(person: Person, all_of: bool) -> Section:
    """Without the reviewers' words: they are told when a disclosure is asked for, like those of an application."""
    rows = Dossier.objects.filter(person=person).select_related("route__achievement")
    items = [
        item(
            _titled(row.route.achievement),
            fact("code", _("受付番号"), row.code),
            choice(row, "state", _("状態")),
            *plain(row, [
                ("what", _("したこと")), ("place", _("場所・相手先")), ("starts_on", _("始まり")), ("ends_on", _("終わり")),
                ("statement", _("説明")), ("links", _("リンク")), ("reason", _("理由")), ("created_at", _("申請した日時")),
                ("decided_at", _("決まった日時")),
            ]),
        )
        for row in (rows.order_by("created_at", "id") if all_of else ())
    ]  # fmt: skip
    return Section("dossiers", _("実務経験の申請"), items)


def share_links(person: Person, all_of: bool) -> Section:
    """Without their tokens, which nobody has but those whom the person gave them."""
    rows = ShareLink.objects.filter(person=person).select_related("award__achievement")
    items = [
        item(
            _titled(row.award.achievement) if row.award else _("この協議会のすべて"),
            fact("award", _("バッジの番号"), row.award and row.award.uri),
            *plain(row, [
                ("is_printed", _("紙のQRコードのため")), ("created_at", _("つくった日時")), ("expires_at", _("使えなくなる日時")),
                ("withdrawn_at", _("取り消した日時")),
            ]),
        )
        for row in (rows.order_by("created_at", "id") if all_of else ())
    ]  # fmt: skip
    return Section("share_links", _("共有リンク"), items)


def wallets(person: Person, all_of: bool) -> Section:
    """Of the account, so every council of the person tells the same."""
    rows = WalletConnection.objects.filter(account=person.account_id) if person.account_id and all_of else ()
    items = [
        item(
            row.app_name,
            *plain(row, [
                ("app_site", _("アプリのアドレス")), ("connected_at", _("つないだ日時")), ("last_used_at", _("さいごに読んだ日時")),
                ("withdrawn_at", _("やめた日時")),
            ]),
        )
        for row in rows
    ]  # fmt: skip
    return Section("wallets", _("つながっているアプリ"), items)


def _titled(achievement: Achievement) -> str:
    return (language() == "en" and achievement.title_en) or achievement.title
