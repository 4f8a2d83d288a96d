"""Results: the draw or review decides under seal, the announcement tells everyone by letter."""

from uuid import UUID

from sonjuku.flows.noticing import notify_results
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor

# Up to so many letters are written in the announcement's own transaction, more by the worker.
AT_ONCE = 500
CHUNK = 200
CHUNKS_A_TICK = 50
# Read once for the letters of a tick: ten thousand letters would read the line fifty times.
Places = dict[UUID, list[queries.Waiting]]


def freeze(*, by: Actor, run: SelectionRun) -> SelectionRun:
    """Fix the list of codes; see calls.actions.freeze_list."""
    return calls.freeze_list(by=by, run=run)


def draw(*, by: Actor, run: SelectionRun) -> SelectionRun:
    """Draw once from the frozen list; nobody is told yet. See calls.actions.draw."""
    return calls.draw(by=by, run=run)


def decide_by_review(*, by: Actor, call: Call, waitlist: int = 0) -> SelectionRun:
    """Rank by the reviewers' scores; nobody is told yet. See calls.actions.decide_by_review."""
    return calls.decide_by_review(by=by, call=call, waitlist=waitlist)


@writes
def announce(*, by: Actor, run: SelectionRun) -> int:
    """Make the results known; returns how many applications. Announcing again does nothing.

    Everyone gets a letter: up to 500 in the same transaction, more by the worker (`write_letters`).
    """
    number = calls.announce(by=by, run=run)
    if 0 < number <= AT_ONCE:
        _write_chunk(by=by, run_id=run.pk, size=AT_ONCE, waiting=Places())
    return number


def write_letters(*, by: Actor) -> int:
    """Letters of announced runs that are still to be written, up to 50 chunks; returns how many."""
    made, left = 0, CHUNKS_A_TICK
    for run_id in queries.runs_with_letters():
        is_done, waiting = False, Places()
        while left > 0 and not is_done:
            number, is_done = _write_chunk(by=by, run_id=run_id, size=CHUNK, waiting=waiting)
            made, left = made + number, left - 1
    return made


@writes
def _write_chunk(*, by: Actor, run_id: UUID, size: int, waiting: Places) -> tuple[int, bool]:
    """One transaction: the next letters in the order of the applications' keys, and how far it came."""
    run = calls.hold_run(run_id)
    if run.letters_at is not None:
        return 0, True
    rows = list(queries.letters_to_write(run)[:size])
    if not waiting and any(row.state == Application.State.WAITLISTED for row in rows):
        waiting |= queries.waiting_places_in(queries.calls_of(run))
    notify_results(by, rows, waiting)
    calls.mark_letters(by=by, run=run, told=rows, is_last=len(rows) < size)
    return len(rows), len(rows) < size
