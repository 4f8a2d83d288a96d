import datetime as dt

import pytest

from sonjuku.rooms.participation import rules
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation

KIND = ObligationRule.Kind
AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def owed(kind=KIND.ATTEND, sessions=8, due_on=None, **fields):
    return Obligation(rule=ObligationRule(kind=kind, sessions=sessions), due_on=due_on, **fields)


@pytest.mark.parametrize(("count", "done"), [(0, False), (7, False), (8, True), (9, True)])
def test_attendance_needs_all_of_its_sessions(count, done):
    assert rules.attendance_done(ObligationRule(kind=KIND.ATTEND, sessions=8), count) is done


def test_missing_leaves_out_what_is_done_or_waived():
    open_one = owed()
    assert rules.missing([owed(done_at=AT), open_one, owed(waived_at=AT)]) == [open_one]


@pytest.mark.parametrize(
    ("state", "capacity", "obligations", "completes"),
    [
        ("active", "participant", [owed(done_at=AT)], True),
        ("active", "participant", [owed(done_at=AT), owed()], False),
        ("active", "participant", [], False),
        ("active", "speaker", [owed(done_at=AT)], False),
        ("withdrawn", "participant", [owed(done_at=AT)], False),
        ("completed", "participant", [owed(done_at=AT)], False),
    ],
)
def test_only_an_active_participant_with_nothing_missing_completes(state, capacity, obligations, completes):
    place = Participation(state=state, capacity=capacity)
    assert rules.completes(place, obligations) is completes


def test_what_is_left_is_said_with_its_number():
    text = str(rules.still_to_do(owed(sessions=8, done_sessions=5)))
    assert "3" in text
    assert "5" in text
    assert rules.still_to_do(owed(done_at=AT)) == ""
    for kind in (KIND.ANSWER, KIND.UPLOAD, KIND.CONSENT):
        assert str(rules.still_to_do(owed(kind)))


@pytest.mark.parametrize(
    ("day", "wants"), [((11, 21), False), ((11, 22), True), ((11, 25), True), ((11, 26), False)]
)
def test_a_reminder_falls_within_its_days_before_the_due_date(day, wants):
    obligation = owed(due_on=dt.date(2026, 11, 25))
    assert obligation.rule.remind_days == 3
    assert rules.wants_reminder(obligation, dt.date(2026, *day)) is wants


def test_nobody_is_reminded_twice_or_of_what_is_done():
    day = dt.date(2026, 11, 24)
    due = dt.date(2026, 11, 25)
    assert not rules.wants_reminder(owed(due_on=due, reminded_at=AT), day)
    assert not rules.wants_reminder(owed(due_on=due, done_at=AT), day)
    assert not rules.wants_reminder(owed(), day)
