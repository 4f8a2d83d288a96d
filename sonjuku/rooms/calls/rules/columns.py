"""Which column of a sheet means what: proposed from its heading, as form tools and offices write them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import MOST_PERSONS
from sonjuku.rooms.calls.rules.places import MOST_WISHES
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
    **{f"wish_{place}": format_lazy(_("第{place}希望"), place=place) for place in range(1, MOST_WISHES + 1)},
    "wish_rank": _("この募集の希望の順"),
    "guardian_name": _("保護者の氏名"),
    "guardian_relation": _("続柄"),
    "guardian_email": _("保護者のメールアドレス"),
    "guardian_phone": _("保護者の電話番号"),
}
_COMPANION = {
    "full_name": _("同行者{number} 氏名"),
    "full_name_kana": _("同行者{number} フリガナ"),
    "date_of_birth": _("同行者{number} 生年月日"),
}
# Asked only where options are ranked, and where several calls are drawn together.
WISHES = tuple(f"wish_{place}" for place in range(1, MOST_WISHES + 1))
# One of each group must be there: without a name nobody has applied.
NEEDED = (
    ({"full_name"}, {"family_name", "given_name"}),
    ({"full_name_kana"}, {"family_name_kana", "given_name_kana"}),
)

_KANA = r"(フリガナ|ふりがな|カナ|かな|よみがな|よみ|読み)"
_GUARDIAN = r"(保護者|親権者)"
_SURNAME = r"(姓|氏|苗字|名字)"
# 第1希望, 希望するコース [第二希望], 2nd choice, Wish 2; not what is asked about a wish
_PLACE = re.compile(
    r"第(10|十|[1-9一二三四五六七八九])(?:希望|志望)(?!.*理由)|^(\d+|first|second|third)(?:st|nd|rd|th)?(?:choice|wish|preference)$"
    r"|^(?:choice|wish|preference)(\d+)$"
)
_NUMBERS = {
    **{kanji: str(number) for number, kanji in enumerate("一二三四五六七八九十", start=1)},
    **{"first": "1", "second": "2", "third": "3"},
}
# Our own lists give the municipality beside the address that begins with it.
_WHOLE_ADDRESS, _MUNICIPALITY = (
    re.compile(r"住所|address", re.IGNORECASE),
    re.compile(r"市区町村|municipality", re.IGNORECASE),
)
# In this order; the first that fits is proposed. "" is left alone.
_WORDS: tuple[tuple[str, str], ...] = (
    ("guardian_email", rf"{_GUARDIAN}.*(メール|mail)"),
    ("guardian_phone", rf"{_GUARDIAN}.*(電話|連絡先|tel|携帯)"),
    ("guardian_relation", rf"続柄|{_GUARDIAN}.*(関係|間柄)"),
    ("", rf"{_GUARDIAN}.*({_KANA}|住所|同意)"),
    ("guardian_name", _GUARDIAN),
    ("", r"(メール|mail).*(確認|再入力)|同意|備考|(学校|勤務先|会社).*(住所|電話|フリガナ)"),
    ("received_at", r"タイムスタンプ|timestamp|(受付|受信|申込|申込み|申請|回答|送信|登録|作成|届出|到達)(年月日|日時|日)"),
    ("family_name_kana", rf"^{_SURNAME}\W*{_KANA}|^(フリガナ|ふりがな|カナ)?\W*(セイ|せい)\W*$|^(family|last)name\W*kana"),
    ("given_name_kana", rf"^名\W*{_KANA}|^(フリガナ|ふりがな|カナ)?\W*(メイ|めい)\W*$|^(given|first)name\W*kana"),
    ("full_name_kana", rf"{_KANA}|^kana|name\W*kana"),
    ("family_name", rf"^(氏名|名前|お名前)?\W*{_SURNAME}\W*$|^last ?name|^family ?name"),
    ("given_name", r"^(氏名|名前|お名前)?\W*名\W*$|^first ?name|^given ?name"),
    ("full_name", r"氏名|名前|参加者名|申込者名|応募者名|^name$|^full ?name$"),
    ("date_of_birth", r"生年月日|誕生日|生まれ|date ?of ?birth|^birthday$"),
    ("postal_code", r"郵便番号|〒|postal|zip"),
    ("email", r"メール|e-?mail|^mail$"),
    ("phone", r"電話|携帯|連絡先|^tel|phone"),
    ("address", r"住所|都道府県|市区町村|市町村名|番地|建物|所在地|address"),
    ("school_stage", r"在学|学校区分|学校種|学校の段階|school(stage|level)"),
    ("school", r"学校名|在籍校|^学校$|school"),
    ("employer", r"勤務先|勤め先|会社名|所属|事業所"),
    ("audience", r"職業|立場|属性|対象者?の?区分"),
    ("wish_rank", r"募集の希望の?順|希望の?順(位|番)?$|^(order|rank)(of|among)"),
    ("option", r"希望(コース|日程|枠|区分|回|会場)|参加(コース|日程|区分|枠)|申込区分|^(コース|区分|日程)$"),
)  # fmt: skip


_OF_COMPANION = (
    ("full_name_kana", _KANA),
    ("date_of_birth", r"生年月日|誕生日"),
    ("full_name", r"氏名|名前"),
)


def companion_columns(number: int) -> dict[str, Any]:
    """Part of a companion (counted from 1) -> the heading of its column."""
    return {part: format_lazy(title, number=number) for part, title in _COMPANION.items()}


def companion_targets(number: int) -> dict[str, Any]:
    """Whoever comes along: a column each for name, reading and birth date."""
    return {f"companion_{number}_{part}": title for part, title in companion_columns(number).items()}


COMPANIONS: dict[str, Any] = {
    target: title for number in range(1, MOST_PERSONS) for target, title in companion_targets(number).items()
}


def targets(questions: Sequence[Question]) -> dict[str, Any]:
    """Every target a column may have, in order, with words: fields of the person, who comes along, then the questions."""
    asked = {QUESTION + q.key: q.title for q in questions if q.kind not in {"heading", "file"}}
    return {**TARGETS, **COMPANIONS, **asked}


def unasked(*, is_ranked: bool, is_together: bool) -> frozenset[str]:
    """The targets that a call has no use for: wishes where options are not ranked, the order where it is drawn alone."""
    return frozenset(() if is_ranked else WISHES) | frozenset(() if is_together else ["wish_rank"])


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
    has_whole_address = any(_WHOLE_ADDRESS.fullmatch(heading.strip()) for heading in header)
    for number, heading in enumerate(header):
        target = titles.get(heading_key(heading)) or _guess(heading)
        if target == "address" and has_whole_address and _MUNICIPALITY.fullmatch(heading.strip()):
            continue
        several = target in JOINED or target.startswith(QUESTION)
        if target and (target not in taken or several):
            found[str(number)] = target
            taken.add(target)
    return found


def _guess(heading: str) -> str:
    text = re.sub(r"\s|必須|任意|※|\*", "", unicodedata.normalize("NFKC", heading).casefold())
    along = re.match(rf"(?:同行者|同伴者)([1-{MOST_PERSONS - 1}])(.+)", text)
    if along:
        part = next((part for part, words in _OF_COMPANION if re.search(words, along[2])), "")
        return f"companion_{along[1]}_{part}" if part else ""
    place = _PLACE.search(text)
    if place:
        number = next(_NUMBERS.get(said, said) for said in place.groups() if said)
        return f"wish_{number}" if f"wish_{number}" in WISHES else ""
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
