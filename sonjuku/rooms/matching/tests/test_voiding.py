"""Declaring an event void before its result is announced: who keeps what, and what the public still reads."""

import datetime as dt

import pytest

from sonjuku.engines.selection import bundle
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.matching.tests.conftest import as_member, hand_in
from sonjuku.toolbox.refusals import Refused

WHY, OTHER = "数を公表前に知った人がいました。", "12月20日の新聞に載る数"


@pytest.fixture
def second(make_staff, council, deadline):
    account = make_staff(council, "second@hagi.example.jp")
    return Actor(
        at=deadline, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=account.id
    )


@pytest.fixture
def market(make_market, secretariat, at):
    market = make_market(lefts=2, rights=2)
    actions.open_event(by=secretariat, event=market.event)
    (a, b), (x, y) = market.lefts, market.rights
    for left in (a, b):
        hand_in(left, at, x, y)
    hand_in(x, at, b, a)
    hand_in(y, at, a, b)
    return market


def draw(event, first, second, value):
    actions.freeze(by=first, event=event)
    for by in (first, second):
        actions.type_number(by=by, event=event, value=value)
    return actions.draw(by=first, event=event)


def code_of(call, **named):
    with pytest.raises(Refused) as refusal:
        call(**named)
    return refusal.value.code


def test_the_same_orders_are_drawn_again_with_another_number(market, secretariat, second, deadline):
    by = secretariat.now(deadline)
    old = draw(market.event, by, second, "1")
    fresh = actions.void(by=by, event=old, reason=WHY, seed_source=OTHER)
    old.refresh_from_db()
    assert (old.state, old.voided_at, fresh.corrects, fresh.state) == ("voided", deadline, old, "published")
    assert fresh.code != old.code
    assert fresh.rules_hash not in {"", old.rules_hash}
    assert OTHER in fresh.rules
    fresh = draw(fresh, by, second, "2")
    actions.announce(by=by, event=fresh)
    fresh.refresh_from_db()
    (a, b), (x, y) = market.lefts, market.rights
    assert {(row.left, row.right) for row in fresh.introductions.all()} == {(a, y), (b, x)}
    assert bundle.verify(queries.proof(fresh)) == []
    assert queries.proof(fresh)["corrects"] == old.code
    verbs = set(Entry.objects.filter(subject_id=old.id).values_list("verb", flat=True))
    assert {"matching.voided", "matching.corrected"} <= verbs


def test_the_public_reads_the_reason_and_never_what_was_drawn(market, secretariat, second, deadline, council):
    by = secretariat.now(deadline)
    old = draw(market.event, by, second, "1")
    frozen = old.list_hash
    actions.void(by=by, event=old, reason=WHY, seed_source=OTHER)
    found = queries.event_at(council, old.code)
    shown = queries.proof(found)
    assert (shown["state"], shown["list_hash"]) == ("voided", frozen)
    assert [each["reason"] for each in shown["corrections"]] == [WHY]
    assert not {"list", "result", "order", "seed", "public_value"} & set(shown)
    assert queries.successor(found).corrects == old
    actions.correct(by=by, event=old, reason="日付の誤りも直します。")
    assert len(queries.proof(found)["corrections"]) == 2
    for action in (actions.freeze, actions.draw, actions.announce):
        assert code_of(action, by=by, event=old) == "stale"


def test_a_later_deadline_lets_everybody_rank_anew(market, secretariat, at, deadline):
    by, (a, b), (x, y) = secretariat.now(deadline), market.lefts, market.rights
    later = deadline + dt.timedelta(days=4)
    actions.void(by=by, event=market.event, reason=WHY, seed_source=OTHER, ranks_by=later)
    for row in (a, b, x, y):
        row.refresh_from_db()
    assert a.ranks == [[str(x.id)], [str(y.id)]]
    hand_in(a, deadline + dt.timedelta(days=1), y)
    a.refresh_from_db()
    assert a.ranks == [[str(y.id)]]
    mine = queries.members_visible_to(as_member(a, deadline)).get()
    assert mine.event.ranks_by == later
    assert code_of(actions.freeze, by=by, event=a.event) == "too_early"


def test_what_is_refused_leaves_the_event_as_it_was(market, secretariat, second, deadline):
    by, event = secretariat.now(deadline), market.event
    assert code_of(actions.void, by=by, event=event, reason=" ", seed_source=OTHER) == "no_text"
    assert (
        code_of(actions.void, by=by, event=event, reason=WHY, seed_source=event.seed_source) == "same_source"
    )
    late = {"seed_source": OTHER, "ranks_by": deadline - dt.timedelta(hours=1)}
    assert code_of(actions.void, by=by, event=event, reason=WHY, **late) == "wrong_period"
    assert MatchingEvent.objects.count() == 1
    event.refresh_from_db()
    assert (event.state, event.corrections.count(), event.members.count()) == ("published", 0, 4)
    event = draw(event, by, second, "1")
    actions.announce(by=by, event=event)
    assert code_of(actions.void, by=by, event=event, reason=WHY, seed_source=OTHER) == "stale"
    actions.correct(by=by, event=event, reason="紹介の期間が違っていました。")
    assert event.corrections.get().published_at == deadline


def test_a_list_is_never_frozen_after_the_random_number_is_out(make_market, secretariat, at, deadline):
    drawn_at = deadline + dt.timedelta(days=1)
    market = make_market(seed_kind="drand", seed_source="", draws_at=drawn_at)
    actions.open_event(by=secretariat, event=market.event)
    hand_in(market.lefts[0], at, market.rights[0])
    hand_in(market.rights[0], at, market.lefts[0])
    by = secretariat.now(drawn_at)
    assert code_of(actions.freeze, by=by, event=market.event) == "too_late"
    again = drawn_at + dt.timedelta(hours=1)
    fresh = actions.void(by=by, event=market.event, reason=WHY, draws_at=again)
    assert fresh.drand_round > MatchingEvent.objects.get(pk=market.event.pk).drand_round
    assert actions.freeze(by=by, event=fresh).state == "frozen"
