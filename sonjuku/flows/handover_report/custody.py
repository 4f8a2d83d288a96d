"""(4) Who keeps what: signing keys, tokens, webhooks, and the roles with their terms. Offices and titles, no names."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Q

from sonjuku.flows.handover_report.scope import Scope
from sonjuku.rooms.credentials import queries as credentials
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.letters.models import Webhook
from sonjuku.rooms.letters.webhooks import queries as webhooks
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import ApiToken, Role


class Custody(NamedTuple):
    keys: list[IssuerKey]
    tokens: list[ApiToken]
    webhooks: list[tuple[str, Webhook]]
    roles: list[Role]


def custody(scope: Scope) -> Custody:
    """Of a webhook's address only the host: the rest may be a secret. Machines are shown to those who look after them."""
    roles = people.roles_visible_to(scope.actor).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=scope.day))
    return Custody(
        keys=list(credentials.issuer_keys_visible_to(scope.actor)),
        tokens=list(scope.tokens.order_by("expires_on", "id")),
        webhooks=[
            (urlsplit(row.url).hostname or "", row) for row in webhooks.webhooks_visible_to(scope.actor)
        ],
        roles=list(roles.order_by("kind", "starts_on", "id")),
    )
