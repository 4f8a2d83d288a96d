"""Handing work to a worker, once the transaction that it is about has committed."""

from functools import partial

from django.db import transaction

from sonjuku.rooms.calls.models import ImportBatch
from sonjuku.rooms.credentials.models import AwardBatch
from sonjuku.rooms.people.models import Role
from sonjuku.web.jobs.tasks import check_file, issue_badges, take_file


def check_in_background(batch: ImportBatch) -> None:
    transaction.on_commit(partial(check_file.enqueue, batch_id=str(batch.id)))


def take_in_background(batch: ImportBatch, role: Role) -> None:
    transaction.on_commit(partial(take_file.enqueue, batch_id=str(batch.id), role_id=str(role.id)))


def issue_in_background(batch: AwardBatch) -> None:
    transaction.on_commit(partial(issue_badges.enqueue, batch_id=str(batch.id)))
