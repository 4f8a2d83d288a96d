"""The desk's form for one question: only the fields that its kind has, conditions picked from a list."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.forms import rules
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.people.models import Role
from sonjuku.web.questions import condition_words
from sonjuku.web.staff.inputs import DeskForm

Kind = Question.Kind
Op = Question.ShowIfOp

# Labels of minimum and maximum; None where the kind has no such limit.
LIMITS: dict[str, tuple[Any, Any]] = {
    Kind.TEXT: (_("最小の文字数"), _("最大の文字数")),
    Kind.LONG_TEXT: (_("最小の文字数"), _("最大の文字数")),
    Kind.NUMBER: (_("最小の数"), _("最大の数")),
    Kind.MULTIPLE: (_("少なくとも選ぶ数"), _("多くても選ぶ数")),
    Kind.SCALE: (_("始まりの段階"), _("終わりの段階")),
    Kind.FILE: (None, _("ファイルの数（空欄は1つ）")),
}
OPTION_HELP: dict[str, Any] = {
    Kind.SCALE: _("任意です。1行目に左端、2行目に右端のことばを書きます。例：あてはまらない | Disagree"),
}
NUMBER_OPS = (Op.AT_LEAST, Op.IS)
SEPARATOR = "|"


class AddQuestion(DeskForm):
    prefix = "add"
    kind = forms.ChoiceField(label=_("種類"), choices=Kind.choices)
    title = forms.CharField(label=_("質問の文"), max_length=300)


class FormTitle(DeskForm):
    prefix = "form"
    title = forms.CharField(label=_("様式の名前（事務局だけが見ます）"), max_length=120)


class EditQuestion(DeskForm):
    """`earlier` are the questions before this one; `staff` the roles whose accounts may be named as viewers."""

    prefix = "edit"

    title = forms.CharField(label=_("質問の文"), max_length=300)
    title_en = forms.CharField(label=_("質問の文（英語）"), max_length=300, required=False)
    help_text = forms.CharField(
        label=_("補足の説明"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    help_text_en = forms.CharField(
        label=_("補足の説明（英語）"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    options = forms.CharField(
        label=_("選択肢"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("1行に1つ書きます。英語は縦棒の後に書きます。例：萩市内 | In Hagi"),
    )
    minimum = forms.IntegerField(
        label=_("最小"), required=False, min_value=-1_000_000, max_value=1_000_000_000
    )
    maximum = forms.IntegerField(
        label=_("最大"), required=False, min_value=-1_000_000, max_value=1_000_000_000
    )
    required = forms.BooleanField(label=_("必ず答えてもらう"), required=False)
    condition = forms.ChoiceField(
        label=_("表示する条件"),
        required=False,
        help_text=_("前の質問の答えによって、この質問を出すかどうかを決めます。"),
    )
    condition_number = forms.IntegerField(label=_("条件の数"), required=False)
    is_sensitive = forms.BooleanField(
        label=_("要配慮個人情報をたずねる"),
        required=False,
        help_text=_(
            "健康や障害のことなど。答える人に別の同意を求め、書き出しには含めず、終了後に消去します。"
        ),
    )
    viewers = forms.MultipleChoiceField(
        label=_("要配慮の答えを見る人"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, question: Question, earlier: Sequence[Question], staff: Sequence[Role], data: Any = None
    ) -> None:
        super().__init__(data, initial=_initial(question, earlier))
        self.question = question
        self.earlier = {str(q.id): q for q in earlier if rules.operators_for(q.kind)}
        self.fields["title"].widget.attrs["autofocus"] = True
        for name in ("title", "help_text", "options"):
            self.fields[name].widget.attrs["lang"] = "ja"
        self._keep_fields_of_kind()
        if "viewers" in self.fields:
            people = [
                (str(role.account_id), f"{role.account.email} – {role.get_kind_display()}") for role in staff
            ]
            self.fields["viewers"].choices = people  # type: ignore[attr-defined]
        self._offer_conditions()

    def _keep_fields_of_kind(self) -> None:
        kind = self.question.kind
        for name, label in zip(("minimum", "maximum"), LIMITS.get(kind, (None, None)), strict=True):
            if label is None:
                del self.fields[name]
            else:
                self.fields[name].label = label
        if kind not in rules.CHOICE_KINDS | {Kind.SCALE}:
            del self.fields["options"]
        elif kind in OPTION_HELP:
            self.fields["options"].help_text = OPTION_HELP[kind]
            self.fields["options"].label = _("両端のことば")
        if kind == Kind.HEADING:
            for name in ("required", "is_sensitive", "viewers"):
                del self.fields[name]

    def _offer_conditions(self) -> None:
        groups: list[Any] = [("", _("いつも表示する"))]
        groups += [(rules.in_language(q.title, q.title_en), _conditions(q)) for q in self.earlier.values()]
        if len(groups) == 1:
            del self.fields["condition"], self.fields["condition_number"]
            return
        if not all(question.title_en for question in self.earlier.values()):
            self.fields["condition"].widget.attrs["lang"] = "ja"
        self.fields["condition"].choices = groups  # type: ignore[attr-defined]
        if not any(question.kind == Kind.NUMBER for question in self.earlier.values()):
            del self.fields["condition_number"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key, op, value = _split(data.get("condition", ""))
        target = self.earlier.get(key)
        if target is not None and target.kind == Kind.NUMBER and op in NUMBER_OPS:
            if data.get("condition_number") is None:
                self.add_error("condition_number", _("条件にする数を入力してください。"))
            else:
                value = str(data["condition_number"])
        self.show_if = {
            "show_if_question_id": uuid.UUID(key) if target is not None else None,
            "show_if_op": op if target is not None else "",
            "show_if_value": value if target is not None else "",
        }
        return data

    def columns(self) -> dict[str, Any]:
        """The cleaned values as columns of the question, ready for `change_question` (viewers apart)."""
        data = self.cleaned_data
        plain = (
            "title",
            "title_en",
            "help_text",
            "help_text_en",
            "minimum",
            "maximum",
            "required",
            "is_sensitive",
        )
        columns = {name: data[name] for name in plain if name in self.fields and name in data}
        if "options" in data:
            columns["options"] = rules.parse_options(data["options"], self.question.options)
        return {**columns, **getattr(self, "show_if", {})}

    @property
    def viewer_ids(self) -> list[str]:
        return self.cleaned_data.get("viewers", []) if self.cleaned_data.get("is_sensitive") else []


def _initial(question: Question, earlier: Sequence[Question]) -> dict[str, Any]:
    names = (
        "title",
        "title_en",
        "help_text",
        "help_text_en",
        "minimum",
        "maximum",
        "required",
        "is_sensitive",
    )
    target = next((q for q in earlier if q.id == question.show_if_question_id), None)
    value = question.show_if_value
    by_number = target is not None and target.kind == Kind.NUMBER and question.show_if_op in NUMBER_OPS
    return {
        **{name: getattr(question, name) for name in names},
        "options": rules.options_text(question.options),
        "condition": SEPARATOR.join([str(target.id), question.show_if_op, "" if by_number else value])
        if target
        else "",
        "condition_number": value if by_number else None,
        "viewers": [str(account.pk) for account in question.viewers.all()],
    }


def _conditions(target: Question) -> list[tuple[str, Any]]:
    """What one earlier question can be asked for, as (value, words)."""
    found: list[tuple[str, Any]] = []
    for op in rules.operators_for(target.kind):
        for value in _values(target, op):
            if target.kind == Kind.NUMBER and op in NUMBER_OPS:
                words: Any = _("下に書く数以上のとき") if op == Op.AT_LEAST else _("下に書く数のとき")
            else:
                asked = Question(show_if_op=op, show_if_value=value)
                words = strip_tags(condition_words(asked, target, get_language() or "ja"))
            found.append((SEPARATOR.join([str(target.id), op, value]), words))
    return found


def _values(target: Question, op: str) -> list[str]:
    if op == Op.ANSWERED or target.kind == Kind.NUMBER:
        return [""]
    if target.kind == Kind.SCALE:
        return [str(step) for step in rules.scale_steps(target)]
    return [option["value"] for option in target.options]


def _split(condition: str) -> tuple[str, str, str]:
    key, _bar, rest = condition.partition(SEPARATOR)
    op, _bar, value = rest.partition(SEPARATOR)
    return key, op, value
