"""Letting apps read badges and putting badges into wallets: the holder's word alone, taken back at once."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import proofs
from sonjuku.protocols.wallets import JWT
from sonjuku.rooms.credentials.actions._shared import hold_row, own_person, refuse_if
from sonjuku.rooms.credentials.actions.keys import signer
from sonjuku.rooms.credentials.actions.tokens import token_of
from sonjuku.rooms.credentials.models import Award, SpentNonce, WalletConnection, WalletOffer
from sonjuku.rooms.credentials.queries import wallets as queries
from sonjuku.rooms.credentials.rules import wallets as rules
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Person
from sonjuku.toolbox.refusals import Refused

USE_NOTED_EVERY = timedelta(hours=1)


class Offered(NamedTuple):
    """An offer and the two secrets that are told once: the code for the app, the number for the holder's eyes."""

    row: WalletOffer
    code: str
    pin: str


@writes
def connect_wallet(
    *, by: Actor, client_id: str, name: str, site: str, scopes: Sequence[str], code: str, text_version: str
) -> WalletConnection:
    """The holder lets an app in, or lets it do something else than before; `code` is what the app is about to fetch.

    Refused: not_holder.
    """
    rows = Account.objects.select_for_update().filter(is_active=True)
    account = rows.filter(pk=by.account_id).first() if by.account_id and by.role == "member" else None
    if account is None:
        raise Refused("not_holder", _("本人だけができることです。"))
    row = WalletConnection.objects.filter(account=account, client_id=client_id, withdrawn_at=None).first()
    row = row or WalletConnection(account=account, client_id=client_id, connected_at=by.at)
    row.app_name, row.app_site = rules.plain_name(name) or site, site
    row.scopes, row.text_version, row.code_digest = sorted(scopes), text_version, rules.digest(code)
    row.save()
    _tell(by, row, "wallet_connection.allowed")
    return row


@writes
def withdraw_wallet(*, by: Actor, connection: WalletConnection) -> WalletConnection:
    """From this moment no token of the app works. By its holder, or by the program; again changes nothing. Refused: not_holder."""
    row = hold_row(connection)
    refuse_if(
        by.role != "system" and row.account_id != by.account_id, "not_holder", _("本人だけができることです。")
    )
    if row.withdrawn_at is None:
        row.withdrawn_at = by.at
        row.save(update_fields=["withdrawn_at"])
        _tell(by, row, "wallet_connection.taken_back")
    return row


def _tell(by: Actor, row: WalletConnection, verb: str) -> None:
    """An account is of no council: each that keeps a record of this person is told."""
    persons = Person.objects.filter(account_id=row.account_id).order_by("pk")
    for person_id, council_id in persons.values_list("pk", "council_id"):
        record(by=by, verb=verb, subject=row, council_id=council_id, for_person_id=person_id)


def note_wallet_use(*, by: Actor, connection: WalletConnection) -> None:
    """Keep when the app last read, to the hour: the holder sees it."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=by.at - USE_NOTED_EVERY)
    WalletConnection.objects.filter(stale, pk=connection.pk).update(last_used_at=by.at)


@writes
def offer_award(*, by: Actor, award: Award) -> Offered:
    """Hold a badge ready for a wallet app; an earlier offer of it that nobody fetched ends. Refused: not_own, not_valid."""
    row = hold_row(award, "person")
    own_person(by, row.person)
    refuse_if(
        row.status != "valid", "not_valid", _("このバッジは、いま有効ではありません。"), _("理由を、バッジのページで確かめてください。")
    )  # fmt: skip
    WalletOffer.objects.filter(award=row, token_digest=None).delete()
    code, pin = secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06}"
    offer = WalletOffer.objects.create(
        council_id=row.council_id, award=row, code_digest=rules.digest(code), pin_digest=rules.digest(code, pin),
        created_at=by.at, expires_at=by.at + rules.OFFER_LASTS,
    )  # fmt: skip
    return Offered(offer, code, pin)


@writes
def redeem_offer(*, by: Actor, code: str, pin: str) -> str:
    """The token for an offer's code and number, once; "" for anything else, and a wrong number is counted."""
    offer = WalletOffer.objects.select_for_update().filter(code_digest=rules.digest(code)).first()
    if offer is None:
        return ""
    if not rules.takes_code(offer, rules.digest(code, pin), by.at):
        offer.tries = min(offer.tries + 1, rules.MOST_TRIES)
        offer.save(update_fields=["tries"])
        return ""
    token = secrets.token_urlsafe(32)
    offer.token_digest, offer.expires_at = rules.digest(token), by.at + rules.TOKEN_LASTS
    offer.save(update_fields=["token_digest", "expires_at"])
    return token


@writes
def put_in_wallet(*, by: Actor, offer: WalletOffer, form: str, holder: str) -> str | dict[str, Any]:
    """The badge signed once more, about the wallet's own key (a did:key): a token, or JSON with its proof.

    Refused: token_gone, already_given, not_valid, and all of `keys.signer`.
    """
    row = hold_row(offer)
    refuse_if(by.at >= row.expires_at, "token_gone", _("受け取りの時間が過ぎました。"))
    refuse_if(form in row.given, "already_given", _("このバッジは、もう受け取られています。"))
    award = hold_row(row.award, "issuer_key__council", "issuer_key__body")
    refuse_if(award.status != "valid", "not_valid", _("このバッジは、いま有効ではありません。"))
    row.given = [*row.given, form]
    row.save(update_fields=["given"])
    document = rules.bound(award.credential, holder)
    record(by=by, verb="award.put_in_wallet", subject=award, for_person_id=award.person_id)
    signing = signer(award.issuer_key, document["issuer"]["id"])
    return token_of(document, signing) if form == JWT else proofs.sign(document, signing, by.at)


@writes
def spend_nonce(*, by: Actor, nonce: str) -> bool:
    """Use up a number of ours. False for one that isn't ours, has run out or was used before, however many try at once."""
    if not queries.nonce_holds(nonce, by.at):
        return False
    try:
        with transaction.atomic():
            SpentNonce.objects.create(digest=rules.digest(nonce), expires_at=by.at + rules.NONCE_LASTS)
    except IntegrityError:
        return False
    return True


def fresh_nonce(by: Actor) -> str:
    """A number for one proof. Nothing is kept of it until it is used: anybody may ask for one."""
    return queries.sign_nonce(secrets.token_urlsafe(16), by.at)


@writes
def forget_wallets(*, by: Actor) -> int:
    """Drop offers and numbers that have run out; returns how many."""
    gone = [model.objects.filter(expires_at__lte=by.at).delete()[0] for model in (WalletOffer, SpentNonce)]
    return sum(gone)
