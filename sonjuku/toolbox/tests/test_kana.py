import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.kana import is_katakana, kana_sort_key, tidy_name, to_katakana


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("よしだ", "ヨシダ"),
        ("ﾖｼﾀﾞ", "ヨシダ"),
        ("　ヨシダ　 しょういん ", "ヨシダ ショウイン"),
        ("メ－プル", "メープル"),
        ("めｰぷる", "メープル"),
        ("ｳﾞｧｲｵﾘﾝ", "ヴァイオリン"),
        ("ゔぁいおりん", "ヴァイオリン"),
        ("か\u3099く", "ガク"),
        ("", ""),
    ],
)
def test_readings_become_full_width_katakana(typed, stored):
    assert to_katakana(typed) == stored


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096), min_size=1))
def test_any_hiragana_gives_a_reading(text):
    assert is_katakana(to_katakana(text))
    assert to_katakana(to_katakana(text)) == to_katakana(text)


def test_what_is_no_reading():
    assert is_katakana("ジャン・リュック")
    for text in ("", " ", "ー", "吉田", "よしだ", "ﾖｼﾀﾞ", "ヨシダ1", "ヨシダ ", "ヨ  シ", "Yoshida"):
        assert not is_katakana(text), text


def test_readings_sort_as_a_list_of_names_does():
    rightly = ["アオキ", "ガク", "カトウ", "キョウ", "キヨタ", "サトウ", "ハナ", "バナナ", "ハニ"]
    mixed = rightly[::-1]
    assert sorted(mixed, key=kana_sort_key) == rightly
    assert sorted(["バナ", "パナ", "ハナ"], key=kana_sort_key) == ["ハナ", "バナ", "パナ"]
    assert sorted(["ローマ", "ロオム", "ロエ"], key=kana_sort_key) == ["ロエ", "ローマ", "ロオム"]
    assert sorted(["さとう", "ｱｵｷ"], key=kana_sort_key) == ["ｱｵｷ", "さとう"]


def test_a_kanji_name_stays_as_typed():
    # A variation selector, a compatibility ideograph and wide letters: NFKC would change each.
    for name in ("葛\U000e0100城", "\ufa19田", "髙﨑", "Ａｄａ"):
        assert tidy_name(f"　{name} \n") == name
    assert tidy_name("山田\t太郎") == "山田 太郎"
    assert tidy_name("山\x00田\u202e太\u200b郎\ufeff") == "山田太郎"
