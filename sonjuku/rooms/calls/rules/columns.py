"""Which column of a sheet means what: proposed from its heading, as form tools and offices write them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.forms.models import Question
from sonjuku.toolbox.tables import heading_key

QUESTION = "q:"
# Beside the columns a mapping may name the option that every row without one is for.
WHOLE_FILE = "option"
# Targets that several columns may fill: their cells are put together.
JOINED = frozenset(["address"])

TARGETS: dict[str, Any] = {
    "received_at": _("届いた日時"),
    "full_name": _("氏名（姓と名が一つの列）"),
    "family_name": _("姓"),
    "given_name": _("名"),
    "full_name_kana": _("フリガナ（セイとメイが一つの列）"),
    "family_name_kana": _("セイ"),
    "given_name_kana": _("メイ"),
    "date_of_birth": _("生年月日"),
    "postal_code": _("郵便番号"),
    "address": _("住所"),
    "email": _("メールアドレス"),
    "phone": _("電話番号"),
    "school_stage": _("在学の状況"),
    "school": _("学校"),
    "audience": _("当てはまる立場"),
    "employer": _("勤め先"),
    "option": _("選んだ区分"),
    "guardian_name": _("保護者の氏名"),
    "guardian_relation": _("続柄"),
    "guardian_email": _("保護者のメールアドレス"),
    "guardian_phone": _("保護者の電話番号"),
}
# One of each group must be there: without a name nobody has applied.
NEEDED = (
    ({"full_name"}, {"family_name", "given_name"}),
    ({"full_name_kana"}, {"family_name_kana", "given_name_kana"}),
)

_KANA = r"(フリガナ|ふりがな|カナ|かな|よみがな|よみ|読み)"
_GUARDIAN = r"(保護者|親権者)"
_SURNAME = r"(姓|氏|苗字|名字)"
# In this order; the first that fits is proposed. "" is left alone.
_WORDS: tuple[tuple[str, str], ...] = (
    ("guardian_email", rf"{_GUARDIAN}.*(メール|mail)"),
    ("guardian_phone", rf"{_GUARDIAN}.*(電話|連絡先|tel|携帯)"),
    ("guardian_relation", rf"続柄|{_GUARDIAN}.*(関係|間柄)"),
    ("", rf"{_GUARDIAN}.*({_KANA}|住所|同意)"),
    ("guardian_name", _GUARDIAN),
    ("", r"(メール|mail).*(確認|再入力)|同意|備考|(学校|勤務先|会社).*(住所|電話|フリガナ)"),
    ("received_at", r"タイムスタンプ|timestamp|(受付|受信|申込|申込み|申請|回答|送信|登録|作成|届出|到達)(年月日|日時|日)"),
    ("family_name_kana", rf"^{_SURNAME}\W*{_KANA}|^(フリガナ|ふりがな|カナ)?\W*(セイ|せい)\W*$"),
    ("given_name_kana", rf"^名\W*{_KANA}|^(フリガナ|ふりがな|カナ)?\W*(メイ|めい)\W*$"),
    ("full_name_kana", _KANA),
    ("family_name", rf"^(氏名|名前|お名前)?\W*{_SURNAME}\W*$|^last ?name|^family ?name"),
    ("given_name", r"^(氏名|名前|お名前)?\W*名\W*$|^first ?name|^given ?name"),
    ("full_name", r"氏名|名前|参加者名|申込者名|応募者名|^name$|^full ?name$"),
    ("date_of_birth", r"生年月日|誕生日|生まれ|date ?of ?birth|^birthday$"),
    ("postal_code", r"郵便番号|〒|postal|zip"),
    ("email", r"メール|e-?mail|^mail$"),
    ("phone", r"電話|携帯|連絡先|^tel|phone"),
    ("address", r"住所|都道府県|市区町村|市町村名|番地|建物|所在地|address"),
    ("school_stage", r"在学|学校区分|学校種|学校の段階"),
    ("school", r"学校名|在籍校|^学校$|school"),
    ("employer", r"勤務先|勤め先|会社名|所属|事業所"),
    ("audience", r"職業|立場|属性|対象区分"),
    ("option", r"希望(コース|日程|枠|区分|回|会場)|参加(コース|日程|区分|枠)|申込区分|^(コース|区分|日程)$"),
)  # fmt: skip


def targets(questions: Sequence[Question]) -> dict[str, Any]:
    """Every target a column may have for this call, in order, with words: fields of the person, then its questions."""
    asked = {QUESTION + q.key: q.title for q in questions if q.kind not in {"heading", "file"}}
    return {**TARGETS, **asked}


def propose(header: Sequence[str], questions: Sequence[Question]) -> dict[str, str]:
    """A target for each column that its heading tells: {column number as text: target}. Each target once."""
    titles = {
        heading_key(text): QUESTION + q.key
        for q in questions
        if q.kind not in {"heading", "file"}
        for text in (q.title, q.title_en, q.key)
        if text
    }
    found: dict[str, str] = {}
    taken: set[str] = set()
    for number, heading in enumerate(header):
        target = titles.get(heading_key(heading)) or _guess(heading)
        several = target in JOINED or target.startswith(QUESTION)
        if target and (target not in taken or several):
            found[str(number)] = target
            taken.add(target)
    return found


def _guess(heading: str) -> str:
    text = re.sub(r"\s|必須|任意|※|\*", "", unicodedata.normalize("NFKC", heading).casefold())
    for target, pattern in _WORDS:
        if re.search(pattern, text, re.IGNORECASE):
            return target
    return ""


def headings() -> Iterable[str]:
    """Headings that tell a header line from a title above it."""
    return (
        "タイムスタンプ", "受付日時", "氏名", "お名前", "名前", "姓", "名", "フリガナ", "ふりがな", "セイ", "メイ", "生年月日",
        "郵便番号", "住所", "ご住所", "メールアドレス", "電話番号", "学校名", "Timestamp", "Email",
    )  # fmt: skip


def header_hash(header: Sequence[str]) -> str:
    """The same for the same headings, however wide their letters."""
    return hashlib.sha256("\x1f".join(heading_key(heading) for heading in header).encode()).hexdigest()


def usable(
    mapping: Mapping[str, str], header: Sequence[str], questions: Sequence[Question]
) -> dict[str, str]:
    """A mapping cut to what exists: columns of this header, targets of this call, and the option of the whole file."""
    known = targets(questions)
    numbers = {str(number) for number in range(len(header))}
    columns = {column: target for column, target in mapping.items() if column in numbers and target in known}
    whole = mapping.get(WHOLE_FILE, "")
    return {**columns, WHOLE_FILE: whole} if whole else columns


def of_columns(mapping: Mapping[str, str]) -> dict[str, str]:
    """A mapping without what it says of the whole file."""
    return {column: target for column, target in mapping.items() if column != WHOLE_FILE}


def missing(mapping: Mapping[str, str]) -> list[str]:
    """The targets that must be there and are not: full_name, full_name_kana."""
    given = set(of_columns(mapping).values())
    return [sorted(whole)[0] for whole, parts in NEEDED if not (whole <= given or parts <= given)]


def doubled(mapping: Mapping[str, str]) -> list[str]:
    """Targets that two columns claim, though only one can have them; also a name given whole and in parts."""
    given = list(of_columns(mapping).values())
    twice = {
        target
        for target in given
        if given.count(target) > 1 and target not in JOINED and not target.startswith(QUESTION)
    }
    for whole, parts in NEEDED:
        if whole <= set(given) and parts & set(given):
            twice |= whole
    return sorted(twice)
