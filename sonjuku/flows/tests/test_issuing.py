"""Badges for many by the worker, badges that no longer hold, badges signed anew: and who is told."""

import os
import signal
import subprocess
import sys
import time

import pytest

from sonjuku.flows import issuing
from sonjuku.flows.ticking import tick
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Award, AwardBatch, AwardBatchRow
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation.models import Participation
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(make_call, council):
    return make_call(council)


@pytest.fixture
def badge(council, secretariat):
    return credentials.define_achievement(
        by=secretariat, council=council, title="データ案内人", title_en="Data guide", description="できる。", criteria="経験。"
    )  # fmt: skip


@pytest.fixture
def completed(call, council, make_person, secretariat):
    def make(number, state=Participation.State.COMPLETED):
        for n in range(number):
            place = participation.walk_in(
                by=secretariat, call=call, person=make_person(council, email=f"{state}{n}@example.jp")
            )
            Participation.objects.filter(pk=place.pk).update(state=state, completed_at=secretariat.at)

    return make


def start(badge, call, by):
    return issuing.issue_to_completed(by=by, achievement=badge, places=issuing.completed_places(call.pk))


def test_everyone_who_completed_gets_the_badge_and_a_letter(
    badge, call, completed, secretariat, at, monkeypatch
):
    monkeypatch.setattr(issuing, "CHUNK", 3)
    completed(7)
    completed(2, Participation.State.ACTIVE)
    batch = start(badge, call, secretariat)
    assert batch.total == 7
    assert issuing.issue(batch.pk, at) == 7
    assert Award.objects.filter(participation__state="completed").count() == Award.objects.count() == 7
    letters = Letter.objects.filter(kind="badge_issued")
    assert letters.count() == 7
    assert "「データ案内人」" in letters.first().subject
    # Asked again, the worker finds nothing to do.
    assert issuing.issue(batch.pk, at) == 7
    assert letters.count() == 7
    with pytest.raises(Refused, match="nobody_left"):
        start(badge, call, secretariat)


def test_a_batch_that_is_gone_or_stopped_is_no_work(badge, call, completed, secretariat, at):
    completed(2)
    batch = start(badge, call, secretariat)
    credentials.stop_batch(by=secretariat, batch=batch)
    assert issuing.issue(batch.pk, at) == 0
    AwardBatch.objects.all().delete()
    assert issuing.issue(batch.pk, at) == 0
    assert not Award.objects.exists()


def one_award(badge, completed, call, by, at):
    completed(1)
    issuing.issue(start(badge, call, by).pk, at)
    return Award.objects.get()


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["revoke"], ["失効しました"]),
        (["suspend", "reinstate"], ["一時停止しました", "ふたたび有効になりました"]),
    ],
)
def test_the_holder_reads_what_changed_and_why(badge, call, completed, secretariat, at, kinds, said):
    award = one_award(badge, completed, call, secretariat, at)
    for kind in kinds:
        issuing.change_status(by=secretariat, award=award, kind=kind, reason="名簿の取り違え")
    letters = Letter.objects.filter(kind="badge_status").order_by("id")
    assert [
        words in letter.body and "名簿の取り違え" in letter.body
        for words, letter in zip(said, letters, strict=True)
    ] == [True] * len(kinds)


def test_no_letter_goes_out_when_nothing_was_changed(badge, call, completed, secretariat, at):
    award = one_award(badge, completed, call, secretariat, at)
    with pytest.raises(Refused, match="no_such_change"):
        issuing.change_status(by=secretariat, award=award, kind="reinstate", reason="x")
    assert not Letter.objects.filter(kind="badge_status").exists()


def test_the_tick_signs_anew_what_a_struck_key_signed(badge, call, completed, secretariat, at):
    award = one_award(badge, completed, call, secretariat, at)
    new = credentials.strike_key(by=secretariat, key=award.issuer_key, reason="漏えい")
    assert tick(at).counts["badges_signed_anew"] == 1
    assert tick(at).counts["badges_signed_anew"] == 0
    award.refresh_from_db()
    assert award.issuer_key == new
    [letter] = Letter.objects.filter(kind="badge_resigned")
    assert "新しい鍵で署名し直しました" in letter.body


WORKER = """
import sys, uuid, django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from django.utils import timezone
from sonjuku.flows import issuing
issuing.CHUNK = 2
issuing.issue(uuid.UUID(sys.argv[2]), timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_loses_nothing(badge, call, completed, secretariat, at, tmp_path):
    """kill -9 once it has issued some: what it had finished stays, and the next worker gives to the rest."""
    from django.db import connection

    completed(60)
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and ("memory" in name or name == ":memory:"):
        pytest.skip("a database in memory can't be shared with another process")
    batch = start(badge, call, secretariat)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sonjuku.config.settings", "SONJUKU_TESTING": "1"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, name, str(batch.pk)], env=environment)
    try:
        until = time.monotonic() + 120
        while Award.objects.count() < 4 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    issued, waiting = Award.objects.count(), AwardBatchRow.objects.count()
    assert 4 <= issued < 60
    assert issued + waiting == 60
    assert Letter.objects.filter(kind="badge_issued").count() == issued
    assert issuing.issue(batch.pk, at) == 60
    assert Award.objects.values("person").distinct().count() == Award.objects.count() == 60
    assert Letter.objects.filter(kind="badge_issued").count() == 60
