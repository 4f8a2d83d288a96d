"""Whom a programme keeps of those who ask: seat types in published order, regional caps before them.

Seats of a type go to the best of its group who have no seat yet. Seats for which no member is left are
released: they go to the best of the rest at the end. So a held seat is a minimum, never a cap, and stays
empty only when nobody is left who wants it.
"""

from collections.abc import Sequence

import numpy as np

from sonjuku.engines.selection.market import KEY_BITS, NOWHERE, Bools, Ints, Market


def choose(market: Market, who: Ints, programme: Ints, key: Ints, quotas: Ints) -> tuple[Ints, Ints]:
    """Seats for candidates of any number of programmes at once.

    Returns the sorting order (by programme, then key) and, in that order, the seat type or -1.
    """
    order = np.argsort((programme.astype(np.int64) << KEY_BITS) | key)
    at = programme[order]
    first = _run_starts(at)
    if quotas.shape[1] == 1 and not market.groups.any():
        position = np.arange(len(at)) - first
        return order, np.where(position < quotas[at, 0], 0, NOWHERE).astype(np.int8)
    return order, _by_types(market, who[order], at, first, quotas)


def _by_types(market: Market, who: Ints, at: Ints, first: Ints, quotas: Ints) -> Ints:
    seat = np.full(len(at), NOWHERE, dtype=np.int8)
    spare = np.zeros(len(quotas), dtype=np.int64)
    member = market.members[who]
    for kind in range(quotas.shape[1]):
        group = market.groups[at, kind]
        wanted = (seat == NOWHERE) & ((group == 0) | (member & group != 0))
        sits = wanted & (_place_among(wanted, first) < quotas[at, kind])
        seat[sits] = kind
        spare += quotas[:, kind]
        spare -= np.bincount(at[sits], minlength=len(quotas))
    rest = seat == NOWHERE
    seat[rest & (_place_among(rest, first) < spare[at])] = market.released
    return seat


def _run_starts(values: Ints) -> Ints:
    """For each position of sorted values, where its run begins."""
    begins = np.empty(len(values), dtype=bool)
    begins[:1] = True
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    return np.repeat(starts, np.diff(np.append(starts, len(values))))


def _place_among(marked: Bools, first: Ints) -> Ints:
    """How many marked ones stand before each position in its run."""
    before: Ints = np.cumsum(marked) - marked
    place: Ints = before - before[first] if len(first) else before
    return place


def trimmed(quotas: Ints, seats: Ints) -> Ints:
    """Seat types cut from the end of the published order until a programme has no more than `seats`."""
    before: Ints = np.cumsum(quotas, axis=1) - quotas
    left: Ints = np.clip(seats[:, None] - before, 0, quotas)
    return left


def seats_under_cap(wanted: Sequence[int], target: Sequence[int], cap: int) -> list[int]:
    """How many seats each programme of a region may fill, by Kamada and Kojima's flexible rule.

    First up to each target, then one at a time in published order, round after round, until the cap.
    `wanted` is what each could fill, its capacity included. The targets add up to no more than the cap.
    """
    given = [min(want, goal) for want, goal in zip(wanted, target, strict=True)]
    left = cap - sum(given)
    short = [p for p, want in enumerate(wanted) if given[p] < want]
    while short and left > 0:
        step = min(left // len(short), min(wanted[p] - given[p] for p in short))
        for p in short if step else short[:left]:
            given[p] += step or 1
            left -= step or 1
        short = [p for p in short if given[p] < wanted[p]]
    return given


def open_quotas(market: Market, asking: Ints) -> Ints:
    """The quotas when `asking[p]` applicants want programme p: all of them, or what regional caps leave."""
    if not len(market.region_cap):
        return market.quotas
    capacity = market.quotas.sum(axis=1)
    wanted = np.minimum(asking, capacity)
    for region, cap in enumerate(market.region_cap):
        here = np.flatnonzero(market.region == region)
        given = seats_under_cap(wanted[here].tolist(), market.target[here].tolist(), int(cap))
        capacity[here] = np.where(given < wanted[here], given, capacity[here])
    return trimmed(market.quotas, capacity)
