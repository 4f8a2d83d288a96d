"""Two sides that rank one another: experts and firms, for instance.

Left asks, right keeps the best (deferred acceptance, Gale & Shapley 1962). Each left gets one partner at
most, each right up to its `most`. Whom somebody doesn't list, they would rather not have. Ranks may tie; ties
on both sides are broken by the published lottery number of the partner.

`least` asks for a minimum at a right: dynamic quotas in the manner of Fragiadakis & Troyan (2017). When a
minimum is not met, the seats of those that may have more are taken away one at a time in published order and
the matching is made anew, until all minimums are met. Where that can't be, the first of these matchings counts
in which the fewest people are wanting. When seats were taken away less is promised: see `match`.

Refused with ValueError: `bad_name`, `duplicate_name` (also between the sides), `bad_count`,
`unknown_partner`, `least_over_most`, or one of `draw`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sonjuku.engines.selection.assign import MOST, NAME
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.draw import draw_order
from sonjuku.engines.selection.market import NOWHERE, Ints, plain_market

Ranking = tuple[tuple[str, ...], ...]


class Left(NamedTuple):
    """`ranking`: groups of right codes, best first; within a group all are equally welcome."""

    code: str
    ranking: Ranking


class Right(NamedTuple):
    """`most` partners, at least `least` wished for."""

    code: str
    ranking: Ranking
    most: int = 1
    least: int = 0


class Matched(NamedTuple):
    """`pairs`: left to right. `ceilings`: seats left to each right when minimums had lowered them.

    `unmet`: rights whose minimum stayed open, for want of anybody both sides accept.
    """

    order: tuple[str, ...]
    pairs: dict[str, str]
    ceilings: dict[str, int]
    unmet: tuple[str, ...]


def match(lefts: Sequence[Left], rights: Sequence[Right], hexseed: str) -> Matched:
    """Pairs. Rights stand in the published order, in which minimums take seats away.

    Without minimums: stable (no left and right would both rather have one another), the best stable result
    for every left, and a left gains nothing by ranking untruthfully. Rights may gain by it.

    With minimums that took seats away: nobody envies a place that was given to one who is ranked behind
    them, and nobody is paired with one they did not list; but a seat may stay empty that a pair would have
    liked, and truthful ranking is no longer promised to be safe.
    """
    _check(lefts, rights)
    order = draw_order([*(left.code for left in lefts), *(right.code for right in rights)], hexseed)
    number = {code: at for at, code in enumerate(order)}
    wishes, keys = _asked(lefts, rights, number)
    ceilings = [first_ceiling(right, len(lefts)) for right in rights]
    best = at = _partners(wishes, keys, ceilings)
    kept, lacking = list(ceilings), sum(_lacking(rights, at))
    while lacking and (cut := _next_cut(rights, ceilings)) is not None:
        ceilings[cut] -= 1
        if at.count(cut) <= ceilings[cut]:
            continue  # the seat was empty: the matching stays
        at = _partners(wishes, keys, ceilings)
        if (short := sum(_lacking(rights, at))) < lacking:
            best, kept, lacking = at, list(ceilings), short
    missing = _lacking(rights, best)
    return Matched(
        tuple(order),
        {left.code: rights[p].code for left, p in zip(lefts, best, strict=True) if p != NOWHERE},
        {right.code: ceiling for right, ceiling in zip(rights, kept, strict=True)},
        tuple(right.code for right, few in zip(rights, missing, strict=True) if few),
    )


def first_ceiling(right: Right, lefts: int) -> int:
    """A right's seats before any is taken away: no more than there are lefts, no fewer than its minimum."""
    return min(right.most, max(lefts, right.least))


def _partners(wishes: Ints, keys: Ints, ceilings: Sequence[int]) -> list[int]:
    market = plain_market(wishes, keys, np.array(ceilings, dtype=np.int64))
    taken = deferred_acceptance(market).taken.tolist()
    return [int(wishes[who, wish]) if wish != NOWHERE else NOWHERE for who, wish in enumerate(taken)]


def _lacking(rights: Sequence[Right], at: Sequence[int]) -> list[int]:
    """How many each right still needs for its minimum."""
    return [max(0, right.least - at.count(p)) for p, right in enumerate(rights)]


def _next_cut(rights: Sequence[Right], ceilings: Sequence[int]) -> int | None:
    """The right that loses a seat: of those with most seats over their minimum, the last in order."""
    over = [ceiling - right.least for right, ceiling in zip(rights, ceilings, strict=True)]
    largest = max(over, default=0)
    return len(over) - 1 - over[::-1].index(largest) if largest > 0 else None


def flat(ranking: Ranking, number: Mapping[str, int]) -> list[str]:
    """A ranking without ties: the smaller lottery number first."""
    return [code for group in ranking for code in sorted(group, key=number.__getitem__)]


def _asked(lefts: Sequence[Left], rights: Sequence[Right], number: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Each left's list, without those that would not have them, and where each stands there."""
    position = {right.code: at for at, right in enumerate(rights)}
    standing = [{code: at for at, code in enumerate(flat(right.ranking, number))} for right in rights]
    lists = [
        [position[code] for code in flat(left.ranking, number) if left.code in standing[position[code]]]
        for left in lefts
    ]
    wishes = np.full((len(lefts), max(map(len, lists), default=0)), NOWHERE, dtype=np.int32)
    keys = np.zeros(wishes.shape, dtype=np.int64)
    for who, (left, listed) in enumerate(zip(lefts, lists, strict=True)):
        wishes[who, : len(listed)] = listed
        keys[who, : len(listed)] = [standing[p][left.code] for p in listed]
    return wishes, keys


def _check(lefts: Sequence[Left], rights: Sequence[Right]) -> None:
    left_codes, right_codes = [left.code for left in lefts], [right.code for right in rights]
    if not all(NAME.fullmatch(code) for code in (*left_codes, *right_codes)):
        raise ValueError("bad_name")
    if len({*left_codes, *right_codes}) != len(lefts) + len(rights):
        raise ValueError("duplicate_name")
    _check_rankings([left.ranking for left in lefts], set(right_codes))
    _check_rankings([right.ranking for right in rights], set(left_codes))
    for right in rights:
        if not all(type(count) is int and 0 <= count <= MOST for count in (right.least, right.most)):
            raise ValueError("bad_count")
        if right.least > right.most:
            raise ValueError("least_over_most")


def _check_rankings(rankings: Sequence[Ranking], others: set[str]) -> None:
    for ranking in rankings:
        listed = [code for group in ranking for code in group]
        if not others >= set(listed):
            raise ValueError("unknown_partner")
        if len(set(listed)) != len(listed) or not all(ranking):
            raise ValueError("duplicate_name")
