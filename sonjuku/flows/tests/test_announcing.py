import pytest

from sonjuku.flows import announcing, confirming, guarding
from sonjuku.flows.tests.conftest import MOTHER, PUPIL, letters
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent
from tests.drawing import draw, freeze, run_of

pytestmark = pytest.mark.django_db

A = Application.State


def test_from_application_to_participation_by_lottery(lottery, apply, secretariat):
    call = lottery(capacity=2)
    pupil = apply(call, PUPIL, guardian=MOTHER)
    silent = apply(call, PUPIL, guardian={**MOTHER, "email": "other@example.jp"})
    adults = [apply(call) for _ in range(3)]
    consent = Consent.objects.get(purpose="guardian", about_id=pupil.id)
    guarding.answer(by=Actor(at=secretariat.at, role="guardian"), consent=consent, given=True, channel="mail")
    staff = secretariat.now(call.closes_at)
    call = calls.close_call(by=staff, call=call)
    freeze(staff, call)
    letters_before = Letter.objects.count()
    draw(staff, call, "42.195")
    assert Letter.objects.count() == letters_before
    assert set(call.applications.values_list("state", flat=True)) == {"submitted"}

    announced = announcing.announce(by=staff, run=run_of(call))
    assert announced == 5
    assert announcing.announce(by=staff, run=run_of(call)) == 0
    silent.refresh_from_db()
    assert (silent.state, silent.ineligible_reasons) == ("ineligible", ["guardian_consent"])
    assert "保護者の同意" in letters("result_ineligible", silent).get().body
    assert (letters("result_selected").count(), letters("result_waitlisted").count()) == (2, 2)

    winner, loser = Application.objects.filter(call=call, state=A.OFFERED).order_by("rank")
    confirming.confirm(by=staff, application=winner)
    assert Participation.objects.get().person == winner.person
    confirming.decline(by=staff, application=loser)
    [promoted] = Application.objects.filter(call=call, state=A.OFFERED)
    assert promoted.rank == 3
    assert letters("offer", promoted).count() == 1
    assert {a.id for a in adults} >= {promoted.id} or promoted.id == pupil.id


def test_the_waiting_place_in_the_letter_is_the_one_on_the_page(lottery, apply, secretariat):
    call = lottery(capacity=1)
    for _ in range(4):
        apply(call)
    staff = secretariat.now(call.closes_at)
    call = calls.close_call(by=staff, call=call)
    draw(staff, call)
    announcing.announce(by=staff, run=run_of(call))
    for application in Application.objects.filter(call=call, state=A.WAITLISTED):
        place = queries.waiting_place(application)
        assert f"順番は {place} 番目です" in letters("result_waitlisted", application).get().body


def test_a_review_is_announced_in_its_own_words(lottery, apply, secretariat, make_staff, council, make_call):
    from dataclasses import replace

    from sonjuku.flows import calling

    call = make_call(council, selection="review", noun="oubo", seed_source="", capacity=1, min_reviewers=1)
    [criterion] = calls.set_criteria(by=secretariat, call=call, criteria=[{"title": "計画"}])
    call = calling.open_call(by=secretariat, call=call)
    chosen, other = apply(call), apply(call)
    reviewer = replace(secretariat, account_id=make_staff(council, "r@hagi.example.jp", "reviewer").id)
    for application, points in ((chosen, 5), (other, 1)):
        calls.declare_interest(by=reviewer, application=application, has_conflict=False)
        calls.submit_scores(by=reviewer, application=application, points={criterion.id: points})
    staff = secretariat.now(call.closes_at)
    call = calls.close_call(by=staff, call=call)
    announcing.decide_by_review(by=staff, call=call)
    announcing.announce(by=staff, run=run_of(call))
    assert "採択" in letters("result_selected", chosen).get().subject
    assert letters("result_not_selected", other).count() == 1
