"""Wallets that others make: which app an account lets read its badges, and what is offered to a wallet to keep."""

from django.db import models
from django.db.models import Q

from sonjuku.rooms.credentials.models.awards import Award
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council


class WalletConnection(Row):
    """An account lets an app read its badges, in these scopes, until it takes that back.

    The tokens are the OAuth library's (decision 0021); none of them works without the row that stands here.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="wallet_connections")
    client_id = models.CharField(max_length=255)
    app_name = models.CharField(max_length=80)
    app_site = models.CharField(max_length=255, help_text="the host that the app's answers go to")
    scopes = models.JSONField(default=list)
    text_version = models.CharField(max_length=20)
    code_digest = models.CharField(max_length=64, help_text="of the last authorization code")
    connected_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-connected_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client_id"], condition=Q(withdrawn_at=None), name="wallet_connected_once"
            )
        ]


class WalletOffer(Row):
    """A badge that waits for a wallet app to fetch it: once, within minutes. Its secrets are kept as digests only.

    The code becomes a token when the app brings it with the number on the holder's screen; `expires_at` is the
    code's end, and from then on the token's. `given`: the forms that were fetched.
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="+")
    award = models.ForeignKey(Award, models.CASCADE, related_name="wallet_offers")
    code_digest = models.CharField(max_length=64, unique=True)
    pin_digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    token_digest = models.CharField(max_length=64, null=True, unique=True)
    given = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]


class SpentNonce(Row):
    """A number that a wallet's proof has used up; kept until the number would have run out by itself."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
