"""Handing in certificates of others, and checking them: a badge by its proof and one look, a paper by two people."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges import reading
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions._shared import hold_row, own_host, own_person, refuse_if
from sonjuku.rooms.credentials.models import CertificateKind, OutsideCertificate
from sonjuku.rooms.credentials.queries.outside import Brought, brought, standing_now
from sonjuku.rooms.credentials.rules.outside import certificate_may_move, needs_second_pair
from sonjuku.rooms.forms.actions import drop_upload, store_upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

C, F = OutsideCertificate.State, OutsideCertificate.Form
# A badge is looked at again when its last look is older.
LOOK_AGAIN = timedelta(days=1)
LOOKS_AT_ONCE = 200


@writes
def accept_kind(
    *, by: Actor, council: Council, host: Body, title: str, issuer_name: str, **fields: Any
) -> CertificateKind:
    """A certificate that `host` accepts. `fields`: title_en, issuer_name_en, issuer_uri, achievement_uri, is_endorsed."""
    own_host(by, host)
    refuse_if(
        host.council_id != council.id, "other_council", _("ほかの協議会の団体です。"), _("団体を選び直してください。")
    )  # fmt: skip
    kind = CertificateKind.objects.create(
        council=council, host=host, title=title, issuer_name=issuer_name, created_at=by.at, **fields
    )
    record(by=by, verb="certificate_kind.added", subject=kind)
    return kind


@writes
def change_kind(*, by: Actor, kind: CertificateKind, **fields: Any) -> CertificateKind:
    """Certificates that were checked stay checked; `is_accepted=False` takes no new ones."""
    own_host(by, kind.host)
    for name, value in fields.items():
        setattr(kind, name, value)
    kind.save(update_fields=list(fields))
    record(by=by, verb="certificate_kind.changed", subject=kind, field_names=fields)
    return kind


@writes
def claim_badge(*, by: Actor, person: Person, kind: CertificateKind, data: bytes) -> OutsideCertificate:
    """Keep a badge of others: JSON, a baked PNG or SVG. Checked at once where its proof says all (see CertificateKind).

    Refused: unreadable, not_genuine, no_id, already_claimed, not_accepted, not_own.
    """
    _may_claim(by, person, kind)
    badge = _genuine(data, by)
    again = OutsideCertificate.objects.filter(person=person, badge_uri=badge.uri).exists()
    refuse_if(
        again, "already_claimed", _("このバッジは、もう届け出ています。"), _("一覧から開いてください。")
    )
    name, mime = _kind_of_file(data)
    upload = store_upload(by=by, person=person, incoming=IncomingFile(name, len(data), BytesIO(data), mime))
    until, email = badge.until, person.account.email if person.account else ""
    row = OutsideCertificate(
        council=kind.council, person=person, kind=kind, form=F.BADGE, created_at=by.at,
        title=badge.report.claims.get("title", kind.title)[:200], issued_on=day_of(badge.report.issued_at or by.at),
        valid_until=day_of(until - timedelta(microseconds=1)) if until else None, upload=upload, sha256=upload.sha256,
        badge_uri=badge.uri, badge_issuer=badge.issuer, badge_text=badge.text, digest_sri=badge.digest_sri,
        standing=badge.standing, standing_at=by.at, is_holders=badge.belongs_to(email),
    )  # fmt: skip
    if row.standing == OutsideCertificate.Standing.OK and row.is_holders and badge.is_of(kind):
        row.state, row.checked_at = C.CHECKED, by.at
    row.save(force_insert=True)
    record(by=by, verb="certificate.claimed", subject=row, for_person_id=person.id)
    return row


def _genuine(data: bytes, by: Actor) -> Brought:
    try:
        badge = brought(data, by.at)
    except (reading.Unreadable, UnicodeDecodeError) as error:
        said = rules.unreadable(getattr(error, "reason", "not_json")).findings[0].text
        raise Refused(
            "unreadable", said, _("発行者から受け取ったファイルを、そのまま選んでください。")
        ) from None
    bad = next((found for found in badge.report.findings if found.result == "bad"), None)
    if bad is not None:
        raise Refused("not_genuine", bad.text, _("発行者に、新しいファイルを求めてください。"))
    types = badge.document.get("type", [])
    refuse_if(
        not badge.uri or "EndorsementCredential" in types, "no_id",
        _("このファイルには、バッジの番号がありません。"), _("紙・PDFの証明書として届け出てください。"),
    )  # fmt: skip
    return badge


def _kind_of_file(data: bytes) -> tuple[str, str]:
    if data.startswith(b"\x89PNG"):
        return "badge.png", "image/png"
    is_svg = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    return ("badge.svg", "image/svg+xml") if is_svg else ("badge.json", "application/json")


@writes
def claim_paper(
    *,
    by: Actor,
    person: Person,
    kind: CertificateKind,
    number: str,
    issued_on: date,
    incoming: IncomingFile,
    max_bytes: int,
    valid_until: date | None = None,
) -> OutsideCertificate:
    """Keep a scan or photo of a certificate, waiting for two people. Refused: in_future, bad_days, file_…, not_accepted, not_own."""
    _may_claim(by, person, kind)
    refuse_if(
        issued_on > day_of(by.at), "in_future", _("発行日が、今日より後になっています。"), _("証明書の日付を見直してください。")
    )  # fmt: skip
    refuse_if(
        valid_until is not None and valid_until < issued_on, "bad_days",
        _("有効期限が、発行日より前になっています。"), _("証明書の日付を見直してください。"),
    )  # fmt: skip
    upload = store_upload(by=by, person=person, incoming=incoming, max_bytes=max_bytes)
    row = OutsideCertificate.objects.create(
        council=kind.council, person=person, kind=kind, form=F.PAPER, title=kind.title, number=number.strip(),
        issued_on=issued_on, valid_until=valid_until, upload=upload, sha256=upload.sha256, created_at=by.at,
    )  # fmt: skip
    record(by=by, verb="certificate.claimed", subject=row, for_person_id=person.id)
    return row


def _may_claim(by: Actor, person: Person, kind: CertificateKind) -> None:
    own_person(by, person)
    hold_row(person)  # one at a time: a second press must not hand in twice
    refuse_if(
        kind.council_id != person.council_id or not kind.is_accepted, "not_accepted",
        _("この証明は、いま受け付けていません。"), _("ほかの証明を選ぶか、事務局にお問い合わせください。"),
    )  # fmt: skip


@writes
def check_certificate(*, by: Actor, certificate: OutsideCertificate) -> OutsideCertificate:
    """One pair of eyes: a badge is checked with it, a paper with the second, which isn't the first's.

    A badge is verified again first. Refused: same_eyes, own_certificate, not_genuine, wrong_state, other_body.
    """
    row = _at_desk(by, certificate)
    _must_move(row, C.CHECKED)
    if row.badge_text:
        row.standing, row.standing_at = standing_now(row, by.at), by.at
        refuse_if(
            row.standing == OutsideCertificate.Standing.BAD, "not_genuine",
            _("このバッジは、いまは確認に通りません。"), _("認めない理由を書いて、本人に知らせてください。"),
        )  # fmt: skip
    if needs_second_pair(row) and row.first_by_id is None:
        row.first_by_id, row.first_at = by.account_id, by.at
        row.save(update_fields=["first_by", "first_at"])
        record(by=by, verb="certificate.looked_at", subject=row, for_person_id=row.person_id)
        return row
    refuse_if(
        needs_second_pair(row) and row.first_by_id == by.account_id, "same_eyes",
        _("紙の証明書は、二人で確かめます。一人目の確認は済んでいます。"), _("もう一人の担当者に頼んでください。"),
    )  # fmt: skip
    row.state, row.checked_by_id, row.checked_at = C.CHECKED, by.account_id, by.at
    row.save(update_fields=["state", "checked_by", "checked_at", "standing", "standing_at"])
    record(by=by, verb="certificate.checked", subject=row, for_person_id=row.person_id)
    return row


@writes
def refuse_certificate(*, by: Actor, certificate: OutsideCertificate, reason: str) -> OutsideCertificate:
    """Refused: no_reason, wrong_state, other_body, own_certificate."""
    return _end(by, certificate, C.REFUSED, reason, verb="certificate.turned_down")


@writes
def revoke_certificate(*, by: Actor, certificate: OutsideCertificate, reason: str) -> OutsideCertificate:
    """Its issuer took it back, or it was never theirs: what lies on it no longer carries. Badges got with it stay."""
    return _end(by, certificate, C.REVOKED, reason, verb="certificate.revoked")


def _end(
    by: Actor, certificate: OutsideCertificate, state: str, reason: str, verb: str
) -> OutsideCertificate:
    row = _at_desk(by, certificate)
    _must_move(row, state)
    refuse_if(
        not reason.strip(), "no_reason", _("理由がありません。"), _("本人に伝わる理由を書いてください。")
    )
    row.state, row.reason = C(state), reason.strip()
    row.save(update_fields=["state", "reason"])
    record(by=by, verb=verb, subject=row, for_person_id=row.person_id)
    return row


def _at_desk(by: Actor, certificate: OutsideCertificate) -> OutsideCertificate:
    row: OutsideCertificate = hold_row(certificate, "kind__host", "person")
    own_host(by, row.kind.host)
    refuse_if(
        by.account_id is not None and row.person.account_id == by.account_id, "own_certificate",
        _("自分の証明書は、自分では確かめられません。"), _("ほかの担当者に頼んでください。"),
    )  # fmt: skip
    return row


def _must_move(row: OutsideCertificate, state: str) -> None:
    refuse_if(
        not certificate_may_move(row.state, state), "wrong_state",
        _("この証明書の確認は、もう終わっています。"), _("一覧を読み直してください。"),
    )  # fmt: skip


@writes
def drop_certificate(*, by: Actor, certificate: OutsideCertificate) -> None:
    """The holder takes it back with its file and what was laid on it. Badges got with it stay. Refused: not_own."""
    row: OutsideCertificate = hold_row(certificate, "person", "upload")
    own_person(by, row.person)
    record(by=by, verb="certificate.dropped", subject=row, for_person_id=row.person_id)
    upload = row.upload
    row.delete()
    if upload is not None:
        drop_upload(by=by, upload=upload)


def look_again(*, by: Actor) -> int:
    """Verify badges whose last look is a day old, oldest first; returns how many changed their standing."""
    due = OutsideCertificate.objects.filter(form=F.BADGE, standing_at__lte=by.at - LOOK_AGAIN)
    due = due.filter(state__in=[C.CLAIMED, C.CHECKED]).order_by("standing_at", "id")
    return sum(look(by=by, certificate=row) for row in due[:LOOKS_AT_ONCE])


@writes
def look(*, by: Actor, certificate: OutsideCertificate) -> bool:
    """Verify one kept badge at this moment; whether its standing changed."""
    row: OutsideCertificate = hold_row(certificate)
    found = standing_now(row, by.at)
    changed = found != row.standing
    row.standing, row.standing_at = found, by.at
    row.save(update_fields=["standing", "standing_at"])
    if changed:
        record(
            by=by, verb="certificate.looked_again", subject=row, council_id=row.council_id,
            for_person_id=row.person_id, field_names=["standing"],
        )  # fmt: skip
    return changed
