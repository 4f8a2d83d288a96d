"""What counts as an answer: from what a browser sent to JSON values, or to words that say why not."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.forms.rules.branching import is_int, is_shown
from sonjuku.rooms.forms.rules.wording import CHOICE_KINDS, joined, scale_steps
from sonjuku.toolbox.dates import parse_date
from sonjuku.toolbox.files import FileError, sniff
from sonjuku.toolbox.refusals import Refused

Kind = Question.Kind
Data = Mapping[str, Sequence[str]]

PREFIX = "q_"
ADDRESS_PARTS = ("postal_code", "area", "street")
LONGEST = {Kind.TEXT: 400, Kind.LONG_TEXT: 8000}
YES = "yes"


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it came in: `file` is open for reading; `mime` is filled once the content was looked at."""

    name: str
    size: int
    file: BinaryIO
    mime: str = ""


@dataclass(slots=True)
class Cleaned:
    """Answers by question key. `values` holds JSON values; files wait in `uploads`; `errors` says why not.

    A sensitive answer is in here only together with its own consent.
    """

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, list[IncomingFile]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


class Wrong(ValueError):
    """An answer that can't be taken; its text is for the person who gave it."""


def input_name(key: str, part: str = "") -> str:
    """The name of a question's input. Keys hold no dot, so a part never collides with another question."""
    return f"{PREFIX}{key}.{part}" if part else f"{PREFIX}{key}"


def clean(
    questions: Sequence[Question],
    data: Data,
    files: Mapping[str, Sequence[IncomingFile]],
    *,
    max_bytes: int,
    kept: Collection[str] = (),
) -> Cleaned:
    """Take the answers to `questions` (in order) from a submitted form: lists of strings by input name.

    Whatever belongs to a hidden or unknown question is dropped. `kept` names the keys of file questions whose file is
    stored already: sending none again keeps it.
    """
    cleaned = Cleaned()
    shown: dict[Any, Question] = {}
    known: dict[str, Any] = {}
    for question in questions:
        if not is_shown(question, shown, known):
            continue
        shown[question.id] = question
        if question.kind == Kind.HEADING:
            continue
        try:
            value = _take(question, data, files, max_bytes)
            if not value and value != 0 and question.key in kept:
                known[question.key] = [question.key]
                continue
            _must_suffice(question, value, data)
        except Wrong as wrong:
            cleaned.errors[question.key] = [str(wrong)]
            continue
        if value is None or value == []:
            continue
        known[question.key] = value
        if question.kind == Kind.FILE:
            cleaned.uploads[question.key] = value
        else:
            cleaned.values[question.key] = value
    return cleaned


def check_file(incoming: IncomingFile, *, max_bytes: int) -> IncomingFile:
    """The same file with its true type, read from the content. Raises Refused: file_empty, file_too_big, file_type."""
    again = _("ほかの入力はこのページに残っています。")
    if incoming.size > max_bytes:
        raise Refused(
            "file_too_big",
            _("このファイルは大きすぎます（%(size)s MB）。") % {"size": f"{incoming.size / 1024 / 1024:.1f}"},
            joined(
                _("%(limit)s MBまでのファイルを選んでください。") % {"limit": max_bytes // 1024 // 1024},
                again,
            ),
        )
    if incoming.size == 0:
        raise Refused(
            "file_empty",
            _("このファイルは中身が空です。"),
            joined(_("もう一度ファイルを選んでください。"), again),
        )
    incoming.file.seek(0)
    try:
        kind = sniff(incoming.file.read(), incoming.name)
    except FileError as error:
        why = {
            "mismatch": _("ファイルの名前（拡張子）と中身の形式が違うため、受け取れません。"),
            "unreadable": _("ファイルが壊れているか、マクロが入っているため、受け取れません。"),
        }.get(error.reason, _("この形式のファイルは受け取れません。"))
        raise Refused(
            "file_type", why, joined(_("PDF・PNG・JPEG・Word・Excelのファイルを選んでください。"), again)
        ) from error
    incoming.file.seek(0)
    return replace(incoming, mime=kind.mime)


def _take(question: Question, data: Data, files: Mapping[str, Sequence[IncomingFile]], max_bytes: int) -> Any:
    name = input_name(question.key)
    if question.kind == Kind.FILE:
        return _files(question, files.get(name, ()), max_bytes)
    if question.kind == Kind.ADDRESS:
        return _address({part: _one(data, input_name(question.key, part)) for part in ADDRESS_PARTS})
    if question.kind == Kind.MULTIPLE:
        return _several(question, data.get(name, ()))
    text = _one(data, name, keep_lines=question.kind == Kind.LONG_TEXT)
    return PARSERS[Kind(question.kind)](question, text) if text else None


def _must_suffice(question: Question, value: Any, data: Data) -> None:
    if value is None or value == []:
        if question.required:
            raise Wrong(_missing(question))
        return
    if question.is_sensitive and _one(data, input_name(question.key, "consent")) != YES:
        raise Wrong(
            _(
                "この答えを預かるには、あなたの同意が必要です。下の同意欄にチェックを入れるか、答えを消してください。"
            )
        )


def _missing(question: Question) -> str:
    if question.kind in CHOICE_KINDS or question.kind == Kind.SCALE:
        return _("まだ選ばれていません。必ず答える質問です。当てはまるものを選んでください。")
    if question.kind == Kind.FILE:
        return _("ファイルがまだありません。必ず出す書類です。ファイルを選んでください。")
    if question.kind == Kind.CONSENT:
        return _("同意がないと先に進めません。内容を読み、同意するときはチェックを入れてください。")
    return _("まだ書かれていません。必ず答える質問です。入力してください。")


def _one(data: Data, name: str, keep_lines: bool = False) -> str:
    values = data.get(name) or [""]
    text = values[-1].replace("\r\n", "\n").replace("\r", "\n")
    if not keep_lines:
        text = text.replace("\n", " ")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _text(question: Question, text: str) -> str:
    least, most = question.minimum or 0, question.maximum or LONGEST[Kind(question.kind)]
    if len(text) > most:
        raise Wrong(
            _("%(count)s文字あり、長すぎます。%(limit)s文字までに縮めてください。")
            % {"count": len(text), "limit": most}
        )
    if len(text) < least:
        raise Wrong(
            _("%(count)s文字で、短すぎます。%(limit)s文字以上で書いてください。")
            % {"count": len(text), "limit": least}
        )
    return text


def _number(question: Question, text: str) -> int:
    digits = _half(text).replace(",", "").replace("−", "-")
    if not is_int(digits):
        raise Wrong(_("数として読めません。「12」のように数字だけを入力してください。"))
    number = int(digits)
    if question.minimum is not None and number < question.minimum:
        raise Wrong(_("小さすぎます。%(limit)s以上の数を入力してください。") % {"limit": question.minimum})
    if question.maximum is not None and number > question.maximum:
        raise Wrong(_("大きすぎます。%(limit)s以下の数を入力してください。") % {"limit": question.maximum})
    return number


def _date(question: Question, text: str) -> str:
    try:
        return parse_date(text).isoformat()
    except ValueError:
        raise Wrong(
            _("日付として読めません。「2026-11-30」か「令和8年11月30日」のように入力してください。")
        ) from None


def _email(question: Question, text: str) -> str:
    address = _half(text)
    try:
        validate_email(address)
    except ValidationError:
        raise Wrong(
            _("メールアドレスの形ではありません。「name@example.jp」のように入力してください。")
        ) from None
    return address


def _phone(question: Question, text: str) -> str:
    number = re.sub(r"[‐‑–—―−ー]", "-", _half(text))
    digits = re.sub(r"\D", "", number)
    if not re.fullmatch(r"[+\d][\d\-() ]*", number) or not 9 <= len(digits) <= 15:
        raise Wrong(_("電話番号の形ではありません。「0838-25-0000」のように市外局番から入力してください。"))
    return number


def _chosen(question: Question, text: str) -> str:
    if text not in {option["value"] for option in question.options}:
        raise Wrong(_("この質問にない選択肢が送られました。表示されている中から選び直してください。"))
    return text


def _several(question: Question, texts: Iterable[str]) -> list[str]:
    given = {_chosen(question, text) for text in texts}
    if given and question.minimum is not None and len(given) < question.minimum:
        raise Wrong(
            _("%(count)s個しか選ばれていません。%(limit)s個以上選んでください。")
            % {"count": len(given), "limit": question.minimum}
        )
    if question.maximum is not None and len(given) > question.maximum:
        raise Wrong(
            _("%(count)s個選ばれています。%(limit)s個までにしてください。")
            % {"count": len(given), "limit": question.maximum}
        )
    return [option["value"] for option in question.options if option["value"] in given]


def _step(question: Question, text: str) -> int:
    if not is_int(text) or int(text) not in scale_steps(question):
        raise Wrong(_("この質問にない段階が送られました。表示されている中から選び直してください。"))
    return int(text)


def _consent(question: Question, text: str) -> bool | None:
    return True if text == YES else None


def _address(parts: dict[str, str]) -> dict[str, str] | None:
    if not any(parts.values()):
        return None
    digits = re.sub(r"\D", "", _half(parts["postal_code"]))
    if len(digits) != 7:
        raise Wrong(_("郵便番号は7桁の数字です。「758-0041」のように入力してください。"))
    if not parts["area"] or not parts["street"]:
        raise Wrong(_("住所の途中までしかありません。市町村・町名と番地を両方入力してください。"))
    if len(parts["area"] + parts["street"]) > 200:
        raise Wrong(_("住所が長すぎます。200文字までに縮めてください。"))
    return {**parts, "postal_code": f"{digits[:3]}-{digits[3:]}"}


def _files(question: Question, incoming: Sequence[IncomingFile], max_bytes: int) -> list[IncomingFile]:
    most = question.maximum or 1
    if len(incoming) > most:
        raise Wrong(
            _("%(count)s個のファイルが選ばれています。%(limit)s個までにしてください。")
            % {"count": len(incoming), "limit": most}
        )
    try:
        return [check_file(each, max_bytes=max_bytes) for each in incoming]
    except Refused as refused:
        raise Wrong(joined(refused.message, refused.next_step)) from refused


PARSERS: dict[Question.Kind, Callable[[Question, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.SINGLE: _chosen,
    Kind.SCALE: _step,
    Kind.CONSENT: _consent,
}
