"""A member in a browser, and calls that are open now: pages read the real clock."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sonjuku.rooms.calls.models import Call


@pytest.fixture
def log_in() -> Callable[[Any], Client]:
    def open_as(account: Any) -> Client:
        client = Client()
        client.force_login(account)
        return client

    return open_as


@pytest.fixture
def learner(council, make_account, make_person) -> Any:
    """A pupil of 17 with a complete profile."""
    account = make_account("pupil@example.jp")
    born = timezone.localdate() - dt.timedelta(days=17 * 365 + 60)
    person = make_person(
        council, account=account, date_of_birth=born, school_stage="high", email=account.email
    )
    account.person = person
    return account


@pytest.fixture
def adult(council, make_account, make_person) -> Any:
    account = make_account("adult@example.jp")
    account.person = make_person(council, account=account, email=account.email)
    return account


@pytest.fixture
def open_call(council, make_call) -> Callable[..., Call]:
    """A call that takes applications at this moment."""

    def make(**fields: Any) -> Call:
        now = timezone.now()
        day = timezone.localdate()
        base = {
            "state": Call.State.OPEN, "opens_at": now - dt.timedelta(days=1), "closes_at": now + dt.timedelta(days=3),
            "starts_on": day + dt.timedelta(days=20), "ends_on": day + dt.timedelta(days=40),
            "result_on": day + dt.timedelta(days=10),
        }  # fmt: skip
        return make_call(council, **{**base, **fields})

    return make


@pytest.fixture
def first_come(open_call) -> Call:
    return open_call(
        selection=Call.Selection.FIRST_COME, result_immediate=True, result_on=None, kind=Call.Kind.EVENT
    )


@pytest.fixture
def with_form(council) -> Callable[[Call], Any]:
    """A form with a branch and a file behind it, asked by the call."""
    from sonjuku.rooms.forms.models import Form, FormVersion, Question

    def give(call: Call) -> FormVersion:
        version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込み"))
        pc = Question.objects.create(
            version=version, key="pc", ordinal=1, kind="single", title="パソコンはありますか", required=True,
            options=[{"value": "yes", "title": "ある"}, {"value": "no", "title": "ない"}],
        )  # fmt: skip
        Question.objects.create(
            version=version, key="loan", ordinal=2, kind="text", title="借りたい期間", required=True,
            show_if_question=pc, show_if_op="is", show_if_value="no",
        )  # fmt: skip
        Question.objects.create(
            version=version, key="paper", ordinal=3, kind="file", title="作文", required=True
        )
        call.form_version = version
        call.save()
        return version

    return give
