import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines.selection.check import check
from sonjuku.engines.selection.choice import seats_under_cap
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.market import Market, plain_market
from sonjuku.engines.selection.tests.markets import markets, slow


def taken(outcome):
    return {who: int(wish) for who, wish in enumerate(outcome.taken) if wish >= 0}


@given(markets(), st.sampled_from((0, 3, 100)))
def test_rounds_and_chains_find_what_one_offer_at_a_time_finds(market, few):
    assert taken(deferred_acceptance(market, few=few)) == slow(market)


@given(markets(applicants=30, programmes=6), st.sampled_from((0, 5, 100)))
def test_the_checker_finds_nothing_wrong(market, few):
    assert check(market, deferred_acceptance(market, few=few)) == []


@given(markets(), st.data())
def test_the_order_of_the_input_changes_nothing(market, data):
    shuffle = np.array(data.draw(st.permutations(range(len(market.wishes)))), dtype=np.int64)
    moved = Market(
        market.wishes[shuffle], market.keys[shuffle], market.quotas, market.groups, market.members[shuffle],
        market.region, market.region_cap, market.target,
    )  # fmt: skip
    before, after = deferred_acceptance(market), deferred_acceptance(moved)
    assert (before.taken[shuffle] == after.taken).all()
    assert (before.seat[shuffle] == after.seat).all()


@given(markets(applicants=6), st.data())
def test_no_applicant_gains_by_another_list(market, data):
    """By the true list, what a different one brings is never better."""
    if not len(market.wishes):
        return
    who = data.draw(st.integers(0, len(market.wishes) - 1))
    places = market.wishes.shape[1]
    other = data.draw(st.permutations(range(places)))[: data.draw(st.integers(0, places))]
    told = market.wishes.copy()
    told[who] = -1
    told[who, : len(other)] = other
    keys = market.keys
    true_key = {}
    if keys.ndim == 2:
        true_key = {int(p): int(keys[who, k]) for k, p in enumerate(market.wishes[who]) if p >= 0}
        keys = keys.copy()
        keys[who] = [true_key.get(p, 99) * 1 if p in true_key else 250 + who for p in other] + [0] * (
            places - len(other)
        )
    lied = Market(
        told, keys, market.quotas, market.groups, market.members, market.region, market.region_cap, market.target
    )  # fmt: skip
    honest, tried = deferred_acceptance(market).taken[who], deferred_acceptance(lied).taken[who]
    got = told[who, tried] if tried >= 0 else -1
    truth = market.wishes[who].tolist()
    rank_of_lie = truth.index(got) if got >= 0 and got in truth else places
    assert (honest if honest >= 0 else places) <= rank_of_lie


def test_a_large_crowded_market_is_stable_and_the_same_however_the_chains_are_cut():
    random = np.random.default_rng(7)
    wishes = random.permuted(np.tile(np.arange(40, dtype=np.int32), (2_000, 1)), axis=1)[:, :8]
    market = plain_market(wishes, random.permutation(2_000), np.full(40, 45))
    results = [deferred_acceptance(market, few=few) for few in (0, 50, 5_000)]
    assert check(market, results[0]) == []
    assert (results[0].taken >= 0).sum() > 1_700
    assert all((one.taken == results[0].taken).all() for one in results[1:])


def test_seats_of_a_region_go_round_once_the_targets_are_filled():
    # Targets 2, 1, 0 leave 4 of 7: one to each, and one more to the first in order.
    assert seats_under_cap([9, 9, 9], [2, 1, 0], 7) == [4, 2, 1]
    # The second wants one only: its turn goes on.
    assert seats_under_cap([9, 1, 9], [0, 0, 0], 6) == [3, 1, 2]
    assert seats_under_cap([1, 1], [1, 1], 9) == [1, 1]
    assert seats_under_cap([5, 5], [0, 0], 0) == [0, 0]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=6), st.integers(0, 30))
def test_a_region_deals_seats_one_by_one(places, spare):
    wanted, target = [w for w, _ in places], [t for _, t in places]
    cap = sum(target) + spare
    dealt = [min(w, t) for w, t in places]
    for p in [p for _ in range(9) for p in range(len(places))]:
        if dealt[p] < wanted[p] and sum(dealt) < cap:
            dealt[p] += 1
    assert seats_under_cap(wanted, target, cap) == dealt
