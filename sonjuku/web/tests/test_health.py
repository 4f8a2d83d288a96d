"""What an operator's probes see: alive, able to work, and the few numbers; never anybody's data."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from sonjuku.flows import ticking
from sonjuku.rooms.journal.actions import beat
from sonjuku.rooms.journal.models import Beat
from sonjuku.rooms.letters.models import Letter

pytestmark = pytest.mark.django_db
METRIC = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"\})? (NaN|[0-9.]+)$')


def ready() -> tuple[int, str]:
    response = Client().get("/readyz")
    return response.status_code, response.content.decode()


def test_ready_after_a_tick():
    assert ready() == (503, "database: ok\nmigrations: ok\ntick: never\n")
    ticking.tick(timezone.now())
    assert ready() == (200, "database: ok\nmigrations: ok\ntick: ok\n")


def test_not_ready_when_no_tick_ran_lately(settings):
    settings.TICK_MAX_MINUTES = 10
    now = timezone.now()
    beat("tick", now - dt.timedelta(minutes=9))
    assert ready()[0] == 200
    Beat.objects.update(at=now - dt.timedelta(minutes=11))
    assert ready() == (503, "database: ok\nmigrations: ok\ntick: late\n")


def test_not_ready_with_a_migration_left():
    ticking.tick(timezone.now())
    MigrationRecorder(connection).record_unapplied("talent", "0001_initial")
    assert ready() == (503, "database: ok\nmigrations: pending\ntick: ok\n")


def test_a_step_that_fails_leaves_a_trace_all_the_same(monkeypatch):
    def broken(by: Any) -> int:
        raise RuntimeError

    monkeypatch.setitem(ticking.STEPS, "opened", broken)
    assert ticking.tick(timezone.now()).failed == ["opened"]
    assert Beat.objects.get().name == "tick"


def test_the_trace_never_goes_back(at):
    beat("tick", at)
    beat("tick", at - dt.timedelta(minutes=5))
    assert Beat.objects.get().at == at


def test_metrics_need_the_operators_token(settings):
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "of the operator"
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic of the operator"}):
        assert Client().get("/metrics", headers=header).status_code == 401


def test_metrics_hold_numbers_only(settings, council, make_person):
    settings.METRICS_TOKEN = "of the operator"
    now = timezone.now()
    person = make_person(council)
    for number, minutes in enumerate((30, 90)):
        Letter.objects.create(
            council=council, person=person, kind="receipt", to_address=person.email, subject="受付", body="見本 花子",
            key=str(number), due_at=now - dt.timedelta(minutes=minutes),
        )  # fmt: skip
    beat("tick", now - dt.timedelta(seconds=40))
    response = Client().get("/metrics", headers={"Authorization": "Bearer of the operator"})
    text = response.content.decode()
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    for line in text.splitlines():
        assert line.startswith("# TYPE ") or METRIC.match(line), line
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values['sonjuku_letters{state="queued"}'] == "2"
    assert values['sonjuku_letters{state="failed"}'] == "0"
    assert values['sonjuku_tasks{state="ready"}'] == "0"
    assert values['sonjuku_webhook_deliveries{state="queued"}'] == "0"
    assert 5400 <= float(values["sonjuku_letter_oldest_due_seconds"]) < 5460
    assert 40 <= float(values["sonjuku_tick_age_seconds"]) < 100
    assert values['sonjuku_info{version="0.1.0"}'] == "1"
    assert "見本" not in text
    assert "example.jp" not in text
