"""Small cells: a number under five could point at a person, and so could the one part that a shown sum leaves open."""

from collections.abc import Mapping
from enum import StrEnum

SMALLEST = 5


class Hidden(StrEnum):
    """What stands in place of a number: it is under the limit, or another could be worked out from it."""

    SMALL = "small"
    WITHHELD = "withheld"


Cell = int | Hidden


def shown(number: int, smallest: int = SMALLEST) -> Cell:
    """The number itself, or SMALL from one to `smallest` - 1. Zero points at nobody and stays."""
    return Hidden.SMALL if 0 < number < smallest else number


def hide_parts(total: int, parts: Mapping[str, int], smallest: int = SMALLEST) -> dict[str, Cell]:
    """The disjoint parts of a shown total. Where one of them is small, the others are withheld (zeros stay).

    What the parts leave of the total counts as a part of its own.
    """
    rest = total - sum(parts.values())
    cells = {name: shown(number, smallest) for name, number in parts.items()}
    if Hidden.SMALL in cells.values() or shown(rest, smallest) is Hidden.SMALL:
        return {
            name: Hidden.WITHHELD if isinstance(cell, int) and cell else cell for name, cell in cells.items()
        }
    return cells
