"""Readings of names: stored as full-width katakana. The kanji name itself is never normalised."""

import re
import unicodedata

import jaconv

_DASH_AFTER_KANA = re.compile(r"(?<=[ァ-ヺー])[-‐‑‒–—―−]")
_KATAKANA = re.compile(r"[ァ-ヺー・ヽヾ ]*[ァ-ヺ][ァ-ヺー・ヽヾ ]*")
_VOICE_MARKS = str.maketrans("", "", "\u3099\u309a")
_ROWS = (
    "アカサタナハマヤラワ",
    "イキシチニヒミリヰ",
    "ウクスツヌフムユル",
    "エケセテネヘメレヱ",
    "オコソトノホモヨロヲ",
)
_VOWEL_OF = {kana: row[0] for row in _ROWS for kana in row}

# Marks without a glyph that turn or hide text; joiners stay, since names in other scripts need them.
_HIDDEN = set(
    "\u200b\ufeff\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
)


def to_katakana(text: str) -> str:
    """NFKC, then hiragana and half-width kana as full-width katakana, outer space gone, inner runs one space.

    A dash typed for a long vowel becomes ー. Other characters stay: ask `is_katakana` afterwards.
    """
    folded = jaconv.hira2kata(unicodedata.normalize("NFKC", text))
    return _DASH_AFTER_KANA.sub("ー", " ".join(folded.split()))


def is_katakana(text: str) -> bool:
    """Whether this is a full-width katakana reading: kana, and besides only ー ・ ヽ ヾ and single spaces."""
    return bool(_KATAKANA.fullmatch(text)) and "  " not in text and text == text.strip()


def kana_sort_key(text: str) -> str:
    """A key that sorts readings as a Japanese list does: sounds first, voicing and small letters break ties.

    ー counts as the vowel before it. Give it a reading, not a kanji name; it can be stored in a column.
    """
    reading = to_katakana(text)
    plain = unicodedata.normalize("NFD", jaconv.enlarge_smallkana(reading)).translate(_VOICE_MARKS)
    sounds: list[str] = []
    for kana in plain.replace("・", "").replace(" ", ""):
        sounds.append(_VOWEL_OF.get(sounds[-1], kana) if kana == "ー" and sounds else kana)
    return "".join(sounds) + "\t" + reading


def tidy_name(text: str) -> str:
    """A name as typed, variant characters kept; only outer space and control characters are removed."""
    spaced = re.sub(r"[\t\r\n]+", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c) != "Cc" and c not in _HIDDEN).strip()
