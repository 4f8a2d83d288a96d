"""What the site asks a worker to do. Enqueue after the transaction: `transaction.on_commit(…)`."""

import uuid

from django.utils import timezone
from django_tasks import task

from sonjuku.flows import delivering, intake, issuing


@task()
def deliver_letters(letter_ids: list[str]) -> int:
    """Send these letters without waiting for the next tick; returns how many went out."""
    return delivering.deliver([uuid.UUID(letter_id) for letter_id in letter_ids], timezone.now())


@task()
def check_file(batch_id: str) -> int:
    """Check the rows of a file of applications, chunk by chunk; goes on where a killed worker ended."""
    return intake.check(uuid.UUID(batch_id), timezone.now())


@task()
def take_file(batch_id: str, role_id: str) -> int:
    """Make applications of a checked file, for whoever pressed the button; then write their letters."""
    return intake.take(uuid.UUID(batch_id), uuid.UUID(role_id), timezone.now())


@task()
def issue_badges(batch_id: str) -> int:
    """Sign the badges of a batch, chunk by chunk; goes on where a killed worker ended."""
    return issuing.issue(uuid.UUID(batch_id), timezone.now())
