"""Preparing, opening, who takes part."""

import datetime as dt

import pytest

from sonjuku.engines.selection import wire
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.journal.words import field_word
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.actions import events, introductions, members
from sonjuku.rooms.matching.models import MatchingMember
from sonjuku.rooms.matching.tests.conftest import as_member, hand_in
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused


def refused(action, **arguments):
    with pytest.raises(Refused) as refusal:
        action(**arguments)
    return refusal.value.code


def test_the_report_is_due_in_february_where_nothing_else_was_said(make_event):
    assert make_event().report_due_on == dt.date(2027, 2, 28)


def test_a_report_outside_the_year_and_turned_periods_are_refused(make_event):
    assert refused(make_event, report_due_on=dt.date(2027, 4, 1)) == "report_out_of_year"
    assert refused(make_event, ends_on=dt.date(2026, 12, 1)) == "wrong_period"


def test_opening_publishes_the_rules(make_market, secretariat, at):
    market = make_market(rights=2, bounds={0: (1, 3)})
    event = actions.open_event(by=secretariat, event=market.event)
    lines = event.rules.split("\n")
    assert lines[2:4] == ["method\tmatch", f"run\t{event.code}"]
    assert f"right\t{market.rights[0].code}\t1\t3" in lines
    assert event.rules_hash == wire.hash_of(event.rules)
    assert (event.opens_at, event.rules_at) == (at, at)
    assert Entry.objects.filter(verb="matching.opened", subject_id=event.id).count() == 1


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"ranks_by": None}, "締切"), ({"seed_source": " "}, "公開の数"), ({"starts_on": None, "ends_on": None}, "始まる日"), ({"title": ""}, "名前")],
)  # fmt: skip
def test_what_is_missing_is_named(make_market, secretariat, fields, what):
    market = make_market(**fields)
    with pytest.raises(Refused) as refusal:
        actions.open_event(by=secretariat, event=market.event)
    assert refusal.value.code == "incomplete"
    assert what in str(refusal.value.message)


def test_both_sides_are_needed(make_market, secretariat):
    assert refused(actions.open_event, by=secretariat, event=make_market(rights=0).event) == "incomplete"


def test_a_source_of_two_lines_cannot_stand_in_the_rules(make_market, secretariat):
    market = make_market(seed_source="一行目\n二行目")
    assert refused(actions.open_event, by=secretariat, event=market.event) == "incomplete"


def test_what_the_rules_say_is_fixed_afterwards(make_market, secretariat, deadline, make_person, council):
    market = make_market()
    actions.open_event(by=secretariat, event=market.event)
    later = deadline + dt.timedelta(days=1)
    assert refused(actions.change_event, by=secretariat, event=market.event, ranks_by=later) == "published"
    changed = actions.change_event(
        by=secretariat, event=market.event, report_due_on=dt.date(2027, 3, 1), ranks_by=deadline
    )
    assert changed.report_due_on == dt.date(2027, 3, 1)
    newcomer = make_person(council)
    assert refused(actions.add_member, by=secretariat, event=market.event, side="left", person=newcomer, title="題") == "published"  # fmt: skip
    assert refused(actions.change_member, by=secretariat, member=market.rights[0], most=2) == "published"
    assert actions.change_member(by=secretariat, member=market.rights[0], about="直した").about == "直した"


def test_left_gets_one_and_right_bounds_are_in_order(make_event, secretariat, make_person, council):
    event = make_event()
    left = actions.add_member(
        by=secretariat, event=event, side="left", person=make_person(council), title="題", most=4, least=2
    )
    assert (left.least, left.most) == (0, 1)
    arguments = {"by": secretariat, "event": event, "side": "right", "person": make_person(council), "title": "題"}  # fmt: skip
    assert refused(actions.add_member, **arguments, least=2, most=1) == "wrong_bounds"
    assert refused(actions.add_member, **arguments, most=0) == "wrong_bounds"
    assert refused(actions.add_member, **{**arguments, "title": " "}) == "no_title"


def test_nobody_takes_part_twice_but_one_may_answer_for_two_firms(
    make_event, secretariat, make_person, council
):
    event, person = make_event(), make_person(council)
    firms = [Body.objects.create(council=council, type=Body.Type.COMPANY, name=n) for n in "甲乙"]
    add = {"by": secretariat, "event": event, "side": "right", "person": person, "title": "題"}
    for firm in firms:
        actions.add_member(**add, body=firm)
    assert refused(actions.add_member, **add, body=firms[0]) == "twice"
    actions.add_member(**add)
    assert refused(actions.add_member, **{**add, "side": "left"}) == "twice"


def test_people_of_another_council_and_bodies_without_a_part_are_refused(
    make_event, secretariat, make_person, council, other_council
):
    event = make_event()
    stranger = make_person(other_council)
    assert refused(actions.add_member, by=secretariat, event=event, side="left", person=stranger, title="題") == "other_council"  # fmt: skip
    chamber = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    other = Actor(at=secretariat.at, role="secretariat", body_id=chamber.id, council_id=council.id)
    assert refused(actions.open_event, by=other, event=event) == "other_body"
    assert refused(actions.freeze, by=other, event=event) == "other_body"
    foreign = Actor(at=secretariat.at, role="secretariat", body_id=council.host.id, council_id=other_council.id)  # fmt: skip
    assert refused(actions.open_event, by=foreign, event=event) == "other_council"
    assert list(queries.events_visible_to(other)) == list(queries.events_visible_to(foreign)) == []
    assert list(queries.events_visible_to(secretariat)) == [event]


def test_a_member_cannot_run_an_event(make_market):
    market = make_market()
    by = as_member(market.lefts[0], market.event.created_at)
    assert refused(actions.open_event, by=by, event=market.event) == "other_body"


def test_accepted_participants_come_in_under_numbers(
    make_event, make_call, make_person, council, secretariat, at
):
    event, call = make_event(), make_call(council)
    for state in ("active", "completed", "withdrawn"):
        Participation.objects.create(
            council=council, call=call, person=make_person(council), state=state, started_at=at
        )
    added = actions.add_from_call(by=secretariat, event=event, side="left", call=call)
    assert [row.title for row in added] == ["専門家 1", "専門家 2"]
    assert not any(row.person.family_name in row.title for row in added)
    assert refused(actions.add_from_call, by=secretariat, event=event, side="left", call=call) == "nobody"


def test_a_body_without_a_role_on_the_call_brings_nobody(
    make_event, make_call, make_person, council, secretariat, at
):
    chamber = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    call = make_call(council, host=chamber)
    Participation.objects.create(council=council, call=call, person=make_person(council), started_at=at)
    arguments = {"by": secretariat, "event": make_event(), "side": "left", "call": call}
    assert refused(actions.add_from_call, **arguments) == "nobody"


def test_a_correction_stands_beside_the_record(make_market, secretariat):
    event = make_market().event
    assert refused(actions.correct, by=secretariat, event=event, reason="訂正") == "stale"
    event = actions.open_event(by=secretariat, event=event)
    rules = event.rules
    assert refused(actions.correct, by=secretariat, event=event, reason=" ") == "no_text"
    for reason in ("会場が違っていました", "日付も違っていました"):
        actions.correct(by=secretariat, event=event, reason=reason)
    event.refresh_from_db()
    told = [each["reason"] for each in queries.proof(event)["corrections"]]
    assert (event.rules, told) == (rules, ["会場が違っていました", "日付も違っていました"])


@pytest.mark.parametrize(
    ("noun", "names"),
    [("matching", events.FIELDS), ("matching_member", (*members.WORDS, *members.BOUNDS)), ("introduction", introductions.FIELDS)],
)  # fmt: skip
def test_what_may_change_has_words_in_the_journal(noun, names):
    assert [name for name in names if field_word(f"{noun}.changed", name) == name] == []


def test_a_person_who_is_erased_takes_their_part_along_and_a_firm_stays(make_market, secretariat, system, at):
    market = make_market()
    actions.open_event(by=secretariat, event=market.event)
    left, right = market.lefts[0], market.rights[0]
    hand_in(right, at, left)
    assert actions.forget_person(by=system, person=left.person) == 1
    assert actions.forget_person(by=system, person=right.person) == 0
    right.person.delete()
    assert not MatchingMember.objects.filter(pk=left.pk).exists()
    right.refresh_from_db()
    assert (right.person, right.ranks, right.submitted_at) == (None, [], None)
