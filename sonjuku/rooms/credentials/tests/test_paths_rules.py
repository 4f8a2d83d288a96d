"""Skill maps, decided without a database: any k of S and all of T."""

import datetime as dt
from itertools import permutations, product

import pytest

from sonjuku.rooms.credentials.rules import paths
from sonjuku.rooms.credentials.rules.experience import Word, outcome
from sonjuku.rooms.credentials.rules.paths import Item, Requirement, Way


def item(name, *uris, required=False):
    return Item(name, frozenset(uris or [name]), required)


ASKED = Requirement([item("t", required=True), item("a"), item("b"), item("c")], least=2)


def by_hand(held):
    """The rule in its own words: t, and any two of a, b, c."""
    return "t" in held and sum(name in held for name in "abc") >= 2


def test_any_two_of_three_and_one_required_over_every_way_to_hold_them():
    for has in product([False, True], repeat=4):
        held = {name for name, holds in zip("tabc", has, strict=True) if holds}
        assert paths.standing(ASKED, held).is_met == by_hand(held), held


def test_the_order_of_items_and_of_what_is_held_changes_nothing():
    found = set()
    for items in permutations(ASKED.items):
        standing = paths.standing(Requirement(items, 2), ["c", "a", "other"])
        found.add((standing.done, standing.needed, standing.choose, frozenset(standing.open_items)))
    assert found == {(2, 3, 0, frozenset())}


def test_what_is_missing_is_said_until_nothing_is():
    nothing = paths.standing(ASKED, set())
    assert (nothing.done, nothing.needed, nothing.percent, nothing.choose) == (0, 3, 0, 2)
    assert [one.key for one in nothing.missing] == ["t"]
    assert {one.key for one in nothing.open_items} == {"a", "b", "c"}
    one_more = paths.standing(ASKED, {"t", "b"})
    assert (one_more.choose, one_more.steps, one_more.percent) == (1, 1, 66)
    assert {one.key for one in one_more.open_items} == {"a", "c"}
    met = paths.standing(ASKED, {"t", "b", "c"})
    assert (met.is_met, met.percent, met.missing, met.open_items) == (True, 100, (), ())


def test_more_of_the_free_ones_never_stand_in_for_a_required_one():
    standing = paths.standing(ASKED, {"a", "b", "c"})
    assert not standing.is_met
    assert standing.done == 2


def test_any_of_an_items_badges_will_do_and_counts_once():
    asked = Requirement([item("course", "course-2025", "course-2026", required=True), item("x")], least=1)
    assert paths.standing(asked, {"course-2025", "course-2026"}).done == 1
    assert paths.standing(asked, {"course-2026", "x"}).is_met
    assert paths.used(asked, {"course-2026", "x", "else"}) == ["course-2026", "x"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Requirement([]), "empty"),
        (Requirement([item("a")], 0), "empty"),
        (Requirement([Item("a", frozenset(), True)]), "no_credential"),
        (Requirement([item("a", "x", required=True), item("b", "x", required=True)]), "same_twice"),
        (Requirement([item("a"), item("b")], 3), "too_many"),
        (Requirement([item("a", required=True), item("b")], 0), "useless"),
        (ASKED, ""),
    ],
)
def test_what_cannot_be_published(asked, code):
    assert paths.problem(asked) == code


def test_the_first_way_is_short_and_closes_soonest():
    soon, late = dt.datetime(2026, 12, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    long = Way("long", ("1", "2", "3", "4"), soon)
    two, other = Way("b", ("1", "2"), late), Way("c", ("1", "2"), soon)
    for ways in permutations([long, two, other, Way("done", ()), Way("a", ("1", "2"))]):
        assert paths.first_way(ways) == other
    assert paths.first_way([long]) is None


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], "waiting"),
        ([Word(True)], "waiting"),
        ([Word(True), Word(None)], "waiting"),
        ([Word(True), Word(True)], "met"),
        ([Word(False), Word(False)], "not_met"),
        ([Word(True), Word(False)], "waiting"),
        ([Word(True), Word(False), Word(True)], "met"),
        ([Word(True), Word(True, has_conflict=True)], "waiting"),
    ],
)
def test_two_reviewers_without_an_interest_must_agree(said, found):
    assert outcome(said) == found
