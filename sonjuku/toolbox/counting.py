"""How a municipal bulletin counts: by the full-width character, and what fits into so many of them."""

import re
import unicodedata

from sonjuku.toolbox.text import balance

# Nothing may begin with these when a text is cut before them.
_CLOSING = "、。，．・：；？！）］｝」』】〉》〕…ー々ゝゞァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ)]}.,:;?!%"
_OPENING = "（［｛「『【〈《〔([{"


def half_widths(text: str) -> int:
    """The length in half-width units: two for a full-width character, one for ASCII and half-width kana.

    Line ends and combining marks count nothing; characters of ambiguous width (①, …, →) are full-width in Japan.
    """
    return sum(_units(sign) for sign in unicodedata.normalize("NFC", text))


def bulletin_length(text: str) -> int:
    """The length in full-width characters, half a character rounded up: `IT講座` is 3, `ITの本` is 3, `A` is 1."""
    return -(-half_widths(text) // 2)


def cut_to(text: str, length: int, mark: str = "…") -> str:
    """The text if it is at most `length` full-width characters long, else its beginning with `mark`, within `length`.

    It ends between phrases as a Japanese reader breaks them; where not even the first phrase fits, between words, and
    where that is too much, between characters. Empty when not even the mark fits.
    """
    if bulletin_length(text) <= length:
        return text
    room = 2 * length - half_widths(mark)
    if room < 0:
        return ""
    kept = _filled(balance(text), room) or _filled(re.findall(r"[!-~]+|\s+|.", text, re.DOTALL), room)
    kept = kept.rstrip(" 　\n、，・").rstrip(_OPENING)
    return kept + mark if kept else ""


def _units(sign: str) -> int:
    if sign in "\r\n" or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WFA" else 1


def _filled(parts: list[str], room: int) -> str:
    kept = ""
    for number, part in enumerate(parts):
        if half_widths(kept + part) > room:
            break
        follower = parts[number + 1][:1] if number + 1 < len(parts) else ""
        closes = bool(follower) and follower in _CLOSING
        if closes and half_widths(kept + part + follower) > room:
            break
        kept += part
    return kept
