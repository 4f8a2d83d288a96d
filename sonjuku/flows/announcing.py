"""Results: the draw or review decides under seal, the announcement tells everyone by letter."""

from sonjuku.flows.noticing import notify_results
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor


def freeze(*, by: Actor, call: Call) -> SelectionRun:
    """Fix the list of receipt codes; see calls.actions.freeze_list."""
    return calls.freeze_list(by=by, call=call)


def draw(*, by: Actor, call: Call, public_value: str) -> SelectionRun:
    """Draw once from the frozen list; nobody is told yet. See calls.actions.draw."""
    return calls.draw(by=by, call=call, public_value=public_value)


def decide_by_review(*, by: Actor, call: Call, waitlist: int = 0) -> SelectionRun:
    """Rank by the reviewers' scores; nobody is told yet. See calls.actions.decide_by_review."""
    return calls.decide_by_review(by=by, call=call, waitlist=waitlist)


@writes
def announce(*, by: Actor, call: Call) -> list[Application]:
    """Make the results known and write to everyone in the same transaction. Announcing again does nothing."""
    applications = calls.announce(by=by, call=call)
    notify_results(by, applications)
    return applications
