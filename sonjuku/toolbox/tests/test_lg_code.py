import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox import lg_code

PLACES = {
    "352047": "萩市",
    "012084": "北見市",
    "011002": "札幌市",
    "332038": "津山市",
    "022012": "青森市",
    "022021": "弘前市",
    "022039": "八戸市",
    "022071": "三沢市",
    "422126": "西海市",
    "242055": "桑名市",
    "122190": "市原市",
    "010006": "北海道",
    "020001": "青森県",
    "330001": "岡山県",
    "350001": "山口県",
    "420000": "長崎県",
}


@pytest.mark.parametrize("code", PLACES)
def test_known_codes_are_valid_and_can_be_completed(code):
    assert lg_code.is_valid(code)
    assert lg_code.complete(code[:5]) == code


def test_the_two_corners_of_the_check_digit():
    # 02207: 0*6 + 2*5 + 2*4 + 0*3 + 7*2 = 32, remainder 10 gives 1; 22000: 22, remainder 0 gives 1.
    assert lg_code.check_digit("02207") == "1"
    assert lg_code.check_digit("22000") == "1"
    # 42000: 4*6 + 2*5 = 34, remainder 1 gives 0.
    assert lg_code.check_digit("42000") == "0"


@given(st.sampled_from(sorted(PLACES)), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_found_unless_it_hides_behind_the_folded_remainders(code, place, step):
    wrong = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
    remainder = sum(int(d) * w for d, w in zip(wrong, (6, 5, 4, 3, 2), strict=False)) % 11
    rightly = {0: 1, 1: 0}.get(remainder, 11 - remainder)
    assert lg_code.is_valid(wrong) == (int(wrong[5]) == rightly and "01" <= wrong[:2] <= "47")


def test_what_has_no_form_of_a_code_is_not_valid():
    for text in ("", "10006", "35204", "３５２０４７", "35204a", "480002", "000000", "352047 "):
        assert not lg_code.is_valid(text), text
    for text in ("", "3520", "３５２０４", "352047"):
        with pytest.raises(ValueError, match="not_five_digits"):
            lg_code.check_digit(text)


def test_the_prefecture_of_a_place():
    assert lg_code.prefecture_of("352047") == "350001"
    assert lg_code.prefecture_of("350001") == "350001"
    assert lg_code.prefecture_of("012084") == "010006"


def test_a_prefecture_covers_its_municipalities_and_never_the_other_way_round():
    assert lg_code.same_area("352047", {"350001"})
    assert lg_code.same_area("352047", ["332038", "352047"])
    assert lg_code.same_area("350001", {"350001"})
    assert not lg_code.same_area("350001", {"352047"})
    assert not lg_code.same_area("352047", {"330001"})
    assert not lg_code.same_area("352047", set())
    assert not lg_code.same_area("", {"350001"})


def test_a_designated_city_covers_its_wards():
    sapporo_chuo, hamamatsu_tenryu, kawasaki_ward = "011011", "221406", "141313"
    assert lg_code.same_area(sapporo_chuo, {"011002"})
    assert lg_code.municipality_of(hamamatsu_tenryu) == "221309"
    assert lg_code.municipality_of(kawasaki_ward) == "141305"
    assert lg_code.municipality_of("131016") == "131016"  # 千代田区 is a municipality
    assert lg_code.municipality_of("352047") == "352047"
    assert not lg_code.same_area("011002", {sapporo_chuo})
    assert not lg_code.same_area(kawasaki_ward, {"141003"})
