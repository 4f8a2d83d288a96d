"""The page on which a member puts the other side in order, in every state an event can be in."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from sonjuku.flows import introducing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.matching.tests.conftest import (  # noqa: F401 - fixtures found by name
    hand_in,
    make_event,
    make_market,
)
from sonjuku.rooms.people.actions import withdraw_consent
from sonjuku.rooms.people.models import Consent
from tests.test_languages import unmarked

TRUTH = "正直な順に並べるのがいちばん得です"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def deadline(now):
    return now + dt.timedelta(days=5)


@pytest.fixture
def by(secretariat, now):
    return secretariat.now(now)


@pytest.fixture
def market(make_market, by):  # noqa: F811
    market = make_market()
    introducing.open_event(by=by, event=market.event)
    return market


def page_of(member):
    return reverse("member:matching", args=[member.id])


@pytest.fixture
def see(log_in):
    def look(member, english=False):
        response = log_in(member.person.account).get(("/en" if english else "") + page_of(member))
        assert response.status_code == 200
        return response.content.decode()

    return look


@pytest.fixture
def send(log_in):
    """`places`: partner to number."""

    def post(member, places, **fields):
        data = {f"place_{partner.id}": number for partner, number in places.items()}
        return log_in(member.person.account).post(page_of(member), {**data, **fields}, follow=True)

    return post


def test_only_the_person_who_ranks_sees_the_page(market, log_in, send):
    mine, other = market.lefts[:2]
    assert log_in(other.person.account).get(page_of(mine)).status_code == 404
    assert log_in(other.person.account).post(page_of(mine), {"save": "1"}).status_code == 404
    leave = reverse("member:matching_withdraw", args=[mine.id])
    assert log_in(other.person.account).post(leave).status_code == 404
    mine.refresh_from_db()
    assert (mine.draft_saved_at, mine.withdrawn_at) == (None, None)


def test_a_prepared_event_is_nobodys_page(make_market, log_in):  # noqa: F811
    member = make_market().lefts[0]
    assert log_in(member.person.account).get(page_of(member)).status_code == 404


def test_the_page_names_nobody(market, see):
    text = see(market.lefts[0])
    for right in market.rights:
        assert right.title in text
        assert right.person.given_name not in text
        assert right.person.email not in text


def test_numbers_arrows_and_equals(market, send):
    member, (x, y, z) = market.lefts[0], market.rights
    send(member, {x: "2", y: "1"}, save="1")
    member.refresh_from_db()
    assert member.draft == [[str(y.id)], [str(x.id)]]
    send(member, {x: "2", y: "1"}, move=f"{z.id}:up")
    member.refresh_from_db()
    assert member.draft == [[str(y.id)], [str(x.id)], [str(z.id)]]
    page = send(member, {x: "1", y: "1", z: "2"}, move=f"{z.id}:up")
    member.refresh_from_db()
    assert [sorted(group) for group in member.draft] == [[str(z.id)], sorted([str(x.id), str(y.id)])]
    assert page.redirect_chain[-1][0].endswith(f"#partner-{z.id}")
    assert page.content.decode().count('tag plain">同じくらい') == 2
    assert member.submitted_at is None


@pytest.mark.parametrize("typed", ["x", "-1", "99999", "１", "1.5", " "])
def test_a_number_that_is_none_is_rather_not(market, send, typed):
    member, (x, y, _z) = market.lefts[0], market.rights
    assert send(member, {x: typed, y: "3"}, save="1").status_code == 200
    member.refresh_from_db()
    assert member.draft == [[str(y.id)]]


@pytest.mark.parametrize("move", ["", "x", "x:up", ":up", "x:sideways", "a:b:up"])
def test_a_forged_move_changes_nothing(market, send, move):
    member, (x, *_rest) = market.lefts[0], market.rights
    send(member, {x: "1"}, save="1")
    assert send(member, {x: "1"}, move=move).status_code == 200
    member.refresh_from_db()
    assert member.draft == [[str(x.id)]]


def test_without_consent_the_order_is_kept_but_not_handed_in(market, send):
    member, (x, *_rest) = market.lefts[0], market.rights
    page = send(member, {x: "1"}, submit="1")
    assert "紹介に同意する印がありません" in page.content.decode()
    member.refresh_from_db()
    assert (member.draft, member.submitted_at) == ([[str(x.id)]], None)
    send(member, {x: "1"}, submit="1", agrees="1")
    member.refresh_from_db()
    assert member.ranks == [[str(x.id)]]
    assert Consent.objects.get(about_id=member.id).text.startswith("紹介が決まったとき")


def test_a_consent_in_plain_japanese_is_kept_without_readings(market, log_in):
    member, (x, *_rest) = market.lefts[0], market.rights
    data = {f"place_{x.id}": "1", "submit": "1", "agrees": "1"}
    log_in(member.person.account).post(f"/ja-easy{page_of(member)}", data)
    text = Consent.objects.get(about_id=member.id).text
    assert text.startswith("紹介が決まったとき")
    assert "｜" not in text


def test_a_changed_draft_says_that_it_does_not_count(market, send, see):
    member, (x, y, _z) = market.lefts[0], market.rights
    send(member, {x: "1"}, submit="1", agrees="1")
    assert "下書きを変えています" not in see(member)
    send(member, {y: "1"}, save="1")
    assert "下書きを変えています" in see(member)


@pytest.mark.parametrize(
    ("fields", "bounds", "claimed"),
    [({}, {}, True), ({"max_wishes": 2}, {}, False), ({}, {1: (1, 2)}, False)],
)
def test_theory_is_claimed_only_where_it_holds(make_market, by, see, fields, bounds, claimed):  # noqa: F811
    market = make_market(bounds=bounds, **fields)
    introducing.open_event(by=by, event=market.event)
    assert (TRUTH in see(market.lefts[0])) is claimed
    assert TRUTH not in see(market.rights[0])


def test_my_page_asks_for_the_order_until_it_is_there(market, log_in, send):
    member = market.lefts[0]
    browser = log_in(member.person.account)
    home = browser.get("/me/")
    assert home.context["step"]["url"] == page_of(member)
    send(member, {market.rights[0]: "1"}, submit="1", agrees="1")
    home = browser.get("/me/")
    assert (home.context["step"] or {}).get("url") != page_of(member)
    assert "提出済み" in home.content.decode()


def test_leaving(market, log_in, see):
    member = market.lefts[0]
    address = reverse("member:matching_withdraw", args=[member.id])
    browser = log_in(member.person.account)
    assert browser.get(address).status_code == 200
    member.refresh_from_db()
    assert member.withdrawn_at is None
    browser.post(address)
    assert "参加を取りやめています" in see(member)
    assert 'name="submit"' not in see(member)


def announce(market, by, at, make_staff, council):
    other = make_staff(council, "second@hagi.example.jp")
    second = Actor(at=at, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=other.id)  # fmt: skip
    first = by.now(at)
    actions.freeze(by=first, event=market.event)
    for each in (first, second):
        actions.type_number(by=each, event=market.event, value="12345")
    actions.draw(by=first, event=market.event)
    introducing.announce(by=first, event=market.event)


@pytest.fixture
def over(market, by, now, deadline, make_staff, council):
    (a, b, c), (x, y, _z) = market.lefts, market.rights
    for left, right in ((a, x), (b, x)):
        hand_in(left, now, right)
    hand_in(x, now, a, b)
    hand_in(y, now, c)
    announce(market, by, deadline, make_staff, council)
    return market


def test_the_result_names_the_partner_and_why(over, see):
    (a, b, c), (x, _y, z) = over.lefts, over.rights
    text = see(a)
    for shown in (x.body.name, x.person.full_name, x.person.email, "希望の順で1番目の相手と組になりました"):
        assert shown in text
    assert a.person.full_name in see(x)
    assert "希望した先はどれも" in see(b)
    assert "今回は、ご紹介できる相手がありませんでした" in see(b)
    assert x.person.email not in see(b)
    assert "希望の順が出されなかった" in see(c)
    assert "希望の順が出されなかった" in see(z)


def test_who_takes_the_consent_back_is_no_longer_shown(over, see, by):
    a, x = over.lefts[0], over.rights[0]
    withdraw_consent(by=by, consent=Consent.objects.get(about_id=x.id))
    text = see(a)
    assert x.person.email not in text
    assert x.person.full_name not in text
    assert "お相手が同意を取り消した" in text


STATES = ["waits", "open", "closed", "left", "frozen", "drawn", "announced"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("submitted", [False, True])
def test_every_state_in_both_languages(market, see, now, state, submitted):
    member = market.lefts[0]
    if submitted:
        hand_in(member, now, market.rights[0])
    event = MatchingEvent.objects.filter(pk=market.event.pk)
    if state == "waits":
        event.update(opens_at=now + dt.timedelta(days=1))
    elif state in ("closed", "frozen", "drawn"):
        past = now - dt.timedelta(minutes=1)
        event.update(
            opens_at=past - dt.timedelta(days=1),
            ranks_by=past,
            state="published" if state == "closed" else state,
        )
    elif state == "left":
        type(member).objects.filter(pk=member.pk).update(withdrawn_at=now)
    elif state == "announced":
        event.update(state="announced", frozen_list="rules\tx\n", result="", announced_at=now)
    text = see(member)
    assert ('name="submit"' in text) is (state == "open")
    assert unmarked(html.document_fromstring(see(member, english=True))) == []


def test_a_minor_is_told_of_the_guardians_paper(market, see, by):
    member = market.lefts[0]
    told = "保護者の同意書も要ります"
    assert told not in see(member)
    member.person.school_stage = "high"
    member.person.save()
    assert told in see(member)
    actions.take_guardian_paper(by=by, member=member, name="見本 父", relation="父")
    assert told not in see(member)


def test_an_order_that_staff_typed_in_is_named_as_such(market, see, by, now):
    member = market.lefts[0]
    groups = [[str(market.rights[0].id)]]
    arguments = {"channel": "fax", "received_at": now, "agrees": True, "text": "同意"}
    actions.enter_ranks(by=by, member=member, groups=groups, **arguments)
    page = see(member)
    assert "届いた方法：FAX" in page
    assert "この順で出す" in page
