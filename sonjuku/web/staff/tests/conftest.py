"""The desk's cast: clients that act as staff, applicants in a call that runs now."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.actors import DEMO_CAST


@pytest.fixture
def log_in() -> Callable[[Any], Client]:
    """A client of this account whose second factor is taken as given."""

    def make(account: Any) -> Client:
        client = Client()
        client.force_login(account)
        session = client.session
        session[DEMO_CAST] = "staff"
        session.save()
        return client

    return make


@pytest.fixture
def desk(staff_account: Any, log_in: Any) -> Client:
    return log_in(staff_account)


@pytest.fixture
def now() -> dt.datetime:
    """Requests run on the real clock, so their calls must too."""
    return timezone.now()


@pytest.fixture
def acting(secretariat: Actor, now: dt.datetime) -> Actor:
    return secretariat.now(now)


@pytest.fixture
def running(council: Any, make_call: Any, now: dt.datetime) -> Callable[..., Call]:
    """A call of today; `state` as given (open by default)."""

    def make(**fields: Any) -> Call:
        day = timezone.localdate()
        base: dict[str, Any] = {
            "state": Call.State.OPEN,
            "opens_at": now - dt.timedelta(days=5),
            "closes_at": now + dt.timedelta(days=3),
            "result_on": day + dt.timedelta(days=10),
            "starts_on": day + dt.timedelta(days=30),
            "ends_on": day + dt.timedelta(days=60),
        }
        return make_call(council, **{**base, **fields})

    return make


@pytest.fixture
def apply_to(make_person: Any, now: dt.datetime) -> Callable[..., Application]:
    """One submitted application by a new person."""

    def make(call: Call, person: dict[str, Any] | None = None, **fields: Any) -> Application:
        base: dict[str, Any] = {
            "state": Application.State.SUBMITTED,
            "submitted_at": now - dt.timedelta(days=1),
            "received_at": now - dt.timedelta(days=1),
            "out_of_area": False,
        }
        who = make_person(call.council, **(person or {}))
        return Application.objects.create(council=call.council, call=call, person=who, **{**base, **fields})

    return make
