"""100,000 badges of one achievement through the whole product, its worker killed half way. Prints JSON.

python3 run.py bench badges [persons]         a batch: signed, kept, journalled, a letter each; both databases

The worker is a process of its own that runs the site's own task. It dies by kill -9 once half of the batch is there;
a second one goes on. Then everything is counted, and a sample is verified as the verify page does it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db.models import Count, F  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402 - Django must be set up first

from bench import data, measure  # noqa: E402 - Django must be set up first
from sonjuku.flows import issuing  # noqa: E402 - Django must be set up first
from sonjuku.rooms.calls.models import Call  # noqa: E402 - Django must be set up first
from sonjuku.rooms.credentials import actions, queries  # noqa: E402 - Django must be set up first
from sonjuku.rooms.credentials.models import Award, AwardBatch, AwardBatchRow, StatusList  # noqa: E402 - Django must be set up first
from sonjuku.rooms.journal.models import Actor, Entry  # noqa: E402 - Django must be set up first
from sonjuku.rooms.letters.models import Letter  # noqa: E402 - Django must be set up first
from sonjuku.rooms.participation.models import Participation  # noqa: E402 - Django must be set up first
from sonjuku.rooms.people.models import Person, Role  # noqa: E402 - Django must be set up first
from sonjuku.rooms.vocabulary.actions import load_vocabulary  # noqa: E402 - Django must be set up first
from sonjuku.rooms.vocabulary.models import Skill  # noqa: E402 - Django must be set up first
from sonjuku.web.jobs.tasks import issue_badges  # noqa: E402 - Django must be set up first

PERSONS, SAMPLE = 100_000, 500


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    call_command("migrate", verbosity=0)
    load_vocabulary(by=Actor(at=timezone.now(), role="system"))
    data.fill(applicants=0)
    role = Role.objects.get(account__email="desk@hagi.example.jp")
    by = Actor(timezone.now(), role.kind, body_id=role.body_id, council_id=role.council_id)
    places = _fill(by, number)
    began, clock = time.process_time(), time.perf_counter()
    batch = issuing.issue_to_completed(by=by, achievement=_badge(by), places=places)
    asked = {"seconds": _since(time.perf_counter, clock), "cpu_seconds": _since(time.process_time, began)}
    first, left = _killed(batch, number), AwardBatchRow.objects.count()
    kept = Award.objects.count()
    assert kept + left == number, "half of a chunk was kept"
    second = _worked(batch)
    found = {
        "persons": number, "asked": asked, "killed_at": kept, "before": first, "after": second,
        "lost": number - Award.objects.count(), **_checked(number),
    }  # fmt: skip
    print(json.dumps(found))


def _since(clock: Callable[[], float], began: float) -> float:
    return round(clock() - began, 1)


def _fill(by: Actor, number: int) -> list[tuple[UUID, UUID]]:
    """So many completed a course; three of four have no account yet, so that their letter holds a signed link."""
    call = Call.objects.get(code="course")
    places: list[tuple[UUID, UUID]] = []
    for start in range(0, number, data.CHUNK):
        persons = Person.objects.bulk_create(
            Person(
                council=call.council, family_name="見本", given_name=f"{each}", family_name_kana="ミホン",
                given_name_kana="ハナコ", date_of_birth="1990-05-05", lg_code="352047",
                email=f"holder{each}@example.jp", language="en" if each % 10 == 0 else "ja",
            )
            for each in range(start, min(start + data.CHUNK, number))
        )  # fmt: skip
        rows = Participation.objects.bulk_create(
            Participation(
                council=call.council, call=call, person=person, code=f"B{start + each:07}", started_at=by.at,
                state=Participation.State.COMPLETED, completed_at=by.at,
            )
            for each, person in enumerate(persons)
        )  # fmt: skip
        places += [(row.person_id, row.pk) for row in rows]
    return places


def _badge(by: Actor) -> Any:
    call = Call.objects.get(code="course")
    skills = list(Skill.objects.order_by("pk")[:3])
    return actions.define_achievement(
        by=by, council=call.council, call=call, title="ITの基礎 修了", title_en="IT basics completed",
        description="パソコンとネットワークの基礎を学びました。", criteria="3回の講座すべてに出席すること。", skills=skills,
    )  # fmt: skip


# The worker, in a process of its own


def worker(batch_id: str) -> None:
    """What a worker does with the task; prints what it took."""
    beside, spent = [measure.additions()], [0.0]
    award_next = actions.award_next

    def timed(**given: Any) -> Any:
        began = time.process_time()
        found = award_next(**given)
        spent[0] += time.process_time() - began
        return found

    actions.award_next = timed
    with measure.counting() as counter:
        before, began, clock = measure.backend_ns(), time.process_time(), time.perf_counter()
        had = Award.objects.count()
        issue_badges.func(batch_id)
        made = Award.objects.count() - had
        cpu, seconds = time.process_time() - began, time.perf_counter() - clock
        after = measure.backend_ns()
    beside.append(measure.additions())
    server = (after - before) / 1e9 if before is not None and after is not None else 0.0
    print(
        json.dumps({
            "issued": made, "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1),
            "cpu_seconds_without_letters_and_journal": round(spent[0], 1),
            "database_seconds": round(server, 1), "each_cpu_second": round(made / cpu),
            "statements_for_1000": round(counter.statements * 1000 / max(made, 1), 1),
            "additions_before_and_after": beside,
        })
    )  # fmt: skip


def _begin(batch: AwardBatch) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "bench.badges", "worker", str(batch.pk)]
    return subprocess.Popen(words, stdout=subprocess.PIPE)


def _ended(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    """Its end awaited, with the memory that it took at most."""
    assert process.stdout is not None
    told = process.stdout.read()
    _pid, _status, used = os.wait4(process.pid, 0)
    found: dict[str, Any] = json.loads(told) if told.strip() else {}
    return {
        **found,
        "process_cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mib": used.ru_maxrss // 1024,
    }


def _killed(batch: AwardBatch, number: int) -> dict[str, Any]:
    process = _begin(batch)
    while Award.objects.count() < number // 2:
        assert process.poll() is None, "it was done before it could be killed: take more persons"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    return _ended(process)


def _worked(batch: AwardBatch) -> dict[str, Any]:
    found = _ended(_begin(batch))
    assert found.get("issued"), "the second worker found nothing to do"
    return found


# What stands there afterwards


def _checked(number: int) -> dict[str, Any]:
    batch = AwardBatch.objects.get()
    assert (batch.state, batch.issued) == (AwardBatch.State.DONE, number)
    assert not AwardBatchRow.objects.exists()
    assert Award.objects.values("person").distinct().count() == number
    assert Award.objects.values("status_list", "status_index").distinct().count() == number
    lists = StatusList.objects.annotate(badges=Count("awards"))
    assert not lists.exclude(taken=F("badges")).exists()
    marked = sum(int.from_bytes(row.used, "big").bit_count() for row in lists)
    assert marked == number, "a place was taken for no badge"
    entries = Entry.objects.filter(verb="award.issued")
    assert entries.count() == entries.values("subject_id").distinct().count() == number
    letters = Letter.objects.filter(kind="badge_issued")
    assert letters.count() == letters.values("person").distinct().count() == number
    at, keys = timezone.now(), list(Award.objects.order_by("pk").values_list("pk", flat=True))
    sample = Award.objects.filter(pk__in=random.Random(number).sample(keys, min(SAMPLE, number)))
    for award in sample:
        assert queries.verify(queries.wire_text(award).encode(), at).result == "ok"
    return {"status_lists": len(lists), "verified": len(sample)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(sys.argv[2])
    else:
        main()
