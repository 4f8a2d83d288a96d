"""Writing: the one door into the journal, and the transaction every action of the house runs in."""

import functools
import time
import uuid
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction

from sonjuku.rooms.journal.models import Actor, Entry

P = ParamSpec("P")
R = TypeVar("R")
RETRIES = 5
# serialization_failure and deadlock_detected: PostgreSQL and its relatives ask for a retry.
RETRY_STATES = {"40001", "40P01"}


def writes(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action as one transaction; retry it whole when the database asks for it (SQLSTATE 40001).

    Inside another action it simply joins that transaction.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return action(*args, **kwargs)
        for attempt in range(RETRIES):
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in RETRY_STATES or attempt == RETRIES - 1:
                    raise
                time.sleep(0.02 * 2**attempt)
        raise AssertionError("unreachable")

    return run


def record(
    *,
    by: Actor,
    verb: str,
    subject: models.Model | None = None,
    council_id: uuid.UUID | None = None,
    for_person_id: uuid.UUID | None = None,
    field_names: Iterable[str] = (),
) -> Entry:
    """Append one entry. Pass field names, never values; `council_id` defaults to the actor's council."""
    return Entry.objects.create(
        at=by.at,
        council_id=council_id or getattr(subject, "council_id", None) or by.council_id,
        verb=verb,
        actor_person_id=by.person_id,
        actor_body_id=by.body_id,
        actor_role=by.role,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        for_person_id=for_person_id,
        field_names=sorted(field_names),
    )


def record_many(
    *, by: Actor, verb: str, subjects: Iterable[models.Model], council_id: uuid.UUID | None = None
) -> int:
    """Append one entry per subject in one statement; returns how many. Subjects may carry `person_id`."""
    entries = [
        Entry(
            at=by.at,
            council_id=council_id or getattr(subject, "council_id", None) or by.council_id,
            verb=verb,
            actor_person_id=by.person_id,
            actor_body_id=by.body_id,
            actor_role=by.role,
            subject_kind=subject._meta.label_lower,
            subject_id=subject.pk,
            for_person_id=getattr(subject, "person_id", None),
        )
        for subject in subjects
    ]
    return len(Entry.objects.bulk_create(entries, batch_size=500))
