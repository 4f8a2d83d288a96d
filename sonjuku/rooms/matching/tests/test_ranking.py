"""Drafts, handing in, consent, leaving."""

import datetime as dt

import pytest

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.tests.conftest import TEXT, as_member, hand_in
from sonjuku.rooms.people.actions import withdraw_consent
from sonjuku.rooms.people.models import Body, Consent, Person
from sonjuku.toolbox import dates
from sonjuku.toolbox.refusals import Refused

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def market(make_market, secretariat):
    market = make_market()
    market.event.refresh_from_db()
    return market._replace(event=actions.open_event(by=secretariat, event=market.event))


def code_of(call, *arguments, **named):
    with pytest.raises(Refused) as refusal:
        call(*arguments, **named)
    return refusal.value.code


def draft(member, at, groups):
    return actions.save_draft(by=as_member(member, at), member=member, groups=groups)


def test_a_draft_counts_for_nothing_and_leaves_what_was_handed_in(market, at):
    member, (first, second, _third) = market.lefts[0], market.rights
    row = draft(member, at, [[str(first.id)]])
    assert (row.ranks, row.submitted_at) == ([], None)
    row = hand_in(member, at, second, first)
    row = draft(member, at, [[str(first.id)]])
    assert row.ranks == [[str(second.id)], [str(first.id)]]
    assert row.draft == [[str(first.id)]]


def test_handing_in_again_replaces(market, at):
    member = market.lefts[0]
    hand_in(member, at, market.rights[0])
    row = hand_in(member, at + dt.timedelta(hours=1), [market.rights[1], market.rights[2]])
    assert row.ranks == [[str(market.rights[1].id), str(market.rights[2].id)]]
    assert row.submitted_at == at + dt.timedelta(hours=1)


def test_consent_names_who_may_be_told_and_changes_with_the_list(market, at):
    member = market.lefts[0]
    hand_in(member, at, market.rights[0])
    hand_in(member, at, market.rights[0])
    consent = Consent.objects.get(about_id=member.id)
    assert (consent.receivers, consent.text, consent.person) == (["株式会社0"], TEXT, member.person)
    assert consent.items == ["氏名", "メールアドレス", "電話番号"]
    hand_in(member, at, market.rights[2], market.rights[1])
    standing = Consent.objects.get(about_id=member.id, withdrawn_at__isnull=True)
    assert standing.receivers == ["株式会社1", "株式会社2"]
    assert Consent.objects.filter(about_id=member.id).count() == 2


def test_what_is_refused_leaves_nothing_behind(market, at, deadline):
    member, right = market.lefts[0], market.rights[0]
    assert code_of(hand_in, member, at, right, agrees=False) == "no_consent"
    assert code_of(hand_in, member, at) == "empty"
    assert code_of(hand_in, member, at, market.lefts[1]) == "unknown_partner"
    assert code_of(hand_in, member, at, right, right) == "twice"
    assert code_of(hand_in, member, deadline, right) == "closed"
    assert code_of(draft, member, at, "x") == "malformed"
    other = as_member(market.lefts[1], at)
    assert code_of(actions.save_draft, by=other, member=member, groups=[]) == "not_yours"
    member.refresh_from_db()
    assert (member.draft, member.ranks, member.submitted_at) == ([], [], None)
    assert not Consent.objects.exists()


def test_the_last_moment_is_before_the_deadline(market, deadline):
    row = hand_in(market.lefts[0], deadline - dt.timedelta(microseconds=1), market.rights[0])
    assert row.submitted_at is not None


def test_nothing_is_taken_before_it_opens(make_market, secretariat, at):
    opens = at + dt.timedelta(days=1)
    market = make_market(opens_at=opens)
    actions.open_event(by=secretariat, event=market.event)
    assert code_of(hand_in, market.lefts[0], at, market.rights[0]) == "closed"
    hand_in(market.lefts[0], opens, market.rights[0])


def test_a_cap_on_the_list(make_market, secretariat, at):
    market = make_market(max_wishes=1)
    actions.open_event(by=secretariat, event=market.event)
    member = market.lefts[0]
    assert code_of(hand_in, member, at, *market.rights[:2]) == "too_many"
    draft(member, at, [[str(row.id)] for row in market.rights[:2]])  # a draft may be too long
    hand_in(member, at, market.rights[0])


def test_partners_are_known_without_names_or_addresses(market):
    member = market.lefts[0]
    found = queries.partners(member)
    assert {each.id for each in found} == {str(row.id) for row in market.rights}
    shown = " ".join(part for each in found for part in each[1:])
    for right in market.rights:
        assert right.person.given_name not in shown
        assert right.person.email not in shown


def test_who_leaves_can_neither_be_ranked_nor_rank(market, at, secretariat):
    left, right = market.lefts[0], market.rights[0]
    hand_in(left, at, right)
    actions.withdraw_member(by=as_member(right, at), member=right)
    actions.withdraw_member(by=secretariat, member=right)  # a second time changes nothing
    assert Entry.objects.filter(verb="matching_member.withdrawn").count() == 1
    assert code_of(hand_in, right, at, left) == "withdrawn"
    assert code_of(hand_in, left, at, right) == "unknown_partner"
    assert str(right.id) not in {each.id for each in queries.partners(left)}


def test_a_reminder_is_due_once_and_only_for_those_who_handed_in_nothing(market, at, deadline, system):
    near = deadline - dt.timedelta(days=3)
    hand_in(market.lefts[0], at, market.rights[0])
    draft(market.lefts[1], at, [])
    actions.withdraw_member(by=as_member(market.lefts[2], at), member=market.lefts[2])
    assert queries.due_for_reminder(near - dt.timedelta(seconds=1)) == []
    due = queries.due_for_reminder(near)
    assert {row.id for row in due} == {row.id for row in (market.lefts[1], *market.rights)}
    by = system.now(near)
    assert all(actions.mark_reminded(by=by, member=row) for row in due)
    assert queries.due_for_reminder(near) == []
    assert not actions.mark_reminded(by=by, member=due[0])
    assert actions.mark_reminded(by=by, member=due[0], again=True)
    assert not actions.mark_reminded(by=by, member=market.lefts[0], again=True)
    assert queries.due_for_reminder(deadline) == []


def test_progress_tells_numbers_only(market, at):
    hand_in(market.lefts[0], at, market.rights[0])
    draft(market.lefts[1], at, [[str(market.rights[0].id)]])
    left, right = queries.progress(market.event)
    assert left == {"side": "left", "all": 3, "submitted": 1, "drafts": 1}
    assert right == {"side": "right", "all": 3, "submitted": 0, "drafts": 0}


def test_members_see_their_own_row_only(market, at, secretariat):
    mine = as_member(market.lefts[0], at)
    assert list(queries.members_visible_to(mine)) == [market.lefts[0]]
    assert queries.members_visible_to(secretariat).count() == 6
    assert not queries.members_visible_to(secretariat.__class__(at=at)).exists()


# Orders that staff type in, and minors


def enter(market, secretariat, member, now, received, *groups, **fields):
    options = {"agrees": True, "text": TEXT, "channel": "fax", **fields}
    groups = [[str(one.id)] for one in groups]
    return actions.enter_ranks(
        by=secretariat.now(now), member=member, groups=groups, received_at=received, **options
    )


def test_an_order_by_fax_counts_and_the_member_may_still_change_it(market, secretariat, at, deadline):
    member, (first, second, _third) = market.lefts[0], market.rights
    row = enter(market, secretariat, member, at + HOUR, at, first, second)
    assert (row.ranks, row.submitted_at, row.channel) == ([[str(first.id)], [str(second.id)]], at, "fax")
    assert row.draft == row.ranks  # where the member goes on
    consent = Consent.objects.get(about_id=member.id)
    assert (consent.channel, consent.entered_by) == ("paper", secretariat.account_id)
    entry = Entry.objects.get(verb="matching_member.entered")
    assert (entry.actor_role, entry.for_person_id) == ("secretariat", member.person_id)
    row = hand_in(member, at + 2 * HOUR, second)
    assert (row.ranks, row.channel) == ([[str(second.id)]], "web")


def test_what_came_in_time_is_entered_until_the_freeze(market, secretariat, at, deadline):
    member, right = market.lefts[0], market.rights[0]
    for received in (deadline, at - HOUR):
        assert code_of(enter, market, secretariat, member, deadline + HOUR, received, right) == "closed"
    assert code_of(enter, market, secretariat, member, at, at + HOUR, right) == "not_yet"
    assert code_of(enter, market, secretariat, member, at, at, right, agrees=False) == "no_consent"
    last = deadline - dt.timedelta(minutes=1)
    enter(market, secretariat, member, deadline + HOUR, last, right)
    enter(market, secretariat, right, deadline + HOUR, last, member)
    actions.freeze(by=secretariat.now(deadline + HOUR), event=market.event)
    again = code_of(enter, market, secretariat, market.lefts[1], deadline + 2 * HOUR, last, right)
    assert again == "closed"


def test_what_the_member_has_begun_to_change_is_not_lost(market, secretariat, at):
    member, (first, second, _third) = market.lefts[0], market.rights
    draft(member, at + HOUR, [[str(second.id)]])
    row = enter(market, secretariat, member, at + 2 * HOUR, at, first)
    assert (row.ranks, row.draft) == ([[str(first.id)]], [[str(second.id)]])


def test_an_older_paper_does_not_take_the_place_of_a_newer_order(market, secretariat, at):
    member = market.lefts[0]
    hand_in(member, at + HOUR, market.rights[0])
    assert code_of(enter, market, secretariat, member, at + 2 * HOUR, at, market.rights[1]) == "newer"
    member.refresh_from_db()
    assert (member.ranks, member.channel) == ([[str(market.rights[0].id)]], "web")


def test_nobody_enters_an_order_for_another_bodys_event(market, council, at):
    chamber = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    other = Actor(at=at, role="secretariat", body_id=chamber.id, council_id=council.id)
    assert code_of(enter, market, other, market.lefts[0], at, at, market.rights[0]) == "other_body"


def test_a_minors_order_counts_with_the_guardians_paper_only(market, secretariat, at, deadline):
    """Seventeen on the day of the deadline; one day older needs nobody."""
    young, grown, right = market.lefts[0], market.lefts[1], market.rights[0]
    day = dates.day_of(deadline)
    for member, born in ((young, day.replace(year=day.year - 18) + dt.timedelta(days=1)), (grown, day.replace(year=day.year - 18))):  # fmt: skip
        Person.objects.filter(pk=member.person_id).update(date_of_birth=born)
    everybody = [*market.lefts, *market.rights]
    assert queries.minors(everybody) == {young.id}
    for left in (young, grown):
        hand_in(left, at, right)
    hand_in(right, at, young, grown)
    assert set(queries.consents(everybody)) == {grown.id, right.id}
    sign = {"by": secretariat, "name": "見本 母", "relation": "母"}
    assert code_of(actions.take_guardian_paper, member=grown, **sign) == "no_need"
    assert code_of(actions.take_guardian_paper, member=young, **{**sign, "name": " "}) == "incomplete"
    consent = actions.take_guardian_paper(member=young, **sign)
    assert (consent.purpose, consent.guardian.checked, consent.holds) == ("guardian", "paper", True)
    assert set(queries.consents(everybody)) == {young.id, grown.id, right.id}
    withdraw_consent(by=secretariat, consent=consent)
    event = actions.freeze(by=secretariat.now(deadline), event=market.event)
    assert young.code not in event.frozen_list
    assert grown.code in event.frozen_list
    late = {**sign, "by": secretariat.now(deadline)}
    assert code_of(actions.take_guardian_paper, member=young, **late) == "stale"
