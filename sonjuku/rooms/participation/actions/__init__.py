"""What may be done to places, check-ins, obligations and the occasions they belong to."""

from sonjuku.rooms.participation.actions.obligations import (
    complete,
    count_attendance,
    fulfil,
    mark_reminded,
    waive,
)
from sonjuku.rooms.participation.actions.occasions import (
    add_occasion,
    add_rule,
    change_occasion,
    copy_to,
    remove_occasion,
    remove_rule,
)
from sonjuku.rooms.participation.actions.places import (
    check_in,
    end_all,
    leave,
    number_certificates,
    start,
    undo_check_in,
    walk_in,
)

__all__ = [
    "add_occasion",
    "add_rule",
    "change_occasion",
    "check_in",
    "complete",
    "copy_to",
    "count_attendance",
    "end_all",
    "fulfil",
    "leave",
    "mark_reminded",
    "number_certificates",
    "remove_occasion",
    "remove_rule",
    "start",
    "undo_check_in",
    "waive",
    "walk_in",
]
