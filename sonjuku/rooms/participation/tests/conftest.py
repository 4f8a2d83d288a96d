import datetime as dt

import pytest

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms.models import Form, FormVersion, Response
from sonjuku.rooms.participation import actions
from sonjuku.rooms.participation.models import ObligationRule, Occasion

KIND = ObligationRule.Kind


@pytest.fixture
def call(make_call, council):
    """A course with three sessions: come twice, answer a survey."""
    call = make_call(council)
    for day in range(3):
        start = dt.datetime(2026, 11, 20 + day, 1, 0, tzinfo=dt.UTC)
        Occasion.objects.create(
            council=council, call=call, starts_at=start, ends_at=start + dt.timedelta(hours=3), ordinal=day
        )
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="アンケート"))
    ObligationRule.objects.create(call=call, kind=KIND.ATTEND, title="講座に出席する", sessions=2)
    ObligationRule.objects.create(
        call=call,
        kind=KIND.ANSWER,
        title="アンケートに答える",
        form_version=version,
        ordinal=1,
        due_on=dt.date(2026, 11, 25),
    )
    return call


@pytest.fixture
def accepted(make_person):
    def make(call, **person):
        return Application.objects.create(
            council=call.council,
            call=call,
            person=make_person(call.council, **person),
            state=Application.State.ACCEPTED,
        )

    return make


@pytest.fixture
def place(call, accepted, secretariat):
    return actions.start(by=secretariat, application=accepted(call))


@pytest.fixture
def survey(place):
    """The place's survey obligation and an answer to it."""
    obligation = place.obligations.get(rule__kind=KIND.ANSWER)
    response = Response.objects.create(
        council=place.council,
        version=obligation.rule.form_version,
        person=place.person,
        about_id=obligation.id,
    )
    return obligation, response
