"""django-tasks knows no lease: a task whose worker was killed stays RUNNING for ever. Here it comes back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# A task that has killed this many workers is not given to another.
MAX_ATTEMPTS = 5
KEEP_FINISHED = timedelta(days=7)


def return_lost(at: datetime) -> int:
    """Put tasks that have run longer than TASK_LEASE_SECONDS back into the queue; returns how many.

    The lease must be longer than any task takes: a slow worker's task would run twice (harmless, but wasted).
    """
    returned = 0
    with transaction.atomic():
        lost = DBTaskResult.objects.running().filter(
            started_at__lte=at - timedelta(seconds=settings.TASK_LEASE_SECONDS)
        )
        for row in lost.select_for_update(skip_locked=True):
            if len(row.worker_ids) < MAX_ATTEMPTS:
                row.status = TaskResultStatus.READY
                returned += 1
            else:
                row.status, row.finished_at = TaskResultStatus.FAILED, at
            row.save(update_fields=["status", "finished_at"])
    return returned


def forget_finished(at: datetime) -> int:
    """Delete tasks that ended more than a week ago: their tracebacks may hold more than ids."""
    count, _by_model = DBTaskResult.objects.finished().filter(finished_at__lte=at - KEEP_FINISHED).delete()
    return count
