"""What the agreement of Tsuyama's seven parties says (002)."""

import datetime as dt

import pytest

from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.rules import region_of
from sonjuku.toolbox.refusals import Refused

PARTIES = [
    ("津山市", "市長", "谷口 圭三"),
    ("津山商工会議所", "会頭", "松田 欣也"),
    ("西日本電信電話株式会社", "支店長", "西川 智洋"),
    ("アデコ株式会社", "代表取締役社長", "川崎 健一郎"),
    ("AKKODiSコンサルティング株式会社", "代表取締役社長", "川崎 健一郎"),
    ("株式会社IRODORI", "代表取締役社長", "谷津 孝啓"),
    ("株式会社スカラパートナーズ", "代表取締役社長", "梛野 憲克"),
]
AGREEMENT = "/c/tsuyama/agreements/workation-2023/"
VALUES = {"aim": ["work"]}


@pytest.fixture
def agreement(tsuyama):
    return programmes.agreement(tsuyama, "workation-2023")


def test_002_01_seven_parties_with_dated_representatives(agreement, read):
    parties = list(agreement.parties.all())
    found = [(row.body.name, row.representative_title, row.representative_name) for row in parties]
    assert found == PARTIES
    assert {row.representative_on for row in parties} == {dt.date(2023, 5, 22)}
    words = read(AGREEMENT)
    for _body, title, name in PARTIES:
        assert f"{title} {name}" in words
    assert "2023年5月22日" in words


def test_002_01_the_branch_is_kept_apart_from_the_company(agreement, tsuyama):
    ntt = agreement.parties.get(ordinal=3).body
    assert (ntt.name, ntt.branch) == ("西日本電信電話株式会社", "岡山支店")
    assert not Body.objects.filter(council=tsuyama, name__contains="支店").exists()


def test_002_02_each_party_has_its_numbered_role(agreement, read):
    roles = [row.role_text for row in agreement.parties.all()]
    assert roles[3] == "人材育成及び雇用創出支援"
    assert roles[6] == "ワーケーションの企画・運営"
    words = read(AGREEMENT)
    places = [words.index(role) for role in roles]
    assert places == sorted(places)
    assert [mark in words for mark in "①②③④⑤⑥⑦"] == [True] * 7


@pytest.mark.parametrize(
    ("need", "numbers"),
    [
        ("need: 人材育成", [4, 5]),
        ("人材の育成", [4, 5]),
        ("ワーケーション", [7]),
        ("IT環境", [3]),
        ("宇宙開発", []),
    ],
)
def test_002_02_a_typed_need_finds_the_parties_whose_role_covers_it(agreement, client, need, numbers):
    assert [row.ordinal for row in programmes.parties_for(agreement, need)] == numbers
    answer = client.get(AGREEMENT, {"need": need})
    assert [row["number"] for row in answer.context["takers"]] == ["①②③④⑤⑥⑦"[n - 1] for n in numbers]


@pytest.mark.parametrize(
    ("home", "outside", "region"),
    [
        ("332038", False, "other"),  # Tsuyama
        ("332020", True, "other"),  # Kurashiki, in the same prefecture
        ("131130", True, "capital"),  # Shibuya
        ("271004", True, "kansai"),  # Osaka
        ("271021", True, "kansai"),  # Miyakojima ward of Osaka
    ],
)
def test_002_16_the_municipality_code_decides_who_is_from_outside(
    tsuyama, call_of, apply, home, outside, region
):
    application = apply(call_of(tsuyama, "matching-night"), profile={"lg_code": home})
    assert application.out_of_area is outside
    assert region_of(home) == region


def test_002_16_a_call_for_those_from_outside_refuses_the_city(tsuyama, call_of, apply, read):
    tour = call_of(tsuyama, "workation-tour")
    assert apply(tour, profile={"lg_code": "131130"}, values=VALUES).out_of_area is True
    with pytest.raises(Refused) as refused:
        apply(tour, profile={"lg_code": "332038"}, values=VALUES)
    assert refused.value.code == "ineligible"
    assert "津山市" in str(refused.value.message)
    assert "津山市以外に住む方" in read("/c/tsuyama/calls/workation-tour/")


def test_002_16_the_desk_sees_how_many_and_from_where(tsuyama, call_of, apply, officer, log_in):
    night = call_of(tsuyama, "matching-night")
    for home in ("332038", "131130", "131130", "271004"):
        apply(night, profile={"lg_code": home})
    account, *_ = officer(tsuyama, Body.objects.get(council=tsuyama, name="津山市"))
    context = log_in(account).get("/c/tsuyama/desk/calls/matching-night/figures/").context
    assert dict(context["areas"]) == {"域内": 1, "域外": 3, "住所が分からない": 0}
    assert dict(context["regions"]) == {"首都圏": 2, "関西圏": 1, "そのほかの地域": 1}
