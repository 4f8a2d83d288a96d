"""When a place is kept, when an obligation is met, and when someone has completed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation

S = Participation.State

MOVES: dict[str, set[str]] = {
    S.ACTIVE: {S.COMPLETED, S.WITHDRAWN, S.ENDED},
    S.COMPLETED: set(),
    S.WITHDRAWN: {S.ACTIVE},
    S.ENDED: set(),
}


def may_move(state: str, to: str) -> bool:
    return to in MOVES[state]


def attendance_done(rule: ObligationRule, count: int) -> bool:
    """Whether `count` different sessions are enough for an attendance rule."""
    return count >= rule.sessions


def missing(obligations: Iterable[Obligation]) -> list[Obligation]:
    """The obligations that still stand between this person and completion, in the given order."""
    return [obligation for obligation in obligations if not obligation.is_met]


def completes(participation: Participation, obligations: Iterable[Obligation]) -> bool:
    """Only an active participant who has obligations, all of them met.

    A call without obligations has nothing to complete; speakers and staff take part without completing.
    """
    asked = list(obligations)
    return (
        bool(asked)
        and not missing(asked)
        and participation.state == S.ACTIVE
        and participation.capacity == Participation.Capacity.PARTICIPANT
    )


def still_to_do(obligation: Obligation) -> Any:
    """In words what is left of one obligation, "" when it is met. Lazy text; `obligation.rule` must be loaded."""
    kind = ObligationRule.Kind
    if obligation.is_met:
        return ""
    if obligation.rule.kind == kind.ATTEND:
        done, all_ = obligation.done_sessions, obligation.rule.sessions
        text = _("あと{left}回の出席が必要です（{all}回のうち{done}回）")
        return format_lazy(text, left=all_ - done, done=done, all=all_)
    return {
        kind.ANSWER: _("アンケートにまだ回答していません"),
        kind.UPLOAD: _("報告をまだ提出していません"),
        kind.CONSENT: _("まだ同意していません"),
    }[kind(obligation.rule.kind)]


def wants_reminder(obligation: Obligation, day: date) -> bool:
    """From `remind_days` before the due day until that day, once."""
    if obligation.is_met or obligation.reminded_at is not None or obligation.due_on is None:
        return False
    return 0 <= (obligation.due_on - day).days <= obligation.rule.remind_days
