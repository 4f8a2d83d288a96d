"""Which booth slots may still be booked."""

from datetime import datetime

from sonjuku.rooms.events.models import BoothSlot
from sonjuku.rooms.participation.models import Participation


def problem_with(slot: BoothSlot, participation: Participation, at: datetime) -> str:
    """Why this person may not book this slot now: other_call, not_taking_part, slot_over; "" if they may.

    Whether seats are left is for the database to say: it counts under its own lock.
    """
    if slot.booth.call_id != participation.call_id:
        return "other_call"
    if participation.state != Participation.State.ACTIVE:
        return "not_taking_part"
    return "slot_over" if at >= slot.starts_at else ""
