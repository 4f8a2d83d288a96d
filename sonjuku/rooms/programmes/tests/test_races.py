"""Two desks record the renewal of one agreement at once, on the database of DATABASE_URL."""

import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.programmes import actions
from sonjuku.rooms.programmes.models import Agreement
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DESKS = 6


def test_one_renewal_however_many_press_at_once(council: Any, secretariat: Any) -> None:
    day = dt.date(2026, 4, 1)
    pact = actions.create_agreement(
        by=secretariat, council=council, slug="pact", title="協定", signed_on=day, starts_on=day,
        ends_on=dt.date(2027, 3, 31),
    )  # fmt: skip

    def press(_desk: int) -> str:
        try:
            actions.renew_agreement(
                by=secretariat, agreement=pact, signed_on=day, starts_on=dt.date(2027, 4, 1), ends_on=None
            )
        except Refused as refused:
            return refused.code
        return "done"

    assert sorted(at_once(press, range(DESKS))) == ["done", *["renewed"] * (DESKS - 1)]
    assert Agreement.objects.filter(renews=pact).count() == 1
