import datetime as dt

import pytest

from sonjuku.engines.selection.match import Right
from sonjuku.rooms.matching import rules
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember

D = dt.date


@pytest.mark.parametrize(
    ("starts_on", "due_on"),
    [
        (D(2026, 12, 21), D(2027, 2, 28)),
        (D(2027, 3, 31), D(2027, 2, 28)),
        (D(2027, 4, 1), D(2028, 2, 29)),  # a leap year
    ],
)
def test_a_report_is_due_at_the_end_of_february_of_the_fiscal_year(starts_on, due_on):
    assert rules.default_report_due(starts_on) == due_on


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "due_on", "fits"),
    [
        (D(2026, 12, 1), D(2027, 2, 1), D(2027, 3, 31), True),
        (D(2026, 12, 1), D(2027, 2, 1), D(2027, 4, 1), False),
        (D(2026, 12, 1), D(2027, 5, 1), D(2028, 2, 29), True),  # it ends in the next year
        (D(2026, 12, 1), None, D(2026, 3, 31), False),
        (None, None, D(2026, 3, 31), True),
        (D(2026, 12, 1), None, None, True),
    ],
)
def test_a_report_is_due_in_the_year_in_which_the_support_ends(starts_on, ends_on, due_on, fits):
    assert rules.report_is_in_year(starts_on, ends_on, due_on) is fits


@pytest.mark.parametrize(
    ("state", "day", "late"),
    [("active", D(2027, 2, 28), False), ("active", D(2027, 3, 1), True), ("reported", D(2027, 3, 1), False),
     ("ended", D(2027, 3, 1), False)],
)  # fmt: skip
def test_overdue_from_the_day_after(state, day, late):
    row = Introduction(state=state, report_due_on=D(2027, 2, 28))
    assert rules.is_overdue(row, day) is late


@pytest.mark.parametrize(
    ("groups", "most", "problem"),
    [
        ([["a"], ["b", "c"]], None, ""),
        ([], 2, ""),
        ([["a"], ["b"], ["c"]], 2, "too_many"),
        ([["a", "b"]], 1, "too_many"),
        ([["a"], ["a"]], None, "twice"),
        ([["a", "a"]], None, "twice"),
        ([["x"]], None, "unknown_partner"),
        ([[]], None, "malformed"),
        ("abc", None, "malformed"),
        (["a"], None, "malformed"),
        ([[1]], None, "malformed"),
        ([[["a"]]], None, "malformed"),
        (None, None, "malformed"),
    ],
)
def test_what_is_wrong_with_a_ranking(groups, most, problem):
    assert rules.ranking_problem(groups, {"a", "b", "c"}, most) == problem


def test_places_become_groups():
    assert rules.from_places({"a": 2, "b": 1, "c": 2, "d": None, "e": 7}) == [["b"], ["a", "c"], ["e"]]
    assert rules.from_places({"a": None}) == []


@pytest.mark.parametrize(
    ("key", "step", "after"),
    [
        ("a", -1, [["a"], ["b", "c"], ["d"]]),
        ("a", 1, [["b", "c"], ["a"], ["d"]]),
        ("b", -1, [["a"], ["b"], ["c"], ["d"]]),
        ("b", 1, [["a"], ["c"], ["b"], ["d"]]),
        ("d", 1, [["a"], ["b", "c"], ["d"]]),
        ("d", -1, [["a"], ["d"], ["b", "c"]]),
        ("x", -1, [["a"], ["b", "c"], ["d"], ["x"]]),
        ("x", 1, [["a"], ["b", "c"], ["d"]]),
    ],
)
def test_arrows(key, step, after):
    before = [["a"], ["b", "c"], ["d"]]
    assert rules.moved(before, key, step) == after
    assert before == [["a"], ["b", "c"], ["d"]]


@pytest.mark.parametrize(
    ("side", "cap", "leasts", "safe"),
    [("left", None, [0, 0], True), ("left", 3, [0, 0], False), ("left", None, [0, 1], False), ("right", None, [0], False)],
)  # fmt: skip
def test_truth_is_called_safe_only_where_it_is_proven(side, cap, leasts, safe):
    assert rules.truth_is_safe(MatchingEvent(max_wishes=cap), side, leasts) is safe


def test_seats_that_were_lowered_are_seen():
    rights = [Right("A", (), 3, 0), Right("B", (), 1, 1)]
    assert not rules.seats_were_lowered(rights, 2, {"A": 2, "B": 1})
    assert rules.seats_were_lowered(rights, 2, {"A": 1, "B": 1})


def said(side, ranking, partners, lowered=False):
    return said_to(MatchingMember(side=side), ranking, partners, lowered)


def said_to(member, ranking, partners, lowered=False):
    return " ".join(map(str, rules.why(member, ranking, set(partners), lowered=lowered)))


def test_the_first_choice_needs_no_excuse():
    assert said("left", (("A",), ("B",)), ["A"]) == "希望の順で1番目の相手と組になりました。"
    assert said("left", (("A", "B"),), ["B"]) == "希望の順で1番目の相手と組になりました。"


def test_a_lower_choice_says_what_became_of_the_better_ones():
    text = said("left", (("A",), ("B",)), ["B"], lowered=True)
    assert "2番目" in text
    assert "抽選の順" in text
    assert "最少人数" in text


def test_several_partners():
    assert said("right", (("a",), ("b",), ("c",)), ["a", "b"]) == "希望の順で1・2番目の相手と組になりました。"
    assert "それより上の方は" in said("right", (("a",), ("b",), ("c",)), ["a", "c"])


def test_nobody_found_and_nothing_handed_in():
    assert "どれも" in said("left", (("A",),), [])
    assert "どなたも" in said("right", (("a",),), [])
    assert "希望の順が出されなかった" in said("left", None, [])
    assert "加わらなかった" in said("left", (), [])
    handed_in = MatchingMember(side="left", submitted_at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    assert "同意" in said_to(handed_in, None, [])


@pytest.mark.parametrize(
    ("kind", "source", "hours", "is_another"),
    [
        ("number", "別の数", None, True), ("number", "はじめの数", None, False), ("number", "", None, False),
        ("drand", "", 2, True), ("drand", "", 1, False), ("drand", "", -1, False), ("drand", "", None, False),
    ],
)  # fmt: skip
def test_a_new_source_is_another_and_still_to_come(kind, source, hours, is_another):
    """Now is an hour after the deadline."""
    deadline = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    before = MatchingEvent(seed_kind="number", seed_source="はじめの数", ranks_by=deadline)
    draws_at = deadline + dt.timedelta(hours=hours) if hours is not None else None
    after = MatchingEvent(seed_kind=kind, seed_source=source, ranks_by=deadline, draws_at=draws_at)
    assert rules.is_another_source(before, after, deadline + dt.timedelta(hours=1)) is is_another
