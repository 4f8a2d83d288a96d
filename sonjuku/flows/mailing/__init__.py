"""Letters that staff write: to guardians once more, to ticked applicants, to a segment of a call at a set time."""

from sonjuku.flows.mailing.by_hand import message_context, remind_guardians, send_message
from sonjuku.flows.mailing.recipients import Preview, Reach, previews, reach
from sonjuku.flows.mailing.segments import Choice, Group, counted_groups, in_words, recipients
from sonjuku.flows.mailing.sending import CHUNK, expand, expand_due, schedule

__all__ = [
    "CHUNK",
    "Choice",
    "Group",
    "Preview",
    "Reach",
    "counted_groups",
    "expand",
    "expand_due",
    "in_words",
    "message_context",
    "previews",
    "reach",
    "recipients",
    "remind_guardians",
    "schedule",
    "send_message",
]
