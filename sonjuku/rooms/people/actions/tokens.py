"""Tokens of machines: made once, shown once, kept as a hash, taken back at any moment."""

import secrets
from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council
from sonjuku.rooms.people.models import Account, ApiToken, Body
from sonjuku.rooms.people.rules import TOKEN_LIVES, TOKEN_PREFIX, token_hash
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

# Writing down every use of a busy token would cost a write per read.
USE_NOTED_EVERY = timedelta(minutes=1)


@writes
def issue_token(
    *, by: Actor, body: Body, title: str, scopes: Collection[str], expires_on: date
) -> tuple[ApiToken, str]:
    """A new token of a body, and its characters (`sjk_…`), which nobody can be shown again.

    `expires_on` is its last day, a year ahead at most. Refused: other_council, scope_unknown, token_too_long.
    """
    own_council(by, body.council_id)
    if not scopes or set(scopes) - set(ApiToken.Scope.values):
        raise Refused(
            "scope_unknown", _("このトークンにできることが選ばれていません。"), _("一つ以上選んでください。")
        )
    today = day_of(by.at)
    if not today <= expires_on <= today + TOKEN_LIVES:
        raise Refused(
            "token_too_long",
            _("トークンの期限は、今日から1年以内の日にしてください。"),
            _("期限が来たら、新しいトークンに替えてください。"),
        )
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        council_id=body.council_id,
        body=body,
        title=title,
        token_hash=token_hash(secret),
        scopes=sorted(scopes),
        created_by=Account.objects.filter(pk=by.account_id).first() if by.account_id else None,
        created_at=by.at,
        expires_on=expires_on,
    )
    record(by=by, verb="api_token.created", subject=token, field_names=["scopes", "expires_on"])
    return token, secret


@writes
def revoke_token(*, by: Actor, token: ApiToken) -> ApiToken:
    """From now on it opens nothing. Revoking again changes nothing."""
    own_council(by, token.council_id)
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = by.at
        token.save(update_fields=["revoked_at"])
        record(by=by, verb="api_token.revoked", subject=token)
    return token


def note_token_use(*, by: Actor, token: ApiToken) -> None:
    """Keep when it was last used, to the minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=by.at - USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=by.at)
