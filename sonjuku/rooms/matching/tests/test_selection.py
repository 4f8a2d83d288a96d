"""Freeze, number, draw, announcement, proof, introductions."""

import datetime as dt
import json

import pytest

from sonjuku.engines.selection import bundle
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.models import Introduction, MatchingEvent
from sonjuku.rooms.matching.tests.conftest import as_member, hand_in
from sonjuku.rooms.people.actions import withdraw_consent
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

NUMBER = "03 11 19 27 36 42"


def code_of(call, **named):
    with pytest.raises(Refused) as refusal:
        call(**named)
    return refusal.value.code


@pytest.fixture
def second(make_staff, council, at):
    account = make_staff(council, "second@hagi.example.jp")
    return Actor(
        at=at, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=account.id
    )


@pytest.fixture
def market(make_market, secretariat, at):
    """Three experts and three firms; two like the same firm best, one firm likes nobody but the third expert."""
    market = make_market()
    actions.open_event(by=secretariat, event=market.event)
    (a, b, c), (x, y, z) = market.lefts, market.rights
    hand_in(a, at, x, y)
    hand_in(b, at, x, y)
    hand_in(c, at, z)
    hand_in(x, at, b, a)
    hand_in(y, at, [a, b])
    hand_in(z, at, c)
    return market


@pytest.fixture
def draw(secretariat, second, deadline):
    """From the deadline to the sealed result."""

    def run(event, value=NUMBER):
        at = deadline + dt.timedelta(hours=1)
        actions.freeze(by=secretariat.now(at), event=event)
        for by in (secretariat, second):
            actions.type_number(by=by.now(at), event=event, value=value)
        return actions.draw(by=secretariat.now(at), event=event)

    return run


def test_the_pairs(market, draw):
    event = draw(market.event)
    (a, b, c), (x, y, z) = market.lefts, market.rights
    assert set(queries.pairs(event)) == {(a, y), (b, x), (c, z)}
    assert event.complaints == []


def test_the_same_list_and_number_give_the_same_pairs(market, draw):
    event = draw(market.event)
    again = bundle.make_bundle(event.rules, event.frozen_list, NUMBER)
    assert (again["result"], again["order"], again["seed"]) == (event.result, event.order, event.seed)


def test_freezing_waits_for_the_deadline(market, secretariat, deadline):
    early = secretariat.now(deadline - dt.timedelta(seconds=1))
    assert code_of(actions.freeze, by=early, event=market.event) == "too_early"
    event = actions.freeze(by=secretariat.now(deadline), event=market.event)
    assert event.list_hash
    assert code_of(actions.freeze, by=secretariat.now(deadline), event=market.event) == "stale"


def test_only_what_was_handed_in_with_consent_is_in_the_list(make_market, secretariat, at, deadline):
    market = make_market(lefts=4, rights=2)
    actions.open_event(by=secretariat, event=market.event)
    (a, b, c, d), (x, y) = market.lefts, market.rights
    hand_in(a, at, x, y)
    actions.save_draft(by=as_member(b, at), member=b, groups=[[str(x.id)]])
    hand_in(c, at, x)
    hand_in(d, at, x)
    hand_in(x, at, a, b, c, d)
    hand_in(y, at, a)
    actions.withdraw_member(by=as_member(c, at), member=c)
    consent = Consent.objects.get(about_id=d.id)
    withdraw_consent(by=secretariat, consent=consent)
    actions.withdraw_member(by=as_member(y, at), member=y)
    event = actions.freeze(by=secretariat.now(deadline), event=market.event)
    lines = event.frozen_list.split("\n")[1:-1]
    assert lines == [f"left\t{a.code}\t{x.code}", f"right\t{x.code}\t{a.code}"]


def test_nobody_on_one_side_cannot_be_frozen(make_market, secretariat, at, deadline):
    market = make_market()
    actions.open_event(by=secretariat, event=market.event)
    hand_in(market.lefts[0], at, market.rights[0])
    assert code_of(actions.freeze, by=secretariat.now(deadline), event=market.event) == "nobody"


def test_nothing_changes_after_the_freeze(market, secretariat, deadline, at):
    actions.freeze(by=secretariat.now(deadline), event=market.event)
    member = market.lefts[0]
    by = as_member(member, at)
    assert code_of(actions.save_draft, by=by, member=member, groups=[]) == "closed"
    assert code_of(actions.withdraw_member, by=by, member=member) == "stale"
    assert code_of(actions.change_member, by=secretariat, member=member, title="別") == "stale"


def test_two_people_type_the_number(market, secretariat, second, deadline):
    event, by, other = market.event, secretariat.now(deadline), second.now(deadline)
    assert code_of(actions.type_number, by=by, event=event, value=NUMBER) == "stale"
    assert code_of(actions.draw, by=by, event=event) == "stale"
    actions.freeze(by=by, event=event)
    assert code_of(actions.draw, by=by, event=event) == "numbers_missing"
    actions.type_number(by=by, event=event, value=NUMBER)
    actions.type_number(by=by, event=event, value=NUMBER)  # one account stays one
    assert code_of(actions.draw, by=by, event=event) == "numbers_missing"
    actions.type_number(by=other, event=event, value="03 11 19 27 36 43")
    assert code_of(actions.draw, by=by, event=event) == "numbers_differ"
    assert code_of(actions.type_number, by=other, event=event, value="０３") == "bad_public_value"
    actions.type_number(by=other, event=event, value=NUMBER)
    actions.draw(by=by, event=event)
    assert code_of(actions.draw, by=by, event=event) == "stale"
    assert code_of(actions.type_number, by=by, event=event, value="1") == "stale"


def test_a_complaint_of_the_checker_stops_the_draw(market, secretariat, second, deadline, monkeypatch):
    by = secretariat.now(deadline)
    actions.freeze(by=by, event=market.event)
    for each in (by, second.now(deadline)):
        actions.type_number(by=each, event=market.event, value=NUMBER)
    real = bundle.make_bundle
    monkeypatch.setattr(bundle, "make_bundle", lambda *texts: real(*texts) | {"check": ["passed_over a b"]})
    assert code_of(actions.draw, by=by, event=market.event) == "unfair"
    market.event.refresh_from_db()
    assert (market.event.state, market.event.result) == (MatchingEvent.State.FROZEN, "")


SEALED = ("list", "order", "result", "seed", "public_value", "titles", "check")


def test_the_result_is_sealed_until_the_announcement(market, draw, secretariat, deadline):
    event = draw(market.event)
    shown = queries.proof(event)
    assert shown["state"] == "frozen"
    assert not set(SEALED) & set(shown)
    text = json.dumps(shown)
    assert NUMBER not in text
    codes = {row.code for row in market.lefts}
    assert not any(code in text for code in codes)
    assert queries.explained(queries.standing(event).first()) == []
    assert not Introduction.objects.exists()


def test_the_public_proof_verifies_and_names_only_who_agreed(market, draw, secretariat, deadline, at):
    hand_in(market.rights[0], at, market.lefts[1], market.lefts[0], title_is_public=True)
    event = draw(market.event)
    actions.announce(by=secretariat.now(deadline), event=event)
    event.refresh_from_db()
    shown = json.loads(json.dumps(queries.proof(event)))
    assert bundle.verify(shown) == []
    assert shown["titles"] == {market.rights[0].code: ["right 0", "right 0"]}
    everybody = [*market.lefts, *market.rights]
    text = json.dumps(shown, ensure_ascii=False)
    for row in everybody:
        assert row.code in text
        assert row.person.email not in text
        assert row.person.given_name not in text.replace("right0", "")
    forged = shown | {"result": shown["result"].replace(market.rights[0].code, market.rights[1].code)}
    assert {problem.kind for problem in bundle.verify(forged)} >= {"result_differs"}


def test_announcing_makes_introductions_once(market, draw, secretariat, deadline):
    event = draw(market.event)
    by = secretariat.now(deadline)
    found = actions.announce(by=by, event=event)
    (a, b, c), (x, y, z) = market.lefts, market.rights
    assert {(row.left, row.right) for row in found.introductions} == {(a, y), (b, x), (c, z)}
    assert found.alone == []
    assert {row.report_due_on for row in found.introductions} == {dt.date(2027, 2, 28)}
    assert actions.announce(by=by, event=event) == ([], [])
    assert Introduction.objects.count() == 3
    assert [str(each) for each in queries.explained(_again(b))] == ["希望の順で1番目の相手と組になりました。"]
    assert "2番目" in str(queries.explained(_again(a))[0])


def _again(member):
    return type(member).objects.select_related("event").get(pk=member.pk)


def test_without_consent_nobody_is_introduced(market, draw, secretariat, deadline):
    event = draw(market.event)
    a, _b, _c = market.lefts
    withdraw_consent(by=secretariat, consent=Consent.objects.get(about_id=a.id))
    found = actions.announce(by=secretariat.now(deadline), event=event)
    assert len(found.introductions) == 2
    assert {row.id for row in found.alone} == {a.id, market.rights[1].id}
    assert "同意が取り消されている" in str(queries.explained(_again(a))[0])
    (told,) = map(str, queries.explained(_again(market.rights[1])))
    assert "ご紹介できませんでした" in told
    assert "組になりました" not in told


def test_a_partner_erased_before_the_announcement_leaves_the_other_told(
    market, draw, secretariat, system, deadline
):
    event = draw(market.event)
    b, x = market.lefts[1], market.rights[0]
    actions.forget_person(by=system, person=b.person)
    b.person.delete()
    found = actions.announce(by=secretariat.now(deadline), event=event)
    assert x.id in {row.id for row in found.alone}
    assert "取りやめたか同意を取り消した" in str(queries.explained(_again(x))[0])
    event.refresh_from_db()
    assert bundle.verify(queries.proof(event)) == []


def test_reports(market, draw, secretariat, deadline):
    event = draw(market.event)
    by = secretariat.now(deadline)
    first, second, third = actions.announce(by=by, event=event).introductions
    day = dt.date(2026, 12, 1)
    assert code_of(actions.receive_report, by=by, introduction=first, report_on=day) == "not_yet"
    late = by.now(dt.datetime(2027, 3, 1, tzinfo=dt.UTC))
    assert queries.overdue(Introduction.objects, dt.date(2027, 2, 28)).count() == 0
    assert queries.overdue(Introduction.objects, dt.date(2027, 3, 1)).count() == 3
    row = actions.receive_report(by=late, introduction=first, report_on=dt.date(2027, 2, 26))
    assert (row.state, row.report_on) == ("reported", dt.date(2027, 2, 26))
    again = actions.receive_report(by=late, introduction=first, report_on=dt.date(2027, 2, 27))
    assert again.report_on == dt.date(2027, 2, 26)
    assert (
        code_of(actions.end_introduction, by=late, introduction=second, ended_on=day, note=" ") == "no_reason"
    )
    actions.end_introduction(by=late, introduction=second, ended_on=dt.date(2027, 1, 5), note="都合により")
    assert code_of(actions.receive_report, by=late, introduction=second, report_on=day) == "stale"
    late_due = dt.date(2027, 4, 1)
    assert (
        code_of(actions.change_introduction, by=late, introduction=third, report_due_on=late_due)
        == "report_out_of_year"
    )
    actions.change_introduction(by=late, introduction=third, report_due_on=dt.date(2027, 3, 31))
    assert not queries.overdue(Introduction.objects, dt.date(2027, 3, 1)).exists()


ROUND_1000 = {
    "round": 1000,
    "randomness": "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    "signature": "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
}


def test_the_beacon_of_the_named_round_is_the_public_value(make_market, secretariat, at, deadline):
    drawn_at = deadline + dt.timedelta(days=1)
    market = make_market(seed_kind="drand", seed_source="", draws_at=drawn_at)
    event = actions.open_event(by=secretariat, event=market.event)
    assert f"{event.drand_round}" in event.seed_source
    hand_in(market.lefts[0], at, market.rights[0])
    hand_in(market.rights[0], at, market.lefts[0])
    by = secretariat.now(deadline + dt.timedelta(hours=1))
    event = actions.freeze(by=by, event=event)
    assert code_of(actions.put_beacon, by=by, event=event, beacon=ROUND_1000) == "other_round"
    # Nobody has a beacon of the year 2026 here: the event is one of the day of round 1000.
    MatchingEvent.objects.filter(pk=event.pk).update(drand_round=1000)
    forged = {**ROUND_1000, "randomness": "00" * 32}
    assert code_of(actions.put_beacon, by=by, event=event, beacon=forged) == "bad_beacon"
    event = actions.put_beacon(by=by, event=event, beacon=ROUND_1000)
    assert actions.draw(by=by, event=event).public_value == ROUND_1000["randomness"]
