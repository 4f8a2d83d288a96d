"""Tells machines what happened: journal entries become notices, notices are posted, those that fail are tried again.

A notice names things by id and code only. Whoever is told asks the API, where every reading is permitted and
written down. A sender that dies between posting and marking leaves a claim that runs out; the notice is then posted
again under the same `webhook-id`, by which a receiver tells that it is the same.
"""

import json
import logging
import time
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from sonjuku.protocols.webhooks import signing
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.models import Webhook, WebhookDelivery
from sonjuku.rooms.letters.webhooks import actions, queries, rules
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.queries import administrators
from sonjuku.toolbox import outside
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.sealing import SealBroken

log = logging.getLogger(__name__)
AT_ONCE = 500
# One round must not keep the worker from its other work: a dead machine costs five seconds.
ROUND_SECONDS = 20.0


# What happened


def gather(*, by: Actor) -> int:
    """Put on their way all events that active webhooks listen to and have not been told; returns how many.

    Nothing while settings.WEBHOOKS is off.
    """
    if not settings.WEBHOOKS:
        return 0
    ids = Webhook.objects.filter(is_active=True).values_list("id", flat=True)
    return sum(_gather_for(by=by, webhook_id=webhook_id) for webhook_id in list(ids))


@writes
def _gather_for(*, by: Actor, webhook_id: uuid.UUID) -> int:
    rows = Webhook.objects.select_for_update(skip_locked=True, of=("self",)).select_related("council")
    webhook = rows.filter(pk=webhook_id, is_active=True).first()
    if webhook is None:
        return 0
    entries = _untold(webhook, by.at)
    number = actions.enqueue(by=by, webhook=webhook, messages=_messages(entries, webhook.council.slug))
    # Cut off in the middle: go on from there the next time.
    webhook.seen_until = entries[-1].at if len(entries) == AT_ONCE else max(webhook.seen_until, by.at)
    webhook.save(update_fields=["seen_until"])
    return number


def _untold(webhook: Webhook, at: datetime) -> list[Entry]:
    verbs = [verb for verb, event in rules.VERBS.items() if event in webhook.events]
    told = WebhookDelivery.objects.filter(webhook=webhook, entry_id=OuterRef("pk"))
    rows = Entry.objects.filter(
        council_id=webhook.council_id,
        verb__in=verbs,
        at__gte=rules.seen_from(webhook.created_at, webhook.seen_until, at),
    )
    return list(rows.exclude(Exists(told)).order_by("at", "id")[:AT_ONCE])


def _messages(entries: list[Entry], slug: str) -> list[actions.Message]:
    codes = _codes(entries)
    return [
        actions.Message(
            entry.id,
            rules.VERBS[entry.verb],
            {
                "at": entry.at.isoformat(),
                "council": slug,
                "subject": {"kind": entry.subject_kind.rpartition(".")[2], "id": str(entry.subject_id)},
                "call": codes.get(entry.subject_id, (None, None))[0],
                "application": codes.get(entry.subject_id, (None, None))[1],
            },
        )
        for entry in entries
    ]


def _codes(entries: Iterable[Entry]) -> dict[Any, tuple[str | None, str | None]]:
    """(code of the call, receipt code of the application) by subject; a row that was erased since is not there."""
    wanted = {entry.subject_id for entry in entries if entry.subject_id}
    found: dict[Any, tuple[str | None, str | None]] = {}
    for rows, call, application in (
        (Call.objects, "code", None),
        (SelectionRun.objects, "calls__code", None),
        (Application.objects, "call__code", "code"),
        (Participation.objects, "call__code", "application__code"),
        (Award.objects, "achievement__call__code", "participation__application__code"),
    ):
        names = [name for name in ("id", call, application) if name]
        for key, *codes in rows.filter(pk__in=wanted).values_list(*names):
            found[key] = (codes[0], codes[1] if len(codes) > 1 else None)
    return found


# On its way


def deliver_due(at: datetime, limit: int = 50) -> int:
    """Post up to `limit` notices whose time has come, for twenty seconds at most; returns how many were taken."""
    if not settings.WEBHOOKS:
        return 0
    with transaction.atomic(durable=True):
        pass  # raises inside another transaction: a notice must not go out for what may still be undone
    sent, started = 0, time.monotonic()
    failing: set[uuid.UUID] = set()

    def actor() -> Actor:
        return Actor(at=at + timedelta(seconds=time.monotonic() - started), role="system")

    while limit > 0 and time.monotonic() - started < ROUND_SECONDS:
        delivery = actions.claim(by=actor(), except_for=failing)
        if delivery is None:
            break
        limit -= 1
        status, answer = _post(delivery, actor().at)
        if status is not None and rules.is_success(status):
            sent += actions.mark_sent(by=actor(), delivery=delivery, answer=answer)
            continue
        failing.add(delivery.webhook_id)
        _failed(by=actor(), delivery=delivery, status=status, answer=answer)
    return sent


def _post(delivery: WebhookDelivery, at: datetime) -> tuple[int | None, str]:
    """(HTTP status or None, what the log says): the status, or a kind of error; never what the server wrote."""
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        secret = actions.secret_of(delivery.webhook)
        target = outside.find(delivery.webhook.url, settings.WEBHOOK_HOSTS)
        headers = signing.headers(secret, str(delivery.id), int(at.timestamp()), body)
        answer = outside.post(
            target, body, {**headers, "Content-Type": "application/json", "User-Agent": "Sonjuku"}
        )
    except SealBroken:
        return None, "secret_lost"
    except outside.OutsideRefused as error:
        return None, error.code
    return answer.status, str(answer.status)


def _failed(*, by: Actor, delivery: WebhookDelivery, status: int | None, answer: str) -> None:
    webhook = delivery.webhook
    log.warning("webhook delivery %s failed: %s", delivery.id, answer)
    gave_up = actions.mark_failed(by=by, delivery=delivery, answer=answer, for_good=status == rules.GONE)
    last = queries.last_success(webhook)
    if rules.should_stop(gave_up=gave_up, status=status, last_success=last, at=by.at):
        _stop(by=by, webhook=webhook)


@writes
def _stop(*, by: Actor, webhook: Webhook) -> None:
    """Stop it and write to the council's administrators."""
    if not actions.stop(by=by, webhook=webhook):
        return
    for account in administrators(webhook.council, day_of(by.at)):
        queue(
            by=by,
            council=webhook.council,
            kind="webhook_stopped",
            context={"url": webhook.url},
            path=f"/c/{webhook.council.slug}/desk/machines/webhooks/{webhook.id}/",
            key=f"webhook_stopped:{webhook.id}:{by.at.isoformat()}:{account.pk}",
            to_address=account.email,
            language=account.language,
        )
