"""What the agreement of Tsuyama's seven parties says (002)."""

import datetime as dt

import pytest

from sonjuku.flows import agreements
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Account, Body, Role
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.actions import renew_agreement
from sonjuku.rooms.programmes.rules import region_of
from sonjuku.toolbox.dates import at_tokyo
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


# 002-12: the term of the agreement


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (dt.date(2023, 5, 22), "active"),
        (dt.date(2025, 12, 30), "active"),
        (dt.date(2025, 12, 31), "ending"),
        (dt.date(2026, 3, 31), "ending"),
        (dt.date(2026, 4, 1), "ended"),
        (dt.date(2026, 11, 20), "ended"),
    ],
)
def test_002_12_the_state_is_computed_on_a_day(agreement, day, status):
    assert (agreement.starts_on, agreement.ends_on) == (dt.date(2023, 5, 22), dt.date(2026, 3, 31))
    assert agreement.ends_provisionally
    assert agreement.status_on(day) == status


def test_002_12_the_office_hears_of_the_end_ninety_and_thirty_days_before(agreement, tsuyama):
    offices = {"desk@tsuyama.example.jp", "second@tsuyama.example.jp"}
    for email in offices:
        account = Account.objects.create_user(email, "correct horse battery")
        body = agreement.parties.get(ordinal=1).body
        Role.objects.create(
            council=tsuyama, body=body, account=account, kind="secretariat", starts_on=dt.date(2023, 4, 1)
        )
    told = []
    for days in (91, 90, 30, 29, -1):
        day = dt.date(2026, 3, 31) - dt.timedelta(days=days)
        agreements.tell_ending(by=Actor(at=at_tokyo(day), role="system"))
        told.append(Letter.objects.filter(kind="agreement_ending", council=tsuyama).count())
    assert told == [0, 2, 4, 4, 4]
    sent = Letter.objects.filter(kind="agreement_ending", council=tsuyama)
    assert set(sent.values_list("to_address", flat=True)) == offices


def test_002_12_it_has_ended_unless_a_renewal_is_recorded(agreement, tsuyama, read):
    day = dt.date(2026, 11, 20)
    assert agreement in programmes.ended(tsuyama, day)
    assert "この協定の期間は終わっています" in read(AGREEMENT)
    by = Actor(at=at_tokyo(day), role="system", council_id=tsuyama.id)
    renewal = renew_agreement(
        by=by, agreement=agreement, signed_on=dt.date(2026, 3, 1), starts_on=dt.date(2026, 4, 1), ends_on=None
    )
    assert agreement not in programmes.ended(tsuyama, day)
    assert programmes.renewal_of(programmes.agreement(tsuyama, "workation-2023"), day) == renewal
    words = read(AGREEMENT)
    assert "この協定の期間は終わっています" not in words
    assert "引き継いだ協定" in words
