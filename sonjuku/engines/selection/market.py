"""What a selection is computed on: plain arrays, no names.

Applicants and programmes are positions from 0. `keys` say who goes first at a programme: the smaller key. A
programme's seats come in ordered types; a type is held for a group (a bit of `members`) or open (0).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
Bools = NDArray[np.bool_]

NOWHERE = -1
KEY_BITS = 40  # a sorting word holds the programme above these bits and the key in them
NEVER = np.int64(1) << KEY_BITS


@dataclass(frozen=True)
class Market:
    """`wishes[i]` lists programmes, best first, filled up with -1. `keys` has one number per applicant, or
    one per wish where priorities differ by programme; no two applicants of a programme have the same, and
    each is at least 0 and below 2**40.

    `quotas[p, t]` and `groups[p, t]`: seats of type t in published order, and the group bit they are held
    for. `region[p]` is a position in `region_cap` or -1; `target[p]` seats come before others of its region.
    """

    wishes: Ints
    keys: Ints
    quotas: Ints
    groups: Ints
    members: Ints
    region: Ints
    region_cap: Ints
    target: Ints

    @property
    def released(self) -> int:
        """The seat type of those who sit on a held seat for which no member of its group is left."""
        return int(self.quotas.shape[1])

    def keys_at(self, who: Ints, wish: Ints) -> Ints:
        """The key of each applicant at each wish."""
        return self.keys[who] if self.keys.ndim == 1 else self.keys[who, wish]


@dataclass(frozen=True)
class Outcome:
    """Per applicant: the place in the own list (-1: none) and the seat type (`Market.released` included)."""

    taken: Ints
    seat: Ints


def plain_market(wishes: Ints, keys: Ints, capacities: Ints) -> Market:
    """A market with one open seat type per programme and no region."""
    programmes = len(capacities)
    none = np.zeros((programmes, 1), dtype=np.int64)
    return Market(
        wishes=wishes,
        keys=keys,
        quotas=np.asarray(capacities, dtype=np.int64).reshape(-1, 1),
        groups=none,
        members=np.zeros(0, dtype=np.int64),
        region=np.full(programmes, NOWHERE, dtype=np.int32),
        region_cap=np.zeros(0, dtype=np.int64),
        target=np.zeros(programmes, dtype=np.int64),
    )
