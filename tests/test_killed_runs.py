"""kill -9 inside freeze, draw, announcement and letters of hundreds of applications: nothing of it, or the whole.

A process of its own takes the step and dies at a moment drawn from each part of the time that the step takes. That
these tests can fail is shown by `test_without_the_transaction_a_killed_draw_leaves_a_half`.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count, Q

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun, TypedNumber
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Person
from tests.drawing import run_of, typists

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = int(os.environ.get("SONJUKU_KILL_PEOPLE") or 600)
SEATS, LATE = PEOPLE * 4 // 15, PEOPLE // 30
OPTIONS = ("夜", "朝", "週末")
BESIDE = "beside"  # the database that the dying process writes, seen from here
SEED = int(os.environ.get("SONJUKU_KILL_SEED") or random.randrange(10**6))
WHOLE, NOTHING = "whole", "nothing"


@dataclass
class Scene:
    run_id: Any
    instant: datetime
    typists: list[Any]
    hand: "subprocess.Popen[str]"

    def begin(self, step: str, *how: str) -> int:
        """A process that takes the step from now on: its number."""
        assert self.hand.stdin
        print(step, self.run_id, self.instant.isoformat(), *how, file=self.hand.stdin, flush=True)
        word, _, number = self.line().partition(" ")
        assert word == "begin", word
        return int(number)

    def line(self) -> str:
        assert self.hand.stdout
        return self.hand.stdout.readline().strip()

    def take(self, step: str, *how: str) -> float:
        """Let the step come to its end; seconds."""
        self.begin(step, *how)
        began = time.monotonic()
        assert self.line() == "end"
        seconds = time.monotonic() - began
        assert self.line() == "over"
        return seconds

    def kill(self, step: str, after: float, *how: str) -> None:
        process = self.begin(step, *how)
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        while self.line() != "over":
            pass
        # The database's side of a dead process holds the run until it has rolled back or committed.
        with transaction.atomic(using=BESIDE):
            SelectionRun.objects.using(BESIDE).select_for_update().only("pk").get(pk=self.run_id)

    # What stands there

    def run(self) -> SelectionRun:
        return SelectionRun.objects.using(BESIDE).get(pk=self.run_id)

    def rows(self) -> Any:
        return Application.objects.using(BESIDE).filter(call__selection_run_id=self.run_id)

    def said(self, verb: str) -> int:
        return Entry.objects.using(BESIDE).filter(verb=verb).count()


@pytest.fixture
def scene(council: Any, make_call: Any, secretariat: Any, tmp_path: Path) -> Iterator[Scene]:
    """A closed call with three wishes each, in a database that other processes reach."""
    call = make_call(council, selection="ranked", capacity=SEATS)
    SeatPool.objects.filter(call=call).update(option=OPTIONS[0])
    for option in OPTIONS[1:]:
        SeatPool.objects.create(call=call, option=option, capacity=SEATS)
    call = actions.open_call(by=secretariat, call=call)
    fill(call)
    by = secretariat.now(call.closes_at)
    call = actions.close_call(by=by, call=call)
    hands = [hand.account_id for hand in typists(by)]
    with beside(tmp_path) as url:
        env = {**os.environ, "SONJUKU_TESTING": "1", "SONJUKU_VAR": str(tmp_path), "DATABASE_URL": url}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.killed"], cwd=ROOT, env={**env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as hand:  # fmt: skip
            yield Scene(run_of(call).pk, by.at, hands, hand)


def fill(call: Call) -> None:
    chance = random.Random(1)
    persons = Person.objects.bulk_create(
        Person(
            council=call.council, family_name="多数", given_name=f"番号{number}", family_name_kana="タスウ",
            given_name_kana=f"バンゴウ{number}", date_of_birth="1990-05-05", lg_code="352047", email=f"many{number}@example.jp",
        )
        for number in range(PEOPLE)
    )  # fmt: skip
    rows = [
        Application(
            council=call.council, call=call, person=person, state="submitted", wishes=chance.sample(OPTIONS, 3),
            submitted_at=call.opens_at, received_at=call.opens_at, needs_guardian=number < LATE,
        )
        for number, person in enumerate(persons)
    ]  # fmt: skip
    for row in rows:
        row.run_code, row.option = row.code, row.wishes[0]
    Application.objects.bulk_create(rows, batch_size=1000)


class beside:  # noqa: N801 - reads as a word
    """The address of the test's database for other processes; SQLite's is in memory, so they get a copy in a file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "killed.sqlite3"

    def __enter__(self) -> str:
        told = connection.settings_dict
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.file)])
            name, url = str(self.file), f"sqlite:///{self.file}"
        else:
            name = told["NAME"]
            who = f"{told['USER']}:{told['PASSWORD']}" if told["PASSWORD"] else told["USER"]
            url = f"postgres://{who}@{told['HOST']}:{told['PORT'] or 5432}/{name}"
        other = connection.copy(alias=BESIDE)
        other.settings_dict["NAME"] = name
        connections[BESIDE] = other
        return url

    def __exit__(self, *_error: object) -> None:
        connections[BESIDE].close()
        del connections[BESIDE]
        if connection.vendor == "postgresql":
            end_what_is_left()


def end_what_is_left() -> None:
    """PostgreSQL's side of a dead process may still be at its last statement, and in the way of emptying the tables."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")
        while True:
            cursor.execute(f"SELECT count(*) {others}")
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)


# Nothing, the whole, or what must never be: anything else


def frozen(scene: Scene) -> str:
    run, rows = scene.run(), scene.rows()
    codes = [line.split("\t")[0] for line in run.frozen_list.splitlines()[1:]]
    out = set(rows.filter(verdict="ineligible").values_list("needs_guardian", flat=True))
    if run.state == "published" and not codes and not run.list_hash and not out:
        return NOTHING
    kept = set(rows.filter(verdict="").values_list("code", flat=True))
    is_whole = run.state == "frozen" and set(codes) == kept and len(codes) == PEOPLE - LATE and out == {True}
    return (
        WHOLE
        if is_whole and run.list_hash and run.frozen_at
        else f"{run.state}, {len(codes)} codes, {out} out"
    )


def drawn(scene: Scene) -> str:
    run = scene.run()
    found = scene.rows().filter(needs_guardian=False).aggregate(
        ranked=Count("id", filter=Q(rank__isnull=False)),
        told=Count("id", filter=Q(explanation__isnull=False)),
        judged=Count("id", filter=~Q(verdict="")),
        chosen=Count("id", filter=Q(verdict="selected")),
        seated=Count("id", filter=Q(seat_pool__isnull=False)),
    )  # fmt: skip
    taken = sum(SeatPool.objects.using(BESIDE).values_list("taken", flat=True))
    if run.state == "frozen" and not (run.seed or run.order or run.result or taken or any(found.values())):
        return NOTHING
    seats, drawn_from = SEATS * len(OPTIONS), PEOPLE - LATE
    wanted = {
        "ranked": drawn_from,
        "told": drawn_from,
        "judged": drawn_from,
        "chosen": seats,
        "seated": seats,
    }
    is_whole = run.state == "drawn" and run.drawn_at and run.seed and taken == seats and found == wanted
    lines = (run.order.count("\n"), run.result.count("\n"))
    return WHOLE if is_whole and lines == (drawn_from, drawn_from) else f"{run.state}, {found}, {taken} taken"


def announced(scene: Scene) -> str:
    run, call = scene.run(), Call.objects.using(BESIDE).get(selection_run_id=scene.run_id)
    states = dict(scene.rows().order_by().values_list("state").annotate(Count("id")))
    told = scene.rows().filter(announced_at__isnull=False).count()
    if (run.state, call.state, states, told) == ("drawn", "closed", {"submitted": PEOPLE}, 0):
        return NOTHING
    seats = SEATS * len(OPTIONS)
    wanted = {"offered": seats, "waitlisted": PEOPLE - LATE - seats, "ineligible": LATE}
    is_whole = (run.state, call.state, states, told) == ("announced", "decided", wanted, PEOPLE)
    return (
        WHOLE if is_whole and scene.said("application.announced") else f"{run.state}, {call.state}, {states}"
    )


def unfreeze(scene: Scene) -> None:
    SelectionRun.objects.using(BESIDE).update(state="published", frozen_list="", list_hash="", frozen_at=None)
    scene.rows().update(verdict="", verdict_at=None, ineligible_reasons=[])


def undraw(scene: Scene) -> None:
    SelectionRun.objects.using(BESIDE).update(state="frozen", seed="", order="", result="", drawn_at=None)
    SeatPool.objects.using(BESIDE).update(taken=0)
    scene.rows().filter(needs_guardian=False).update(
        verdict="", verdict_at=None, rank=None, explanation=None, seat_pool=None
    )


def unannounce(scene: Scene) -> None:
    SelectionRun.objects.using(BESIDE).update(state="drawn", announced_at=None)
    Call.objects.using(BESIDE).update(state="closed")
    scene.rows().update(state="submitted", announced_at=None, ended_at=None, offered_at=None, confirm_by=None)
    Entry.objects.using(BESIDE).filter(verb="application.announced").delete()


def killed(
    scene: Scene, step: str, stands: Callable[[Scene], str], undo: Callable[[Scene], None], number: int
) -> float:
    """Kill `number` times before the end, once in each part of the time; then let it come there. Seconds that it takes."""
    verb = {"freeze": "selection.frozen", "draw": "selection.drawn", "announce": "selection.announced"}[step]
    seconds, chance = scene.take(step), random.Random(f"{SEED} {step}")
    assert stands(scene) == WHOLE
    done, before_the_end = scene.said(verb), list[float]()
    undo(scene)
    assert stands(scene) == NOTHING
    for _attempt in range(5 * number):
        moment = seconds * (len(before_the_end) + chance.random()) / number
        scene.kill(step, moment)
        found = stands(scene)
        assert found in {WHOLE, NOTHING}, f"killed after {moment:.3f} s of {step}: {found}"
        if found == NOTHING:
            before_the_end.append(moment)
        else:  # faster than when it was measured
            undo(scene)
            done, seconds = done + 1, 0.8 * seconds
        assert scene.said(verb) == done, "the journal says what was done"
        if len(before_the_end) == number:
            break
    print(f"SONJUKU_KILL_SEED={SEED}: {step} killed after {[round(each, 2) for each in before_the_end]} s")
    assert len(before_the_end) == number, f"too few kills came inside the transaction of {step}"
    scene.take(step)
    assert stands(scene) == WHOLE
    return seconds


def type_numbers(scene: Scene) -> None:
    """By two accounts, into the database that the other process reads."""
    rows = [
        TypedNumber(run_id=scene.run_id, account_id=key, value="1", typed_at=scene.instant)
        for key in scene.typists
    ]
    TypedNumber.objects.using(BESIDE).bulk_create(rows)


def letters_agree(scene: Scene) -> int:
    """How many there are: one each, and as many as the run says."""
    letters = Letter.objects.using(BESIDE).filter(kind__startswith="result_")
    number = letters.count()
    assert number == letters.values("about_id").distinct().count(), "somebody got two letters"
    assert number == scene.run().letters_sent, "the run says otherwise"
    return number


def test_freeze_draw_announcement_and_letters_survive_kills(scene: Scene) -> None:
    killed(scene, "freeze", frozen, unfreeze, 3)
    type_numbers(scene)
    killed(scene, "draw", drawn, undraw, 6)
    seconds = killed(scene, "announce", announced, unannounce, 3)
    found, chance = [0], random.Random(SEED)
    while len(found) < 5 and found[-1] < PEOPLE:
        scene.kill("letters", seconds * chance.random())
        if (number := letters_agree(scene)) == found[-1]:
            seconds *= 1.5
        else:
            found.append(number)
    print(f"letters after each kill: {found[1:]}")
    assert found == sorted(found), "what was written stays"
    scene.take("letters")
    assert letters_agree(scene) == PEOPLE
    assert scene.run().letters_at is not None


def test_without_the_transaction_a_killed_draw_leaves_a_half(scene: Scene) -> None:
    """What the test above would see: each statement for itself, a kill leaves a run drawn with seats that nobody has."""
    scene.take("freeze")
    type_numbers(scene)
    seconds = scene.take("draw", "loose")
    assert drawn(scene) == WHOLE
    undraw(scene)
    chance = random.Random(SEED)
    for _attempt in range(30):
        scene.kill("draw", seconds * (0.3 + 0.7 * chance.random()), "loose")
        if drawn(scene) not in {WHOLE, NOTHING}:
            return
        if drawn(scene) == WHOLE:
            seconds *= 0.9
            undraw(scene)
    raise AssertionError("no kill left a half")
