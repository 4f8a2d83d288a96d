"""Readings over kanji: `｜募集《ぼしゅう》`, the notation of 青空文庫, as catalogues write it.

On its way through the pages a reading is held between the annotation characters of Unicode (U+FFF9 to U+FFFB), which
nobody types: what a visitor wrote with ｜ and 《》 stays what it is.
"""

import re

KANJI = r"[\u3005-\u3007\u30f6\u3400-\u9fff\uf900-\ufaff]"
NOTATION = re.compile(r"｜([^｜《》<>\n]{1,40})《([\u3041-\u3096\u30fc]{1,80})》")
BEGIN, BETWEEN, END = "\ufff9", "\ufffa", "\ufffb"
_HELD = re.compile(r"\ufff9([^\ufff9-\ufffb<>]*)\ufffa([\u3041-\u3096\u30fc]*)\ufffb")
_MARKS = re.compile(r"[\ufff9-\ufffb]")
_TAG = re.compile(r"<!--.*?-->|<(/?[A-Za-z][\w-]*)?(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.S)
# Inside these a browser shows no ruby.
_BARE = {"title", "option", "textarea", "script", "style", "svg"}
_RUBY = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"

_DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip
_WEEK = {"月": "げつ", "火": "か", "水": "すい", "木": "もく", "金": "きん", "土": "ど", "日": "にち"}
_WORDS = {
    "明治": "めいじ", "大正": "たいしょう", "昭和": "しょうわ", "平成": "へいせい", "令和": "れいわ", "元": "がん",
    "年度": "ねんど", "年": "ねん", "月": "がつ", "円": "えん", "無料": "むりょう",
}  # fmt: skip
_DATED = re.compile(
    r"(?<=[（(])([月火水木金土日])(?=[）)])|(\d+)日|" + "|".join(f"({word})" for word in _WORDS)
)


def held(text: str) -> str:
    """`｜字《じ》` with its reading between annotation characters: what the compiled catalogues hold."""
    return NOTATION.sub(lambda found: _hold(found[1], found[2]), text)


def plain(text: str) -> str:
    """Held readings dropped: `字`."""
    return _MARKS.sub("", _HELD.sub(r"\1", text))


def in_html(page: str) -> str:
    """A page with its held readings as <ruby>, or dropped where no ruby can be: attributes, <title>, <option>, …

    Nothing is escaped here: the page already is.
    """
    if BEGIN not in page:
        return page
    parts: list[str] = []
    bare, at = "", 0
    for tag in _TAG.finditer(page):
        words = page[at : tag.start()]
        parts += [plain(words) if bare else _shown(words), plain(tag[0])]
        at, name = tag.end(), (tag[1] or "").lower()
        if bare:
            bare = "" if name == f"/{bare}" else bare
        elif name in _BARE and not tag[0].endswith("/>"):
            bare = name
    parts.append(plain(page[at:]) if bare else _shown(page[at:]))
    return "".join(parts)


def _shown(words: str) -> str:
    """One <bdi> around text with readings: in a flex box (a button, a tab) it stays one line of words."""
    shown = _MARKS.sub("", _HELD.sub(_RUBY, words))
    return f"<bdi>{shown}</bdi>" if "<ruby>" in shown else shown


def dated(text: str) -> str:
    """A day or a sum that this house wrote, with held readings: `11月5日（木）`, `令和元年度`, `1,500円`."""
    return _DATED.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    if found[1]:
        return _hold(found[1], _WEEK[found[1]])
    if found[2]:
        number = int(found[2])
        return _hold(found[0], _DAYS[number]) if number in _DAYS else f"{found[2]}{_hold('日', 'にち')}"
    return _hold(found[0], _WORDS[found[0]])


def _hold(base: str, reading: str) -> str:
    return f"{BEGIN}{base}{BETWEEN}{reading}{END}"
