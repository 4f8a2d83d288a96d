"""The checker must see every kind of wrong; and by going through all results, that the one made is the best."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sonjuku.engines.selection.check import Finding, check
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.market import Market, Outcome, plain_market
from sonjuku.engines.selection.tests.markets import key_of, markets, slow_choice


def outcome(*pairs):
    return Outcome(
        np.array([t for t, _ in pairs], dtype=np.int16), np.array([s for _, s in pairs], dtype=np.int8)
    )


def two_places(**changes):
    """Three applicants want programme 0, then 1; one seat each; the smaller position goes first."""
    parts = {
        "wishes": np.array([[0, 1], [0, 1], [0, -1]], dtype=np.int32),
        "keys": np.arange(3), "quotas": np.array([[1], [1]]), "groups": np.array([[0], [0]]),
        "members": np.zeros(3, dtype=np.int64), "region": np.array([-1, -1]), "region_cap": np.zeros(0, dtype=np.int64),
        "target": np.zeros(2, dtype=np.int64),
    }  # fmt: skip
    return Market(**(parts | changes))


RIGHT = outcome((0, 0), (1, 0), (-1, -1))


def test_the_fair_result_has_no_finding():
    assert check(two_places(), RIGHT) == []


def test_a_better_number_that_was_passed_over_is_named():
    found = check(two_places(), outcome((1, 0), (0, 0), (-1, -1)))
    assert found == [Finding("passed_over", applicant=0, programme=0)]


def test_a_free_seat_that_somebody_wanted_is_named():
    assert check(two_places(), outcome((0, 0), (-1, -1), (-1, -1))) == [Finding("passed_over", 1, 1)]


def test_more_people_than_seats_are_named():
    kinds = {f.kind for f in check(two_places(), outcome((0, 0), (1, 0), (0, 0)))}
    assert kinds == {"over_capacity", "over_type", "passed_over"}


def test_a_place_outside_the_own_list_is_named():
    assert check(two_places(), outcome((0, 0), (1, 0), (1, 0))) == [Finding("not_a_wish", applicant=2)]
    assert check(two_places(), outcome((0, 0), (1, 0), (7, 0))) == [Finding("not_a_wish", applicant=2)]
    assert check(two_places(), outcome((0, 0), (1, 0))) == [Finding("not_a_wish")]


def test_a_held_seat_given_to_another_is_named():
    market = two_places(groups=np.array([[1], [0]]), members=np.array([0, 0, 1]))
    assert check(market, outcome((1, 0), (-1, -1), (0, 0))) == []
    assert Finding("wrong_seat", 0, 0) in check(market, outcome((0, 0), (1, 0), (-1, -1)))
    # As a released seat it is no better: a member still wanted it.
    assert Finding("passed_over", 2, 0) in check(market, outcome((0, 1), (1, 0), (-1, -1)))


def test_the_published_order_of_seat_types_is_checked():
    """Held seats first: the member sits there, and the open seat is the second's."""
    market = two_places(
        quotas=np.array([[1, 1], [0, 0]]), groups=np.array([[1, 0], [0, 0]]), members=np.array([1, 0, 1])
    )
    assert check(market, outcome((0, 0), (0, 1), (-1, -1))) == []
    assert Finding("seat_order", 0, 0) in check(market, outcome((0, 1), (-1, -1), (0, 0)))


def test_a_regional_cap_is_checked():
    market = two_places(region=np.array([0, 0]), region_cap=np.array([1]))
    assert check(market, outcome((0, 0), (-1, -1), (-1, -1))) == []
    assert Finding("over_cap", region=0) in check(market, RIGHT)


def test_findings_end_at_the_limit():
    market = plain_market(np.zeros((50, 1), dtype=np.int32), np.arange(50), np.array([50]))
    nobody = Outcome(np.full(50, -1), np.full(50, -1))
    assert len(check(market, nobody, most=9)) == 9


@st.composite
def changed(draw):
    market = draw(markets(applicants=5, programmes=3, types=2))
    count, places = market.wishes.shape
    wishes = [draw(st.integers(-1, places - 1)) for _ in range(count)]
    seats = [draw(st.integers(0, market.released)) if k >= 0 else -1 for k in wishes]
    return market, Outcome(np.array(wishes, dtype=np.int16), np.array(seats, dtype=np.int8))


@given(changed())
def test_what_the_checker_passes_is_stable_by_definition(case):
    """Whatever the result: no finding means that all sit by choice, and nobody would be taken who would rather."""
    market, result = case
    if not check(market, result):
        assert stable(market, {i: int(k) for i, k in enumerate(result.taken) if k >= 0})


def stable(market, placed):
    """With everyone's better and present wishes on the table, the programmes would keep just these."""
    on_table = [
        (i, k) for i in range(len(market.wishes)) for k in range(placed.get(i, market.wishes.shape[1] - 1) + 1)
        if market.wishes[i, k] >= 0
    ]  # fmt: skip
    return sorted(slow_choice(market, on_table)) == sorted(placed.items())


@settings(max_examples=60)
@given(markets(applicants=4, programmes=3, types=1, regions=0))
def test_among_all_stable_results_each_applicant_gets_the_best(market):
    """Stable as in the textbook, written out: each on the own list, no seat too many, nobody passed over."""
    places = market.wishes.shape[1]
    market = Market(market.wishes, market.keys, market.quotas, market.groups * 0, market.members, market.region,
                    market.region_cap, market.target)  # fmt: skip
    best = {}
    for guess in product(*(range(-1, int((row >= 0).sum())) for row in market.wishes)):
        if textbook_stable(market, guess):
            for who, wish in enumerate(guess):
                best[who] = min(best.get(who, places), wish if wish >= 0 else places)
    result = deferred_acceptance(market).taken
    assert {i: int(k) if k >= 0 else places for i, k in enumerate(result)} == best


def textbook_stable(market, guess):
    at = {p: [key_of(market, i, k) for i, k in enumerate(guess) if k >= 0 and market.wishes[i, k] == p]
          for p in range(len(market.quotas))}  # fmt: skip
    room = {p: int(market.quotas[p].sum()) for p in at}
    if any(len(at[p]) > room[p] for p in at):
        return False
    for who, got in enumerate(guess):
        better = market.wishes[who][: got if got >= 0 else None]
        for wish, p in enumerate(int(p) for p in better if p >= 0):
            if len(at[p]) < room[p] or any(key > key_of(market, who, wish) for key in at[p]):
                return False
    return True
