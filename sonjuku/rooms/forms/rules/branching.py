"""Which questions are asked: show-if conditions, also through several questions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sonjuku.rooms.forms.models import Question

Kind = Question.Kind
Op = Question.ShowIfOp


def operators_for(kind: str) -> list[str]:
    """The conditions that make sense on an earlier question of this kind."""
    if kind == Kind.HEADING:
        return []
    if kind == Kind.SINGLE:
        return [Op.IS, Op.IS_NOT, Op.ANSWERED]
    if kind == Kind.MULTIPLE:
        return [Op.INCLUDES, Op.ANSWERED]
    if kind in {Kind.SCALE, Kind.NUMBER}:
        return [Op.IS, Op.AT_LEAST, Op.ANSWERED]
    return [Op.ANSWERED]


def holds(op: str, wanted: str, value: Any) -> bool:
    """Whether an answer meets a condition; a missing answer meets none, not even "is not"."""
    if value is None or value is False or value == "" or value == []:
        return False
    given = [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if op == Op.IS:
        return given == [wanted]
    if op == Op.IS_NOT:
        return given != [wanted]
    if op == Op.INCLUDES:
        return wanted in given
    if op == Op.AT_LEAST:
        return is_int(given[0]) and is_int(wanted) and int(given[0]) >= int(wanted)
    return True


def visible_questions(questions: Sequence[Question], values: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked, given answers by key; what hangs on a hidden question is hidden too."""
    shown: dict[Any, Question] = {}
    for question in questions:
        if is_shown(question, shown, values):
            shown[question.id] = question
    return list(shown.values())


def is_shown(question: Question, shown: Mapping[Any, Question], values: Mapping[str, Any]) -> bool:
    if not question.show_if_question_id:
        return True
    target = shown.get(question.show_if_question_id)
    return target is not None and holds(question.show_if_op, question.show_if_value, values.get(target.key))


def is_int(text: str) -> bool:
    """Whether a text is a whole number of at most twelve digits."""
    return re.fullmatch(r"-?\d{1,12}", text, re.ASCII) is not None
