"""No number under five is shown, and none can be worked out from what is shown."""

from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines.suppression import Hidden, hide_parts, shown

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
