"""Writing: the one door into the journal, and the transaction every action of the house runs in."""

import functools
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from itertools import islice
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction

from sonjuku.rooms.journal.models import Actor, Beat, Entry
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import uuid7

P = ParamSpec("P")
R = TypeVar("R")
RETRIES = 5
# serialization_failure and deadlock_detected: PostgreSQL and its relatives ask for a retry.
RETRY_STATES = {"40001", "40P01"}
BATCH = 500
ROWS = 2000


class _Action:
    """The outermost action of this thread: what it has to say so far, and which rows it holds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.held: dict[tuple[type[models.Model], object], models.Model] = {}
        self.made: dict[uuid.UUID, set[str]] = {}


_action: ContextVar[_Action | None] = ContextVar("action", default=None)


def writes(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action as one transaction; retry it whole when the database asks for it (SQLSTATE 40001).

    Inside another action it simply joins that transaction. What the whole action records is written in one statement
    at its end; an inner action that raises takes its entries with it.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _action.get() is not None:
            return _joined(action, *args, **kwargs)
        if connection.in_atomic_block:
            return _told(action, *args, **kwargs)
        for attempt in range(RETRIES):
            try:
                with transaction.atomic():
                    return _told(action, *args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in RETRY_STATES or attempt == RETRIES - 1:
                    raise
                time.sleep(0.02 * 2**attempt)
        raise AssertionError("unreachable")

    return run


def beat(name: str, at: datetime) -> None:
    """Leave the trace that this was done at this moment; an earlier moment than the last leaves none."""
    if not Beat.objects.filter(name=name).exclude(at__gte=at).update(at=at):
        Beat.objects.bulk_create([Beat(name=name, at=at)], ignore_conflicts=True)


def _told(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    outermost = _Action()
    token = _action.set(outermost)
    try:
        result = action(*args, **kwargs)
    finally:
        _action.reset(token)
    Entry.objects.bulk_create(outermost.entries, batch_size=BATCH)
    return result


def _joined(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    outermost = _action.get()
    assert outermost is not None
    before, held = len(outermost.entries), dict(outermost.held)
    made = {key: set(uses) for key, uses in outermost.made.items()}
    try:
        return action(*args, **kwargs)
    except BaseException:
        # Whoever goes on after this has rolled back to a savepoint: entries and locks since then are gone.
        del outermost.entries[before:]
        outermost.held, outermost.made = held, made
        raise


def _keep(entries: list[Entry]) -> None:
    outermost = _action.get()
    if outermost is None:
        Entry.objects.bulk_create(entries, batch_size=BATCH)
    else:
        outermost.entries.extend(entries)


def hold(row: models.Model) -> None:
    """Note that the action under way has locked this row, until its transaction ends."""
    outermost = _action.get()
    if outermost is not None:
        outermost.held[type(row), row.pk] = row


def is_held(row: models.Model) -> bool:
    """Whether the action under way has locked this row, and this is the object it then read."""
    outermost = _action.get()
    return outermost is not None and outermost.held.get((type(row), row.pk)) is row


def hold_lock(row: models.Model) -> None:
    """Lock the row until the transaction ends; what the action under way holds already costs nothing."""
    outermost = _action.get()
    if outermost is None or (type(row), row.pk) not in outermost.held:
        hold(type(row)._base_manager.select_for_update().get(pk=row.pk))


def new_key() -> uuid.UUID:
    """A key for a row that the action under way is about to write: until then no row of any table is about it."""
    key = uuid7()
    outermost = _action.get()
    if outermost is not None:
        outermost.made[key] = set()
    return key


def is_first(what: str, key: uuid.UUID | None) -> bool:
    """Whether nothing of this kind can be about the key yet, so that nobody need look: True once for a `new_key`."""
    outermost = _action.get()
    uses = outermost.made.get(key) if outermost is not None and key is not None else None
    if uses is None or what in uses:
        return False
    uses.add(what)
    return True


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
    entry = _entry(by, verb, subject, for_person_id, council_id=council_id, field_names=sorted(field_names))
    _keep([entry])
    return entry


def record_many(
    *,
    by: Actor,
    verb: str,
    subjects: Iterable[models.Model],
    council_id: uuid.UUID | None = None,
    of_person: Callable[[models.Model], uuid.UUID | None] | None = None,
) -> int:
    """Append one entry per subject in one statement; returns how many. Subjects may carry `person_id`.

    `of_person` tells whose entry it is where the subject carries none.
    """
    person_of = of_person or (lambda subject: getattr(subject, "person_id", None))
    entries = [_entry(by, verb, each, person_of(each), council_id=council_id) for each in subjects]
    _keep(entries)
    return len(entries)


def record_rows(
    *,
    by: Actor,
    verb: str,
    model: type[models.Model],
    council_id: uuid.UUID,
    rows: Iterable[tuple[uuid.UUID, uuid.UUID]],
) -> int:
    """Append one entry for each (id, person id) of a model, a batch at a time: for a hundred thousand rows at once."""
    made = 0
    left = iter(rows)
    while some := list(islice(left, ROWS)):
        entries = [
            Entry(
                at=by.at,
                council_id=council_id,
                verb=verb,
                actor_person_id=by.person_id,
                actor_body_id=by.body_id,
                actor_role=by.role,
                subject_kind=model._meta.label_lower,
                subject_id=key,
                for_person_id=person_id,
            )
            for key, person_id in some
        ]
        made += len(Entry.objects.bulk_create(entries))
    return made


def record_for_persons(
    *,
    by: Actor,
    verb: str,
    subject: models.Model,
    person_ids: Iterable[uuid.UUID],
    field_names: Iterable[str],
) -> int:
    """Append one entry per person about one subject that concerns them all (an export); returns how many."""
    names = sorted(field_names)
    entries = [
        _entry(by, verb, subject, person_id, field_names=names) for person_id in dict.fromkeys(person_ids)
    ]
    return len(Entry.objects.bulk_create(entries, batch_size=2000))


def record_look(*, by: Actor, verb: str, subject: models.Model, for_person_id: uuid.UUID | None) -> bool:
    """Note that somebody opened a person's record: once per reader, record and day in Tokyo. True the first time.

    The entry's key is made from those, so that two windows at once leave one entry; after that a look costs one read.
    """
    reader = f"{verb}|{subject.pk}|{by.account_id}|{by.person_id}|{by.body_id}|{by.role}|{day_of(by.at)}"
    key = uuid.uuid5(subject.pk, reader)
    if Entry.objects.filter(pk=key).exists():
        return False
    entry = _entry(by, verb, subject, for_person_id, key=key)
    Entry.objects.bulk_create([entry], ignore_conflicts=True)
    return True


def _entry(
    by: Actor,
    verb: str,
    subject: models.Model | None,
    for_person_id: uuid.UUID | None,
    *,
    council_id: uuid.UUID | None = None,
    field_names: Sequence[str] = (),
    key: uuid.UUID | None = None,
) -> Entry:
    return Entry(
        id=key or uuid7(),
        at=by.at,
        council_id=council_id or getattr(subject, "council_id", None) or by.council_id,
        verb=verb,
        actor_person_id=by.person_id,
        actor_body_id=by.body_id,
        actor_role=by.role,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        for_person_id=for_person_id,
        field_names=list(field_names),
    )
