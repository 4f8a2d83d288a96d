"""Deferred acceptance, applicants proposing (Gale & Shapley 1962), on arrays.

All who have no place ask their next wish at once; programmes keep the best and send the rest on. When few
are left, long chains of displacement follow, one at a time: `chains` does those with heaps.
"""

import numpy as np

from sonjuku.engines.selection.chains import follow
from sonjuku.engines.selection.choice import choose, open_quotas
from sonjuku.engines.selection.market import NEVER, NOWHERE, Bools, Ints, Market, Outcome


class State:
    """Who asks whom next, and who sits where for now."""

    def __init__(self, market: Market) -> None:
        count, programmes = len(market.wishes), len(market.quotas)
        self.next = np.zeros(count, dtype=np.int16)
        self.at = np.full(count, NOWHERE, dtype=np.int32)
        # Where no seat is held for a group, one who is refused shuts the door to every worse key, for good.
        self.closed = np.full(programmes, NEVER, dtype=np.int64)
        self.simple = (market.groups == 0).all(axis=1)


def deferred_acceptance(market: Market, *, few: int | None = None) -> Outcome:
    """The best result for every applicant among all stable ones, whatever the order of the input.

    `few`: with no more than this many without a place, chains are followed one by one (only speed depends
    on it).
    """
    count, length = market.wishes.shape
    state = State(market)
    free = np.arange(count) if length else np.arange(0)
    limit = 64 + count // 200 if few is None else few
    while free.size > limit:
        free = _ask(market, state, _onward(market, state, free))
    follow(market, state.next, state.at, free.tolist())
    return _seated(market, state)


def _onward(market: Market, state: State, free: Ints) -> Ints:
    """Moves past wishes that can no longer take them; returns those who still have somebody to ask."""
    length, ready = market.wishes.shape[1], []
    while free.size:
        free = free[state.next[free] < length]
        wish = state.next[free]
        programme = market.wishes[free, wish]
        listed = programme != NOWHERE
        if not listed.all():
            free, wish, programme = free[listed], wish[listed], programme[listed]
        shut = market.keys_at(free, wish) >= state.closed[programme]
        ready.append(free[~shut])
        free = free[shut]
        state.next[free] += 1
    return np.concatenate(ready) if ready else free


def _ask(market: Market, state: State, asking: Ints) -> Ints:
    """One round: programmes that are asked choose again; returns those who were sent on."""
    programme = market.wishes[asking, state.next[asking]]
    held = np.flatnonzero(_touched(market, programme)[state.at])
    who = np.concatenate([held, asking])
    at = np.concatenate([state.at[held], programme])
    key = market.keys_at(who, state.next[who])
    order, seat = choose(market, who, at, key, open_quotas(market, _counts(market, at)))
    kept, sent = order[seat != NOWHERE], order[seat == NOWHERE]
    state.at[who[kept]] = at[kept]
    state.at[who[sent]] = NOWHERE
    state.next[who[sent]] += 1
    shut = sent[state.simple[at[sent]]][::-1]  # the best key refused is written last
    state.closed[at[shut]] = key[shut]
    onward: Ints = who[sent]
    return onward


def _counts(market: Market, at: Ints) -> Ints:
    return np.bincount(at, minlength=len(market.quotas))


def _asked(market: Market, state: State) -> Ints:
    """How many asked each programme in all: what caps left when the last of them was sent on."""
    asked = np.zeros(len(market.quotas), dtype=np.int64)
    for wish in range(market.wishes.shape[1] if len(market.region_cap) else 0):
        at = market.wishes[state.next >= wish, wish]
        asked += _counts(market, at[at != NOWHERE])
    return asked


def _touched(market: Market, programme: Ints) -> Bools:
    """Programmes that choose again; the last element stands for "nowhere"."""
    touched = np.zeros(len(market.quotas) + 1, dtype=bool)
    touched[programme] = True
    if len(market.region_cap):
        shaken = np.zeros(len(market.region_cap) + 1, dtype=bool)
        shaken[market.region[touched[:-1]]] = True
        shaken[NOWHERE] = False
        touched[:-1] |= shaken[market.region]
    return touched


def _seated(market: Market, state: State) -> Outcome:
    """Seat types of those who were kept: one choice among them alone seats each of them."""
    who = np.flatnonzero(state.at != NOWHERE)
    at = state.at[who]
    taken = np.full(len(market.wishes), NOWHERE, dtype=np.int16)
    taken[who] = state.next[who]
    seat = np.full(len(market.wishes), NOWHERE, dtype=np.int8)
    if market.released == 1 and not market.groups.any():
        seat[who] = 0
        return Outcome(taken, seat)
    quotas = open_quotas(market, _asked(market, state))
    order, seats = choose(market, who, at, market.keys_at(who, state.next[who]), quotas)
    seat[who[order]] = seats
    return Outcome(taken, seat)
