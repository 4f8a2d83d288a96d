"""Which apps an account let in, and whether what an app or a wallet brings still stands."""

from datetime import datetime

from django.core import signing
from django.db.models import QuerySet

from sonjuku.rooms.credentials.models import WalletConnection, WalletOffer
from sonjuku.rooms.credentials.rules import wallets as rules
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account

_NONCE = signing.Signer(salt="wallet-nonce")


def connections_visible_to(actor: Actor) -> QuerySet[WalletConnection]:
    """The account's own, those taken back too."""
    if actor.role != "member" or actor.account_id is None:
        return WalletConnection.objects.none()
    return WalletConnection.objects.filter(account_id=actor.account_id)


def live_connection(account: Account, client_id: str, since: datetime) -> WalletConnection | None:
    """The connection under which a token works that was made at `since`; None once it was taken back."""
    if not account.is_active:
        return None
    rows = WalletConnection.objects.filter(account=account, client_id=client_id, withdrawn_at=None)
    return rows.filter(connected_at__lte=since).first()


def open_offer(code: str, at: datetime) -> WalletOffer | None:
    """The offer that still waits under this code."""
    rows = WalletOffer.objects.filter(code_digest=rules.digest(code), token_digest=None)
    return rows.filter(expires_at__gt=at, tries__lt=rules.MOST_TRIES).first()


def offer_of_token(token: str, at: datetime) -> WalletOffer | None:
    """The offer whose badge this token may fetch."""
    rows = WalletOffer.objects.filter(token_digest=rules.digest(token), expires_at__gt=at)
    return rows.select_related("award").first()


def nonce_holds(nonce: str, at: datetime) -> bool:
    """Whether it is one of ours and young enough; whether it was spent, only spending it tells."""
    try:
        made = datetime.fromtimestamp(int(_NONCE.unsign(nonce).rpartition(".")[2]), at.tzinfo)
    except (signing.BadSignature, ValueError, OverflowError, OSError):
        return False
    return made <= at < made + rules.NONCE_LASTS


def sign_nonce(text: str, at: datetime) -> str:
    return _NONCE.sign(f"{text}.{int(at.timestamp())}")
