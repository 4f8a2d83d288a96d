"""Random selections for the tests, and a slow one to compare with: one applicant at a time, plain lists."""

import numpy as np
from hypothesis import strategies as st

from sonjuku.engines.selection.market import Market


@st.composite
def markets(draw, *, applicants=7, programmes=4, types=3, regions=2, own_keys=True):
    """Small ones, crowded enough that somebody is always refused."""
    count, places = draw(st.integers(0, applicants)), draw(st.integers(1, programmes))
    kinds = draw(st.integers(1, types))
    lists = [draw(st.permutations(range(places))) for _ in range(count)]
    cut = [draw(st.integers(0, places)) for _ in range(count)]
    wishes = np.full((count, places), -1, dtype=np.int32)
    for who, (ranked, length) in enumerate(zip(lists, cut, strict=True)):
        wishes[who, :length] = ranked[:length]
    number = np.array(draw(st.permutations(range(count))), dtype=np.int64)
    keys = number
    if own_keys and draw(st.booleans()):
        classes = np.array(
            [[draw(st.integers(0, 2)) for _ in range(places)] for _ in range(count)], dtype=np.int64
        ).reshape(count, places)
        keys = classes * 100 + number[:, None]
    quotas = np.array([[draw(st.integers(0, 2)) for _ in range(kinds)] for _ in range(places)])
    groups = np.array([[draw(st.sampled_from((0, 1, 2))) for _ in range(kinds)] for _ in range(places)])
    members = np.array([draw(st.integers(0, 3)) for _ in range(count)], dtype=np.int64)
    areas = draw(st.integers(0, regions))
    region = np.array([draw(st.integers(-1, areas - 1)) for _ in range(places)], dtype=np.int32)
    target = np.array([draw(st.integers(0, 1)) if r >= 0 else 0 for r in region], dtype=np.int64)
    caps = np.array(
        [draw(st.integers(0, 4)) + target[region == r].sum() for r in range(areas)], dtype=np.int64
    )
    return Market(wishes, keys, quotas, groups, members, region, caps, target)


def key_of(market, who, wish):
    return int(market.keys[who] if market.keys.ndim == 1 else market.keys[who, wish])


def slow(market):
    """Every offer ever made stays on the table; after each one all programmes choose anew. {who: wish}."""
    offers = dict.fromkeys(range(len(market.wishes)), 0)
    while True:
        on_table = [
            (who, wish)
            for who, reached in offers.items()
            for wish in range(min(reached + 1, market.wishes.shape[1]))
            if market.wishes[who, wish] >= 0
        ]
        held = dict(slow_choice(market, on_table))
        onward = [
            who for who, reached in offers.items()
            if who not in held and reached < market.wishes.shape[1] and market.wishes[who, reached] >= 0
        ]  # fmt: skip
        if not onward:
            return held
        offers[onward[0]] += 1


def slow_choice(market, pairs):
    """The (who, wish) pairs that the programmes keep of these."""
    at = {p: sorted((key_of(market, i, k), i, k) for i, k in pairs if market.wishes[i, k] == p)
          for p in range(len(market.quotas))}  # fmt: skip
    capacity = {p: int(market.quotas[p].sum()) for p in at}
    for area, cap in enumerate(market.region_cap):
        here = [p for p in at if market.region[p] == area]
        wanted = {p: min(len(at[p]), capacity[p]) for p in here}
        given = {p: min(wanted[p], int(market.target[p])) for p in here}
        turn = [p for _ in range(20) for p in here]
        for p in turn:
            if given[p] < wanted[p] and sum(given.values()) < cap:
                given[p] += 1
        capacity |= {p: given[p] for p in here if given[p] < wanted[p]}
    return [pair for p in at for pair in _seat(market, p, at[p], capacity[p])]


def _seat(market, programme, ranked, capacity):
    seats = [
        g for q, g in zip(market.quotas[programme], market.groups[programme], strict=True) for _ in range(q)
    ]
    empty, kept = 0, []
    for group in seats[:capacity]:
        entitled = [one for one in ranked if not group or market.members[one[1]] & group]
        if entitled:
            kept.append(entitled[0])
            ranked = [one for one in ranked if one != entitled[0]]
        else:
            empty += 1
    return [(i, k) for _, i, k in kept + ranked[:empty]]
