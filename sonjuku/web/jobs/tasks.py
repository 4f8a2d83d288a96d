"""What the site asks a worker to do. Enqueue after the transaction: `transaction.on_commit(…)`."""

import uuid

from django.utils import timezone
from django_tasks import task

from sonjuku.flows import delivering


@task()
def deliver_letters(letter_ids: list[str]) -> int:
    """Send these letters without waiting for the next tick; returns how many went out."""
    return delivering.deliver([uuid.UUID(letter_id) for letter_id in letter_ids], timezone.now())
