"""Whether a badge still holds: its random place in a list, and who changed what and why."""

import contextlib
import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import proofs, status
from sonjuku.protocols.openbadges.signing import Signer, SigningFailed
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions.keys import ensure_key, mark_struck, signer
from sonjuku.rooms.credentials.models import Award, IssuerKey, StatusChange, StatusList
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

P = StatusList.Purpose
K = StatusChange.Kind
# Half a list stays empty: a free place is found at once, and how many badges there are can't be told from it.
FULL = status.ENTRIES // 2
_BITS = {P.REVOCATION: "revoked", P.SUSPENSION: "suspended"}


class Place(NamedTuple):
    """A badge's own number in a list; `entry` is what its credential says of it."""

    row: StatusList
    number: int
    entry: dict[str, str]


def take_places(*, by: Actor, key: IssuerKey, signing: Signer, number: int) -> list[Place]:
    """So many random places that no badge ever had, in lists of this key under the name that it signs as.

    Inside an action only: the lists stay locked until the transaction ends, so that no number is given twice.
    """
    places: list[Place] = []
    # The key first: two that make its first list at once would make two.
    IssuerKey.objects.select_for_update().get(pk=key.pk)
    while len(places) < number:
        rows = StatusList.objects.select_for_update().filter(issuer_key=key, issuer=signing.did)
        listed = rows.filter(taken__lt=FULL).order_by("pk")
        row = next((one for one in listed if _is_served(one, key)), None) or _new_list(by, key, signing)
        indexes = _free(bytes(row.used), min(number - len(places), FULL - row.taken))
        row.used, row.taken = rules.with_marks(bytes(row.used), indexes), row.taken + len(indexes)
        row.save(update_fields=["used", "taken"])
        address = rules.list_address(settings.SITE_URL, key.council.slug, row, P.REVOCATION)
        places += [Place(row, index, status.entry(address, index, P.REVOCATION.value)) for index in indexes]
    return places


def _is_served(row: StatusList, key: IssuerKey) -> bool:
    """Whether its address is still this site's: after a move (SITE_URL) new badges get a new list."""
    address: str = rules.list_address(settings.SITE_URL, key.council.slug, row, P.REVOCATION)
    return bool(row.revocation["id"] == address)


def _free(used: bytes, number: int) -> list[int]:
    found: dict[int, None] = {}
    while len(found) < number:
        index = secrets.randbelow(status.ENTRIES)
        if not rules.is_marked(used, index):
            found[index] = None
    return list(found)


def _new_list(by: Actor, key: IssuerKey, signing: Signer) -> StatusList:
    bits = bytes(status.ENTRIES // 8)
    row = StatusList(
        council_id=key.council_id, issuer_key=key, issuer=signing.did, used=bits, revoked=bits, suspended=bits
    )
    _sign(by, key, row, signing, list(P))
    row.save(force_insert=True)
    return row


def _sign(by: Actor, key: IssuerKey, row: StatusList, signing: Signer, purposes: Iterable[str]) -> None:
    for purpose in purposes:
        unsigned = status.list_credential(
            rules.list_address(settings.SITE_URL, key.council.slug, row, purpose),
            row.issuer,
            rules.marked(bytes(getattr(row, _BITS[P(purpose)]))),
            valid_from=by.at,
            purpose=str(purpose),
        )
        setattr(row, purpose, proofs.sign(unsigned, signing, by.at))
    row.signed_at = by.at


@writes
def change_status(*, by: Actor, award: Award, kind: str, reason: str) -> Award:
    """Revoke for good, suspend, or reinstate a badge: the list that others read says so with the same commit.

    Refused: other_council, no_reason, no_such_change (a revoked badge stays revoked), and as `signer`.
    """
    # The key before its list and the list before the badge, as `take_places` and `strike_key` do.
    before = Award.objects.select_related("status_list").get(pk=award.pk)
    listed = _locked_list(before.status_list) if before.status_list else None
    row = Award.objects.select_for_update(of=("self",)).select_related("achievement", "council", "person__account").get(pk=award.pk)  # fmt: skip
    if by.council_id is not None and by.council_id != row.council_id:
        raise Refused("other_council", _("ほかの協議会のバッジは変えられません。"))
    if not reason.strip():
        raise Refused("no_reason", _("理由がありません。"), _("理由を書いてください。本人に伝わります。"))
    if kind not in rules.STATUS_MOVES[row.status]:
        raise Refused(
            "no_such_change",
            _("このバッジは、もうその状態ではないため、変えられません。"),
            _("ページを読み込み直して、いまの状態を確かめてください。"),
        )
    row.revoked_at = by.at if kind == K.REVOKE else row.revoked_at
    row.suspended_at = by.at if kind == K.SUSPEND else None if kind == K.REINSTATE else row.suspended_at
    row.save(update_fields=["revoked_at", "suspended_at"])
    if listed is not None and row.status_index is not None:
        purpose = P.REVOCATION if kind == K.REVOKE else P.SUSPENSION
        _set_bits(by, listed, purpose, [row.status_index], kind != K.REINSTATE)
    StatusChange.objects.create(award=row, kind=kind, reason=reason.strip(), at=by.at, body_id=by.body_id)
    record(by=by, verb=rules.STATUS_VERBS[kind], subject=row, for_person_id=row.person_id)
    return row


def _locked_list(listed: StatusList) -> StatusList:
    IssuerKey.objects.select_for_update().get(pk=listed.issuer_key_id)
    rows = StatusList.objects.select_for_update(of=("self",)).select_related(
        "issuer_key__council", "issuer_key__body"
    )
    return rows.get(pk=listed.pk)


def mark_revoked(*, by: Actor, listed: StatusList, number: int) -> None:
    """Say in the list that this place is revoked for good. Inside an action only."""
    _set_bits(by, _locked_list(listed), P.REVOCATION, [number], True)


def _set_bits(by: Actor, row: StatusList, purpose: str, indexes: Sequence[int], value: bool) -> None:
    name = _BITS[P(purpose)]
    setattr(row, name, rules.with_marks(bytes(getattr(row, name)), indexes, value))
    # The list of a struck key says "revoked" of everything and is never signed again.
    if not row.issuer_key.struck_at:
        _sign(by, row.issuer_key, row, signer(row.issuer_key, row.issuer), [purpose])
    row.save(update_fields=[name, purpose, "signed_at"])


@writes
def strike_key(*, by: Actor, key: IssuerKey, reason: str) -> IssuerKey:
    """Strike out a key that others may have: gives the key in use from now on. What is struck out stays so.

    The key's last act is to sign lists in which every place is revoked, the forger's too. Then its private half is
    destroyed. What the council issued with it is signed anew (`resign_next`). Refused: other_council, no_reason.
    """
    if by.council_id is not None and by.council_id != key.council_id:
        raise Refused("other_council", _("ほかの協議会の鍵は変えられません。"))
    if not reason.strip():
        raise Refused("no_reason", _("理由がありません。"), _("理由を書いてください。記録に残ります。"))
    type(key.council).objects.select_for_update().get(pk=key.council_id)
    row = IssuerKey.objects.select_for_update(of=("self",)).select_related("council", "body").get(pk=key.pk)
    if row.struck_at is None:
        for listed in StatusList.objects.select_for_update().filter(issuer_key=row).order_by("pk"):
            listed.revoked = b"\xff" * (status.ENTRIES // 8)
            # A key that lives outside may be out of reach by now; it is struck out all the same.
            with contextlib.suppress(SigningFailed, Refused):
                _sign(by, row, listed, signer(row, listed.issuer), [P.REVOCATION])
            listed.save(update_fields=["revoked", "revocation", "signed_at"])
        mark_struck(by, row, reason.strip())
    return ensure_key(by=by, council=row.council, body=row.body)
