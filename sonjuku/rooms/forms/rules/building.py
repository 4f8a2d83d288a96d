"""What makes a question one that can be asked, and options as staff write them."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.forms.rules.branching import Op, operators_for
from sonjuku.rooms.forms.rules.wording import CHOICE_KINDS, scale_steps

Kind = Question.Kind
SCALE_STEPS_MAX = 11


def parse_options(text: str, previous: Sequence[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """Options written one per line as `日本語 | English`; a line that stays keeps its value, so answers stay true.

    A reworded line keeps the value of the line in the same place. Empty and repeated lines are dropped.
    """
    lines: dict[str, str] = {}
    for line in text.splitlines():
        title, _bar, title_en = (part.strip() for part in line.replace("｜", "|").partition("|"))
        if title:
            lines.setdefault(title[:120], title_en[:160])
    by_title = {option["title"]: option["value"] for option in previous}
    taken = {by_title[title] for title in lines if title in by_title}
    free = (f"o{n}" for n in range(1, 10_000))
    used = {option["value"] for option in previous}
    options = []
    for place, (title, title_en) in enumerate(lines.items()):
        value = by_title.get(title)
        if value is None and len(previous) == len(lines) and previous[place]["value"] not in taken:
            value = previous[place]["value"]
        if value is None:
            value = next(v for v in free if v not in used)
            used.add(value)
        options.append({"value": value, "title": title, "title_en": title_en})
    return options


def options_text(options: Iterable[Mapping[str, str]]) -> str:
    """Options as a person edits them: one per line, `日本語 | English`."""
    return "\n".join(f"{o['title']} | {o['title_en']}" if o.get("title_en") else o["title"] for o in options)


def problems(question: Question, earlier: Sequence[Question]) -> list[str]:
    """Why a question can't be asked like this; `earlier` are the questions before it in its version."""
    found = []
    if not question.title.strip():
        found.append(_("質問の文がありません。"))
    if question.kind in CHOICE_KINDS and len(question.options) < 2:
        found.append(_("選択肢が足りません。1行に1つずつ、2つ以上書いてください。"))
    if None not in (question.minimum, question.maximum) and question.minimum > question.maximum:  # type: ignore[operator]
        found.append(_("最小が最大より大きくなっています。"))
    if question.kind == Kind.SCALE and not 2 <= len(scale_steps(question)) <= SCALE_STEPS_MAX:
        found.append(_("段階は2から11までにしてください。"))
    if question.show_if_question_id:
        target = next((q for q in earlier if q.id == question.show_if_question_id), None)
        found += _condition_problems(question, target)
    return found


def _condition_problems(question: Question, target: Question | None) -> list[str]:
    if target is None:
        return [_("表示する条件には、この質問より前の質問を選んでください。")]
    if question.show_if_op not in operators_for(target.kind):
        return [_("表示する条件が、前の質問の種類に合いません。選び直してください。")]
    wanted = {option["value"] for option in target.options}
    by_option = target.kind in CHOICE_KINDS and question.show_if_op != Op.ANSWERED
    if by_option and question.show_if_value not in wanted:
        return [_("表示する条件の選択肢が、前の質問からなくなっています。条件を選び直してください。")]
    return []
