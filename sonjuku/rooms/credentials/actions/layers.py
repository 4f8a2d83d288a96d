"""Laying the council's own certificate on one of others, and showing it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges import build, endorsing, proofs
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions._shared import hold_row, own_host, own_person, refuse_if
from sonjuku.rooms.credentials.actions.keys import ensure_key, signer
from sonjuku.rooms.credentials.actions.showing import show
from sonjuku.rooms.credentials.actions.status import mark_revoked, take_places
from sonjuku.rooms.credentials.models import Endorsement, IssuerKey, OutsideCertificate
from sonjuku.rooms.credentials.queries.outside import standing_now
from sonjuku.rooms.credentials.rules.outside import endorsement_may_move
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.dates import day_of

E, S = Endorsement.State, OutsideCertificate.Standing
TEXT_VERSION = "endorsement-1"
_SIGNED = ["issuer_key", "credential", "status_list", "status_index"]


@writes
def ask_endorsement(*, by: Actor, certificate: OutsideCertificate) -> Endorsement:
    """The holder applies. After a no they may ask again. Refused: not_own, not_offered, not_checked, wrong_state."""
    base: OutsideCertificate = hold_row(certificate, "person", "kind")
    own_person(by, base.person)
    refuse_if(
        not base.kind.is_endorsed, "not_offered",
        _("この証明に重ねる認定証は、ありません。"), _("認定証のある証明を、事務局にお尋ねください。"),
    )  # fmt: skip
    refuse_if(
        not base.counts_on(day_of(by.at)), "not_checked",
        _("確認が済んでいないか、期限が過ぎた証明です。"), _("確認が済んでから、もう一度申し込んでください。"),
    )  # fmt: skip
    row, is_new = Endorsement.objects.get_or_create(
        certificate=base, defaults={"council": base.council, "person": base.person, "created_at": by.at}
    )
    if not is_new:
        _must_move(row, E.ASKED)
        row.state, row.reason = E.ASKED, ""
        row.save(update_fields=["state", "reason"])
    record(by=by, verb="endorsement.asked", subject=row, for_person_id=row.person_id)
    return row


@writes
def endorse(*, by: Actor, endorsement: Endorsement) -> Endorsement:
    """Sign the endorsement, with the base looked at once more.

    Refused: base_fails (a badge must verify now, not merely be unknown), wrong_state, other_body, own_certificate.
    """
    row, base = _at_desk(by, endorsement)
    _must_move(row, E.ISSUED)
    if base.badge_text:
        base.standing, base.standing_at = standing_now(base, by.at), by.at
        base.save(update_fields=["standing", "standing_at"])
    refuse_if(
        not base.counts_on(day_of(by.at)) or (bool(base.badge_text) and base.standing != S.OK), "base_fails",
        _("もとの証明を、いま確かめられません。"), _("見送る理由を書くか、確かめられるまで待ってください。"),
    )  # fmt: skip
    row.state, row.issued_at, row.decided_by_id = E.ISSUED, by.at, by.account_id
    key = ensure_key(by=by, council=row.council)
    _seal(by, row, key, _words(by, row, key))
    row.save(update_fields=[*_SIGNED, "state", "issued_at", "decided_by"])
    record(by=by, verb="endorsement.issued", subject=row, for_person_id=row.person_id)
    return row


@writes
def resign_endorsements(*, by: Actor, size: int) -> list[Endorsement]:
    """Sign anew what struck keys signed, up to `size`: the same id, day and words, the key in use, a new place."""
    rows = Endorsement.objects.filter(issuer_key__struck_at__isnull=False, state=E.ISSUED)
    first = rows.select_related("council").order_by("pk").first()
    if first is None:
        return []
    # The rows before the key, as `endorse` does.
    found = rows.select_for_update(of=("self",)).select_related("council", "person__account", "certificate")
    awaiting = list(found.filter(council=first.council).order_by("pk")[:size])
    key = ensure_key(by=by, council=first.council)
    for row in awaiting:
        _seal(by, row, key, row.credential or {})
        record(by=by, verb="endorsement.resigned", subject=row, for_person_id=row.person_id)
    Endorsement.objects.bulk_update(awaiting, _SIGNED, batch_size=200)
    return awaiting


def _seal(by: Actor, row: Endorsement, key: IssuerKey, words: dict[str, Any]) -> None:
    """Put the key's issuer, a place in a list of it and its signature under the words."""
    signing = signer(key)
    [place] = take_places(by=by, key=key, signing=signing, number=1)
    issuer = rules.issuer(key, signing.did, settings.SITE_URL)
    row.issuer_key = key
    row.credential = proofs.sign(rules.renamed(words, issuer, place.entry), signing, by.at)
    row.status_list, row.status_index = place.row, place.number


def _words(by: Actor, row: Endorsement, key: IssuerKey) -> dict[str, Any]:
    base, issuer_name = row.certificate, row.certificate.kind.issuer_name
    is_badge = bool(base.badge_text)
    how = "署名を確かめました" if is_badge else "証明書の写しを二人の担当者が確かめました"
    paper = base.upload.mime if base.upload else "application/octet-stream"
    return endorsing.endorsement_credential(
        id=row.id,
        issuer=rules.issuer(key, rules.issuer_did(key, settings.SITE_URL), settings.SITE_URL),
        target=base.uri,
        target_digest=base.digest_sri if is_badge else endorsing.digest_of_sha256(base.sha256),
        media_type="application/ld+json" if is_badge else paper,
        name=f"{base.title} 認定証",
        comment=f"{row.council.title}は、{issuer_name}の「{base.title}」を認めます。{how}。",
        valid_from=by.at,
        evidence=[] if is_badge else [_paper(base)],
    )


def _paper(base: OutsideCertificate) -> build.Evidence:
    """Which paper it is, for whoever has it; no name of a person."""
    facts = [
        ("発行者", base.kind.issuer_name), ("番号", base.number), ("発行日", base.issued_on.isoformat()),
        ("有効期限", base.valid_until.isoformat() if base.valid_until else ""), ("ファイルのSHA-256", base.sha256),
    ]  # fmt: skip
    return build.Evidence(base.title, "\n\n".join(f"{label}：{value}" for label, value in facts if value))


@writes
def refuse_endorsement(*, by: Actor, endorsement: Endorsement, reason: str) -> Endorsement:
    """Refused: no_reason, wrong_state, other_body, own_certificate."""
    return _end(by, endorsement, E.REFUSED, reason, verb="endorsement.turned_down")


@writes
def revoke_endorsement(*, by: Actor, endorsement: Endorsement, reason: str) -> Endorsement:
    """The council takes back what it laid on; its page and the list that it names say so from now on."""
    return _end(by, endorsement, E.REVOKED, reason, verb="endorsement.revoked")


def _end(by: Actor, endorsement: Endorsement, state: str, reason: str, verb: str) -> Endorsement:
    row, _base = _at_desk(by, endorsement)
    _must_move(row, state)
    refuse_if(
        not reason.strip(), "no_reason", _("理由がありません。"), _("本人に伝わる理由を書いてください。")
    )
    row.state, row.reason, row.decided_by_id = E(state), reason.strip(), by.account_id
    row.save(update_fields=["state", "reason", "decided_by"])
    if state == E.REVOKED and row.status_list is not None and row.status_index is not None:
        mark_revoked(by=by, listed=row.status_list, number=row.status_index)
    record(by=by, verb=verb, subject=row, for_person_id=row.person_id)
    return row


@writes
def show_endorsement(*, by: Actor, endorsement: Endorsement, visibility: str) -> Endorsement:
    """Who may see both layers: the holder's word only, as for a badge. Refused: not_holder, no_such_choice."""
    row: Endorsement = hold_row(endorsement, "person", "council", "certificate")
    items = [
        _("表示名"),
        _("認定証の名前と内容"),
        _("もとの証明の名前・発行者・番号・発行日"),
        _("発行者"),
        _("発行日"),
    ]
    text = _(
        "認定証のページを、もとの証明といっしょに、選んだ範囲の人に見せることに同意します。いつでも取り消せます。"
    )
    return show(
        by=by, row=row, visibility=visibility, verb="endorsement.shown", text=text,
        text_version=TEXT_VERSION, items=items,
    )  # fmt: skip


def _at_desk(by: Actor, endorsement: Endorsement) -> tuple[Endorsement, OutsideCertificate]:
    base: OutsideCertificate = hold_row(endorsement.certificate, "kind__host", "person", "upload")
    row: Endorsement = hold_row(endorsement, "council")
    row.certificate = base
    own_host(by, base.kind.host)
    refuse_if(
        by.account_id is not None and base.person.account_id == by.account_id, "own_certificate",
        _("自分の認定証は、自分では決められません。"), _("ほかの担当者に頼んでください。"),
    )  # fmt: skip
    return row, base


def _must_move(row: Endorsement, state: str) -> None:
    refuse_if(
        not endorsement_may_move(row.state, state), "wrong_state",
        _("この認定証の申込みは、もう決まっています。"), _("一覧を読み直してください。"),
    )  # fmt: skip
