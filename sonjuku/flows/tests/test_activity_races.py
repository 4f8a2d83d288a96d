"""A record asked for twice at once, and while its check-in is being taken back: on the database of DATABASE_URL."""

import datetime as dt

import pytest

from sonjuku.flows import attending
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import ActivityRecord
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HANDS = 6
DAY = dt.timedelta(days=1)


@pytest.fixture
def come(council, make_call, make_person, make_account, at):
    """Six check-ins of one person at six calls; the person, and who they are."""
    account = make_account("holder@example.jp")
    person = make_person(council, account=account, email="")
    for number in range(HANDS):
        call = make_call(council)
        held = at - DAY * (number + 1)
        occasion = Occasion.objects.create(
            council=council, call=call, starts_at=held, ends_at=held + DAY / 24
        )
        place = Participation.objects.create(council=council, call=call, person=person, started_at=held)
        CheckIn.objects.create(council=council, occasion=occasion, participation=place, at=held, how="qr")
    return person, Actor(at=at, role="member", account_id=account.pk)


def certify(come):
    try:
        return len(actions.certify_activities(by=come[1], person=come[0]))
    except Refused as refused:
        return refused.code


def test_each_check_in_is_certified_once_however_often_it_is_asked_for(come):
    found = at_once(lambda _hand: certify(come), range(HANDS))
    assert sorted(map(str, found)) == [str(HANDS), *["nothing_new"] * (HANDS - 1)]
    assert ActivityRecord.objects.count() == HANDS


def test_no_record_holds_whose_check_in_was_taken_back_meanwhile(come, secretariat):
    check_ins = list(CheckIn.objects.all())

    def work(row):
        return certify(come) if row is None else attending.undo_check_in(by=secretariat, check_in=row)

    at_once(work, [None, *check_ins])
    assert not CheckIn.objects.exists()
    assert not ActivityRecord.objects.filter(revoked_at=None).exists()
