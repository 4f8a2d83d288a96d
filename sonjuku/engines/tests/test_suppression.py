"""An attacker who has everything published and this code finds no number from 1 to 4, in any sum of cells."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines import suppression
from sonjuku.engines.suppression import Hidden, Node, hide_parts, may_show_sum, publish, shown

SMALL = {1, 2, 3, 4}


def tree(groups, loose, over, values):
    """A council of groups (sizes) and loose municipalities; `over`: one more total above it, with one part beside."""
    numbers = iter(values)
    parts = [
        Node(f"g{g}", children=tuple(Node(f"g{g}.{n}", next(numbers)) for n in range(size)))
        for g, size in enumerate(groups)
    ]
    parts += [Node(f"m{n}", next(numbers)) for n in range(loose)]
    council = Node("council", children=tuple(parts))
    return Node("all", children=(council, Node("beside", next(numbers)))) if over else council


def pinned(groups, loose, over, top):
    """All tables with cells from 0 to `top`, classed by what is published of them: sums of cells that are the same
    small number in a whole class."""
    cells = sum(groups) + loose + over
    classes = defaultdict(list)
    for values in product(range(top + 1), repeat=cells):
        classes[tuple(publish(tree(groups, loose, over, values)).items())].append(values)
    found = []
    for published, tables in classes.items():
        for chosen in product((0, 1), repeat=cells):
            sums = {sum(n for n, is_in in zip(table, chosen, strict=True) if is_in) for table in tables}
            if len(sums) == 1 and sums <= SMALL:
                found.append((published, chosen, sums))
    return found


SHAPES = [
    ((2, 2), 0, 0, 7), ((1, 2), 1, 0, 7), ((2, 3), 0, 0, 5), ((3, 3), 0, 0, 4), ((), 3, 0, 9), ((3,), 1, 0, 6),
    ((1, 1, 1, 1, 1), 0, 0, 5), ((1, 1, 1), 2, 0, 5), ((1, 2), 1, 1, 5), ((2, 2), 0, 1, 5), ((), 2, 1, 9),
    ((1, 1, 1, 1, 1), 0, 1, 4),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "loose", "over", "top"), SHAPES)
def test_every_table_of_this_shape_keeps_its_small_numbers(groups, loose, over, top):
    assert pinned(groups, loose, over, top) == []


@pytest.mark.parametrize(
    "careless",
    [
        lambda shape, rest: True,
        lambda shape, rest: rest == 0 or rest >= 5,
        lambda shape, rest: rest == 0 or (rest >= 5 and len(shape) >= 2),
    ],
)
def test_the_attacker_finds_numbers_where_sums_are_shown_carelessly(monkeypatch, careless):
    monkeypatch.setattr(suppression, "may_show_sum", careless)
    suppression._hideable.cache_clear()
    suppression._sums.cache_clear()
    suppression._fixes.cache_clear()
    try:
        assert pinned((1, 2), 1, 0, 5)
    finally:
        suppression._hideable.cache_clear()
        suppression._sums.cache_clear()
        suppression._fixes.cache_clear()


def published(*groups):
    return publish(
        Node(
            "c",
            children=tuple(
                Node(f"g{g}", children=tuple(Node(f"{g}.{n}", v) for n, v in enumerate(values)))
                for g, values in enumerate(groups)
            ),
        )
    )


def test_small_towns_show_as_one_group():
    cells = published((2, 3, 1), (30, 12))
    assert cells == {
        "c": 48, "g0": 6, "g1": 42, "0.0": None, "0.1": None, "0.2": None, "1.0": 30, "1.1": 12,
    }  # fmt: skip


def test_a_sum_that_would_leave_a_small_rest_is_hidden_and_the_city_stays():
    cells = published((30, 2), (9, 8))
    assert (cells["0.0"], cells["0.1"], cells["g0"], cells["c"]) == (30, None, None, None)
    assert cells["g1"] == 17


def test_two_hidden_groups_may_hide_behind_the_total():
    # Rests 3 and 3: each could be 2 to 4, so the total may stand; rests 1 and 1 may not.
    assert published((30, 3), (9, 3))["c"] == 45
    assert published((30, 1), (9, 1))["c"] is None


def test_towns_that_must_all_have_four_are_not_summed():
    assert published((4, 4), (9, 9))["g0"] is None
    assert published((4, 3), (9, 9))["g0"] == 7


def test_zero_shows_where_everything_is_shown():
    assert published((5, 0), (0, 0)) == {"c": 5, "g0": 5, "g1": 0, "0.0": 5, "0.1": 0, "1.0": 0, "1.1": 0}
    assert published((3, 0), (3, 0))["0.1"] is None


tables = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=14), min_size=1, max_size=7)


@given(tables)
def test_in_large_tables_every_hidden_number_may_be_another(groups):
    """Intervals: the smallest and the largest table that publish the same bounds differ in every hidden cell."""
    cells = published(*groups)
    hidden_groups = [g for g in range(len(groups)) if cells[f"g{g}"] is None]
    ranges = {}
    for g, values in enumerate(groups):
        hidden = [n for n in range(len(values)) if cells[f"{g}.{n}"] is None]
        rest = sum(values[n] for n in hidden)
        if cells[f"g{g}"] is not None:
            assert rest == 0 or rest >= 5
            low, high = max(0, rest - 4 * (len(hidden) - 1)), min(4, rest)
            assert not hidden or low < high
        else:
            assert 1 <= rest <= 4 or rest == 4 * len(hidden)
            ranges[g] = ({1, 2, 3, 4} | {4 * len(hidden)}, rest)
    if cells["c"] is not None and hidden_groups:
        whole = sum(rest for _options, rest in ranges.values())
        assert whole >= 5
        for g, (options, _rest) in ranges.items():
            sums = {0}
            for other, (theirs, _r) in ranges.items():
                if other != g:
                    sums = {a + b for a in sums for b in theirs}
            assert len({n for n in options if whole - n in sums}) > 1


@given(tables)
def test_what_is_shown_is_true_and_never_small(groups):
    cells = published(*groups)
    truth = {"c": sum(map(sum, groups))}
    for g, values in enumerate(groups):
        truth[f"g{g}"] = sum(values)
        truth |= {f"{g}.{n}": value for n, value in enumerate(values)}
    for name, number in cells.items():
        assert number is None or (number == truth[name] and number not in SMALL)


def test_a_prefecture_of_179_is_quick_enough_to_decide():
    # 13 towns with 4 each and one with 3: a rest of 55 leaves each of them open; 56 would say that all have four.
    assert may_show_sum((None,) * 14, 55)
    assert not may_show_sum((None,) * 14, 56)


numbers = st.integers(0, 30)


def test_small_numbers_are_hidden_and_zero_is_not() -> None:
    assert [shown(number) for number in (0, 1, 4, 5)] == [0, Hidden.SMALL, Hidden.SMALL, 5]


def test_the_other_part_is_withheld_when_one_is_small() -> None:
    assert hide_parts(12, {"inside": 2, "outside": 10}) == {
        "inside": Hidden.SMALL,
        "outside": Hidden.WITHHELD,
    }


def test_a_small_rest_withholds_the_parts() -> None:
    assert hide_parts(12, {"inside": 10}) == {"inside": Hidden.WITHHELD}


def test_nothing_is_hidden_without_need() -> None:
    assert hide_parts(12, {"inside": 5, "outside": 7}) == {"inside": 5, "outside": 7}


@given(numbers, numbers, numbers)
def test_a_small_part_never_follows_from_the_others(inside: int, outside: int, rest: int) -> None:
    cells = hide_parts(inside + outside + rest, {"inside": inside, "outside": outside})
    small = any(0 < number < 5 for number in (inside, outside, rest))
    assert not small or not any(isinstance(cell, int) and cell for cell in cells.values())
