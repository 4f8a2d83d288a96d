"""Running numbers of certificates: in the order of completion, never moved, never given twice."""

import datetime as dt

import pytest

from sonjuku.rooms.participation import actions
from sonjuku.rooms.participation.models import Participation
from tests.races import at_once

S = Participation.State


@pytest.fixture
def completed(council, make_person, at):
    def make(call, hours, **fields):
        base = {"state": S.COMPLETED, "started_at": at, "completed_at": at + dt.timedelta(hours=hours)}
        return Participation.objects.create(
            council=council, call=call, person=make_person(council), **{**base, **fields}
        )

    return make


def numbers(*places):
    return [Participation.objects.get(pk=place.pk).certificate_number for place in places]


@pytest.mark.django_db
def test_numbers_follow_completion_and_stay(make_call, council, completed, secretariat):
    call = make_call(council)
    second, first = completed(call, 2), completed(call, 1)
    active = completed(call, 0, state=S.ACTIVE, completed_at=None)
    speaker = completed(call, 0, capacity="speaker")
    assert actions.number_certificates(by=secretariat, call=call) == 2
    assert numbers(first, second, active, speaker) == [1, 2, None, None]
    early = completed(call, -5)
    assert actions.number_certificates(by=secretariat, call=call) == 1
    assert numbers(first, second, early) == [1, 2, 3]
    assert actions.number_certificates(by=secretariat, call=call) == 0


@pytest.mark.django_db
def test_the_number_of_someone_erased_is_not_given_again(make_call, council, completed, secretariat):
    call = make_call(council)
    gone = completed(call, 1)
    actions.number_certificates(by=secretariat, call=call)
    gone.delete()
    later = completed(call, 2)
    actions.number_certificates(by=secretariat, call=call)
    assert numbers(later) == [2]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_number_everyone_once(make_call, council, completed, secretariat):
    call = make_call(council)
    places = [completed(call, hour) for hour in range(6)]
    numbered = at_once(lambda _hand: actions.number_certificates(by=secretariat, call=call), range(4))
    assert sum(numbered) == 6
    assert sorted(numbers(*places)) == [1, 2, 3, 4, 5, 6]
