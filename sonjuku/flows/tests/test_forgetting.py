import datetime as dt
import os

import pytest

from sonjuku.flows import ticking
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, private_storage
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation
from sonjuku.toolbox.dates import at_tokyo

DAY = dt.timedelta(days=1)
LAST_DAY = dt.date(2026, 10, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def version(council):
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込み"))
    Question.objects.create(
        version=version, key="care", ordinal=1, kind="text", title="配慮", is_sensitive=True
    )
    Question.objects.create(version=version, key="why", ordinal=2, kind="text", title="理由")
    return version


@pytest.fixture
def answered(version, council, make_person, at):
    """Someone answered both questions about the row."""

    def make(row, person):
        response = Response.objects.create(
            council=council, version=version, person=person, about_id=row.id, submitted_at=at
        )
        for question in version.questions.all():
            Answer.objects.create(response=response, question=question, value="答え")
        return response

    return make


@pytest.fixture
def applied(council, make_call, make_person, version, answered, at):
    def make(**fields):
        call = make_call(council, form_version=version, **fields)
        person = make_person(council)
        row = Application.objects.create(
            council=council, call=call, person=person, state="accepted", submitted_at=at
        )
        return answered(row, person)

    return make


def values(response):
    return dict(response.answers.values_list("question__key", "value"))


def test_sensitive_answers_go_thirty_days_after_the_last_day_others_stay(applied):
    response = applied(state=Call.State.FINISHED, ends_on=LAST_DAY, starts_on=LAST_DAY)
    due = at_tokyo(LAST_DAY + 30 * DAY)
    assert ticking.tick(due - dt.timedelta(seconds=1)).counts["erased"] == 0
    assert values(response) == {"care": "答え", "why": "答え"}
    assert ticking.tick(due).counts["erased"] == 1
    assert values(response) == {"care": None, "why": "答え"}
    assert ticking.tick(due).counts["erased"] == 0
    assert Entry.objects.filter(verb="answers.erased", actor_role="system").count() == 1


def test_a_later_call_with_the_same_form_keeps_its_answers(applied):
    over = applied(state=Call.State.DECIDED, ends_on=LAST_DAY, starts_on=LAST_DAY)
    running = applied(state=Call.State.DECIDED, ends_on=LAST_DAY + 365 * DAY, starts_on=LAST_DAY)
    ticking.tick(at_tokyo(LAST_DAY + 40 * DAY))
    assert values(over)["care"] is None
    assert values(running)["care"] == "答え"


def test_answers_to_a_survey_go_too(council, make_call, make_person, version, answered, at):
    call = make_call(council, state=Call.State.FINISHED, ends_on=LAST_DAY, starts_on=LAST_DAY)
    rule = ObligationRule.objects.create(call=call, kind="answer", title="アンケート", form_version=version)
    place = Participation.objects.create(
        council=council, call=call, person=make_person(council), started_at=at
    )
    owed = Obligation.objects.create(council=council, participation=place, rule=rule)
    response = answered(owed, place.person)
    ticking.tick(at_tokyo(LAST_DAY + 30 * DAY))
    assert values(response)["care"] is None


def test_a_file_without_a_row_is_swept_once_a_day(at):
    from django.core.files.base import ContentFile

    storage = private_storage()

    def leave(name):
        storage.save(name, ContentFile(b"x"))
        old = (at - 3 * DAY).timestamp()
        os.utime(storage.path(name), (old, old))

    leave("ab/first")
    assert ticking.tick(at).counts["swept"] == 1
    leave("ab/second")
    assert ticking.tick(at + dt.timedelta(hours=1)).counts["swept"] == 0
    assert ticking.tick(at + DAY).counts["swept"] == 1
    assert not storage.exists("ab/second")
