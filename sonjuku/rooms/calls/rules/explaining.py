"""Explanations as they are kept beside an application: plain lists, read back into the engine's shapes."""

from collections.abc import Sequence
from typing import Any

from sonjuku.engines.selection.explain import Explanation, Reason, Standing, Tried


def to_json(explanation: Explanation) -> list[Any]:
    """[number, total, [[programme, wish, own, outcome, seat, tried, waiting], …]]; a standing is [class, number]."""
    return [explanation.number, explanation.total, [_reason(each) for each in explanation.reasons]]


def _reason(reason: Reason) -> list[Any]:
    tried = [[t.group, t.seated, list(t.last) if t.last else None, t.outcome] for t in reason.tried]
    own = list(reason.own)
    return [reason.programme, reason.wish, own, reason.outcome, reason.seat, tried, reason.waiting]


def from_json(code: str, value: Sequence[Any]) -> Explanation:
    """What `to_json` made."""
    number, total, reasons = value
    return Explanation(code, number, total, tuple(_read(each) for each in reasons))


def _read(value: Sequence[Any]) -> Reason:
    programme, wish, own, outcome, seat, tried, waiting = value
    seen = tuple(Tried(t[0], t[1], Standing(*t[2]) if t[2] else None, t[3]) for t in tried)
    return Reason(programme, wish, Standing(*own), outcome, seat, seen, waiting)
