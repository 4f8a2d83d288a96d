"""The published texts of a run are megabytes: pages and actions that show none of them do not read them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.flows import announcing
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.journal.models import Actor
from tests import drawing

pytestmark = pytest.mark.django_db

# A column of calls_selectionrun that grows with the number of applications, but not within a function's parentheses.
GROWING = re.compile(r'(?<!\()"calls_selectionrun"\."(frozen_list|order|result|first_format)"(?=,| FROM)')


def read(work: Callable[[], Any]) -> list[str]:
    """The statements of this work that fetch a growing text; to count its lines in the database is no fetching."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return [each["sql"] for each in asked if each["sql"].startswith("SELECT") and GROWING.search(each["sql"])]


@pytest.fixture
def announced(running: Any, apply_to: Any, acting: Actor, now: dt.datetime, make_account: Any) -> Call:
    call = running(state=Call.State.CLOSED, closes_at=now - dt.timedelta(hours=1), capacity=1, check_days=0)
    for number in range(3):
        apply_to(call, {"given_name_kana": f"ヒト{number}"})
    drawing.draw(acting, call)
    announcing.announce(by=acting, run=drawing.run_of(call))
    made: Call = Call.objects.get(pk=call.pk)
    return made


def test_the_check_sees_a_text_that_is_read(announced: Call) -> None:
    assert read(lambda: SelectionRun.objects.get(calls=announced))
    run = drawing.run_of(announced)
    assert read(lambda: run.frozen_list)
    assert read(lambda: queries.run_of(announced, with_texts=True))


def test_pages_do_without(announced: Call, desk: Client, make_account: Any) -> None:
    run = drawing.run_of(announced)
    waiting = Application.objects.select_related("person").filter(call=announced, state="waitlisted").first()
    assert waiting is not None
    waiting.person.account = make_account("own@example.jp")
    waiting.person.save()
    own = Client()
    own.force_login(waiting.person.account)
    pages = [
        (Client(), reverse("public:call", args=["hagi", announced.code])),
        (own, reverse("member:application", args=[waiting.pk])),
        (own, reverse("member:home")),
        (desk, reverse("staff:call", args=["hagi", announced.code])),
        (desk, reverse("staff:run", args=["hagi", run.code])),
        (desk, reverse("staff:run_notice", args=["hagi", run.code])),
        (desk, reverse("staff:runs", args=["hagi"])),
    ]
    for client, address in pages:
        assert read(lambda: client.get(address)) == [], address  # noqa: B023 - called at once
    assert queries.entry_count(run) == 3


def test_letters_timeline_and_locks_do_without(announced: Call, acting: Actor) -> None:
    run = drawing.run_of(announced)
    winner = Application.objects.get(call=announced, state="offered")
    assert read(lambda: queries.timeline(announced, acting.at)) == []
    SelectionRun.objects.update(letters_at=None, letters_after=None)
    assert read(lambda: announcing.write_letters(by=acting)) == []
    assert read(lambda: actions.decline(by=acting, application=winner)) == []
    assert read(lambda: announcing.announce(by=acting, run=run)) == []
