"""The end of deferred acceptance: few are left, and each may push out another, who pushes out another …

One applicant at a time. A programme with open seats only keeps a heap; one with held seats or in a capped
region chooses anew among the few who sit there.
"""

from bisect import insort
from collections.abc import Callable
from heapq import heapify, heappush, heappushpop

import numpy as np

from sonjuku.engines.selection.choice import seats_under_cap
from sonjuku.engines.selection.market import NOWHERE, Ints, Market

# Takes a programme, a key and an applicant; says who leaves: an applicant or -1.
Offer = Callable[[int, int, int], int]


def follow(market: Market, next_wish: Ints, at: Ints, free: list[int]) -> None:
    """Finds a place for each of `free`, or none. Changes `next_wish` and `at`."""
    if not free:
        return
    desks = _Desks(market, _Holders(market, next_wish, at))
    length = market.wishes.shape[1]
    for leaver in free:
        who = leaver
        while who != NOWHERE:
            at[who] = NOWHERE
            row, wish = market.wishes[who].tolist(), int(next_wish[who])
            keys = market.keys[who]
            found = who
            while found == who and wish < length and row[wish] != NOWHERE:
                key = int(keys) if market.keys.ndim == 1 else int(keys[wish])
                found = desks[row[wish]](row[wish], key, who)
                wish += found == who
            next_wish[who] = wish
            if found == who:
                break
            at[who] = row[wish]
            who = found
            if who != NOWHERE:
                next_wish[who] += 1


class _Holders:
    """Who sits where, looked up by programme when a chain first comes by."""

    def __init__(self, market: Market, next_wish: Ints, at: Ints) -> None:
        self.market = market
        seated = np.flatnonzero(at != NOWHERE)
        self.who = seated[np.argsort(at[seated], kind="stable")]
        self.key = market.keys_at(self.who, next_wish[self.who])
        counts = np.bincount(at[seated], minlength=len(market.quotas))
        self.ends = np.cumsum(counts)
        self.begins = self.ends - counts

    def of(self, programme: int) -> list[tuple[int, int]]:
        here = slice(self.begins[programme], self.ends[programme])
        return list(zip(self.key[here].tolist(), self.who[here].tolist(), strict=True))


class _Desks(dict[int, Offer]):
    """The desk of each programme, opened when first asked; programmes of a region share one."""

    def __init__(self, market: Market, holders: _Holders) -> None:
        super().__init__()
        self.market, self.holders = market, holders

    def __missing__(self, programme: int) -> Offer:
        region = int(self.market.region[programme])
        together = [programme] if region == NOWHERE else np.flatnonzero(self.market.region == region).tolist()
        if region == NOWHERE and not self.market.groups[programme].any():
            offer = _open_desk(self.holders.of(programme), int(self.market.quotas[programme].sum()))
        else:
            offer = _Desk(self.market, self.holders, together, region).offer
        self.update(dict.fromkeys(together, offer))
        return offer


def _open_desk(holders: list[tuple[int, int]], capacity: int) -> Offer:
    heap = [(-key, who) for key, who in holders]
    heapify(heap)

    def offer(programme: int, key: int, who: int) -> int:
        if len(heap) < capacity:
            heappush(heap, (-key, who))
            return NOWHERE
        return heappushpop(heap, (-key, who))[1]

    return offer


class _Desk:
    """Programmes whose choices hang together: one with held seats, or all of a capped region."""

    def __init__(self, market: Market, holders: _Holders, together: list[int], region: int) -> None:
        self.market, self.together = market, together
        self.sitting = {p: sorted(holders.of(p)) for p in together}
        self.quotas = {p: market.quotas[p].tolist() for p in together}
        self.groups = {p: market.groups[p].tolist() for p in together}
        self.target = market.target[together].tolist()
        self.cap = int(market.region_cap[region]) if region != NOWHERE else None

    def offer(self, programme: int, key: int, who: int) -> int:
        insort(self.sitting[programme], (key, who))
        seats = [min(len(self.sitting[p]), sum(self.quotas[p])) for p in self.together]
        if self.cap is not None:
            seats = seats_under_cap(seats, self.target, self.cap)
        for p, allowed in zip(self.together, seats, strict=True):
            if len(self.sitting[p]) > allowed:
                leaver = self._first_unseated(p, allowed)
                self.sitting[p].remove(leaver)
                return leaver[1]
        return NOWHERE

    def _first_unseated(self, programme: int, allowed: int) -> tuple[int, int]:
        """The one for whom no seat is left: exactly one more sits here than may."""
        rest, left = self.sitting[programme], allowed
        for quota, group in zip(self.quotas[programme], self.groups[programme], strict=True):
            seats = min(quota, left)
            left -= seats
            unseated = []
            for one in rest:
                if seats and (not group or int(self.market.members[one[1]]) & group):
                    seats -= 1
                else:
                    unseated.append(one)
            rest = unseated
        return rest[-1]
