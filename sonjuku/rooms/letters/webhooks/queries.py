"""Reading webhooks and what went to them."""

from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Webhook, WebhookDelivery
from sonjuku.rooms.people.rules import may

State = WebhookDelivery.State


def webhooks_visible_to(actor: Actor) -> QuerySet[Webhook]:
    """The council's webhooks, with `waiting`, `failed` and `last_sent`, for whoever looks after its machines."""
    if actor.council_id is None or not may(actor.role, "machines.write"):
        return Webhook.objects.none()
    on_the_way = Q(deliveries__state__in=[State.QUEUED, State.SENDING])
    return Webhook.objects.filter(council_id=actor.council_id).annotate(
        waiting=Count("deliveries", filter=on_the_way),
        failed=Count("deliveries", filter=Q(deliveries__state=State.FAILED)),
        last_sent=Max("deliveries__sent_at"),
    )


def deliveries_visible_to(actor: Actor) -> QuerySet[WebhookDelivery]:
    """What went to the council's webhooks or is on its way, newest first."""
    if actor.council_id is None or not may(actor.role, "machines.write"):
        return WebhookDelivery.objects.none()
    rows = WebhookDelivery.objects.filter(webhook__council_id=actor.council_id).select_related("webhook")
    return rows.order_by("-id")


def last_success(webhook: Webhook) -> datetime | None:
    return webhook.deliveries.aggregate(last=Max("sent_at"))["last"]
