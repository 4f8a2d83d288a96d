"""One cell of a sheet as a value of the house, or a CellFault that says in words how to write it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.toolbox.jdates import parse_date, parse_time
from sonjuku.toolbox.kana import is_katakana, tidy_name, to_katakana
from sonjuku.toolbox.postal import lookup, municipalities, prefectures
from sonjuku.toolbox.tables import BROKEN
from sonjuku.toolbox.text import search_text

LENGTHS = {
    "family_name": 60, "given_name": 60, "family_name_kana": 80, "given_name_kana": 80, "postal_code": 8, "address": 200,
    "employer": 120, "email": 254, "phone": 30, "guardian_name": 120, "guardian_relation": 40, "guardian_email": 254,
    "guardian_phone": 30,
}  # fmt: skip

# What a cell may be wrong in, and what to do about it. A code without words here brings its own.
FAULTS: dict[str, Any] = {
    "broken": _("文字が壊れています（�）。もとの書類を見て、正しい文字を入力してください。"),
    "missing": _("空です。必ず要る項目です。入力してください。"),
    "not_split": _("姓と名の間に空白がありません。「見本 太郎」のように間を空けてください。"),
    "kana": _("フリガナに使えない文字があります。ひらがなか片仮名で入力してください。"),
    "date": _("日付として読めません。「1985-04-01」か「昭和60年4月1日」のように入力してください。"),
    "instant": _("日時として読めません。「2026-11-30 9:05」のように入力してください。"),
    "birth": _("生年月日がまちがっているようです。120年より前か、届いた日より後の日付です。"),
    "email": _("メールアドレスの形ではありません。「name@example.jp」のように入力してください。"),
    "phone": _("電話番号の形ではありません。「0838-25-0000」のように市外局番から入力してください。"),
    "postal_code": _("郵便番号は7桁の数字です。「758-0041」のように入力してください。"),
    "school_stage": _("在学の状況として読めません。「高校」「在学していない」のように入力してください。"),
    "school": _("この名前の学校は登録されていません。登録されている名前のとおりに入力してください。"),
    "audience": _("立場として読めません。登録されている言葉のとおりに入力してください。"),
    "option": _("この区分は募集にありません。募集の区分のとおりに入力してください。"),
    "wish_twice": _("同じ区分を二度選んでいます。希望の順に、違う区分を入力してください。"),
    "wish_rank": _("希望の順として読めません。一緒に選ぶ募集の数までの数字で、「1」か「第1希望」のように入力してください。"),
    "rank_taken": _("この人は、一緒に選ぶほかの募集に、同じ順の希望で申し込んでいます。順を直すか、空にしてください。"),
    "too_long": _("長すぎます。短くしてください。"),
    "too_many_persons": _("この募集の、一件の申込みの人数より多くなっています。人数を減らしてください。"),
    "in_future": _("届いた日時が、いまより後になっています。正しい日時を入力してください。"),
    "not_in_time": _("受付の期間に届いていません。期間のうちに届いたものだけを取り込めます。"),
    "guardian": _("年齢か在学の状況から、保護者の同意が要ります。保護者の氏名と続柄を入力してください。"),
    "same_address": _("保護者のメールアドレスが、本人のものと同じです。保護者のアドレスを入力するか、消してください。"),
    "in_file": _("同じ人が、このファイルに二度あります。どちらかの行を除いてください。"),
    "already": _("同じ人の申込みを、すでに受け付けています。この行を除いてください。"),
}  # fmt: skip


class CellFault(ValueError):
    """A cell that can't be taken. `code` is one of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def half(text: str) -> str:
    """NFKC, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def plain(text: str) -> str:
    return tidy_name(text)


def kana(text: str) -> str:
    reading = to_katakana(text.strip())
    if reading and not is_katakana(reading):
        raise CellFault("kana")
    return reading


def split_name(text: str) -> tuple[str, str]:
    """Family and given name of a full name with a blank (narrow or wide) between. Raises CellFault("not_split")."""
    parts = tidy_name(text).split()
    if len(parts) < 2:
        raise CellFault("not_split")
    return parts[0], " ".join(parts[1:])


def birth(text: str) -> Any:
    day = parse_date(text)
    if day is None:
        raise CellFault("date")
    return day


_CLOCK_ZONE = re.compile(r"\s*(GMT|UTC)?\s*(\+0?9(:?00)?|JST)$")
_INSTANT = re.compile(
    r"(?P<day>.*?\d(?:日)?(?:\([月火水木金土日]\))?)[T\s]+(?P<clock>(?:午前|午後|AM|PM)?\s*\d{1,2}[:時].*)"
)


def instant(text: str) -> datetime:
    """A moment in UTC: `2024/04/01 9:05:33`, `2024/04/01 午前 9:05:33 GMT+9`, `2024-04-01T00:05:00Z`, or a whole day.

    Without a zone it is a clock in Tokyo; a day alone is its first moment. Raises CellFault("instant").
    """
    tidy = half(text)
    if re.match(r"\d{4}-\d\d-\d\dT", tidy):
        try:
            read = datetime.fromisoformat(tidy.replace("Z", "+00:00"))
        except ValueError:
            raise CellFault("instant") from None
        return read if read.tzinfo else at_tokyo(read.date(), read.time())
    match = _INSTANT.fullmatch(_CLOCK_ZONE.sub("", tidy.upper()))
    day = parse_date(match["day"]) if match else parse_date(tidy)
    clock = _clock(match["clock"]) if match else time(0)
    if day is None or clock is None:
        raise CellFault("instant")
    return at_tokyo(day, clock)


def _clock(text: str) -> time | None:
    # Seconds are kept: who came first may hang on them.
    seconds = re.search(r":(\d\d):(\d\d)(\.\d+)?(?=\s*(AM|PM)?$)|分\s*(\d{1,2})秒$", text)
    if seconds is None:
        return parse_time(text)
    number = int(seconds[2] or seconds[5])
    cut = text[: seconds.start(2) - 1] + text[seconds.end(2) :] if seconds[2] else text[: seconds.start(5)]
    clock = parse_time(re.sub(r"\.\d+", "", cut))
    return clock.replace(second=number) if clock is not None and number < 60 else None


def email(text: str) -> str:
    address = half(text)
    try:
        validate_email(address)
    except ValidationError:
        raise CellFault("email") from None
    return address


def phone(text: str) -> str:
    number = re.sub(r"[‐‑–—―−ー]", "-", half(text))
    digits = re.sub(r"\D", "", number)
    # A spreadsheet that took it for a number has eaten the first 0.
    if number == digits and len(digits) in {9, 10} and not digits.startswith("0"):
        number = digits = f"0{digits}"
    if not re.fullmatch(r"[+\d][\d\-() ]*", number) or not 9 <= len(digits) <= 15:
        raise CellFault("phone")
    return number


def postal_code(text: str) -> str:
    digits = re.sub(r"\D", "", half(text))
    if len(digits) == 6:
        digits = f"0{digits}"
    if len(digits) != 7:
        raise CellFault("postal_code")
    return f"{digits[:3]}-{digits[3:]}"


@lru_cache(maxsize=20_000)
def area_of(postal: str) -> str:
    """The municipality of a postal code, "" where it is unknown or stands for several."""
    found = lookup(postal) if postal else None
    return found.lg_code if found else ""


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    names = {place.lg_code[:2]: place.name for place in prefectures()}
    found: dict[str, list[str]] = {}
    for place in municipalities():
        prefecture = names[place.lg_code[:2]]
        for start in {f"{place.county}{place.name}", place.name}:
            for whole in {f"{prefecture}{start}", start}:
                found.setdefault(whole, []).append(place.lg_code)
    return {name: codes[0] for name, codes in found.items() if len(set(codes)) == 1}


def area_in(address: str) -> str:
    """The municipality that an address begins with, "" when it names none or one of several of that name."""
    text, places = re.sub(r"\s", "", half(address)), _places()
    for length in range(min(16, len(text)), 1, -1):
        if text[:length] in places:
            return places[text[:length]]
    return ""


_STAGES: tuple[tuple[str, str], ...] = (
    (r"なし|非該当|在学していない|社会人|一般|既卒|卒業|^いいえ$|not|none", Person.SchoolStage.NONE),
    (r"小学|elementary", Person.SchoolStage.ELEMENTARY),
    (r"中学|junior", Person.SchoolStage.JUNIOR_HIGH),
    (r"大学|短大|専門学校|専修|大学院|college|university", Person.SchoolStage.COLLEGE),
    (r"高校|高等学校|高専|高等専門|high", Person.SchoolStage.HIGH),
)


def school_stage(text: str) -> str:
    tidy = half(text).casefold()
    for value, label in Person.SchoolStage.choices:
        if tidy in {value, half(str(label)).casefold()}:
            return value
    for pattern, value in _STAGES:
        if re.search(pattern, tidy):
            return value
    raise CellFault("school_stage")


def one_of(known: Mapping[str, Any], code: str) -> Callable[[str], Any]:
    """Reads a cell as one of these words, whatever their width or kana. Raises CellFault(code)."""

    def read(text: str) -> Any:
        try:
            return known[search_text(text)]
        except KeyError:
            raise CellFault(code) from None

    return read


def rank_up_to(most: int) -> Callable[[str], int]:
    """Reads `2`, `第2希望`, `２番` as a place from 1 to `most`. Raises CellFault("wish_rank")."""

    def read(text: str) -> int:
        found = re.fullmatch(r"第?(\d{1,3})(希望|志望|番目?|位)?", half(text))
        if found is None or not 1 <= int(found[1]) <= most:
            raise CellFault("wish_rank")
        return int(found[1])

    return read


def is_broken(text: str) -> bool:
    """Letters that could not be decoded, or that only the office's own fonts know (外字)."""
    return BROKEN in text or any(unicodedata.category(letter) == "Co" for letter in text)


def several(text: str, words: Sequence[str]) -> list[str]:
    """The words (longest first) that a cell of several choices lists, and then whatever else stands in it."""
    rest, found = half(text), []
    for word in sorted({half(word) for word in words}, key=lambda word: (-len(word), word)):
        pattern = rf"(?:^|(?<=[,、;；\n])|(?<=, ))\s*{re.escape(word)}\s*(?=$|[,、;；\n])"
        rest, times = re.subn(pattern, "", rest)
        if times and word:
            found.append(word)
    return found + [part.strip() for part in re.split(r"[,、;；\n]", rest) if part.strip()]
