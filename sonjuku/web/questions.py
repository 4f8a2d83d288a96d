"""A form version as a web form: takes what the browser sent, and gives templates what they draw.

A page does: `form = QuestionForm(version, request.POST, request.FILES)`, `form.is_valid()`, then hands
`form.cleaned.values` and `form.cleaned.uploads` to a flow; its template includes parts/questions.html `with form=form`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from sonjuku.rooms.forms import queries, rules
from sonjuku.rooms.forms.models import FormVersion, Question
from sonjuku.rooms.forms.rules import ADDRESS_PARTS, CHOICE_KINDS, YES, Cleaned, input_name
from sonjuku.web.uploads import incoming

Kind = Question.Kind
TEMPLATES = {
    Kind.LONG_TEXT: "long_text",
    Kind.SINGLE: "choices",
    Kind.MULTIPLE: "choices",
    Kind.SCALE: "choices",
    Kind.FILE: "file",
    Kind.ADDRESS: "address",
    Kind.CONSENT: "consent",
    Kind.HEADING: "heading",
}
# type, inputmode, autocomplete, css
INPUTS = {
    Kind.TEXT: ("text", "", "", ""),
    Kind.NUMBER: ("text", "numeric", "off", "short"),
    Kind.DATE: ("date", "", "", ""),
    Kind.EMAIL: ("email", "", "email", ""),
    Kind.PHONE: ("tel", "", "tel", "mid"),
}
LIMITS: dict[str, tuple[str, str, str]] = {
    Kind.TEXT: (
        gettext_noop("%(least)s文字から%(most)s文字まで"),
        gettext_noop("%(least)s文字以上"),
        gettext_noop("%(most)s文字まで"),
    ),
    Kind.NUMBER: (
        gettext_noop("%(least)sから%(most)sまで"),
        gettext_noop("%(least)s以上"),
        gettext_noop("%(most)s以下"),
    ),
    Kind.MULTIPLE: (
        gettext_noop("%(least)s個から%(most)s個まで選べます"),
        gettext_noop("%(least)s個以上選んでください"),
        gettext_noop("%(most)s個まで選べます"),
    ),
}
LIMITS[Kind.LONG_TEXT] = LIMITS[Kind.TEXT]
CONDITIONS: dict[str, str] = {
    Question.ShowIfOp.IS: gettext_noop("「{title}」が「{value}」のとき"),
    Question.ShowIfOp.IS_NOT: gettext_noop("「{title}」が「{value}」でないとき"),
    Question.ShowIfOp.INCLUDES: gettext_noop("「{title}」で「{value}」を選んだとき"),
    Question.ShowIfOp.AT_LEAST: gettext_noop("「{title}」が{value}以上のとき"),
    Question.ShowIfOp.ANSWERED: gettext_noop("「{title}」に答えたとき"),
}
ACCEPT = ".pdf,.png,.jpg,.jpeg,.heic,.docx,.xlsx,.txt,.csv"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    value: str
    title: str
    lang: str
    checked: bool


class BoundQuestion:
    """One question with what was answered so far; the templates parts/question_*.html read nothing else."""

    def __init__(self, form: "QuestionForm", question: Question) -> None:
        self.form = form
        self.question = question
        self.key = question.key
        self.kind = question.kind
        self.name = input_name(question.key)
        self.id = f"id_{form.prefix}{self.name}"
        self.required = question.required
        self.errors = form.errors_by_key.get(question.key, [])
        self.template = f"parts/question_{TEMPLATES.get(Kind(question.kind), 'input')}.html"

    @property
    def is_group(self) -> bool:
        return self.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.SCALE, Kind.ADDRESS}

    @property
    def is_heading(self) -> bool:
        return self.kind == Kind.HEADING

    @property
    def auto_id(self) -> str:
        """Where an error summary leads: the first control of the question."""
        if self.kind == Kind.ADDRESS:
            return f"{self.id}.postal_code"
        if self.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.SCALE}:
            return f"{self.id}.1"
        return self.id

    @property
    def label(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self._said("title")

    @property
    def title_lang(self) -> str:
        return self._lang("title")

    @property
    def help(self) -> str:
        return self._said("help_text")

    @property
    def help_lang(self) -> str:
        return self._lang("help_text")

    @property
    def described_by(self) -> str:
        parts = []
        if self.help:
            parts.append(f"{self.id}_help")
        if self.limits:
            parts.append(f"{self.id}_limits")
        if self.errors:
            parts.append(f"{self.id}_error")
        return " ".join(parts)

    @property
    def limits(self) -> str:
        """The limits in words, so that nobody meets them first as an error."""
        least, most = self.question.minimum, self.question.maximum
        if self.kind == Kind.FILE:
            size = settings.UPLOAD_MAX_BYTES // 1024 // 1024
            return _("PDF・PNG・JPEG・Word・Excel、1つ%(size)s MBまで、%(count)s個まで") % {
                "size": size,
                "count": most or 1,
            }
        words = LIMITS.get(self.kind)
        if words is None or (least is None and most is None):
            return ""
        both, only_least, only_most = words
        if least is not None and most is not None:
            return _(both) % {"least": least, "most": most}
        return _(only_least) % {"least": least} if least is not None else _(only_most) % {"most": most}

    @property
    def value(self) -> Any:
        return self.form.given(self.question)

    @property
    def input(self) -> tuple[str, str, str, str]:
        return INPUTS[Kind(self.kind)]

    @property
    def is_multiple(self) -> bool:
        return self.kind == Kind.MULTIPLE

    @property
    def is_scale(self) -> bool:
        return self.kind == Kind.SCALE

    @property
    def max_length(self) -> int | None:
        return self.question.maximum if self.kind in {Kind.TEXT, Kind.LONG_TEXT} else None

    @property
    def choices(self) -> list[Choice]:
        given = self.value if isinstance(self.value, list) else [str(self.value)]
        made = []
        for number, (value, title, title_en) in enumerate(self._options(), 1):
            said = rules.in_language(title, title_en, self.form.language)
            lang = "ja" if said == title and not title_en and self.form.in_english else ""
            made.append(Choice(f"{self.id}.{number}", value, said, lang, value in given))
        return made

    @property
    def scale_ends(self) -> tuple[str, str] | None:
        """The words at the low and the high end of a scale, where both were written."""
        if len(self.question.options) < 2:
            return None
        ends = (self.question.options[0], self.question.options[-1])
        low, high = (_marked(o["title"], o.get("title_en", ""), self.form.language) for o in ends)
        return low, high

    @property
    def address(self) -> dict[str, str]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def accept(self) -> str:
        return ACCEPT

    @property
    def max_bytes(self) -> int:
        return settings.UPLOAD_MAX_BYTES

    @property
    def too_big(self) -> str:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        return _("大きすぎます。%(limit)s MBまでのファイルを選んでください。") % {"limit": limit}

    @property
    def takes_several(self) -> bool:
        return (self.question.maximum or 1) > 1

    @property
    def is_kept(self) -> bool:
        return self.kind == Kind.FILE and self.key in self.form.kept

    @property
    def sensitive_notice(self) -> str:
        return rules.sensitive_notice() if self.question.is_sensitive else ""

    @property
    def sensitive_name(self) -> str:
        return input_name(self.key, "consent")

    @property
    def sensitive_checked(self) -> bool:
        return self.form.data is not None and self.form.data.get(self.sensitive_name) == YES

    @property
    def show_if(self) -> dict[str, str] | None:
        """What app.js mirrors: the input to watch, the operator, the value; and the words for readers without it."""
        target = self.form.by_id.get(self.question.show_if_question_id)
        if target is None:
            return None
        part = "postal_code" if target.kind == Kind.ADDRESS else ""
        return {
            "question": input_name(target.key, part),
            "op": self.question.show_if_op,
            "value": self.question.show_if_value,
            "words": condition_words(self.question, target, self.form.language),
        }

    def _options(self) -> list[tuple[str, str, str]]:
        if self.kind == Kind.SCALE:
            return [(str(step), str(step), str(step)) for step in rules.scale_steps(self.question)]
        return [(o["value"], o["title"], o.get("title_en", "")) for o in self.question.options]

    def _said(self, field: str) -> str:
        japanese, english = getattr(self.question, field), getattr(self.question, f"{field}_en")
        return rules.in_language(japanese, english, self.form.language)

    def _lang(self, field: str) -> str:
        """`ja` where an English page must fall back to Japanese words."""
        return "ja" if self.form.in_english and not getattr(self.question, f"{field}_en") else ""


class QuestionForm:
    """Bound when `data` is given. `initial` holds stored values by key (queries.values_of)."""

    def __init__(
        self,
        version: FormVersion,
        data: QueryDict | None = None,
        files: Any = None,
        initial: Mapping[str, Any] | None = None,
        language: str | None = None,
        prefix: str = "",
    ) -> None:
        self.version = version
        self.data = data
        self.files = files
        self.initial = initial or {}
        self.language = language or get_language() or "ja"
        self.prefix = prefix
        self.questions = queries.questions(version)

    @property
    def in_english(self) -> bool:
        return self.language.startswith("en")

    @cached_property
    def by_id(self) -> dict[Any, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def kept(self) -> set[str]:
        return {q.key for q in self.questions if q.kind == Kind.FILE and self.initial.get(q.key)}

    @cached_property
    def cleaned(self) -> Cleaned:
        if self.data is None:
            return Cleaned()
        sent = {name: [str(value) for value in group] for name, group in self.data.lists()}
        cleaned = rules.clean(
            self.questions, sent, incoming(self.files), max_bytes=settings.UPLOAD_MAX_BYTES, kept=self.kept
        )
        if cleaned.errors:
            _remind_of_files(cleaned)
        return cleaned

    def remind_of_files(self) -> None:
        """For a page that comes back because of another form on it: says beside each file that it must be chosen again."""
        _remind_of_files(self.cleaned)

    @property
    def errors_by_key(self) -> dict[str, list[str]]:
        return self.cleaned.errors

    @property
    def errors(self) -> dict[str, list[str]]:
        """Also read by parts/errors.html, the summary above a form that came back."""
        return self.cleaned.errors

    def is_valid(self) -> bool:
        return self.data is not None and not self.cleaned.errors

    @property
    def has_files(self) -> bool:
        return any(question.kind == Kind.FILE for question in self.questions)

    def given(self, question: Question) -> Any:
        """What stands in the controls: the sent text where there is some, else the stored value, else nothing."""
        name = input_name(question.key)
        if self.data is None:
            return self.initial.get(question.key, [] if question.kind == Kind.MULTIPLE else "")
        if question.kind == Kind.ADDRESS:
            return {part: self.data.get(input_name(question.key, part), "") for part in ADDRESS_PARTS}
        return self.data.getlist(name) if question.kind == Kind.MULTIPLE else self.data.get(name, "")

    def __iter__(self) -> Iterator[BoundQuestion]:
        return (BoundQuestion(self, question) for question in self.questions)

    def __len__(self) -> int:
        return len(self.questions)


def _remind_of_files(cleaned: Cleaned) -> None:
    # A browser never puts a file back into its input: say so instead of losing it silently.
    again = _("ほかの項目に直すところがあったため、ファイルは保存されていません。もう一度選んでください。")
    cleaned.errors.update({key: [again] for key in cleaned.uploads})


def condition_words(question: Question, target: Question, language: str = "ja") -> SafeString:
    """A show-if condition in words (HTML: what has no English is marked as Japanese)."""
    value, value_en = question.show_if_value, question.show_if_value
    for option in target.options:
        if target.kind in CHOICE_KINDS and option["value"] == question.show_if_value:
            value, value_en = option["title"], option.get("title_en", "")
    return format_html(
        _(CONDITIONS[question.show_if_op]),
        title=_marked(target.title, target.title_en, language),
        value=_marked(value, value_en, language),
    )


def _marked(japanese: str, english: str, language: str) -> str | SafeString:
    if language.startswith("en") and not english:
        return format_html('<span lang="ja">{}</span>', japanese)
    return rules.in_language(japanese, english, language)
