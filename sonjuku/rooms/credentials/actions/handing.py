"""An issuer's keys on their way to another body: wrapped under a passphrase, together with the lists that they sign."""

import base64
import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import keys
from sonjuku.rooms.credentials.models import IssuerKey, StatusList
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox import parcels
from sonjuku.toolbox.refusals import Refused

PURPOSE = b"sonjuku-keys-1\n"
_INSTANTS = ("created_at", "retired_at", "struck_at")
_BITS = ("used", "revoked", "suspended")


@dataclass(frozen=True)
class Handed:
    """An opened parcel. Its repr shows no key."""

    council: str
    site: str
    dids: tuple[str, ...]
    lists: int
    content: "Secret"


class Secret(dict[str, Any]):
    """What must not be shown by accident."""

    def __repr__(self) -> str:
        return "<secret>"


@writes
def hand_over(*, by: Actor, council: Council, passphrase: str) -> bytes:
    """All keys of the council and its bodies with their status lists, wrapped. Nothing ends here: retire them yourself.

    Refused: short_passphrase. Raises keys.KeyRefused where settings.KEYS_SECRET doesn't open a key.
    """
    Council.objects.select_for_update().get(pk=council.pk)
    rows = list(IssuerKey.objects.filter(council=council).select_related("body").order_by("created_at", "pk"))
    content = {
        "council": council.slug, "site": settings.SITE_URL, "keys": [_key(row) for row in rows],
        "lists": [_list(row) for row in StatusList.objects.filter(council=council).select_related("issuer_key")],
    }  # fmt: skip
    try:
        parcel = parcels.wrap(zlib.compress(json.dumps(content).encode()), passphrase, PURPOSE)
    except ValueError as error:
        raise Refused(
            "short_passphrase", _("合言葉が短すぎます。"), _("16文字以上にしてください。")
        ) from error
    for row in rows:
        record(by=by, verb="issuer_key.handed_over", subject=row)
    return parcel


def _key(row: IssuerKey) -> dict[str, Any]:
    sealed = bytes(row.private_key).decode()
    private = (
        keys.open_sealed(sealed, settings.KEYS_SECRET).private.private_bytes_raw().hex() if sealed else ""
    )
    instants = {name: at.isoformat() if (at := getattr(row, name)) else None for name in _INSTANTS}
    return instants | {
        "did": row.did, "naming": row.naming, "private": private, "body": str(row.body_id or ""),
        "body_name": row.body.name if row.body else "", "struck_reason": row.struck_reason,
    }  # fmt: skip


def _list(row: StatusList) -> dict[str, Any]:
    bits = {name: base64.b64encode(bytes(getattr(row, name))).decode() for name in _BITS}
    return bits | {
        "id": str(row.pk), "did": row.issuer_key.did, "issuer": row.issuer, "taken": row.taken,
        "revocation": row.revocation, "suspension": row.suspension, "signed_at": row.signed_at.isoformat(),
    }  # fmt: skip


def open_parcel(parcel: bytes, passphrase: str) -> Handed:
    """What somebody handed over; nothing is changed. Refused: broken_parcel."""
    try:
        content = Secret(json.loads(zlib.decompress(parcels.unwrap(parcel, passphrase, PURPOSE))))
    except parcels.ParcelBroken as error:
        raise Refused(
            "broken_parcel", _("この包みは開けません。"), _("合言葉と、ファイルが途中で切れていないかを確かめてください。")
        ) from error  # fmt: skip
    dids = tuple(str(one["did"]) for one in content["keys"])
    return Handed(str(content["council"]), str(content["site"]), dids, len(content["lists"]), content)


@writes
def take_over(*, by: Actor, council: Council, handed: Handed) -> int:
    """Put the keys and lists of a parcel under this council and this installation's own secret. Gives how many keys are new.

    All or nothing; taking the same parcel twice changes nothing. Keys of bodies come to the body of the same id or name.
    Refused: key_elsewhere, no_such_body, wrong_key.
    """
    Council.objects.select_for_update().get(pk=council.pk)
    known = {row.did: row for row in IssuerKey.objects.filter(did__in=handed.dids)}
    if any(row.council_id != council.pk for row in known.values()):
        raise Refused(
            "key_elsewhere", _("この鍵は、ほかの協議会で使われています。"), _("何も変えていません。")
        )
    fresh = [
        IssuerKey(council=council, body=_body(council, one), **_fields(one))
        for one in handed.content["keys"]
        if one["did"] not in known
    ]
    for row in fresh:
        row.save(force_insert=True)
        record(by=by, verb="issuer_key.taken_over", subject=row)
        known[row.did] = row
    for one in handed.content["lists"]:
        StatusList.objects.get_or_create(
            pk=uuid.UUID(one["id"]), defaults=_listed(council, one, known[one["did"]])
        )
    return len(fresh)


def _fields(one: Mapping[str, Any]) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(one[name]) if one[name] else None for name in _INSTANTS}
    sealed = b""
    if one["private"]:
        key = keys.IssuerKey(keys.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(one["private"])))
        if key.did != one["did"]:
            raise Refused("wrong_key", _("鍵と名前が合いません。"), _("何も変えていません。"))
        sealed = keys.seal(key, settings.KEYS_SECRET).encode()
    names = ("did", "naming", "struck_reason")
    return instants | {name: one[name] for name in names} | {"private_key": sealed}


def _body(council: Council, one: Mapping[str, Any]) -> Body | None:
    if not one["body"]:
        return None
    rows = Body.objects.filter(council=council)
    found = rows.filter(pk=one["body"]).first() or rows.filter(name=one["body_name"]).first()
    if found is None:
        raise Refused(
            "no_such_body", _("鍵の持ち主の団体が、ここにありません。"), _("同じ名前の団体を先に登録してください。")
        )  # fmt: skip
    return found


def _listed(council: Council, one: Mapping[str, Any], key: IssuerKey) -> dict[str, Any]:
    bits = {name: base64.b64decode(one[name]) for name in _BITS}
    plain = {name: one[name] for name in ("issuer", "taken", "revocation", "suspension")}
    return bits | plain | {
        "council": council, "issuer_key": key, "signed_at": datetime.fromisoformat(one["signed_at"]),
    }  # fmt: skip
