import datetime as dt

import pytest
from django.core import mail

from sonjuku.flows import ticking
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def waiting(council, make_call, make_person, at):
    """A decided call with one seat: offered to one person until tomorrow, wished for by the next."""
    call = make_call(council, capacity=1, state=Call.State.DECIDED)
    pool = call.seat_pools.get()
    pool.taken = 1
    pool.save()
    offered = Application.objects.create(
        council=council, call=call, person=make_person(council), state=Application.State.OFFERED, seat_pool=pool,
        submitted_at=at - 9 * DAY, announced_at=at - DAY, offered_at=at - DAY, confirm_by=at + DAY, rank=1,
    )  # fmt: skip
    next_one = Application.objects.create(
        council=council, call=call, person=make_person(council), state=Application.State.WAITLISTED,
        submitted_at=at - 9 * DAY, announced_at=at - DAY, rank=2,
    )  # fmt: skip
    return offered, next_one


def states(*applications):
    return [Application.objects.get(pk=a.pk).state for a in applications]


def test_a_call_opens_and_closes_by_itself_to_the_second(council, make_call, at):
    call = make_call(council, state=Call.State.ANNOUNCED, announced_at=at, opens_at=at, closes_at=at + DAY)
    assert ticking.tick(at - SECOND).counts["opened"] == 0
    assert ticking.tick(at).counts["opened"] == 1
    assert ticking.tick(at + DAY - SECOND).counts["closed"] == 0
    assert ticking.tick(at + DAY).counts["closed"] == 1
    call.refresh_from_db()
    assert call.state == Call.State.CLOSED


def test_a_lapsed_offer_passes_its_seat_on_and_both_hear_of_it(waiting, at):
    ticking.tick(at + DAY - SECOND)
    assert states(*waiting) == ["offered", "waitlisted"]
    ticking.tick(at + DAY)
    assert states(*waiting) == ["lapsed", "offered"]
    assert {letter.kind for letter in Letter.objects.all()} == {"lapsed", "offer"}
    assert len(mail.outbox) == 2


def test_a_second_tick_changes_and_sends_nothing(waiting, at):
    ticking.tick(at + DAY)
    report = ticking.tick(at + DAY)
    assert set(report.counts.values()) == {0}
    assert report.failed == []
    assert len(mail.outbox) == 2


def test_what_is_due_soon_is_reminded_of_once(council, make_call, make_person, at):
    call = make_call(council, state=Call.State.FINISHED)
    rule = ObligationRule.objects.create(
        call=call, kind="upload", title="報告書", title_en="Report", remind_days=3
    )
    place = Participation.objects.create(
        council=council, call=call, person=make_person(council), started_at=at
    )
    due = Obligation.objects.create(
        council=council, participation=place, rule=rule, due_on=dt.date(2026, 11, 23)
    )
    assert ticking.tick(at - DAY).counts["reminded"] == 0
    assert ticking.tick(at).counts["reminded"] == 1
    assert ticking.tick(at + DAY).counts["reminded"] == 0
    assert "報告書" in mail.outbox[0].body
    due.refresh_from_db()
    assert due.reminded_at == at


def test_a_broken_step_is_named_and_stops_no_other(waiting, at, monkeypatch, caplog):
    def broken(_by):
        raise ValueError("hanako@example.jp")

    monkeypatch.setitem(ticking.STEPS, "opened", broken)
    report = ticking.tick(at + DAY)
    assert report.failed == ["opened"]
    assert report.counts["lapsed"] == 1
    assert "ValueError" in caplog.text
    assert "hanako" not in caplog.text
