import datetime as dt

import pytest

from sonjuku.flows import handing_over
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Role
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(council):
    return Body.objects.create(council=council, type=Body.Type.MUNICIPALITY, name="萩市", branch="総務課")


def test_the_new_office_sees_the_calls_and_administers(council, secretariat, make_account, make_call, office):
    call, heir = make_call(council), make_account("heir@example.jp")
    on = day_of(secretariat.at)
    granted = handing_over.move_secretariat(
        by=secretariat, old=council.host, new=office, on=on, accounts=[heir]
    )
    assert {role.kind for role in granted} == {"secretariat", "administrator"}
    assert set(Role.objects.filter(body=council.host).values_list("ends_on", flat=True)) == {
        on - dt.timedelta(days=1)
    }
    actor = Actor(
        at=secretariat.at,
        role="secretariat",
        body_id=office.id,
        council_id=council.id,
        account_id=heir.id,
    )
    assert list(calls.desk_calls_visible_to(actor)) == [call]
    # The old office's part in the call stays on record.
    assert {row.body for row in call.bodies.all()} == {council.host, office}


def test_nothing_moves_to_nobody_or_nowhere(council, other_council, secretariat, make_account, office):
    heir, on = make_account("heir@example.jp"), day_of(secretariat.at)
    wrong = {
        "same_body": {"old": council.host, "new": council.host, "accounts": [heir]},
        "nobody": {"old": council.host, "new": office, "accounts": []},
        "other_council": {"old": council.host, "new": other_council.host, "accounts": [heir]},
    }
    for code, fields in wrong.items():
        with pytest.raises(Refused) as refused:
            handing_over.move_secretariat(by=secretariat, on=on, **fields)
        assert refused.value.code == code
    with pytest.raises(Refused):
        handing_over.move_secretariat(by=secretariat, old=office, new=council.host, on=on, accounts=[heir])
    assert not Role.objects.filter(ends_on__isnull=False).exists()
    assert not Role.objects.filter(account=heir).exists()
