import datetime as dt

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, SeatPool
from sonjuku.rooms.journal.models import Entry
from sonjuku.toolbox.dates import at_tokyo, end_of_day_before
from sonjuku.toolbox.refusals import Refused
from tests.drawing import run_of

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def state_of(application):
    return Application.objects.get(pk=application.pk).state


def test_first_come_accepts_at_once_and_then_makes_wait(first_come, submit):
    call = first_come(capacity=2)
    made = [submit(call) for _ in range(4)]
    assert [a.state for a in made] == ["accepted", "accepted", "waitlisted", "waitlisted"]
    assert [[each.place for each in queries.waiting_places(a)] for a in made] == [[], [], [1], [2]]
    assert queries.seats_left(call) == 0


def test_applying_twice_gives_the_first_application(first_come, submit, make_person, council):
    call, person = first_come(), make_person(council)
    assert submit(call, person=person).id == submit(call, person=person).id
    assert call.seat_pools.get().taken == 1
    assert Entry.objects.filter(verb="application.submitted").count() == 1


def test_until_the_day_before_23_59_59_is_in_and_0_00_00_is_out(first_come, submit, system):
    closes_at = end_of_day_before(dt.date(2026, 11, 25))
    call = first_come(closes_at=closes_at)
    last = at_tokyo(dt.date(2026, 11, 24), dt.time(23, 59, 59))
    assert submit(call, by=system.now(last)).state == "accepted"
    late = refused("closed", submit, call, by=system.now(at_tokyo(dt.date(2026, 11, 25))))
    assert "11月24日" in str(late.message)


def test_a_freed_seat_goes_to_who_waits_and_never_to_a_newcomer(first_come, submit, system):
    call = first_come(capacity=1)
    holder, first, second = submit(call), submit(call), submit(call)
    change = actions.decline(by=system, application=holder)
    assert [a.id for a in change.offered] == [first.id]
    assert change.offered[0].state == "offered"
    assert change.offered[0].confirm_by > system.at
    assert submit(call).state == "waitlisted"
    assert (state_of(second), call.seat_pools.get().taken) == ("waitlisted", 1)


def test_newcomers_wait_behind_those_who_wait_even_when_seats_are_free(first_come, submit, system):
    call = first_come(capacity=1)
    submit(call)
    waiting = submit(call)
    SeatPool.objects.filter(call=call).update(capacity=3)
    newcomer = submit(call)
    assert newcomer.state == "waitlisted"
    assert actions.offer_next(by=system, call=call) == [waiting, newcomer]


def test_offers_lapse_exactly_at_their_time_and_pass_on(first_come, submit, system):
    call = first_come(capacity=1)
    holder, first, second = submit(call), submit(call), submit(call)
    [offer] = actions.decline(by=system, application=holder).offered
    before, due = (system.now(offer.confirm_by - dt.timedelta(seconds=1)), system.now(offer.confirm_by))
    assert actions.lapse_due(by=before) == []
    refused("offer_lapsed", actions.confirm, by=due, application=offer)
    assert [a.id for a in actions.lapse_due(by=due)] == [first.id]
    assert (state_of(first), state_of(second)) == ("lapsed", "offered")
    assert call.seat_pools.get().taken == 1
    assert actions.lapse_due(by=due) == []


def test_confirming_in_time_takes_the_place_once(first_come, submit, system):
    call = first_come(capacity=1)
    holder, waiting = submit(call), submit(call)
    actions.decline(by=system, application=holder)
    assert actions.confirm(by=system, application=waiting).state == "accepted"
    assert actions.confirm(by=system, application=waiting).state == "accepted"
    assert Entry.objects.filter(verb="application.confirmed").count() == 1


def test_withdrawal_is_before_a_place_and_decline_after(council, opened, first_come, submit, system):
    accepted = submit(first_come())
    refused("stale", actions.withdraw, by=system, application=accepted)
    waiting_for_draw = submit(opened(council))
    refused("stale", actions.decline, by=system, application=waiting_for_draw)
    assert actions.withdraw(by=system, application=waiting_for_draw).application.state == "withdrawn"
    assert actions.withdraw(by=system, application=waiting_for_draw).offered == []


def test_who_withdrew_may_come_back_at_the_end_of_the_queue(first_come, submit, system, make_person, council):
    call, person = first_come(capacity=1), make_person(council)
    first = submit(call, person=person)
    actions.decline(by=system, application=first)
    submit(call)
    again = submit(call, person=person)
    assert (again.id, again.code, again.state) == (first.id, first.code, "waitlisted")


def test_reserved_seats_are_for_residents(first_come, submit, system):
    call = first_come(capacity=1)
    SeatPool.objects.create(
        call=call, seat_type="市内優先", capacity=1, reserved_for_lg_codes=[HAGI], ordinal=0
    )
    outside, outside_too = (submit(call, person={"lg_code": SAPPORO}) for _ in range(2))
    # An outsider waits for the general seat; that must not keep a resident from the reserved one.
    resident = submit(call, person={"lg_code": HAGI})
    assert [a.state for a in (outside, outside_too, resident)] == ["accepted", "waitlisted", "accepted"]
    assert resident.seat_pool.seat_type == "市内優先"
    # The resident's seat is of no use to the outsider who waits.
    assert actions.decline(by=system, application=resident).offered == []


def test_eligibility_is_checked_with_the_reason_shown(first_come, submit, secretariat, council, make_call):
    call = make_call(council, selection="first_come", result_immediate=True)
    rules = [{"kind": "residence_in", "values": [HAGI]}, {"kind": "age", "minimum": 40}]
    actions.set_rules(by=secretariat, call=call, rules=rules)
    call = actions.open_call(by=secretariat, call=call)
    refusal = refused(
        "ineligible", submit, call, person={"lg_code": SAPPORO, "date_of_birth": dt.date(1980, 1, 1)}
    )
    assert "住む方" in str(refusal.message)
    assert Application.objects.count() == 0
    born = dt.date(1980, 1, 1)
    assert submit(call, person={"lg_code": HAGI, "date_of_birth": born}).state == "accepted"


def test_inside_and_outside_are_counted(first_come, submit):
    call = first_come()
    for code in (HAGI, SAPPORO, SAPPORO, ""):
        submit(call, person={"lg_code": code})
    assert queries.by_area(call) == {"in_area": 1, "out_of_area": 2, "unknown": 1}


def test_an_option_that_is_not_offered_is_refused(first_come, submit):
    refused("unknown_option", submit, first_come(), option="夜の部")


# Paper


def test_paper_that_came_in_time_may_be_entered_after_the_close(
    council, opened, submit, secretariat, closed, after_close, staff_account
):
    call = closed(opened(council))
    later = secretariat.now(after_close + dt.timedelta(days=1))
    in_time = after_close - dt.timedelta(hours=1)
    fields = {"channel": "fax", "received_at": in_time, "entered_by": staff_account}
    assert submit(call, by=later, **fields).state == "submitted"
    refused("closed", submit, call, by=later, channel="fax", received_at=after_close)
    refused("closed", submit, call, by=later)


def test_a_postmark_of_the_last_day_counts(council, opened, submit, secretariat, closed, after_close):
    call = closed(opened(council))
    postmark = at_tokyo(dt.date(2026, 11, 25))
    assert postmark < call.closes_at
    paper = submit(
        call,
        by=secretariat.now(after_close + dt.timedelta(days=2)),
        channel="paper",
        received_at=postmark,
        deadline_by="postmark",
    )
    assert (paper.state, paper.received_at, paper.deadline_by) == ("submitted", postmark, "postmark")


def test_no_paper_is_entered_once_the_list_is_frozen(
    council, opened, submit, secretariat, closed, after_close
):
    call = closed(opened(council))
    staff = secretariat.now(after_close)
    actions.freeze_list(by=staff, run=run_of(call))
    in_time = after_close - dt.timedelta(hours=1)
    refused("list_frozen", submit, call, by=staff, channel="paper", received_at=in_time)


def test_the_checker_is_not_the_enterer(council, opened, submit, secretariat, staff_account, make_staff):
    from dataclasses import replace

    paper = submit(opened(council), by=secretariat, channel="counter", entered_by=staff_account)
    refused("same_person", actions.check_entry, by=secretariat, application=paper)
    assert list(queries.unchecked(paper.call)) == [paper]
    colleague = replace(secretariat, account_id=make_staff(council, "two@hagi.example.jp").id)
    checked = actions.check_entry(by=colleague, application=paper)
    assert (checked.checked_by_id, checked.checked_at) == (colleague.account_id, colleague.at)


def test_a_checked_fact_says_how_and_by_whom(council, opened, submit, secretariat):
    application = submit(opened(council))
    fact = {"application": application, "fact": "residence_in"}
    actions.record_fact_check(by=secretariat, how="免許証を窓口で見た", **fact)
    check = actions.record_fact_check(by=secretariat, how="マイナンバーカード（表）", **fact)
    assert application.fact_checks.get() == check
    assert (check.how, check.checked_by_id) == ("マイナンバーカード（表）", secretariat.account_id)


# Invitation


def test_an_invitation_offers_a_seat_and_takes_no_applications(
    council, opened, secretariat, make_person, submit
):
    call = opened(council, selection="invitation", capacity=1)
    refused("invitation_only", submit, call)
    guest = make_person(council)
    invited = actions.invite(by=secretariat, call=call, person=guest)
    assert (invited.state, call.seat_pools.get().taken) == ("offered", 1)
    assert actions.invite(by=secretariat, call=call, person=guest).id == invited.id
    refused("full", actions.invite, by=secretariat, call=call, person=make_person(council))
    assert actions.confirm(by=secretariat, application=invited).state == "accepted"
