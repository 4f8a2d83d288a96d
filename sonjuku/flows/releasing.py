"""Numbers of finished quarters, published once each."""

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.talent import actions as talent
from sonjuku.rooms.talent import queries
from sonjuku.rooms.talent.models import Release
from sonjuku.rooms.talent.rules import previous_quarter, quarter_of
from sonjuku.toolbox.dates import day_of


def release_due(*, by: Actor) -> list[Release]:
    """Release every finished quarter that a council has not released yet, oldest first. Safe to repeat."""
    newest = previous_quarter(quarter_of(day_of(by.at)))
    return [
        talent.release(by=by, council=council, quarter_on=quarter_on)
        for council in queries.councils_due(newest)
        for quarter_on in queries.quarters_due_of(council, by.at)
    ]
