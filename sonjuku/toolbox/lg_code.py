"""全国地方公共団体コード: six digits as text, five for the area and a check digit. Never an integer (leading zero)."""

import re
from collections.abc import Collection

_FIVE = re.compile(r"[0-9]{5}")
_SIX = re.compile(r"[0-9]{6}")

# 政令指定都市, whose wards have codes of their own (their numbers lie between this one and the next).
DESIGNATED_CITIES = (
    *("01100", "04100", "11100", "12100", "14100", "14130", "14150", "15100", "22100", "22130"),
    *("23100", "26100", "27100", "27140", "28100", "33100", "34100", "40100", "40130", "43100"),
)


def check_digit(five: str) -> str:
    """The sixth digit. Raises ValueError("not_five_digits")."""
    if not _FIVE.fullmatch(five):
        raise ValueError("not_five_digits")
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def complete(five: str) -> str:
    """The six-digit code of a five-digit 行政区域コード. Raises ValueError("not_five_digits")."""
    return five + check_digit(five)


def is_valid(six: str) -> bool:
    """Whether form, prefecture (01–47) and check digit are right; not whether the place exists."""
    return bool(_SIX.fullmatch(six)) and "01" <= six[:2] <= "47" and check_digit(six[:5]) == six[5]


def prefecture_of(code: str) -> str:
    """The six-digit code of the prefecture that a code lies in; a prefecture's own code comes back."""
    return complete(code[:2] + "000")


def municipality_of(code: str) -> str:
    """The six-digit code of the city that a ward of a 政令指定都市 belongs to; any other code comes back."""
    five = code[:5]
    if five[2] != "1" or not _FIVE.fullmatch(five):
        return code
    cities = [city for city in DESIGNATED_CITIES if city[:2] == five[:2] and city <= five]
    return complete(max(cities)) if cities else code


def same_area(code: str, area_codes: Collection[str]) -> bool:
    """Whether a person of `code` belongs to one of the areas.

    A prefecture covers its municipalities and a designated city its wards; a municipality never covers its
    prefecture. False for an empty or invalid code.
    """
    return is_valid(code) and not {code, municipality_of(code), prefecture_of(code)}.isdisjoint(area_codes)
