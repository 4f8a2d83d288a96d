"""What may not be erased yet, what ends with an erasure, who hears of it, and applying at the same moment."""

import contextlib
import datetime as dt
from typing import Any

import pytest

from sonjuku.flows import applying, asking, delivering, erasing
from sonjuku.flows.tests.conftest import ADULT
from sonjuku.rooms.calls.models import Application, ImportBatch, ImportRow
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import Account, Consent, DataRequest, Person
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def erasure_of(by: Actor, council: Any, person: Person) -> DataRequest:
    request = asking.ask(by=by, person=person, body=council.host, kind="erasure", text="")
    return people.check_identity(by=by, request=request, how="窓口")


def test_whoever_takes_part_is_told_what_to_do(council, make_call, make_person, secretariat, at):
    call, person = make_call(council, state="decided"), make_person(council)
    Participation.objects.create(council=council, call=call, person=person, started_at=at)
    request = erasure_of(secretariat, council, person)
    with pytest.raises(Refused) as no:
        erasing.erase(by=secretariat, request=request)
    assert no.value.code == "taking_part"
    assert "辞退" in str(no.value.next_step)
    assert Person.objects.filter(pk=person.pk).exists()
    assert DataRequest.objects.get().state == "checking"
    # The day after the last one it is over, whether or not somebody closed the call.
    later = secretariat.now(at + 200 * DAY)
    erasing.erase(by=later, request=request)
    assert not Person.objects.exists()


def test_identity_comes_first_and_only_an_erasure_erases(council, make_person, secretariat):
    person = make_person(council)
    request = asking.ask(by=secretariat, person=person, body=council.host, kind="erasure", text="")
    with pytest.raises(Refused) as no:
        erasing.erase(by=secretariat, request=request)
    assert no.value.code == "identity_missing"
    other = asking.ask(by=secretariat, person=person, body=council.host, kind="disclosure", text="")
    with pytest.raises(Refused) as no:
        erasing.erase(by=secretariat, request=other)
    assert no.value.code == "not_erasure"


def test_what_waits_is_withdrawn_and_the_seat_goes_to_the_next(council, first_come, apply, secretariat):
    call = first_come(capacity=1)
    pupil = {**ADULT, "date_of_birth": dt.date(2009, 6, 1), "school_stage": "high", "given_name": "先"}
    mother = {"name": "見本 母", "relation": "母", "email": "mother@example.jp"}
    first = apply(call, pupil, guardian=mother)
    second = apply(call)
    assert (first.state, second.state) == ("submitted", "waitlisted")
    request = erasure_of(secretariat, council, first.person)
    erasing.erase(by=secretariat, request=request)
    second.refresh_from_db()
    assert second.state == "offered"
    assert call.seat_pools.get().taken == 1
    assert Letter.objects.filter(kind="offer", person=second.person).exists()
    assert not Letter.objects.filter(to_address="mother@example.jp").exists()


def test_a_staged_row_with_the_same_name_stops_it(council, make_call, make_person, secretariat, at):
    call, person = make_call(council), make_person(council, family_name="秘密", given_name="一郎")
    batch = ImportBatch.objects.create(
        council=council, call=call, state="checked", file_name="x.csv", created_at=at
    )
    ImportRow.objects.create(batch=batch, number=2, values=["秘密", "一郎"])
    request = erasure_of(secretariat, council, person)
    with pytest.raises(Refused) as no:
        erasing.erase(by=secretariat, request=request)
    assert no.value.code == "import_running"
    ImportBatch.objects.update(state="cancelled")
    erasing.erase(by=secretariat, request=request)
    assert not ImportRow.objects.exists()


def test_the_account_stays_while_it_leads_elsewhere(
    council, other_council, make_account, make_person, secretariat
):
    account = make_account("two@example.jp")
    person = make_person(council, account=account)
    other = make_person(other_council, account=account)
    erasing.erase(by=secretariat, request=erasure_of(secretariat, council, person))
    assert Account.objects.filter(pk=account.pk).exists()
    assert list(Person.objects.all()) == [other]


def test_the_last_letter_goes_out_by_mail_and_is_gone(council, make_person, secretariat, mailoutbox, at):
    person = make_person(council, email="bye@example.jp", language="en")
    erasing.erase(by=secretariat, request=erasure_of(secretariat, council, person))
    letter = Letter.objects.get(kind="request_erased")
    message = delivering.message_of(letter)
    assert message.to == ["bye@example.jp"]
    assert "Your personal data has been erased" in message.subject
    assert letter.state == "queued"


def test_without_an_address_nothing_is_queued(council, make_person, secretariat):
    person = make_person(council, email="")
    erasing.erase(by=secretariat, request=erasure_of(secretariat, council, person))
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_applying_and_erasing_at_once_leaves_all_or_nothing(
    council, first_come, apply, make_account, secretariat
):
    """Whichever comes first: a fresh record with a whole application, or nothing; never half of one."""
    earlier, call = first_come(capacity=5), first_come(capacity=5)
    old = apply(earlier, {**ADULT, "given_name": "競"})
    Participation.objects.all().delete()
    account = old.person.account
    # A login of its own keeps the account: both orders then lead to a person.
    request = erasure_of(secretariat, council, old.person)
    by = Actor(at=secretariat.at, role="member", account_id=account.id)

    def erase() -> Any:
        return erasing.erase(by=secretariat, request=request)

    def come_again() -> Any:
        return applying.apply(by=by, call=call, account=account, profile=ADULT, consents={"application"})

    def run(work: Any) -> None:
        with contextlib.suppress(Refused):
            work()

    at_once(run, [erase, come_again])
    assert (
        not Person.objects.filter(pk=old.person_id).exists() or DataRequest.objects.get().state == "checking"
    )
    assert call.seat_pools.get().taken == call.applications.filter(seat_pool__isnull=False).count()
    for application in Application.objects.all():
        assert Consent.objects.filter(person=application.person, purpose="application").exists()
