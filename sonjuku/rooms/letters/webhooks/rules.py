"""Which events there are, when a notice that failed is tried again, and when a machine is no longer told."""

import uuid
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEST = "test"
EVENTS: dict[str, str | Promise] = {
    "call.opened": _("募集の受付が始まった"),
    "call.closed": _("募集の受付が終わった"),
    "call.results_announced": _("選考の結果が発表された"),
    "application.submitted": _("申込みを受け付けた"),
    "application.state_changed": _("申込みの状態が変わった"),
    "participation.completed": _("参加者が修了した"),
    "award.issued": _("バッジが発行された"),
}
# What the journal calls it. A verdict under seal (application.excluded) is not among them: it would tell too early.
VERBS: dict[str, str] = {
    "call.opened": "call.opened",
    "call.closed": "call.closed",
    "selection.announced": "call.results_announced",
    "application.submitted": "application.submitted",
    **dict.fromkeys(
        [
            "application.announced",
            "application.offered",
            "application.confirmed",
            "application.declined",
            "application.withdrawn",
            "application.lapsed",
            "application.ended",
            "application.invited",
        ],
        "application.state_changed",
    ),
    "participation.completed": "participation.completed",
    "award.issued": "award.issued",
}
PER_COUNCIL = 10
# Entries commit out of order: one that carries an earlier moment may appear this much later.
OVERLAP = timedelta(hours=1)
# What happened while webhooks were switched off, or no worker ran, is told if it is no older than this.
LOOK_BACK = timedelta(days=3)
KEEP = timedelta(days=30)
STOP_AFTER = timedelta(days=3)
# The example schedule of Standard Webhooks 1.0.0: three days and some hours in all.
BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
GONE = 410


def seen_from(created_at: datetime, seen_until: datetime, at: datetime) -> datetime:
    """From which moment on the journal is looked through: never before the webhook was there."""
    return max(created_at, seen_until - OVERLAP, at - LOOK_BACK)


def next_attempt(attempts: int, at: datetime, delivery_id: uuid.UUID) -> datetime | None:
    """When to try again after that many attempts; None when it is time to give up.

    Up to a tenth later for each delivery its own way, so that a machine that came back is not hit by all at once.
    """
    if attempts > len(BACKOFF):
        return None
    wait = BACKOFF[max(attempts, 1) - 1]
    return at + wait + wait * (delivery_id.int % 100) / 1000


def is_success(status: int) -> bool:
    """2xx; a redirect is not followed and counts as a failure."""
    return 200 <= status < 300


def should_stop(*, gave_up: bool, status: int | None, last_success: datetime | None, at: datetime) -> bool:
    """Whether the machine is told nothing more: it said that it is gone, or three days brought no success."""
    if status == GONE:
        return True
    return gave_up and (last_success is None or last_success <= at - STOP_AFTER)
