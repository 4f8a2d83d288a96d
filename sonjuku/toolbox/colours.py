"""A council's one colour and the shades pages need of it, each legible by WCAG 2.2."""

import re
from typing import NamedTuple

# WCAG 2.2 AA for text.
ENOUGH = 4.5
WHITE, BLACK = "#ffffff", "#000000"
# The palest grounds that text in the key colour stands on, besides its own wash.
MIST = "#f8f7f4"


class Shades(NamedTuple):
    """`#rrggbb` each: `key` carries white text and is legible on white and on `wash`; `deep` is darker still."""

    key: str
    deep: str
    wash: str
    on_key: str


def luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rrggbb`, 0 to 1. Raises ValueError("not_a_colour") for anything else."""
    channels = (value / 255 for value in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """The colour with `share` (0 to 1) of the other in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shades(colour: str) -> Shades:
    """The shades of a council's colour; one that is too light is darkened until text in it can be read."""
    wash = mix(colour, WHITE, 0.92)
    key = _until_legible(colour, (WHITE, MIST, wash))
    return Shades(key, _until_legible(mix(key, BLACK, 0.3), (wash,)), wash, WHITE)


def _until_legible(colour: str, grounds: tuple[str, ...]) -> str:
    while min(contrast(colour, ground) for ground in grounds) < ENOUGH:
        colour = mix(colour, BLACK, 0.06)
    return colour


def _channels(colour: str) -> tuple[int, ...]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError("not_a_colour")
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
