"""What is written down when a machine reads about people."""

from collections.abc import Sequence
from typing import Any

from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.toolbox.dates import at_tokyo, day_of

READ = "api.read"


@writes
def note_reading(*, by: Actor, rows: Sequence[Any]) -> int:
    """One entry per row, reading body and day in Tokyo, however often it is read that day; returns how many are new.

    `rows` carry `person_id`: whoever asks who has read about them finds these entries.
    """
    known = Entry.objects.filter(
        verb=READ,
        actor_body_id=by.body_id,
        subject_id__in=[row.pk for row in rows],
        at__gte=at_tokyo(day_of(by.at)),
    )
    seen = set(known.values_list("subject_id", flat=True))
    return record_many(by=by, verb=READ, subjects=[row for row in rows if row.pk not in seen])
