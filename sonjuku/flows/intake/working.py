"""What a worker does with a file: harmless when it is done twice, and it goes on where another worker ended."""

from datetime import datetime
from uuid import UUID

from sonjuku.flows.intake.reading import sheet_of
from sonjuku.flows.intake.taking import promote, write_letters
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import ImportBatch
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Role
from sonjuku.rooms.people.queries import active_on
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

S = ImportBatch.State


def check(batch_id: UUID, at: datetime) -> int:
    """Check what is not checked yet, each chunk in a transaction of its own; returns how many rows are checked."""
    batch = ImportBatch.objects.select_related("call__council").filter(pk=batch_id).first()
    if batch is None:
        return 0
    by = Actor(at=at, role="system", council_id=batch.council_id)
    while batch.state == S.CHECKING:
        batch = actions.check_next(by=by, batch=batch, sheet=sheet_of(batch, by))
    return batch.rows_checked


def take(batch_id: UUID, role_id: UUID, at: datetime) -> int:
    """Take the rows for the holder of this role, then write the letters; returns how many were taken.

    When the call takes none any more, or the role has ended, the file goes back to its page, which says why.
    """
    batch = ImportBatch.objects.select_related("call__council").filter(pk=batch_id).first()
    if batch is None:
        return 0
    if batch.state == S.PROMOTING:
        by = _actor(role_id, at)
        try:
            if by is None:
                batch = actions.give_back_batch(by=_system(batch, at), batch=batch)
            else:
                batch = promote(by=by, batch=batch)
        except Refused:
            batch = actions.give_back_batch(by=_system(batch, at), batch=batch)
    while batch.state == S.DONE and write_letters(by=_system(batch, at), batch=batch):
        pass
    return batch.rows_promoted


def _system(batch: ImportBatch, at: datetime) -> Actor:
    return Actor(at=at, role="system", council_id=batch.council_id)


def _actor(role_id: UUID, at: datetime) -> Actor | None:
    """Whoever pressed the button, if they may still."""
    role = Role.objects.filter(active_on(day_of(at)), pk=role_id).first()
    if role is None or not may(role.kind, "applications.write"):
        return None
    return Actor(
        at=at, role=role.kind, body_id=role.body_id, council_id=role.council_id, account_id=role.account_id
    )
