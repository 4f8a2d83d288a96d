"""Letters of a matching event, what is written down of it, and what an erasure takes along."""

import datetime as dt

import pytest

from sonjuku.flows import erasing, holding, introducing, ticking
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import Introduction, MatchingMember
from sonjuku.rooms.matching.tests.conftest import (  # noqa: F401 - fixtures found by name
    as_member,
    deadline,
    hand_in,
    make_event,
    make_market,
)
from sonjuku.rooms.people.models import ProvisionRecord

NUMBER = "03 11 19 27 36 42"


@pytest.fixture
def market(make_market, secretariat):  # noqa: F811
    market = make_market()
    introducing.open_event(by=secretariat, event=market.event)
    return market


@pytest.fixture
def announced(market, make_staff, council, secretariat, at, deadline):  # noqa: F811
    """Two pairs; the third of each side is left alone."""
    (a, b, c), (x, y, z) = market.lefts, market.rights
    hand_in(a, at, x, y)
    hand_in(b, at, x, y)
    hand_in(c, at, x)
    hand_in(x, at, b, a)
    hand_in(y, at, a, b)
    hand_in(z, at, c)
    other = make_staff(council, "second@hagi.example.jp")
    second = Actor(at=deadline, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=other.id)  # fmt: skip
    by = secretariat.now(deadline)
    actions.freeze(by=by, event=market.event)
    for each in (by, second):
        actions.type_number(by=each, event=market.event, value=NUMBER)
    actions.draw(by=by, event=market.event)
    assert not Letter.objects.filter(kind__startswith="introduction").exists()
    introducing.announce(by=by, event=market.event)
    return market


def letter(kind, member):
    return Letter.objects.get(kind=kind, person=member.person)


def test_opening_asks_everyone_to_rank(market):
    sent = Letter.objects.filter(kind="ranking_invitation")
    assert {row.person_id for row in sent} == {m.person_id for m in (*market.lefts, *market.rights)}
    row = letter("ranking_invitation", market.lefts[0])
    assert "企業の紹介を読んで" in row.body
    assert f"/me/matching/{market.lefts[0].id}/" in row.body
    assert "専門家の紹介を読んで" in letter("ranking_invitation", market.rights[0]).body


def test_the_tick_reminds_once_those_who_handed_in_nothing(market, at, deadline):  # noqa: F811
    hand_in(market.lefts[0], at, market.rights[0])
    actions.save_draft(by=as_member(market.lefts[1], at), member=market.lefts[1], groups=[])
    near = deadline - dt.timedelta(days=3)
    assert ticking.tick(near - dt.timedelta(minutes=1)).counts["rankings_asked_again"] == 0
    report = ticking.tick(near)
    assert (report.counts["rankings_asked_again"], report.failed) == (5, [])
    assert ticking.tick(near + dt.timedelta(hours=1)).counts["rankings_asked_again"] == 0
    told = Letter.objects.filter(kind="ranking_reminder")
    assert market.lefts[0].person_id not in {row.person_id for row in told}
    assert "下書きを保存しただけでは数えられません" in letter("ranking_reminder", market.lefts[1]).body


def test_staff_may_remind_again_but_not_twice_a_day(market, secretariat, at, deadline):  # noqa: F811
    assert introducing.remind(by=secretariat, event=market.event) == 6
    assert introducing.remind(by=secretariat, event=market.event) == 0
    assert introducing.remind(by=secretariat.now(at + dt.timedelta(days=1)), event=market.event) == 6
    assert introducing.remind(by=secretariat.now(deadline), event=market.event) == 0


def test_each_pair_is_named_to_both(announced):
    (a, b, _c), (x, y, _z) = announced.lefts, announced.rights
    for left, right in ((a, y), (b, x)):
        told = letter("introduction", left).body
        assert str(right.body) in told
        assert right.person.full_name in told
        assert right.person.email in told
        assert "2027年2月28日" in told
        told = letter("introduction", right).body
        assert left.person.full_name in told
        assert left.person.email in told
    assert Letter.objects.filter(kind="introduction").count() == 4


def test_the_others_hear_that_there_is_no_introduction(announced):
    c, z = announced.lefts[2], announced.rights[2]
    assert "希望した先はどれも" in letter("introduction_none", c).body
    assert "希望した方はどなたも" in letter("introduction_none", z).body
    assert Letter.objects.filter(kind="introduction_none").count() == 2


def test_an_english_letter_is_english(market, secretariat, at, deadline, council, make_staff):  # noqa: F811
    person = market.lefts[2].person
    person.language = "en"
    person.save()
    introducing.remind(by=secretariat, event=market.event)
    row = letter("ranking_reminder", market.lefts[2])
    assert row.language == "en"
    assert "Experts meet firms" in row.body


def test_what_went_to_a_firm_is_written_down(announced, council):
    rows = ProvisionRecord.objects.all()
    (a, b, _c), (x, y, _z) = announced.lefts, announced.rights
    assert {(row.person, row.to_body) for row in rows} == {(a.person, y.body), (b.person, x.body)}
    assert {row.from_body for row in rows} == {council.host}
    assert {tuple(row.items) for row in rows} == {("氏名", "メールアドレス", "電話番号")}


def test_announcing_again_writes_nothing(announced, secretariat, deadline):  # noqa: F811
    before = (Letter.objects.count(), ProvisionRecord.objects.count(), Introduction.objects.count())
    assert introducing.announce(by=secretariat.now(deadline), event=announced.event) == []
    assert (Letter.objects.count(), ProvisionRecord.objects.count(), Introduction.objects.count()) == before


def test_what_is_held_about_a_person_is_told_to_them(announced, deadline):  # noqa: F811
    left, right = announced.lefts[0], announced.rights[1]
    sections = {each.name: each for each in holding.holdings(left.person, as_member(left, deadline))}
    (item,) = sections["matchings"].items
    facts = {fact.name: fact for fact in item.facts}
    assert facts["code"].value == left.code
    assert facts["ranks"].value == ["1. right 0", "2. right 1"]
    assert facts["channel"].value == "web"
    assert facts["introduced_to"].value == [str(right.body)]
    assert right.person.full_name not in str(item)


def test_an_erasure_takes_letters_about_the_person_along(announced, secretariat):
    a, y = announced.lefts[0], announced.rights[1]
    name = a.person.full_name
    erasing.drop_letters_of(a.person)
    erasing.drop_person(secretariat, a.person)
    assert not MatchingMember.objects.filter(pk=a.pk).exists()
    assert not Introduction.objects.filter(left_id=a.pk).exists()
    assert not Letter.objects.filter(body__contains=name).exists()
    assert MatchingMember.objects.filter(pk=y.pk).exists()
    assert ProvisionRecord.objects.filter(person_name=name).exists()  # the law keeps it
