"""What changes a matching event, its members, their rankings and the introductions."""

from sonjuku.rooms.matching.actions.entering import enter_ranks
from sonjuku.rooms.matching.actions.events import change_event, create_event, open_event
from sonjuku.rooms.matching.actions.introductions import (
    change_introduction,
    end_introduction,
    receive_report,
)
from sonjuku.rooms.matching.actions.members import (
    add_from_call,
    add_member,
    change_member,
    forget_person,
    take_guardian_paper,
    withdraw_member,
)
from sonjuku.rooms.matching.actions.ranking import (
    mark_reminded,
    receiver_name,
    save_draft,
    submit_ranks,
)
from sonjuku.rooms.matching.actions.selection import (
    Announced,
    announce,
    draw,
    freeze,
    put_beacon,
    type_number,
)
from sonjuku.rooms.matching.actions.voiding import correct, void

__all__ = [
    "Announced",
    "add_from_call",
    "add_member",
    "announce",
    "change_event",
    "change_introduction",
    "change_member",
    "correct",
    "create_event",
    "draw",
    "end_introduction",
    "enter_ranks",
    "forget_person",
    "freeze",
    "mark_reminded",
    "open_event",
    "put_beacon",
    "receive_report",
    "receiver_name",
    "save_draft",
    "submit_ranks",
    "take_guardian_paper",
    "type_number",
    "void",
    "withdraw_member",
]
