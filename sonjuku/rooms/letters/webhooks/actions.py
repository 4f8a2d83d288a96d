"""Registering webhooks, and the states that a sender moves their notices through."""

import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.webhooks.signing import new_secret
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Webhook, WebhookDelivery
from sonjuku.rooms.letters.webhooks import rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.outside import OutsideRefused, check_url
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.sealing import open_sealed, seal
from sonjuku.toolbox.sealing import reseal as resealed

State = WebhookDelivery.State
PURPOSE = "webhook"


class Message(NamedTuple):
    """One event for one webhook. `payload` holds ids and codes, never a person's data."""

    entry_id: uuid.UUID
    event: str
    payload: dict[str, Any]


@writes
def register(*, by: Actor, council: Council, url: str, events: Collection[str]) -> tuple[Webhook, str]:
    """A new webhook and its secret (`whsec_…`), which nobody is shown again. It hears of what happens from now on.

    Refused: webhooks_off, too_many_webhooks, bad_url, not_https, no_events, other_council.
    """
    _may_change(by, council.id)
    _check(url, events)
    Council.objects.select_for_update().get(pk=council.pk)
    if council.webhooks.count() >= rules.PER_COUNCIL:
        raise Refused(
            "too_many_webhooks",
            _("外部への通知は10件までです。"),
            _("使っていないものを取り外してから、もう一度お試しください。"),
        )
    secret = new_secret()
    webhook = Webhook.objects.create(
        council=council,
        url=url,
        events=sorted(events),
        secret=seal(secret, settings.KEYS_SECRET, PURPOSE),
        created_at=by.at,
        seen_until=by.at,
    )
    record(by=by, verb="webhook.created", subject=webhook, field_names=["url", "events"])
    return webhook, secret


@writes
def change(*, by: Actor, webhook: Webhook, url: str, events: Collection[str]) -> Webhook:
    """Another address or other events. Refused: those of `register`."""
    _may_change(by, webhook.council_id)
    _check(url, events)
    webhook.url, webhook.events = url, sorted(events)
    webhook.save(update_fields=["url", "events"])
    record(by=by, verb="webhook.changed", subject=webhook, field_names=["url", "events"])
    return webhook


@writes
def renew_secret(*, by: Actor, webhook: Webhook) -> str:
    """A new secret; the old one signs nothing from now on, not even what waits already."""
    _may_change(by, webhook.council_id)
    secret = new_secret()
    webhook.secret = seal(secret, settings.KEYS_SECRET, PURPOSE)
    webhook.save(update_fields=["secret"])
    record(by=by, verb="webhook.changed", subject=webhook, field_names=["secret"])
    return secret


def secret_of(webhook: Webhook) -> str:
    """The secret that signs. Raises toolbox.sealing.SealBroken when settings.KEYS_SECRET is another by now."""
    return open_sealed(bytes(webhook.secret), settings.KEYS_SECRET, PURPOSE)


@writes
def reseal(*, by: Actor, old_secret: str) -> int:
    """Seal all secrets anew, from `old_secret` to settings.KEYS_SECRET; returns how many. Raises SealBroken: none then."""
    changed = 0
    for row in Webhook.objects.select_for_update().order_by("pk"):
        new = resealed(bytes(row.secret), old_secret, settings.KEYS_SECRET, PURPOSE)
        if new != bytes(row.secret):
            row.secret = new
            row.save(update_fields=["secret"])
            record(by=by, verb="webhook.resealed", subject=row)
            changed += 1
    return changed


@writes
def stop(*, by: Actor, webhook: Webhook) -> bool:
    """Tell it nothing more. What waits stays; what happens meanwhile is not told. False if it was stopped already."""
    _may_change(by, webhook.council_id)
    if not Webhook.objects.filter(pk=webhook.pk, is_active=True).update(is_active=False):
        return False
    webhook.is_active = False
    record(by=by, verb="webhook.stopped", subject=webhook)
    return True


@writes
def resume(*, by: Actor, webhook: Webhook) -> Webhook:
    """Tell it again, from now on."""
    _may_change(by, webhook.council_id)
    if Webhook.objects.filter(pk=webhook.pk, is_active=False).update(is_active=True, seen_until=by.at):
        # Without the overlap: what happened while it was stopped stays untold.
        Webhook.objects.filter(pk=webhook.pk).update(seen_until=by.at + rules.OVERLAP)
        record(by=by, verb="webhook.resumed", subject=webhook)
    return Webhook.objects.get(pk=webhook.pk)


@writes
def remove(*, by: Actor, webhook: Webhook) -> None:
    """Take it away with its log."""
    _may_change(by, webhook.council_id)
    record(by=by, verb="webhook.removed", subject=webhook)
    webhook.delete()


def _may_change(by: Actor, council_id: uuid.UUID) -> None:
    if by.council_id is not None and by.council_id != council_id:
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))


def _check(url: str, events: Collection[str]) -> None:
    if not settings.WEBHOOKS:
        raise Refused(
            "webhooks_off",
            _("この設置では、外部への通知が止められています。"),
            _("使うときは、設置した担当者に SONJUKU_WEBHOOKS の設定を頼んでください。"),
        )
    if not events or set(events) - set(rules.EVENTS):
        raise Refused("no_events", _("知らせる出来事が選ばれていません。"), _("一つ以上選んでください。"))
    try:
        check_url(url, settings.WEBHOOK_HOSTS)
    except OutsideRefused as error:
        if error.code == "not_https":
            raise Refused(
                "not_https",
                _("暗号化されない http:// のアドレスには送れません。"),
                _("https:// で始まるアドレスを入力してください。"),
            ) from None
        raise Refused(
            "bad_url",
            _("このアドレスには送れません。"),
            _("https://例.jp/通知 のように、利用者名やパスワードを含まないアドレスを入力してください。"),
        ) from None


# On its way


@writes
def enqueue(*, by: Actor, webhook: Webhook, messages: Iterable[Message]) -> int:
    """Put events on their way, each entry of the journal once per webhook; returns how many were new."""
    rows = []
    for message in messages:
        row = WebhookDelivery(webhook=webhook, entry_id=message.entry_id, event=message.event, due_at=by.at)
        row.payload = {"id": str(row.id), "event": message.event, **message.payload}
        rows.append(row)
    before = webhook.deliveries.count()
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return webhook.deliveries.count() - before


@writes
def send_test(*, by: Actor, webhook: Webhook) -> WebhookDelivery:
    """Put a notice on its way that is about nothing. Refused: webhooks_off, webhook_stopped."""
    _may_change(by, webhook.council_id)
    _check(webhook.url, webhook.events)
    if not webhook.is_active:
        raise Refused(
            "webhook_stopped", _("この通知先は止めています。"), _("再開してから、もう一度お試しください。")
        )
    entry = record(by=by, verb="webhook.tested", subject=webhook)
    payload = {
        "at": by.at.isoformat(),
        "council": webhook.council.slug,
        "subject": None,
        "call": None,
        "application": None,
    }
    enqueue(by=by, webhook=webhook, messages=[Message(entry.id, rules.TEST, payload)])
    return WebhookDelivery.objects.get(webhook=webhook, entry_id=entry.id)


@writes
def claim(*, by: Actor, except_for: Collection[uuid.UUID] = ()) -> WebhookDelivery | None:
    """Take the next notice to send now: a due one, or one whose sender died (claim older than the lease).

    It is SENDING from here on; whoever claimed it calls `mark_sent` or `mark_failed`. `except_for`: webhooks that
    just failed and shall not keep the others waiting.
    """
    lost = by.at - timedelta(seconds=settings.TASK_LEASE_SECONDS)
    ready = Q(state=State.QUEUED, due_at__lte=by.at) | Q(state=State.SENDING, claimed_at__lte=lost)
    rows = WebhookDelivery.objects.filter(ready, webhook__is_active=True).exclude(webhook_id__in=except_for)
    rows = rows.select_related("webhook__council").order_by("due_at", "id")
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        row.state, row.claimed_at, row.attempts = State.SENDING, by.at, row.attempts + 1
        row.save(update_fields=["state", "claimed_at", "attempts"])
    return row


@writes
def mark_sent(*, by: Actor, delivery: WebhookDelivery, answer: str) -> bool:
    """Note that it was taken. False if another sender has claimed it since."""
    return bool(_claimed(delivery).update(state=State.SENT, sent_at=by.at, answer=answer[:60]))


@writes
def mark_failed(*, by: Actor, delivery: WebhookDelivery, answer: str, for_good: bool = False) -> bool:
    """Note a failed attempt (`answer`: a status or a kind of error); True when it is given up."""
    again = None if for_good else rules.next_attempt(delivery.attempts, by.at, delivery.id)
    state = State.FAILED if again is None else State.QUEUED
    done = _claimed(delivery).update(state=state, due_at=again or delivery.due_at, answer=answer[:60])
    return bool(done) and again is None


@writes
def send_again(*, by: Actor, delivery: WebhookDelivery) -> WebhookDelivery:
    """Put a notice that was given up back into the queue, under the same id. Refused: webhook_not_failed."""
    _may_change(by, delivery.webhook.council_id)
    again = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.FAILED)
    if not again.update(state=State.QUEUED, attempts=0, due_at=by.at):
        raise Refused(
            "webhook_not_failed",
            _("この通知は、もう一度送れる状態ではありません。"),
            _("状態を確かめてください。"),
        )
    record(by=by, verb="webhook.requeued", subject=delivery.webhook)
    return WebhookDelivery.objects.get(pk=delivery.pk)


@writes
def forget_old(*, by: Actor) -> int:
    """Delete the log of what was settled a month ago; returns how many."""
    ended = WebhookDelivery.objects.filter(
        state__in=[State.SENT, State.FAILED], due_at__lte=by.at - rules.KEEP
    )
    return ended.delete()[0]


def _claimed(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, state=State.SENDING, claimed_at=delivery.claimed_at)
