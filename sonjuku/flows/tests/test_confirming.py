import datetime as dt

import pytest

from sonjuku.flows import confirming, guarding
from sonjuku.flows.tests.conftest import MOTHER, PUPIL, letters
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


def state_of(application):
    return Application.objects.get(pk=application.pk).state


def test_a_declined_place_is_offered_confirmed_and_told(first_come, apply, secretariat):
    call = first_come(capacity=1)
    holder, waiting = apply(call), apply(call)
    confirming.decline(by=secretariat, application=holder)
    confirming.decline(by=secretariat, application=holder)
    assert Participation.objects.get().state == "withdrawn"
    assert letters("withdrawn", holder).count() == 1
    assert letters("offer", waiting).count() == 1
    confirming.confirm(by=secretariat, application=waiting)
    confirming.confirm(by=secretariat, application=waiting)
    assert Participation.objects.get(person=waiting.person).state == "active"
    assert letters("confirmed", waiting).count() == 1


def test_a_withdrawn_application_frees_nothing_it_never_had(lottery, apply, secretariat):
    application = apply(lottery())
    assert confirming.withdraw(by=secretariat, application=application).state == "withdrawn"
    assert letters("withdrawn", application).get().body.count("取下げ") == 1


def test_a_lapsed_offer_is_told_to_both(first_come, apply, secretariat):
    call = first_come(capacity=1)
    holder, first, second = apply(call), apply(call), apply(call)
    confirming.decline(by=secretariat, application=holder)
    offer = Application.objects.get(pk=first.pk)
    due = secretariat.now(offer.confirm_by)
    assert confirming.lapse_due(by=due) == [first]
    assert confirming.lapse_due(by=due) == []
    assert (state_of(first), state_of(second)) == ("lapsed", "offered")
    assert letters("lapsed", first).count() == 1
    assert letters("offer", second).count() == 1
    with pytest.raises(Refused, match="offer_lapsed"):
        confirming.confirm(by=due, application=first)


def test_a_minor_from_the_waiting_list_needs_the_consent_to_confirm(first_come, apply, secretariat):
    call = first_come(capacity=1)
    holder, minor = apply(call), apply(call, PUPIL, guardian=MOTHER)
    confirming.decline(by=secretariat, application=holder)
    with pytest.raises(Refused, match="guardian_missing"):
        confirming.confirm(by=secretariat, application=minor)
    consent = Consent.objects.get(purpose="guardian")
    guarding.answer(by=Actor(at=secretariat.at, role="guardian"), consent=consent, given=True, channel="mail")
    assert state_of(minor) == "offered"
    assert confirming.confirm(by=secretariat, application=minor).state == "accepted"


def test_a_completed_place_is_not_declined(first_come, apply, secretariat):
    application = apply(first_come())
    Participation.objects.update(state="completed", completed_at=secretariat.at)
    with pytest.raises(Refused, match="not_taking_part"):
        confirming.decline(by=secretariat, application=application)
    assert state_of(application) == "accepted"


def test_coming_back_after_a_decline_is_a_place_again(first_come, apply, secretariat):
    from sonjuku.flows import applying
    from sonjuku.flows.tests.conftest import ADULT

    call = first_come(capacity=1)
    application = apply(call)
    confirming.decline(by=secretariat, application=application)
    account = application.person.account
    later = Actor(at=secretariat.at + dt.timedelta(hours=1), role="member", account_id=account.id)
    again = applying.apply(by=later, call=call, account=account, profile=ADULT, consents={"application"})
    assert again.state == "accepted"
    assert Participation.objects.get().state == "active"
    confirming.decline(by=later, application=again)
    assert letters("withdrawn", again).count() == 2
