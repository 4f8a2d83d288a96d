"""The same list from several desks at once. The first test shows that the race is real."""

import time
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError

from sonjuku.flows.events_in import import_events, writing
from sonjuku.flows.tests.test_events_in_cells import GOOD, sheet
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DESKS = 6


@pytest.fixture
def bring(council: Any, secretariat: Any, make_call: Any, monkeypatch: Any) -> Any:
    make_call(council)
    programme = Programme.objects.get()
    known = writing._known

    def slowly(*args: Any) -> Any:
        found = known(*args)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(writing, "_known", slowly)

    def run(action: Any) -> list[Any]:
        try:
            steps = action(
                by=secretariat, council=council, programme=programme, host=council.host, sheet=sheet(GOOD)
            )
        except (Refused, IntegrityError):
            return ["failed"]
        return [step.become.value for step in steps]

    return run


def test_without_lock_and_transaction_desks_clash(bring: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(writing, "_one_at_a_time", lambda council: None)
    found = Counter(
        str(answer) for answer in at_once(lambda _: bring(import_events.__wrapped__), [0] * DESKS)
    )
    assert found["['new']"] + found["['failed']"] > 1


def test_six_desks_make_one_draft(bring: Any) -> None:
    found = Counter(answer[0] for answer in at_once(lambda _: bring(import_events), [0] * DESKS))
    assert found == {"new": 1, "same": DESKS - 1}
    assert Call.objects.filter(source_key__gt="").count() == 1
