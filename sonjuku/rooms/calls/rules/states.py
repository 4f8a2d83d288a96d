"""The moves of the funnel. A closed list for every kind of call."""

from sonjuku.rooms.calls.models import Application, Call

C, A = Call.State, Application.State

CALL_MOVES: dict[str, set[str]] = {
    C.DRAFT: {C.ANNOUNCED, C.OPEN},
    C.ANNOUNCED: {C.DRAFT, C.OPEN},
    C.OPEN: {C.CLOSED},
    C.CLOSED: {C.DECIDED, C.FINISHED},
    C.DECIDED: {C.FINISHED},
    C.FINISHED: set(),
}

APPLICATION_MOVES: dict[str, set[str]] = {
    A.DRAFT: {A.SUBMITTED},
    A.SUBMITTED: {
        A.INELIGIBLE,
        A.NOT_SELECTED,
        A.WAITLISTED,
        A.OFFERED,
        A.ACCEPTED,
        A.LAPSED,
        A.WITHDRAWN,
    },
    A.WAITLISTED: {A.OFFERED, A.NOT_SELECTED, A.INELIGIBLE, A.LAPSED, A.WITHDRAWN},
    A.OFFERED: {A.ACCEPTED, A.DECLINED, A.LAPSED, A.INELIGIBLE},
    A.ACCEPTED: {A.DECLINED},
    A.INELIGIBLE: set(),
    A.NOT_SELECTED: set(),
    A.DECLINED: {A.SUBMITTED},
    A.LAPSED: {A.SUBMITTED},
    A.WITHDRAWN: {A.SUBMITTED},
}

# Who left of their own accord may apply again while the call is open, at the end of the queue.
REAPPLY_FROM = {A.WITHDRAWN, A.DECLINED, A.LAPSED}


def may_move(state: str, to: str) -> bool:
    """Whether a call in `state` may become `to`."""
    return to in CALL_MOVES[state]


def application_may_move(state: str, to: str) -> bool:
    """Whether an application in `state` may become `to`."""
    return to in APPLICATION_MOVES[state]
