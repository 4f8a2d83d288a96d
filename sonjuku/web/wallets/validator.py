"""The OAuth library's decisions, held to our own rows: no token works without a connection that stands."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from sonjuku.flows import connecting
from sonjuku.rooms.credentials.queries.wallets import live_connection
from sonjuku.rooms.journal.models import Actor


class Validator(OAuth2Validator):  # type: ignore[misc]
    """A yes is written down with its code; a code that comes twice closes what it opened; a withdrawal stops refreshing."""

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        by = Actor(at=timezone.now(), role="member", account_id=request.user.pk)
        with transaction.atomic():
            connecting.let_in(
                by=by, app=request.client, redirect_uri=request.redirect_uri, scopes=request.scopes, code=code["code"]
            )  # fmt: skip
            super().save_authorization_code(client_id, code, request, *args, **kwargs)

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if super().validate_code(client_id, code, client, request, *args, **kwargs):
            return live_connection(request.user, client.client_id, timezone.now()) is not None
        connecting.end_replayed(
            by=Actor(at=timezone.now(), role="system"), client_id=client.client_id, code=code
        )
        return False

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            return False
        made = request.refresh_token_instance.created
        return live_connection(request.user, client.client_id, made) is not None
