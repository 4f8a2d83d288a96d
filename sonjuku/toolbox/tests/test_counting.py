import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.counting import bulletin_length, cut_to


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("広報はぎ", 4),
        ("A", 1),
        ("AB", 1),
        ("ABC", 2),
        ("IT講座", 3),
        ("ＩＴ講座", 4),
        ("ﾊｶﾞｷ", 2),
        ("①…→", 3),
        ("0838-00-0000", 6),
        ("一行目\n二行目", 6),
        ("か\u3099", 1),
        ("葛\U000e0100城", 2),
    ],
)
def test_full_width_counts_one_and_half_width_half(text, length):
    assert bulletin_length(text) == length


def test_what_fits_stays_as_it_is():
    assert cut_to("十字ちょうどの文です", 10) == "十字ちょうどの文です"


def test_a_cut_ends_between_phrases():
    # 初めて|学ぶ|人の|ための|プログラミング講座を: the last phrase would need 22.
    assert cut_to("初めて学ぶ人のためのプログラミング講座を開きます。", 14) == "初めて学ぶ人のための…"


def test_a_cut_does_not_leave_a_comma_or_an_open_bracket():
    assert cut_to("申し込む方は、市役所までおいでください。", 9) == "申し込む方は…"


def test_one_endless_phrase_is_cut_between_characters():
    assert cut_to("ア" * 30, 10) == "ア" * 9 + "…"


@pytest.mark.parametrize("length", [0, 1])
def test_no_room_gives_nothing(length):
    assert cut_to("市民の皆さまへ", length) == ""


@given(st.text(max_size=60), st.integers(0, 40))
def test_a_cut_is_never_too_long_and_says_only_the_beginning(text, length):
    cut = cut_to(text, length)
    assert bulletin_length(cut) <= length
    assert text.startswith(cut.removesuffix("…"))
