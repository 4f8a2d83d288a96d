"""Freeze, draw, look, announce; and reviewers who declare their interest first."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Call, Criterion, Review, SelectionRun
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from tests.drawing import settle


def act(client: Client, call: Call, action: str, **data: Any) -> Any:
    return client.post(reverse("staff:call_action", args=["hagi", call.code, action]), data)


def page(client: Client, call: Call) -> str:
    return client.get(reverse("staff:selection", args=["hagi", call.code])).content.decode()


@pytest.fixture
def closed(running: Any, now: dt.datetime) -> Any:
    def make(**fields: Any) -> Call:
        return running(state=Call.State.CLOSED, closes_at=now - dt.timedelta(hours=1), **fields)

    return make


def test_freeze_draw_announce(
    council: Any, make_staff: Any, log_in: Any, desk: Client, closed: Any, apply_to: Any
) -> None:
    call = closed(capacity=2)
    second = log_in(make_staff(council, "second@example.jp", "secretariat"))
    rows = [apply_to(call) for _each in range(3)]
    rehearsal = desk.get(
        reverse("staff:selection", args=["hagi", call.code]), {"rehearse": 1}
    ).content.decode()
    assert "試し抽選の結果" in rehearsal
    run = SelectionRun.objects.get()
    assert run.state == "prepared"

    act(desk, call, "draw", public_value="38421.17")
    assert not run.typed_numbers.exists()
    settle(Actor(at=timezone.now(), role="system"), run)
    act(desk, call, "freeze")
    run.refresh_from_db()
    assert run.list_hash in page(desk, call)
    assert act(desk, call, "draw", public_value="").status_code == 200
    act(desk, call, "draw", public_value="38421.17")
    run.refresh_from_db()
    assert run.state == "frozen"
    act(second, call, "draw", public_value="38421.17")
    shown = page(desk, call)
    assert "発表前" in shown
    assert {row.state for row in Application.objects.all()} == {"submitted"}
    assert not Letter.objects.filter(kind__startswith="result").exists()

    act(desk, call, "announce_results")
    states = sorted(Application.objects.values_list("state", flat=True))
    assert states == ["offered", "offered", "waitlisted"]
    assert Letter.objects.filter(kind__startswith="result").count() == len(rows)
    again = act(desk, call, "draw", public_value="1")
    assert again.status_code == 302
    run.refresh_from_db()
    assert run.public_value == "38421.17"


def test_body_staff_may_run_their_own_selection_and_reviewers_never(
    council: Any, make_staff: Any, log_in: Any, closed: Any, apply_to: Any
) -> None:
    call = closed()
    apply_to(call)
    judge = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    assert judge.get(reverse("staff:selection", args=["hagi", call.code])).status_code == 404
    assert act(judge, call, "freeze").status_code == 404
    assert (
        act(log_in(make_staff(council, "host@example.jp", "body_staff")), call, "freeze").status_code == 302
    )
    assert SelectionRun.objects.get(calls=call).state == "frozen"


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
