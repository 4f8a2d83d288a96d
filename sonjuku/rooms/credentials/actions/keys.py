"""Keeping the keys of issuers: made, named, retired, struck out, and sealed anew."""

import shlex

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import keys
from sonjuku.protocols.openbadges.signing import Named, Program, Signer, SigningFailed
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused

PROBE = b"sonjuku: does this key sign?"


def signer(key: IssuerKey, issuer: str = "") -> Signer:
    """Who signs with this key, as `issuer` (a DID; "": the one that its next badge names).

    Raises keys.KeyRefused where settings.KEYS_SECRET doesn't open it. Refused("no_signer") for a key that lives
    outside while no program keeps it, or that was struck out.
    """
    issuer = issuer or rules.issuer_did(key, settings.SITE_URL)
    holder: Signer
    if key.private_key:
        holder = keys.open_sealed(bytes(key.private_key).decode(), settings.KEYS_SECRET)
    elif settings.SIGNER and not key.struck_at:
        holder = Program(shlex.split(settings.SIGNER), key.did)
    else:
        raise Refused(
            "no_signer",
            _("この鍵では署名できません。"),
            _("鍵を預けたプログラムの設定（SONJUKU_SIGNER）を、サーバーの担当者が確かめてください。"),
        )
    return holder if holder.did == issuer else Named(holder, issuer)


@writes
def ensure_key(*, by: Actor, council: Council, body: Body | None = None) -> IssuerKey:
    """The signing key in use of the council, or of its body; made at the first award, sealed with settings.KEYS_SECRET."""
    Council.objects.select_for_update().get(pk=council.pk)
    found = IssuerKey.objects.filter(council=council, body=body, retired_at__isnull=True).order_by(
        "created_at"
    )
    return found.select_related("council", "body").last() or _new_key(by, council, body)


def _new_key(by: Actor, council: Council, body: Body | None, naming: str = IssuerKey.Naming.KEY) -> IssuerKey:
    key = keys.new_key()
    row = IssuerKey.objects.create(
        council=council,
        body=body,
        did=key.did,
        naming=naming,
        private_key=keys.seal(key, settings.KEYS_SECRET).encode(),
        created_at=by.at,
    )
    record(by=by, verb="issuer_key.created", subject=row)
    return row


@writes
def rotate_key(*, by: Actor, key: IssuerKey) -> IssuerKey:
    """A new key takes the place of this one, which stays listed: what it signed holds. Gives the key in use.

    Refused: other_council. Of a key that is retired already nothing changes.
    """
    row = _locked(by, key)
    if row.retired_at is None:
        row.retired_at = by.at
        row.save(update_fields=["retired_at"])
        record(by=by, verb="issuer_key.retired", subject=row)
        return _new_key(by, row.council, row.body, row.naming)
    return ensure_key(by=by, council=row.council, body=row.body)


def mark_struck(by: Actor, row: IssuerKey, reason: str) -> None:
    """The private half is destroyed; the row stays, so that whoever brings a badge of this key can be told."""
    row.retired_at, row.struck_at = row.retired_at or by.at, by.at
    row.struck_reason, row.private_key = reason, b""
    row.save(update_fields=["retired_at", "struck_at", "struck_reason", "private_key"])
    record(by=by, verb="issuer_key.struck", subject=row)


@writes
def set_naming(*, by: Actor, key: IssuerKey, naming: str) -> IssuerKey:
    """How new badges name their issuer: by the key itself, or by this site's address. Refused: other_council, no_such_choice."""
    row = _locked(by, key)
    if naming not in IssuerKey.Naming.values:
        raise Refused("no_such_choice", _("選べない書き方です。"), _("もう一度選んでください。"))
    if row.naming != naming:
        row.naming = naming
        row.save(update_fields=["naming"])
        record(by=by, verb="issuer_key.named", subject=row, field_names=["naming"])
    return row


@writes
def register_key(*, by: Actor, council: Council, did: str, body: Body | None = None) -> IssuerKey:
    """Put a key into use that another program keeps (settings.SIGNER); the one before it retires.

    Refused: not_a_key, no_signer, key_known.
    """
    current = ensure_key(by=by, council=council, body=body)
    if current.did == did:
        return current
    if IssuerKey.objects.filter(did=did).exists():
        raise Refused("key_known", _("この鍵は、前に使われていました。"), _("新しい鍵をつくってください。"))
    row = IssuerKey(council=council, body=body, did=did, naming=current.naming, created_at=by.at)
    try:
        signer(row).sign(PROBE)
    except SigningFailed as error:
        raise Refused("not_a_key", _("この鍵で署名できませんでした。"), _("何も変えていません。")) from error
    IssuerKey.objects.filter(pk=current.pk).update(retired_at=by.at)
    row.save(force_insert=True)
    record(by=by, verb="issuer_key.retired", subject=current)
    record(by=by, verb="issuer_key.created", subject=row)
    return row


@writes
def reseal(*, by: Actor, old_secret: str) -> int:
    """Seal every key anew: from `old_secret` to settings.KEYS_SECRET. All or none; returns how many were changed.

    Those that open with the new secret already are left. Raises keys.KeyRefused if one opens with neither.
    """
    changed = 0
    for row in IssuerKey.objects.select_for_update().exclude(private_key=b"").order_by("pk"):
        sealed = bytes(row.private_key).decode()
        if _opens(sealed, settings.KEYS_SECRET):
            continue
        key = keys.open_sealed(sealed, old_secret)
        row.private_key = keys.seal(key, settings.KEYS_SECRET).encode()
        row.save(update_fields=["private_key"])
        record(by=by, verb="issuer_key.resealed", subject=row)
        changed += 1
    return changed


def _opens(sealed: str, secret: str) -> bool:
    try:
        keys.open_sealed(sealed, secret)
    except keys.KeyRefused:
        return False
    return True


@writes
def set_custodian(*, by: Actor, key: IssuerKey, custodian: str) -> IssuerKey:
    """Note which office answers for the key; the journal keeps when. Refused: other_council."""
    row = _locked(by, key)
    if row.custodian != custodian:
        row.custodian = custodian
        row.save(update_fields=["custodian"])
        record(by=by, verb="issuer_key.entrusted", subject=row, field_names=["custodian"])
    return row


def _locked(by: Actor, key: IssuerKey) -> IssuerKey:
    """The key as it is now, with its council locked first, as `ensure_key` does."""
    if by.council_id is not None and by.council_id != key.council_id:
        raise Refused("other_council", _("ほかの協議会の鍵は変えられません。"))
    Council.objects.select_for_update().get(pk=key.council_id)
    return IssuerKey.objects.select_for_update(of=("self",)).select_related("council", "body").get(pk=key.pk)
