"""Small cells: from all that is published, and from knowing this code, no count from 1 to 4 can be worked out.

A table is a tree: a council over its area groups over their municipalities. docs/algorithms/suppression.md proves it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

SMALLEST = 5

# What is hidden under a node, as everyone may know it: a leaf hides a number from 0 to 4, a node what its hidden
# children hide. Sets of whole numbers are bits of one int: bit n says that n is possible.
Shape = tuple["Shape", ...] | None
_LEAF: Shape = None
_SMALL = (1 << SMALLEST) - 2


@dataclass(frozen=True, slots=True)
class Node:
    """A cell and the cells it is the sum of; `number` counts only where there are no children."""

    name: Hashable
    number: int = 0
    children: tuple["Node", ...] = ()


def publish(tree: Node) -> dict[Hashable, int | None]:
    """What may be shown of every cell of the tree; None is the one mark for hidden, small or not.

    A leaf is shown from five. A sum is shown where what it hides is nothing at all, or five and more in which no
    part is fixed; where it hides nothing, its leaves are shown as zeros. Names must be unique.
    """
    cells: dict[Hashable, int | None] = {}
    _settle(tree, cells)
    return cells


def _settle(node: Node, cells: dict[Hashable, int | None]) -> tuple[list[Shape], int, int]:
    """Fill `cells`; returns what stays hidden for the cells above: shapes (one or none), their number, the total."""
    if not node.children:
        is_shown = node.number >= SMALLEST
        cells[node.name] = node.number if is_shown else None
        return ([], 0, node.number) if is_shown else ([_LEAF], node.number, node.number)
    cells[node.name] = None
    parts = [_settle(child, cells) for child in node.children]
    shape = _sorted([hidden for shapes, _rest, _total in parts for hidden in shapes])
    rest, total = sum(rest for _shapes, rest, _total in parts), sum(total for _shapes, _rest, total in parts)
    if not may_show_sum(shape, rest):
        return [shape], rest, total
    cells[node.name] = total
    if rest == 0:
        cells |= {child.name: 0 for child in node.children if cells[child.name] is None}
    return [], 0, total


def may_show_sum(shape: Shape, rest: int) -> bool:
    """Whether a sum may be shown that hides `rest` in parts of these shapes."""
    return rest == 0 or (rest >= SMALLEST and not _fixes(shape, 1 << rest))


@cache
def _hideable(shape: Shape) -> int:
    """The rests that leave a cell of this shape hidden."""
    if shape is None:
        return _SMALL | 1
    return sum(1 << rest for rest in _numbers(_sums(shape)) if not may_show_sum(shape, rest))


@cache
def _sums(shape: tuple[Shape, ...]) -> int:
    """The sums that parts of these shapes can have."""
    found = 1
    for part in shape:
        found = _plus(found, _hideable(part))
    return found


@cache
def _fixes(shape: Shape, possible: int) -> bool:
    """Whether knowing that the rest is one of `possible` gives away a number from 1 to 4, here or in a part."""
    if possible & _SMALL == possible and possible.bit_count() == 1:
        return True
    return shape is not None and any(_fixes(part, _possible(shape, part, possible)) for part in set(shape))


def _possible(shape: tuple[Shape, ...], part: Shape, possible: int) -> int:
    """What one part can be when the sum of all is one of `possible`."""
    others = list(shape)
    others.remove(part)
    sums = _sums(tuple(others))
    return sum(1 << number for number in _numbers(_hideable(part)) if sums << number & possible)


def _plus(some: int, others: int) -> int:
    found = 0
    for number in _numbers(others):
        found |= some << number
    return found


def _numbers(bits: int) -> list[int]:
    return [number for number in range(bits.bit_length()) if bits >> number & 1]


def _sorted(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """One order for the same parts, so that what was worked out once is found again."""
    return tuple(sorted(shapes, key=repr))


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
