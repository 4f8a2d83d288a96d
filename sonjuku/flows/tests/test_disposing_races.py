"""Disposal by several hands at once. The first test shows that the race is real."""

import datetime as dt
import time
from collections import Counter
from typing import Any

import pytest

from sonjuku.flows import applying, disposing
from sonjuku.flows.disposing import kinds
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.actions import retention
from sonjuku.rooms.people.models import Disposal, Person
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DESKS = 6


@pytest.fixture
def disposal(council: Any, make_call: Any, make_person: Any, secretariat: Any, system: Any) -> Disposal:
    """One application of long ago, proposed."""
    call = make_call(council, state="finished", starts_on=dt.date(2015, 6, 1), ends_on=dt.date(2015, 6, 2))
    for _ in range(4):
        Application.objects.create(
            council=council, call=call, person=make_person(council), state="not_selected"
        )
    people.set_retention_rule(by=secretariat, council=council, kind="application", years=5)
    disposing.propose(by=system, council=council)
    return Disposal.objects.get()


def approve(action: Any, by: Actor, row: Disposal) -> str:
    try:
        action(by=by, disposal=row, approval_number="1", approved_on=dt.date(2026, 11, 20), rows=row.rows)
    except Refused as error:
        return error.code
    return "approved"


def slowly(monkeypatch: Any) -> None:
    """As long between the look and the write in both tests: the lock alone makes the difference."""
    update = retention.update

    def pause(*args: Any) -> Any:
        time.sleep(0.05)
        return update(*args)

    monkeypatch.setattr(retention, "update", pause)


def test_without_lock_and_transaction_two_approve(disposal: Any, secretariat: Any, monkeypatch: Any) -> None:
    slowly(monkeypatch)
    monkeypatch.setattr(retention, "_proposal", lambda by, row: Disposal.objects.get(pk=row.pk))
    bare = people.approve_disposal.__wrapped__
    found = Counter(at_once(lambda _n: approve(bare, secretariat, disposal), [0] * DESKS))
    assert found["approved"] > 1


def test_six_desks_approve_once(disposal: Any, secretariat: Any, monkeypatch: Any) -> None:
    slowly(monkeypatch)
    found = Counter(at_once(lambda _n: approve(people.approve_disposal, secretariat, disposal), [0] * DESKS))
    assert found == {"approved": 1, "stale": DESKS - 1}
    assert Entry.objects.filter(verb="disposal.approved").count() == 1


def test_six_workers_dispose_once(disposal: Any, secretariat: Any, system: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(disposing, "BATCH", 1)
    approve(people.approve_disposal, secretariat, disposal)
    went = at_once(lambda _n: disposing.dispose_due(by=system), [0] * DESKS)
    disposal.refresh_from_db()
    assert (sum(went), disposal.erased, disposal.state) == (4, 4, "done")
    assert Entry.objects.filter(verb="application.disposed").count() == 4


def test_who_applies_while_their_old_record_goes_is_not_lost(
    council: Any,
    make_call: Any,
    make_account: Any,
    make_person: Any,
    secretariat: Any,
    system: Any,
    monkeypatch: Any,
) -> None:
    """Either the record stays because they applied, or they apply with a new one: never an application of nobody."""
    drop = kinds.erasing.drop_person

    def pause(by: Any, person: Any) -> None:
        time.sleep(0.05)
        drop(by, person)

    monkeypatch.setattr(kinds.erasing, "drop_person", pause)
    people.set_retention_rule(by=secretariat, council=council, kind="person", years=1)
    accounts = [make_account(f"old{n}@example.jp") for n in range(6)]
    for account in accounts:
        make_person(council, account=account)
    Person.objects.update(created_at=dt.datetime(2015, 6, 1, tzinfo=dt.UTC))
    disposing.propose(by=system, council=council)
    row = Disposal.objects.get(kind="person")
    assert row.rows == 6
    approve(people.approve_disposal, secretariat, row)
    call = make_call(council, state="open", capacity=20, selection="first_come", result_immediate=True)

    def act(account: Any) -> str:
        if account is None:
            disposing.dispose_due(by=system)
            return "disposed"
        by = Actor(at=system.at, role="member", account_id=account.id)
        fields = {
            "family_name": "見本",
            "given_name": "花",
            "family_name_kana": "ミホン",
            "given_name_kana": "ハナ",
        }
        try:
            applying.apply(
                by=by, call=call, account=account, consents={"application"},
                profile={**fields, "date_of_birth": dt.date(1990, 5, 5), "lg_code": "352047"},
            )  # fmt: skip
        except Refused as error:
            return error.code
        return "applied"

    found = Counter(at_once(act, [None, *accounts]))
    assert found["applied"] + found["account_gone"] == 6
    assert Application.objects.count() == found["applied"]
    assert all(a.person.account_id for a in Application.objects.select_related("person"))
