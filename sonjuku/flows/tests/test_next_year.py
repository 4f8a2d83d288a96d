"""Next year's calls: every day moves with its weekday, seen before; a second press makes nothing."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.flows import next_year
from sonjuku.flows.handover_report import Scope
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.actions import add_occasion, add_rule
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = pytest.mark.django_db
SATURDAY = dt.date(2026, 12, 19)


@pytest.fixture
def scope(council, secretariat):
    return Scope(secretariat, council, 2026, Letter.objects.none())


@pytest.fixture
def call(council, make_call, secretariat):
    row = make_call(
        council, code="course-2026-1", opens_at=at_tokyo(dt.date(2026, 11, 2), dt.time(9)),
        closes_at=at_tokyo(dt.date(2026, 12, 1)), result_on=dt.date(2026, 12, 7), starts_on=dt.date(2026, 12, 14),
        ends_on=dt.date(2027, 3, 14),
    )  # fmt: skip
    add_occasion(
        by=secretariat,
        call=row,
        starts_at=at_tokyo(SATURDAY, dt.time(13)),
        ends_at=at_tokyo(SATURDAY, dt.time(15)),
    )
    add_rule(by=secretariat, call=row, kind="upload", title="報告書", due_on=dt.date(2027, 3, 5))
    return row


def test_the_preview_is_what_is_then_made(call, scope, secretariat):
    (plan,) = next_year.plans(scope)
    moved = {str(each.label): each.new for each in plan.moves}
    assert moved == {
        "受付の開始": at_tokyo(dt.date(2027, 11, 1), dt.time(9)),
        "申込みの締切": at_tokyo(dt.date(2027, 11, 30)),
        "結果の発表": dt.date(2027, 12, 6),
        "始まりの日": dt.date(2027, 12, 13),
        "終わりの日": dt.date(2028, 3, 12),
        "1回目": at_tokyo(dt.date(2027, 12, 18), dt.time(13)),
        "報告書": dt.date(2028, 3, 3),
    }
    (copy,) = next_year.create(by=secretariat, calls=[call], year=2026)
    assert (copy.code, copy.state) == ("course-2027-1", "draft")
    made = [getattr(copy, name) for name in next_year.FIELDS]
    made += [copy.occasions.get().starts_at, copy.obligation_rules.get().due_on]
    assert made == list(moved.values())
    assert copy.programme.years.get().fiscal_year == 2027


def test_every_day_of_a_call_is_in_the_preview():
    """A date column that is copied but not shown would move unseen."""
    days = {
        f.name for f in Call._meta.concrete_fields if f.get_internal_type() in {"DateField", "DateTimeField"}
    }
    stamps = {"announced_at", "frozen_at", "published_at", "updated_at", "draws_at"}
    assert days - stamps == set(next_year.FIELDS)


def test_a_second_press_makes_nothing_and_says_where_the_first_is(call, scope, secretariat):
    (copy,) = next_year.create(by=secretariat, calls=[call], year=2026)
    # Moved by hand since: it stays this call's repetition.
    Call.objects.filter(pk=copy.pk).update(starts_on=dt.date(2027, 3, 31))
    assert next_year.create(by=secretariat, calls=[call], year=2026) == []
    assert Call.objects.filter(cloned_from=call).count() == 1
    (plan, _copy) = next_year.plans(scope)
    assert plan.copy == copy
    assert Entry.objects.filter(verb="call.cloned").count() == 1


def test_a_round_of_the_same_year_is_no_next_year(call, scope, secretariat, make_call, council):
    make_call(council, code="course-2026-2", cloned_from=call)
    assert [plan.copy for plan in next_year.plans(scope)] == [None, None]
    assert len(next_year.create(by=secretariat, calls=[call], year=2026)) == 1


def test_an_address_that_is_taken_gets_a_number(call, secretariat, make_call, council):
    make_call(council, code="course-2027-1")
    (copy,) = next_year.create(by=secretariat, calls=[call], year=2026)
    assert copy.code == "course-2027-1-2"
    assert next_year.create(by=secretariat, calls=[call], year=2026) == []


def test_what_would_stay_in_the_year_is_marked(scope, make_call, council):
    """Wednesday 1 April 2026 and the nearest Wednesday a year later: 31 March 2027, still the same fiscal year."""
    make_call(council, code="spring", starts_on=dt.date(2026, 4, 1))
    make_call(council, code="winter")
    assert {plan.call.code: plan.is_next_year for plan in next_year.plans(scope)} == {
        "spring": False,
        "winter": True,
    }


def test_nothing_chosen_is_said(secretariat):
    with pytest.raises(Refused, match="nothing_chosen"):
        next_year.create(by=secretariat, calls=[], year=2026)


def test_statements_do_not_grow_with_calls(call, scope, council, secretariat, make_call):
    def statements():
        fresh = Scope(secretariat, council, 2026, Letter.objects.none())
        with CaptureQueriesContext(connection) as caught:
            next_year.plans(fresh)
        return len(caught)

    first = statements()
    next_year.create(by=secretariat, calls=[call], year=2026)
    for _ in range(2):
        make_call(council)
    assert statements() == first


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_copy_however_many_press_at_once(call, secretariat):
    made = at_once(lambda _press: len(next_year.create(by=secretariat, calls=[call], year=2026)), range(6))
    assert sum(made) == 1
    assert Call.objects.filter(cloned_from=call).count() == 1
