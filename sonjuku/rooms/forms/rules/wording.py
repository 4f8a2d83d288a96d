"""Questions and answers in words."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sonjuku.rooms.forms.models import Question
from sonjuku.toolbox.dates import format_date, parse_date

Kind = Question.Kind
CHOICE_KINDS = {Kind.SINGLE, Kind.MULTIPLE}


def in_language(japanese: str, english: str, language: str | None = None) -> str:
    """The English wording for English readers where there is one, else the Japanese."""
    return english if english and (language or get_language() or "ja").startswith("en") else japanese


def joined(*sentences: Any) -> str:
    """Sentences one after the other; only English puts a space between them."""
    return in_language("", " ").join(str(sentence) for sentence in sentences)


def scale_steps(question: Question) -> range:
    """The steps of a scale, 1 to 5 unless the question says otherwise."""
    first = 1 if question.minimum is None else question.minimum
    last = 5 if question.maximum is None else question.maximum
    return range(first, last + 1)


def display(question: Question, value: Any, language: str | None = None) -> str:
    """An answer in words, as the question was worded. File answers need their uploads' names: see queries.answers."""
    if value is None:
        return ""
    if question.kind in CHOICE_KINDS:
        titles = {
            o["value"]: in_language(o["title"], o.get("title_en", ""), language) for o in question.options
        }
        chosen = value if isinstance(value, list) else [value]
        return in_language("、", ", ", language).join(titles.get(item) or str(item) for item in chosen)
    if question.kind == Kind.DATE:
        return format_date(parse_date(value), language or get_language() or "ja", year=True)
    if question.kind == Kind.ADDRESS:
        return f"〒{value['postal_code']} {value['area']}{value['street']}"
    if question.kind == Kind.CONSENT:
        return _("同意する")
    return str(value)


def sensitive_notice() -> str:
    """What a person agrees to when they answer a sensitive question; the same words are kept with their consent."""
    return _(
        "要配慮個人情報です。この行事の準備のためだけに使い、決められた担当者だけが見て、終了後に消去します。"
    )
