"""Pure decisions about calls: no database, no clock; `at` and `day` are arguments."""

from sonjuku.rooms.calls.rules.eligibility import Facts, Problem, eligibility_problems, reason_text, rule_text
from sonjuku.rooms.calls.rules.opening import (
    EDITABLE_FIELDS,
    HARMLESS_FIELDS,
    UNSEEN_FIELDS,
    Missing,
    closed_text,
    missing_to_open,
    received_in_time,
)
from sonjuku.rooms.calls.rules.places import (
    LATE_CLASS,
    NORMAL_CLASS,
    Entrant,
    Seats,
    allocate,
    answer_until,
    confirm_by,
    consent_due,
    pools_for,
    score_of,
)
from sonjuku.rooms.calls.rules.states import (
    APPLICATION_MOVES,
    CALL_MOVES,
    REAPPLY_FROM,
    application_may_move,
    may_move,
)
from sonjuku.rooms.calls.rules.timeline import Step, state_of, steps
from sonjuku.rooms.calls.rules.words import Words, words
from sonjuku.rooms.calls.rules.years import fiscal_year_of, next_code, years_later

__all__ = [
    "APPLICATION_MOVES",
    "CALL_MOVES",
    "EDITABLE_FIELDS",
    "HARMLESS_FIELDS",
    "LATE_CLASS",
    "NORMAL_CLASS",
    "REAPPLY_FROM",
    "UNSEEN_FIELDS",
    "Entrant",
    "Facts",
    "Missing",
    "Problem",
    "Seats",
    "Step",
    "Words",
    "allocate",
    "answer_until",
    "application_may_move",
    "closed_text",
    "confirm_by",
    "consent_due",
    "eligibility_problems",
    "fiscal_year_of",
    "may_move",
    "missing_to_open",
    "next_code",
    "pools_for",
    "reason_text",
    "received_in_time",
    "rule_text",
    "score_of",
    "state_of",
    "steps",
    "words",
    "years_later",
]
