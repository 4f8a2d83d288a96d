import datetime as dt

import pytest

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation import actions, queries
from sonjuku.rooms.participation.models import CheckIn, ObligationRule, Occasion, Participation
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
KIND = ObligationRule.Kind


def come(place, number, by):
    occasion = list(place.call.occasions.all())[number]
    return actions.check_in(by=by, occasion=occasion, participation=place, how=CheckIn.How.QR)


def refused(code, action, **arguments):
    with pytest.raises(Refused) as caught:
        action(**arguments)
    assert caught.value.code == code
    assert str(caught.value.message)


def test_start_makes_one_place_with_the_calls_obligations(call, accepted, secretariat):
    application = accepted(call)
    first = actions.start(by=secretariat, application=application)
    again = actions.start(by=secretariat, application=application)
    assert first == again
    assert [o.rule.kind for o in queries.obligations(first)] == [KIND.ATTEND, KIND.ANSWER]
    assert first.obligations.get(rule__kind=KIND.ANSWER).due_on == dt.date(2026, 11, 25)
    assert Entry.objects.filter(verb="participation.started").count() == 1


def test_only_an_accepted_application_takes_a_place(call, make_person, secretariat):
    waiting = Application.objects.create(
        council=call.council, call=call, person=make_person(call.council), state="waitlisted"
    )
    refused("not_accepted", actions.start, by=secretariat, application=waiting)


def test_a_walk_in_has_no_application_and_keeps_the_place_when_one_comes(call, accepted, secretariat):
    application = accepted(call)
    walked = actions.walk_in(by=secretariat, call=call, person=application.person)
    assert walked.application is None
    started = actions.start(by=secretariat, application=application)
    assert started == walked
    assert started.application == application


def test_a_walk_in_from_another_councils_records_is_refused(call, other_council, make_person, secretariat):
    refused("other_council", actions.walk_in, by=secretariat, call=call, person=make_person(other_council))


def test_checking_in_twice_counts_once(place, secretariat):
    first = come(place, 0, secretariat)
    assert come(place, 0, secretariat) == first
    assert place.obligations.get(rule__kind=KIND.ATTEND).done_sessions == 1


def test_enough_sessions_meet_the_attendance(place, secretariat):
    come(place, 0, secretariat)
    assert not place.obligations.get(rule__kind=KIND.ATTEND).is_met
    come(place, 2, secretariat)
    assert place.obligations.get(rule__kind=KIND.ATTEND).is_met


def test_a_check_in_can_be_taken_back_until_completion(place, survey, secretariat):
    come(place, 0, secretariat)
    second = come(place, 1, secretariat)
    actions.undo_check_in(by=secretariat, check_in=second)
    attend = place.obligations.get(rule__kind=KIND.ATTEND)
    assert attend.done_sessions == 1
    assert not attend.is_met
    third = come(place, 2, secretariat)
    actions.fulfil(by=secretariat, obligation=survey[0], response=survey[1])
    assert actions.complete(by=secretariat, participation=place)
    refused("already_completed", actions.undo_check_in, by=secretariat, check_in=third)


def test_a_ticket_of_another_call_is_refused(place, make_call, council, at, secretariat):
    other = make_call(council)
    there = Occasion.objects.create(
        council=council, call=other, starts_at=at, ends_at=at + dt.timedelta(hours=1)
    )
    refused(
        "ticket_of_other_call",
        actions.check_in,
        by=secretariat,
        occasion=there,
        participation=place,
        how="qr",
    )
    assert not CheckIn.objects.exists()


def test_who_gave_the_place_up_is_not_checked_in(place, secretariat):
    actions.leave(by=secretariat, participation=place)
    with pytest.raises(Refused, match="not_taking_part"):
        come(place, 0, secretariat)


def test_completion_comes_when_the_last_thing_is_done_and_once(place, survey, secretariat):
    obligation, response = survey
    come(place, 0, secretariat)
    come(place, 1, secretariat)
    assert not actions.complete(by=secretariat, participation=place)
    actions.fulfil(by=secretariat, obligation=obligation, response=response)
    assert actions.complete(by=secretariat, participation=place)
    assert not actions.complete(by=secretariat, participation=place)
    place.refresh_from_db()
    assert place.state == Participation.State.COMPLETED
    assert place.completed_at == secretariat.at
    assert Entry.objects.filter(verb="participation.completed").count() == 1


def test_fulfilling_again_keeps_the_first_answer(survey, secretariat):
    obligation, response = survey
    first = actions.fulfil(by=secretariat, obligation=obligation, response=response)
    later = secretariat.now(secretariat.at + dt.timedelta(days=1))
    assert actions.fulfil(by=later, obligation=obligation, response=response).done_at == first.done_at


def test_what_cannot_be_fulfilled_is_refused(place, survey, make_person, secretariat):
    obligation, response = survey
    attend = place.obligations.get(rule__kind=KIND.ATTEND)
    refused("attendance_counts_itself", actions.fulfil, by=secretariat, obligation=attend)
    refused("nothing_handed_in", actions.fulfil, by=secretariat, obligation=obligation)
    foreign = Response.objects.create(
        council=place.council, version=response.version, person=make_person(place.council)
    )
    refused("not_yours", actions.fulfil, by=secretariat, obligation=obligation, response=foreign)
    actions.leave(by=secretariat, participation=place)
    refused("not_taking_part", actions.fulfil, by=secretariat, obligation=obligation, response=response)


def test_waiving_needs_a_reason_and_counts_as_met(place, secretariat):
    attend = place.obligations.get(rule__kind=KIND.ATTEND)
    refused("reason_missing", actions.waive, by=secretariat, obligation=attend, reason="  ")
    waived = actions.waive(by=secretariat, obligation=attend, reason="大雪で列車が止まったため")
    assert waived.is_met
    entry = Entry.objects.get(verb="obligation.waived")
    assert entry.field_names == ["waived_reason"]


def test_leaving_twice_changes_nothing_and_completed_places_stay(place, survey, secretariat):
    actions.leave(by=secretariat, participation=place)
    actions.leave(by=secretariat, participation=place)
    assert Entry.objects.filter(verb="participation.withdrawn").count() == 1
    Participation.objects.filter(pk=place.pk).update(state="completed")
    refused("not_taking_part", actions.leave, by=secretariat, participation=place)


def test_a_place_given_up_can_be_taken_again_with_the_same_code(place, secretariat):
    actions.leave(by=secretariat, participation=place)
    again = actions.walk_in(by=secretariat, call=place.call, person=place.person)
    assert again == place
    assert again.state == Participation.State.ACTIVE
    assert again.code == place.code


def test_finishing_ends_what_was_not_completed(place, accepted, secretariat):
    done = actions.start(by=secretariat, application=accepted(place.call))
    Participation.objects.filter(pk=done.pk).update(state="completed")
    assert actions.end_all(by=secretariat, call=place.call) == 1
    place.refresh_from_db()
    done.refresh_from_db()
    assert (place.state, done.state) == ("ended", "completed")


def test_a_reminder_is_marked_once(place, survey, secretariat):
    assert actions.mark_reminded(by=secretariat, obligation=survey[0])
    assert not actions.mark_reminded(by=secretariat, obligation=survey[0])


def test_what_participants_must_do_is_frozen_with_the_call(call, secretariat):
    rule = actions.add_rule(by=secretariat, call=call, kind=KIND.UPLOAD, title="報告を出す")
    refused("form_missing", actions.add_rule, by=secretariat, call=call, kind=KIND.ANSWER, title="回答する")
    call.frozen_at = secretariat.at
    call.save()
    refused("frozen", actions.add_rule, by=secretariat, call=call, kind=KIND.UPLOAD, title="報告を出す")
    refused("frozen", actions.remove_rule, by=secretariat, rule=ObligationRule.objects.get(pk=rule.pk))


def test_an_attended_occasion_stays(place, secretariat):
    first, second, *_ = place.call.occasions.all()
    come(place, 0, secretariat)
    refused("occasion_attended", actions.remove_occasion, by=secretariat, occasion=first)
    actions.remove_occasion(by=secretariat, occasion=second)
    assert place.call.occasions.count() == 2


def test_an_occasion_ends_after_it_begins(call, at, secretariat):
    refused("occasion_order", actions.add_occasion, by=secretariat, call=call, starts_at=at, ends_at=at)
    occasion = call.occasions.first()
    refused(
        "occasion_order",
        actions.change_occasion,
        by=secretariat,
        occasion=occasion,
        ends_at=occasion.starts_at - dt.timedelta(hours=1),
    )


def test_a_cloned_call_gets_the_same_weekdays_and_hours_a_year_later(call, make_call, council, secretariat):
    target = make_call(council)
    actions.copy_to(by=secretariat, source=call, target=target)
    # 20 November 2026 is a Friday, as is 19 November 2027.
    first = target.occasions.first()
    assert first.starts_at == dt.datetime(2027, 11, 19, 1, 0, tzinfo=dt.UTC)
    assert first.ends_at == dt.datetime(2027, 11, 19, 4, 0, tzinfo=dt.UTC)
    survey = target.obligation_rules.get(kind=KIND.ANSWER)
    assert survey.due_on == dt.date(2027, 11, 24)
    assert survey.form_version == call.obligation_rules.get(kind=KIND.ANSWER).form_version
