from concurrent.futures import ThreadPoolExecutor

import pytest

from sonjuku.toolbox import lg_code, postal


@pytest.fixture(scope="module")
def places():
    return {one.lg_code: one for one in postal.municipalities()}


@pytest.mark.parametrize(
    "typed", ["7580041", "758-0041", "〒758-0041", "〒７５８－００４１", "758ー0041", " 758 0041 "]
)
def test_a_code_is_read_as_people_write_it(typed):
    address = postal.lookup(typed)
    assert (address.prefecture, address.city, address.town) == ("山口県", "萩市", "江向")
    assert (address.prefecture_kana, address.city_kana) == ("ヤマグチケン", "ハギシ")
    assert address.lg_code == "352047"
    assert address.postal_code == "7580041"


def test_an_office_has_a_code_of_its_own():
    address = postal.lookup("758-8555")
    assert (address.office, address.town, address.banchi) == ("萩市役所", "大字江向", "510")
    assert (address.lg_code, address.city, address.city_kana) == ("352047", "萩市", "ハギシ")
    assert address.prefecture_kana == "ヤマグチケン"


@pytest.mark.parametrize(
    "typed", ["", "758", "75800411", "0000000", "abcdefg", "'; DROP TABLE postal_data; --"]
)
def test_what_is_no_postal_code_finds_nothing(typed):
    assert postal.lookup(typed) is None
    assert postal.candidates(typed) == []


def test_a_code_of_many_towns_says_what_they_share():
    address = postal.lookup("452-0961")
    assert (address.city, address.town, address.town_kana) == ("清須市", "春日", "")
    assert len(postal.candidates("452-0961")) > 10


def test_a_code_across_municipalities_leaves_the_choice_open():
    address = postal.lookup("035-0000")
    assert (address.prefecture, address.city, address.lg_code) == ("青森県", "", "")
    assert {one.city for one in postal.candidates("035-0000")} == {"むつ市", "下北郡東通村"}


def test_many_threads_may_ask():
    with ThreadPoolExecutor(8) as pool:
        assert {address.city for address in pool.map(postal.lookup, ["7580041"] * 64)} == {"萩市"}


def test_all_municipalities_are_there(places):
    # 1,741 municipalities, of which 20 are designated cities; their 171 wards come on top.
    wards = [code for code in places if lg_code.municipality_of(code) != code]
    assert len(places) - len(wards) == 1741
    assert len(wards) == 171
    assert {lg_code.complete(city) for city in lg_code.DESIGNATED_CITIES} <= places.keys()
    assert all(map(lg_code.is_valid, places))
    assert list(places) == sorted(places)
    assert all(one.name and one.kana and one.romaji for one in places.values())


def test_each_ward_bears_the_name_of_its_city(places):
    for code, one in places.items():
        city = places[lg_code.municipality_of(code)]
        assert one.name.startswith(city.name)
        assert one.kana.startswith(city.kana)


@pytest.mark.parametrize(
    ("code", "county", "name", "kana", "name_en"),
    [
        ("352047", "", "萩市", "ハギシ", "Hagi City"),
        ("332038", "", "津山市", "ツヤマシ", "Tsuyama City"),
        ("011002", "", "札幌市", "サッポロシ", "Sapporo City"),
        ("011011", "", "札幌市中央区", "サッポロシチュウオウク", "Chuo Ward, Sapporo"),
        ("355020", "阿武郡", "阿武町", "アブチョウ", "Abu Town"),
        ("103446", "北群馬郡", "榛東村", "シントウムラ", "Shinto Village"),
        ("133817", "三宅島", "三宅村", "ミヤケムラ", "Miyake Village"),
        ("364029", "板野郡", "北島町", "キタジマチョウ", "Kitajima Town"),
        ("131016", "", "千代田区", "チヨダク", "Chiyoda Ward"),
    ],
)
def test_names(places, code, county, name, kana, name_en):
    one = places[code]
    assert (one.county, one.name, one.kana, one.name_en) == (county, name, kana, name_en)


def test_prefectures(places):
    found = {one.lg_code: one for one in postal.prefectures()}
    assert len(found) == 47
    assert (found["350001"].name, found["350001"].kana, found["350001"].name_en) == (
        "山口県",
        "ヤマグチケン",
        "Yamaguchi",
    )
    assert all(found[lg_code.prefecture_of(one.lg_code)].name == one.prefecture for one in places.values())
