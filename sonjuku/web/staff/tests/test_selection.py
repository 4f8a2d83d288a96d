"""Freeze, draw, look, announce; and reviewers who declare their interest first."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls.models import Call, Criterion, Review, SelectionRun


def act(client: Client, call: Call, action: str, **data: Any) -> Any:
    return client.post(reverse("staff:call_action", args=["hagi", call.code, action]), data)


def page(client: Client, call: Call) -> str:
    return client.get(reverse("staff:selection", args=["hagi", call.code])).content.decode()


@pytest.fixture
def closed(running: Any, now: dt.datetime) -> Any:
    def make(**fields: Any) -> Call:
        return running(state=Call.State.CLOSED, closes_at=now - dt.timedelta(hours=1), **fields)

    return make


@pytest.fixture
def reviewed(closed: Any) -> Call:
    call = closed(selection=Call.Selection.REVIEW, min_reviewers=1, capacity=1)
    Criterion.objects.create(call=call, title="実績", maximum=5, weight=2)
    return call


def test_a_reviewer_declares_before_scoring(
    council: Any, make_staff: Any, log_in: Any, reviewed: Call, apply_to: Any, desk: Client
) -> None:
    first, second = apply_to(reviewed), apply_to(reviewed)
    judge = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    assert first.code in judge.get(reverse("staff:reviews", args=["hagi"])).content.decode()
    url = reverse("staff:review", args=["hagi", first.id])
    criterion = reviewed.criteria.get()
    points = f"points_{criterion.id.hex}"
    before = judge.get(url).content.decode()
    assert points not in before
    assert first.person.full_name not in before
    judge.post(url, {points: 4})
    assert not Review.objects.filter(submitted_at__isnull=False).exists()

    judge.post(url, {"has_conflict": "no"})
    assert judge.post(url, {points: 9}).status_code == 200
    judge.post(url, {points: 4, "comment": "よい"})
    assert Review.objects.get(application=first).scores.get().points == 4

    other = reverse("staff:review", args=["hagi", second.id])
    judge.post(other, {"has_conflict": "yes", "note": "親族"})
    judge.post(other, {points: 5})
    assert Review.objects.get(application=second).submitted_at is None

    act(desk, reviewed, "decide", waitlist=0)
    assert not SelectionRun.objects.exists()
    colleague = log_in(make_staff(council, "judge2@example.jp", "reviewer"))
    colleague.post(other, {"has_conflict": "no"})
    colleague.post(other, {points: 5})
    act(desk, reviewed, "decide", waitlist=0)
    second.refresh_from_db()
    assert (second.verdict, second.state) == ("selected", "submitted")


def test_a_reviewer_sees_only_their_bodys_reviewed_calls(
    council: Any, other_council: Any, make_staff: Any, log_in: Any, reviewed: Call, apply_to: Any
) -> None:
    application = apply_to(reviewed)
    stranger = log_in(make_staff(other_council, "judge@aomori.example.jp", "reviewer"))
    assert stranger.get(reverse("staff:review", args=["hagi", application.id])).status_code == 404
    elsewhere = stranger.get(reverse("staff:reviews", args=["aomori"])).content.decode()
    assert application.code not in elsewhere
