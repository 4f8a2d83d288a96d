"""The few numbers that tell whether work goes on: each is one short query."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from sonjuku.flows.ticking import TICK
from sonjuku.rooms.journal.models import Beat
from sonjuku.rooms.letters.models import Letter, Webhook, WebhookDelivery

# The name under which `sonjuku backup` leaves its trace.
BACKUP = "backup"


def tick_age(at: datetime) -> float | None:
    """Seconds since a tick ended; None when none ever has."""
    return _age(TICK, at)


def backup_age(at: datetime) -> float | None:
    """Seconds since `sonjuku backup` began its last complete backup; None when it never made one."""
    return _age(BACKUP, at)


def _age(name: str, at: datetime) -> float | None:
    beat = Beat.objects.filter(name=name).first()
    return max((at - beat.at).total_seconds(), 0.0) if beat else None


def lines(at: datetime) -> Iterator[str]:
    """Prometheus text format 0.0.4. Every state is there, at 0 too: a line that comes and goes raises no alarm."""
    yield from _by_state("sonjuku_letters", Letter, "state", Letter.State.values)
    oldest = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=at).aggregate(due=Min("due_at"))[
        "due"
    ]
    yield from _gauge("sonjuku_letter_oldest_due_seconds", (at - oldest).total_seconds() if oldest else 0)
    yield from _by_state("sonjuku_tasks", DBTaskResult, "status", [s.value for s in TaskResultStatus])
    yield from _by_state("sonjuku_webhook_deliveries", WebhookDelivery, "state", WebhookDelivery.State.values)
    yield from _gauge("sonjuku_webhooks_stopped", Webhook.objects.filter(is_active=False).count())
    for name, age in (("tick", tick_age(at)), ("backup", backup_age(at))):
        yield from _gauge(f"sonjuku_{name}_age_seconds", "NaN" if age is None else age)


def _by_state(name: str, model: Any, field: str, states: list[str]) -> Iterator[str]:
    found = dict(model.objects.order_by().values_list(field).annotate(number=Count("pk")))
    yield f"# TYPE {name} gauge"
    for state in states:
        yield f'{name}{{state="{state.lower()}"}} {found.get(state, 0)}'


def _gauge(name: str, value: object) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"
