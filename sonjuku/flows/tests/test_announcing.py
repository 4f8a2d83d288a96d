import datetime as dt

import pytest
from django.db import transaction

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
        [(_option, _english, place)] = queries.waiting_places(application)
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


@pytest.fixture
def many(lottery, apply, secretariat, monkeypatch):
    """A drawn lottery that is too large for one transaction: seven applications, letters by threes."""
    monkeypatch.setattr(announcing, "AT_ONCE", 5)
    monkeypatch.setattr(announcing, "CHUNK", 3)
    call = lottery(capacity=2)
    for _ in range(7):
        apply(call)
    staff = secretariat.now(call.closes_at)
    calls.close_call(by=staff, call=call)
    draw(staff, call)
    return call, staff


def results():
    return Letter.objects.filter(kind__startswith="result_")


def test_letters_of_a_large_run_are_written_by_the_worker_and_once(many):
    call, staff = many
    assert announcing.announce(by=staff, run=run_of(call)) == 7
    assert results().count() == 0
    assert announcing.write_letters(by=staff) == 7
    run = run_of(call)
    assert (run.letters_sent, run.letters_at) == (7, staff.at)
    assert announcing.write_letters(by=staff) == 0
    assert results().values("about_id").distinct().count() == results().count() == 7
    for application in Application.objects.filter(call=call, state=A.WAITLISTED):
        [(_option, _english, place)] = queries.waiting_places(application)
        assert f"順番は {place} 番目です" in letters("result_waitlisted", application).get().body


def test_letters_go_on_where_a_worker_was_cut_off(many, monkeypatch):
    call, staff = many
    announcing.announce(by=staff, run=run_of(call))
    monkeypatch.setattr(announcing, "CHUNKS_A_TICK", 1)
    assert announcing.write_letters(by=staff) == 3
    broken = announcing.notify_results

    def stops_in_the_middle(by, rows, waiting):
        broken(by, rows[:1], waiting)
        raise RuntimeError

    monkeypatch.setattr(announcing, "notify_results", stops_in_the_middle)
    with pytest.raises(RuntimeError), transaction.atomic():
        announcing.write_letters(by=staff)
    assert (results().count(), run_of(call).letters_sent) == (3, 3)
    monkeypatch.setattr(announcing, "notify_results", broken)
    assert [announcing.write_letters(by=staff) for _ in range(3)] == [3, 1, 0]
    assert results().values("about_id").distinct().count() == results().count() == 7


def test_who_has_answered_before_the_letter_gets_none(many):
    call, staff = many
    announcing.announce(by=staff, run=run_of(call))
    winner, loser = Application.objects.filter(call=call, state=A.OFFERED)
    later = staff.now(staff.at + dt.timedelta(minutes=1))
    confirming.confirm(by=later, application=winner)
    confirming.decline(by=later, application=loser)
    announcing.write_letters(by=staff)
    assert not letters("result_selected").exists()
    promoted = Application.objects.get(call=call, state=A.OFFERED)
    assert letters("offer", promoted).count() == 1
    assert results().count() == 4
