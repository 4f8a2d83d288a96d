"""The office hears in time that an agreement ends: once at each lead time, until it is renewed."""

import datetime as dt

import pytest

from sonjuku.flows import agreements, ticking
from sonjuku.flows.tests.conftest import letters
from sonjuku.rooms.programmes import actions
from sonjuku.toolbox.dates import at_tokyo

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 3, 31)


@pytest.fixture
def pact(council, secretariat):
    return actions.create_agreement(
        by=secretariat, council=council, slug="pact", title="連携協定", title_en="Partnership agreement",
        signed_on=dt.date(2023, 5, 22), starts_on=dt.date(2023, 5, 22), ends_on=LAST_DAY,
    )  # fmt: skip


def days_before(number):
    return at_tokyo(LAST_DAY - dt.timedelta(days=number), dt.time(6))


def test_the_office_is_told_ninety_and_thirty_days_before(pact, system, council, make_staff):
    make_staff(council, "second@hagi.example.jp", "secretariat")
    make_staff(council, "reviewer@hagi.example.jp", "reviewer")
    told = [agreements.tell_ending(by=system.now(days_before(n))) for n in (91, 90, 89, 31, 30, 0, -1)]
    assert told == [0, 2, 0, 0, 2, 0, 0]
    found = letters("agreement_ending")
    assert {letter.to_address for letter in found} == {"desk@hagi.example.jp", "second@hagi.example.jp"}
    first = found.order_by("created_at").first()
    assert "連携協定" in first.subject
    assert "あと90日" in first.body
    assert "2026年3月31日" in first.body


def test_a_late_tick_tells_once_and_an_end_that_moves_is_told_anew(pact, system, secretariat):
    by = system.now(days_before(10))
    assert [agreements.tell_ending(by=by), agreements.tell_ending(by=by)] == [1, 0]
    actions.change_agreement(by=secretariat, agreement=pact, ends_on=dt.date(2026, 4, 15))
    assert agreements.tell_ending(by=by) == 1


def test_nobody_is_told_of_what_is_decided(pact, system, secretariat):
    actions.renew_agreement(
        by=secretariat, agreement=pact, signed_on=LAST_DAY, starts_on=dt.date(2026, 4, 1), ends_on=None
    )
    assert agreements.tell_ending(by=system.now(days_before(30))) == 0


def test_the_tick_tells_in_the_readers_language(pact, staff_account, mailoutbox):
    staff_account.language = "en"
    staff_account.save()
    report = ticking.tick(days_before(30))
    assert (report.counts["agreements_told"], report.failed) == (1, [])
    assert 'The agreement "Partnership agreement"' in mailoutbox[0].subject
    assert "/en/c/hagi/desk/agreements/" in mailoutbox[0].body
