import datetime as dt
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from sonjuku.rooms.letters import actions
from sonjuku.web.jobs import leases
from sonjuku.web.jobs.tasks import deliver_letters
from sonjuku.web.jobs.worker import Loop


@pytest.fixture
def letter(council, secretariat):
    return actions.queue(
        by=secretariat.now(timezone.now()), council=council, kind="receipt", context={"call_title": "講座"},
        path="", key="k1", to_address="hanako@example.jp",
    )  # fmt: skip


def running_since(ago, workers=("dead",)):
    result = deliver_letters.enqueue([])
    row = DBTaskResult.objects.get(id=result.id)
    row.status, row.started_at, row.worker_ids = TaskResultStatus.RUNNING, timezone.now() - ago, list(workers)
    row.save()
    return row


def state(row):
    row.refresh_from_db()
    return row.status


@pytest.mark.django_db(transaction=True)
def test_a_task_carries_ids_only_and_a_round_of_the_worker_runs_it(letter):
    result = deliver_letters.enqueue([str(letter.id)])
    row = DBTaskResult.objects.get(id=result.id)
    assert row.args_kwargs == {"args": [[str(letter.id)]], "kwargs": {}}
    Loop(interval=0).once()
    assert state(row) == TaskResultStatus.SUCCESSFUL
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_dead_workers_task_returns_after_the_lease():
    lease = dt.timedelta(seconds=django_settings.TASK_LEASE_SECONDS)
    lost, alive = running_since(lease), running_since(lease / 2)
    assert leases.return_lost(timezone.now()) == 1
    assert state(lost) == TaskResultStatus.READY
    assert state(alive) == TaskResultStatus.RUNNING
    Loop(interval=0).once()
    assert state(lost) == TaskResultStatus.SUCCESSFUL


def test_a_task_that_kills_its_workers_is_given_up(db):
    row = running_since(dt.timedelta(days=1), workers=[f"dead{n}" for n in range(leases.MAX_ATTEMPTS)])
    assert leases.return_lost(timezone.now()) == 0
    assert state(row) == TaskResultStatus.FAILED


def test_finished_tasks_are_forgotten_after_a_week(db):
    row = running_since(dt.timedelta(days=9))
    row.set_successful(0)
    assert leases.forget_finished(row.finished_at + leases.KEEP_FINISHED - dt.timedelta(seconds=1)) == 0
    assert leases.forget_finished(row.finished_at + leases.KEEP_FINISHED) == 1


def test_the_tick_command_sends_what_is_due_and_says_so(letter, capsys):
    call_command("tick")
    assert "sent=1" in capsys.readouterr().out
    assert len(mail.outbox) == 1


def test_a_worker_ends_when_asked(tmp_path):
    env = {**os.environ, "SONJUKU_VAR": str(tmp_path), "PYTHONPATH": str(django_settings.BASE_DIR)}
    env.pop("DATABASE_URL", None)
    django = [sys.executable, "-m", "sonjuku.config.cli"]
    subprocess.run([*django, "migrate", "-v", "0"], env=env, check=True)
    worker = subprocess.Popen(
        [*django, "worker", "--interval", "60"], env=env, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout.readline() == "worker: started\n"
    time.sleep(1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert worker.stdout.read() == "worker: stopped\n"
