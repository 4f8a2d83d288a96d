"""A second opinion on a selection: is it fair by the published rules?

Shares no code with what made the result: it doesn't redo the steps, it looks for anybody who could complain.
For each seat type it takes the worst key that sits there, then asks of every applicant at every wish that
was as good as or better than what they got: was there a seat that should have been theirs?
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sonjuku.engines.selection.market import Bools, Ints, Market, Outcome

NOBODY_YET = np.int64(2) ** 62  # as a threshold: a seat is free, so any key does
NO_SEAT = np.int64(-1)  # as a threshold: this type has no seat, so no key does


class Finding(NamedTuple):
    """One broken promise, by position; -1 where there is no such one.

    `not_a_wish`: placed where they did not ask. `wrong_seat`: on a seat that is held for others.
    `over_capacity`, `over_cap`: more people than a programme's or a region's number. `over_type`: more on
    one type of seat than there are. `passed_over`: a blocking pair: the applicant prefers this programme,
    and it has a free seat or took somebody with less right to one. `seat_order`: placed, but another type
    of seat came first in the published order.
    """

    kind: str
    applicant: int = -1
    programme: int = -1
    region: int = -1


def check(market: Market, outcome: Outcome, *, most: int = 1000) -> list[Finding]:
    """What is wrong with a result, at most `most` findings; nothing when it holds."""
    broken = list(_misplaced(market, outcome))
    if not broken:
        broken = [*_over(market, outcome), *_unjust(market, outcome, most)]
    return broken[:most]


def _misplaced(market: Market, outcome: Outcome) -> Iterator[Finding]:
    count, length = market.wishes.shape
    if len(outcome.taken) != count or len(outcome.seat) != count:
        yield Finding("not_a_wish")
        return
    placed = outcome.taken != -1
    outside = (outcome.taken < -1) | (outcome.taken >= length) | (placed != (outcome.seat != -1))
    outside |= (outcome.seat < -1) | (outcome.seat > market.quotas.shape[1])
    if not outside.any() and length:
        outside = placed & (market.wishes[np.arange(count), np.maximum(outcome.taken, 0)] == -1)
    for who in np.flatnonzero(outside):
        yield Finding("not_a_wish", int(who))


def _over(market: Market, outcome: Outcome) -> Iterator[Finding]:
    who = np.flatnonzero(outcome.taken != -1)
    at, seat = market.wishes[who, outcome.taken[who]], outcome.seat[who]
    count = np.bincount(at, minlength=len(market.quotas))
    for programme in np.flatnonzero(count > market.quotas.sum(axis=1)):
        yield Finding("over_capacity", programme=int(programme))
    for region, cap in enumerate(market.region_cap):
        if count[market.region == region].sum() > cap:
            yield Finding("over_cap", region=region)
    regular = seat < market.quotas.shape[1]
    held_for = market.groups[at[regular], seat[regular]]
    entitled = held_for == 0
    if not entitled.all():
        entitled |= (market.members[who[regular]] & held_for) != 0
    for position in np.flatnonzero(~entitled):
        yield Finding("wrong_seat", int(who[regular][position]), int(at[regular][position]))


def _unjust(market: Market, outcome: Outcome, most: int) -> Iterator[Finding]:
    quotas = _quotas_left_by_caps(market, outcome)
    types = quotas.shape[1]
    filled = _filled(market, outcome, types)
    seats = np.concatenate([quotas, (quotas - filled[:, :types]).sum(axis=1, keepdims=True)], axis=1)
    for programme in np.flatnonzero((filled > seats).any(axis=1)):
        yield Finding("over_type", programme=int(programme))
    worst = _thresholds(market, outcome, filled, seats)
    for who, at, key, seat in _reached(market, outcome):
        owed = np.zeros(len(who), dtype=bool)
        for kind in range(types + 1):
            due = (seat > kind) & (key < worst[at, kind])
            if kind < types and due.any():
                due &= _entitled(market, who, market.groups[at, kind])
            owed |= due
        for position in np.flatnonzero(owed)[:most]:
            missed = "passed_over" if seat[position] > types else "seat_order"
            yield Finding(missed, int(who[position]), int(at[position]))


def _entitled(market: Market, who: Ints, group: Ints) -> Bools:
    entitled: Bools = group == 0
    if not entitled.all():
        entitled |= (market.members[who] & group) != 0
    return entitled


def _reached(market: Market, outcome: Outcome) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Wish by wish: applicants who want it no less than what they got, and the seat they have there.

    Who has none there counts as behind the last type.
    """
    nothing = market.quotas.shape[1] + 1
    for wish in range(market.wishes.shape[1]):
        who = np.flatnonzero(
            (market.wishes[:, wish] != -1) & ((outcome.taken == -1) | (outcome.taken >= wish))
        )
        key = market.keys[who] if market.keys.ndim == 1 else market.keys[who, wish]
        seat = np.where(outcome.taken[who] == wish, outcome.seat[who].astype(np.int64), nothing)
        yield who, market.wishes[who, wish], key, seat


def _filled(market: Market, outcome: Outcome, types: int) -> Ints:
    who = np.flatnonzero(outcome.taken != -1)
    at = market.wishes[who, outcome.taken[who]].astype(np.int64)
    cells = np.bincount(at * (types + 1) + outcome.seat[who], minlength=len(market.quotas) * (types + 1))
    return cells.reshape(-1, types + 1)


def _thresholds(market: Market, outcome: Outcome, filled: Ints, seats: Ints) -> Ints:
    """Per programme and seat type: a smaller key than this is owed a seat."""
    who = np.flatnonzero(outcome.taken != -1)
    wish = outcome.taken[who]
    key = market.keys[who] if market.keys.ndim == 1 else market.keys[who, wish]
    worst = np.full(filled.shape, NO_SEAT, dtype=np.int64)
    np.maximum.at(worst, (market.wishes[who, wish], outcome.seat[who].astype(np.int64)), key)
    worst[filled < seats] = NOBODY_YET
    return worst


def _quotas_left_by_caps(market: Market, outcome: Outcome) -> Ints:
    """Seats per type after regional caps, from how many want each programme: dealt one by one."""
    if not len(market.region_cap):
        return market.quotas
    wanting = sum(
        (np.bincount(at, minlength=len(market.quotas)) for _, at, _, _ in _reached(market, outcome)),
        np.zeros(len(market.quotas), dtype=np.int64),
    )
    quotas = np.array(market.quotas)
    for region, cap in enumerate(market.region_cap):
        here = [int(p) for p in np.flatnonzero(market.region == region)]
        wanted = {p: min(int(wanting[p]), int(market.quotas[p].sum())) for p in here}
        dealt = {p: min(wanted[p], int(market.target[p])) for p in here}
        while sum(dealt.values()) < cap and any(dealt[p] < wanted[p] for p in here):
            for p in here:
                if dealt[p] < wanted[p] and sum(dealt.values()) < cap:
                    dealt[p] += 1
        for p in (p for p in here if dealt[p] < wanted[p]):
            while (many := int(quotas[p].sum()) - dealt[p]) > 0:
                last = np.flatnonzero(quotas[p])[-1]
                quotas[p, last] -= min(many, quotas[p, last])
    return quotas
