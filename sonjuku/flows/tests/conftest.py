"""Fixtures that walk the funnel without a browser; imported by the tests of the flows around calls."""

import datetime as dt
from typing import Any

import pytest

from sonjuku.flows import applying, calling
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.talent.tests.conftest import hold, key, places, skills  # noqa: F401

PUPIL = {
    "family_name": "見本",
    "given_name": "太郎",
    "family_name_kana": "みほん",
    "given_name_kana": "たろう",
    "date_of_birth": dt.date(2009, 6, 1),
    "lg_code": "352047",
    "school_stage": "high",
}
ADULT = {**PUPIL, "given_name": "花子", "date_of_birth": dt.date(1990, 5, 5), "school_stage": "none"}
MOTHER = {"name": "見本 母", "relation": "母", "email": "mother@example.jp"}


@pytest.fixture
def lottery(council: Any, make_call: Any, secretariat: Any) -> Any:
    def make(**fields: Any) -> Any:
        return calling.open_call(by=secretariat, call=make_call(council, **fields))

    return make


@pytest.fixture
def first_come(lottery: Any) -> Any:
    def make(**fields: Any) -> Any:
        return lottery(**{"selection": "first_come", "result_immediate": True, "seed_source": "", **fields})

    return make


@pytest.fixture
def member(make_account: Any, at: dt.datetime) -> Any:
    """A new account and its actor."""
    count = 0

    def make(moment: dt.datetime | None = None) -> Any:
        nonlocal count
        count += 1
        account = make_account(f"member{count}@example.jp")
        return account, Actor(at=moment or at, role="member", account_id=account.id)

    return make


@pytest.fixture
def apply(member: Any) -> Any:
    """A new member applies."""

    def make(call: Any, profile: Any = None, **fields: Any) -> Any:
        account, by = member(fields.pop("moment", None))
        return applying.apply(
            by=by,
            call=call,
            account=account,
            profile=profile or ADULT,
            **{"consents": {"application"}, **fields},
        )

    return make


def letters(kind: str, about: Any = None) -> Any:
    rows = Letter.objects.filter(kind=kind)
    return rows.filter(about_id=about.id) if about else rows
