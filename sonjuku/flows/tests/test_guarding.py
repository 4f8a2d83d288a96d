import datetime as dt

import pytest

from sonjuku.flows import guarding
from sonjuku.flows.tests.conftest import MOTHER, PUPIL, letters
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def guardian(at):
    return Actor(at=at, role="guardian")


@pytest.fixture
def held(first_come, apply):
    """A pupil's application that holds the only seat of a first-come call, its consent, and who waits behind."""
    call = first_come(capacity=1)
    application = apply(call, PUPIL, guardian=MOTHER)
    return application, Consent.objects.get(purpose="guardian"), apply(call)


def state_of(application):
    return Application.objects.get(pk=application.pk).state


def test_the_link_finds_its_consent_and_no_other(held):
    _application, consent, _waiting = held
    token = guarding.link(consent).removeprefix("/g/").removesuffix("/")
    assert guarding.find(token) == consent
    for forged in (token[:-1], token + "x", str(consent.id), ""):
        assert guarding.find(forged) is None
    Consent.objects.update(withdrawn_at=consent.asked_at)
    assert guarding.find(token) is None


def test_the_seat_is_held_and_taken_up_on_consent(held, guardian):
    application, consent, waiting = held
    assert (state_of(application), state_of(waiting)) == ("submitted", "waitlisted")
    answer = {"by": guardian, "consent": consent, "given": True, "channel": "mail"}
    guarding.answer(**answer)
    guarding.answer(**answer)
    assert state_of(application) == "accepted"
    assert Participation.objects.count() == 1
    assert letters("guardian_answered", application).count() == 1
    assert letters("confirmed", application).count() == 1


def test_a_refusal_gives_the_seat_to_who_waits(held, guardian):
    application, consent, waiting = held
    guarding.answer(by=guardian, consent=consent, given=False, channel="mail")
    application.refresh_from_db()
    assert (application.state, application.ineligible_reasons) == ("ineligible", ["guardian_refused"])
    assert state_of(waiting) == "offered"
    assert letters("offer", waiting).count() == 1
    with pytest.raises(Refused, match="consent_answered"):
        guarding.answer(by=guardian, consent=consent, given=True, channel="mail")


def test_a_held_seat_waits_until_the_due_date_and_no_longer(held, guardian):
    application, consent, waiting = held
    late = guardian.now(consent.due_at)
    with pytest.raises(Refused, match="consent_overdue"):
        guarding.answer(by=late, consent=consent, given=True, channel="mail")
    assert guarding.lapse_overdue(by=guardian.now(consent.due_at - dt.timedelta(seconds=1))) == []
    assert guarding.lapse_overdue(by=late) == [application]
    assert guarding.lapse_overdue(by=late) == []
    assert (state_of(application), state_of(waiting)) == ("lapsed", "offered")
    assert letters("consent_overdue", application).count() == 1
    with pytest.raises(Refused, match="application_ended"):
        guarding.answer(by=late, consent=consent, given=True, channel="mail")


def test_staff_enter_a_signed_paper_that_came_in_time(held, secretariat):
    application, consent, _waiting = held
    late = secretariat.now(consent.due_at)
    guarding.answer(by=late, consent=consent, given=True, channel="paper", checked="paper")
    assert state_of(application) == "accepted"


def test_in_a_lottery_the_answer_may_come_until_the_close(lottery, apply, guardian):
    call = lottery(consent_days=1)
    application = apply(call, PUPIL, guardian=MOTHER)
    consent = Consent.objects.get(purpose="guardian")
    assert consent.due_at < call.closes_at
    assert guarding.lapse_overdue(by=guardian.now(call.closes_at)) == []
    with pytest.raises(Refused, match="consent_overdue"):
        guarding.answer(by=guardian.now(call.closes_at), consent=consent, given=True, channel="mail")
    last = guardian.now(call.closes_at - dt.timedelta(seconds=1))
    guarding.answer(by=last, consent=consent, given=True, channel="qr")
    assert state_of(application) == "submitted"


def test_a_reminder_goes_out_once_when_the_date_is_near(held, guardian):
    _application, consent, _waiting = held
    assert guarding.remind(by=guardian) == 0
    near = guardian.now(consent.due_at - dt.timedelta(days=1))
    guarding.remind(by=near)
    guarding.remind(by=near)
    letter = letters("guardian_reminder").get()
    assert letter.to_address == "mother@example.jp"


def test_a_new_request_after_an_overdue_one_counts_anew(held, guardian, apply):
    from sonjuku.flows import applying
    from sonjuku.rooms.people.models import Account

    application, consent, _waiting = held
    guarding.lapse_overdue(by=guardian.now(consent.due_at - dt.timedelta(hours=0)))
    assert state_of(application) == "lapsed"
    account = Account.objects.get(pk=application.person.account_id)
    call = application.call
    call.closes_at += dt.timedelta(days=30)
    call.save()
    later = Actor(at=consent.due_at + dt.timedelta(hours=1), role="member", account_id=account.id)
    again = applying.apply(
        by=later, call=call, account=account, profile=PUPIL, guardian=MOTHER, consents={"application"}
    )
    fresh = Consent.objects.get(purpose="guardian", withdrawn_at__isnull=True)
    assert (again.state, fresh.about_id) == ("waitlisted", application.id)
    assert fresh.due_at > consent.due_at
