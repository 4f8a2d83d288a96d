import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.colours import MIST, contrast, luminance, mix, shades

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [  # WCAG 2.2: black on white is 21:1; #767676 is the lightest grey that passes on white, #777777 fails.
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_the_published_one(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_luminance_of_the_primaries_are_wcags_weights():
    assert [luminance(c) for c in ("#ff0000", "#00ff00", "#0000ff")] == pytest.approx(
        [0.2126, 0.7152, 0.0722]
    )


def test_mixing_goes_from_one_colour_to_the_other():
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"
    assert mix("#ff0000", "#0000ff", 0.5) in {"#800080", "#7f007f", "#7f0080", "#80007f"}


@given(COLOURS)
def test_every_shade_can_be_read_wherever_pages_put_it(colour):
    key, deep, wash, on_key = shades(colour)
    for ground in ("#ffffff", MIST, wash):
        assert contrast(key, ground) >= 4.5
        assert contrast(deep, ground) >= 4.5
    assert contrast(on_key, key) >= 4.5
    assert luminance(deep) <= luminance(key)


def test_a_colour_that_is_dark_enough_stays_as_the_council_chose_it():
    assert shades("#8a5300").key == "#8a5300"
    assert shades("#ffee00").key != "#ffee00"


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "#12345g", "#1234567", "123456", "#123456;}"])
def test_anything_else_is_no_colour(wrong):
    with pytest.raises(ValueError, match="not_a_colour"):
        shades(wrong)
