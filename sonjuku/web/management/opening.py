"""What `sonjuku init` asks, one thing at a time: why it is asked, how to write it, and what an answer means."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.opening import Member, slug_is_taken, slug_taken
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.people.rules import MINIMUM_CONTRAST, contrast_with_white
from sonjuku.toolbox import jdates, lg_code, postal

COLOURS = {
    "藍": "#1f3a68", "緑": "#1b5e3b", "橙": "#8b3200", "紅": "#9b1b30", "紫": "#553c8b", "青": "#0017c1",
    "indigo": "#1f3a68", "green": "#1b5e3b", "orange": "#8b3200", "crimson": "#9b1b30", "purple": "#553c8b", "blue": "#0017c1",
}  # fmt: skip
MEMBER_TYPES = [type for type in Body.Type if type != Body.Type.COUNCIL]


class Unclear(ValueError):
    """An answer that can't be taken; `words` say why and how to write it."""

    def __init__(self, words: Any) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Question:
    """`parse` turns an answer into its value or raises Unclear; `many`: answered line by line until an empty one.

    `name_of` shows a value as people know it (the town of a code).
    """

    name: str
    label: Any
    why: Any
    example: str
    parse: Callable[[str], Any]
    is_required: bool = True
    many: bool = False
    name_of: Callable[[Any], str] = str


def text(limit: int) -> Callable[[str], str]:
    def parse(answer: str) -> str:
        if len(answer) > limit:
            raise Unclear(format_lazy(_("{limit}字までで書いてください。"), limit=limit))
        return answer

    return parse


def slug(answer: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", answer):
        raise Unclear(_("半角の英小文字、数字、ハイフンで、2字から40字で書いてください。"))
    if slug_is_taken(answer):
        refused = slug_taken(answer)
        raise Unclear(
            format_lazy("{message}{next_step}", message=refused.message, next_step=refused.next_step)
        )
    return answer


def municipality(answer: str) -> str:
    """The code of `萩市`, `山口県萩市`, `青森県` or `352047`; names that several places share need their prefecture."""
    wanted = re.sub(r"\s", "", answer)
    found = [code for code, names in _places() if wanted in (*names, code)]
    if len(found) == 1:
        return found[0]
    if found:
        named = "、".join(names[-1] for code, names in _places() if code in found)
        raise Unclear(
            format_lazy(_("同じ名前が複数あります。都道府県から書いてください：{named}"), named=named)
        )
    near = [names[-1] for _code, names in _places() if wanted and wanted[:2] in names[0]][:5]
    if near:
        raise Unclear(format_lazy(_("見つかりません。もしかすると：{near}"), near="、".join(near)))
    raise Unclear(_("見つかりません。「萩市」「山口県萩市」「青森県」のように書いてください。"))


def place_name(code: str) -> str:
    """`山口県萩市（352047）`."""
    return next(f"{names[-1]}（{code}）" for known, names in _places() if known == code)


def _places() -> list[tuple[str, tuple[str, ...]]]:
    towns = [
        (one.lg_code, (one.name, f"{one.prefecture}{one.name}", f"{one.prefecture}{one.county}{one.name}"))
        for one in postal.municipalities()
        if lg_code.municipality_of(one.lg_code) == one.lg_code
    ]
    return [*towns, *((one.lg_code, (one.name,)) for one in postal.prefectures())]


def day(answer: str) -> date:
    found = jdates.parse_date(answer)
    if found is None:
        raise Unclear(_("日付として読めません。2026-04-01 や 令和8年4月1日 のように書いてください。"))
    return found


def email(answer: str) -> str:
    try:
        validate_email(answer)
    except ValidationError:
        raise Unclear(
            _("メールアドレスの形ではありません。taro@example.jp のように書いてください。")
        ) from None
    return answer


def colour(answer: str) -> str:
    code = COLOURS.get(answer.removesuffix("色"), answer)
    try:
        is_dark = contrast_with_white(code) >= MINIMUM_CONTRAST
    except ValueError:
        raise Unclear(_("藍・緑・橙・紅・紫・青のどれか、または #1a2b3c の形で書いてください。")) from None
    if not is_dark:
        raise Unclear(_("この色では、白い文字が読みにくくなります。もっと濃い色にしてください。"))
    return code


# What a name ends in tells its type, the longer ending first; the summary shows it before anything is written.
ENDINGS = {
    "教育委員会": Body.Type.BOARD_OF_EDUCATION, "商工会議所": Body.Type.CHAMBER, "商工会": Body.Type.SOCIETY,
    "高等学校": Body.Type.HIGH_SCHOOL, "高校": Body.Type.HIGH_SCHOOL, "大学": Body.Type.UNIVERSITY,
    "株式会社": Body.Type.COMPANY, "有限会社": Body.Type.COMPANY, "合同会社": Body.Type.COMPANY,
    "県": Body.Type.PREFECTURE, "府": Body.Type.PREFECTURE, "市": Body.Type.MUNICIPALITY,
    "町": Body.Type.MUNICIPALITY, "村": Body.Type.MUNICIPALITY,
}  # fmt: skip
BEGINNINGS = {"株式会社": Body.Type.COMPANY, "NPO法人": Body.Type.NPO, "特定非営利活動法人": Body.Type.NPO}


def guessed_type(name: str) -> Body.Type | None:
    """The type that a Japanese name says by itself; None where it says nothing."""
    for word, type in BEGINNINGS.items():
        if name.startswith(word):
            return type
    return next((type for word, type in ENDINGS.items() if name.endswith(word)), None)


def member(answer: str) -> Member:
    """`1 萩市`, `市町村 萩市` or `萩市`: the number or the name of a type, a blank, the name; or a telling name alone."""
    whole = re.sub(r"\s+", " ", answer.replace("\u3000", " ")).strip()
    kind, _blank, name = whole.partition(" ")
    known: dict[str, Body.Type] = {str(type.label): type for type in MEMBER_TYPES}
    known |= {str(type.value): type for type in MEMBER_TYPES}
    known |= {str(number): type for number, type in enumerate(MEMBER_TYPES, 1)}
    if kind not in known and (guess := guessed_type(whole)):
        known[kind], name = guess, whole
    if kind not in known or not name:
        raise Unclear(_("種類の番号、空白、団体の名前の順に書いてください。例：1 萩市"))
    if len(name) > 120:
        raise Unclear(format_lazy(_("{limit}字までで書いてください。"), limit=120))
    return Member(known[kind], name)


def type_list() -> str:
    return "  ".join(f"{number}={type.label}" for number, type in enumerate(MEMBER_TYPES, 1))


QUESTIONS = (
    Question("title", _("協議会の名前"), _("すべてのページの上と、お知らせに出ます。あとで直せます。"),
             "萩グローバルIT人材育成協議会", text(100)),
    Question("title_en", _("英語の名前（なければ空のまま）"), _("英語のページに出ます。"), "Hagi Global IT Talent Council",
             text(140), is_required=False),
    Question("slug", _("アドレスに使う短い名前"), _("公開ページの住所 /c/○○/ になります。印刷物にも載るので、あとで変えられません。"),
             "hagi", slug),
    Question("municipality", _("どの市町村（または都道府県）の協議会か"),
             _("「域内」「域外」を見分けるもとになります。全国地方公共団体コードは、名前から調べます。"), "萩市", municipality,
             name_of=place_name),
    Question("founded_on", _("設立した日（決まっていなければ空のまま）"), _("構成団体は、この日から加わったことになります。"),
             "令和2年4月30日", day, is_required=False),
    Question("members", _("構成団体（1行に1つ、空の行で終わり）"),
             _("はじめの団体に事務局を置きます。ほかの団体は、あとからでも加えられます。"), "1 萩市", member, many=True),
    Question("office", _("事務局の部署（なければ空のまま）"), _("申込者の情報を見るのは、この部署の担当者です。"),
             "商工政策部企業誘致推進課", text(80), is_required=False),
    Question("contact_office", _("問合せ先の名前"), _("公開ページの下と、お知らせの終わりに出ます。"),
             "萩市商工政策部 企業誘致推進課（協議会事務局）", text(120)),
    Question("contact_phone", _("問合せ先の電話番号"), _("ネットを使わない人の入口です。"), "0838-00-0000", text(30)),
    Question("contact_hours", _("電話に出られる時間"), _("電話番号と一緒に出ます。"), "平日8:30〜17:15", text(80)),
    Question("contact_email", _("問合せ先のメールアドレス（なければ空のまま）"), _("返信の宛先になります。個人のアドレスは避けてください。"),
             "jimukyoku@example.jp", email, is_required=False),
    Question("colour", _("協議会の色（なければ空のまま）"), _("見出しやボタンの色です。藍・緑・橙・紅・紫・青から選ぶか、#1a2b3c の形で書きます。"),
             "藍", colour, is_required=False),
    Question("lines", _("はじめの事業（1行に1つ、空の行で終わり）"), _("「取り組んでいること」として公開ページに出ます。名前はあとで直せます。"),
             "IT人材育成事業", text(100), is_required=False, many=True),
    Question("administrator", _("管理者のメールアドレス"), _("最初にログインする人です。この人が、ほかの担当者に役割を渡します。"),
             "taro.hagi@example.jp", email),
)  # fmt: skip
