"""The outbox and its states, mailings to many, delivery reports, who wants no more news."""

from sonjuku.rooms.letters.actions._many import Addressed, queue_each
from sonjuku.rooms.letters.actions.mailings import (
    Outgoing,
    cancel_mailing,
    claim_mailing,
    finish_mailing,
    mailing_context,
    queue_many,
    refuse_mailing,
    schedule_mailing,
)
from sonjuku.rooms.letters.actions.outbox import (
    CODE_LIVES,
    SEND_AGAIN,
    claim_due,
    drop_wording,
    mark_bounced,
    mark_delayed,
    mark_failed,
    mark_handed,
    mark_sent,
    queue,
    save_wording,
    send_again,
)
from sonjuku.rooms.letters.actions.subscriptions import resubscribe, unsubscribe

__all__ = [
    "CODE_LIVES",
    "SEND_AGAIN",
    "Addressed",
    "Outgoing",
    "cancel_mailing",
    "claim_due",
    "claim_mailing",
    "drop_wording",
    "finish_mailing",
    "mailing_context",
    "mark_bounced",
    "mark_delayed",
    "mark_failed",
    "mark_handed",
    "mark_sent",
    "queue",
    "queue_each",
    "queue_many",
    "refuse_mailing",
    "resubscribe",
    "save_wording",
    "schedule_mailing",
    "send_again",
    "unsubscribe",
]
