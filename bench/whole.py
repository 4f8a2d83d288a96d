"""A selection through the whole product: rows in the database, freeze, draw, announcement, letters. Prints JSON.

python3 run.py bench whole [applicants]       by default 100,000: ten wishes each, five seats a programme, seats = 0.8 n
"""

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402 - Django must be set up first

from bench import data  # noqa: E402 - Django must be set up first
from sonjuku.engines.selection.bundle import verify  # noqa: E402 - Django must be set up first
from sonjuku.flows import announcing  # noqa: E402 - Django must be set up first
from sonjuku.rooms.calls import actions, queries  # noqa: E402 - Django must be set up first
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun  # noqa: E402 - Django must be set up first
from sonjuku.rooms.journal.models import Actor  # noqa: E402 - Django must be set up first
from sonjuku.rooms.letters.models import Letter  # noqa: E402 - Django must be set up first
from sonjuku.rooms.people.models import Account, Person, Role  # noqa: E402 - Django must be set up first
from sonjuku.rooms.vocabulary.actions import load_vocabulary  # noqa: E402 - Django must be set up first

APPLICANTS = 100_000
WISHES, SEATS, SHARE = 10, 5, 0.8
CODE = "everybody"


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else APPLICANTS
    call_command("migrate", verbosity=0)
    load_vocabulary(by=Actor(at=timezone.now(), role="system"))
    data.fill(applicants=0)
    found: dict[str, Any] = {"applicants": number}
    by, call = _fill(number)
    run = queries.run_of(call)
    assert run is not None
    typists = [Account.objects.create_user(f"typist{n}@example.jp") for n in range(2)]
    found["freeze"] = _timed(lambda: announcing.freeze(by=by, run=run))
    for account in typists:
        hand = Actor(
            at=by.at, role=by.role, body_id=by.body_id, council_id=by.council_id, account_id=account.id
        )
        actions.type_number(by=hand, run=run, value="03 11 19 27 36 42")
    found["draw"] = _timed(lambda: announcing.draw(by=by, run=run))
    found["announce"] = _timed(lambda: announcing.announce(by=by, run=run))
    found["letters"] = _timed(lambda: _all_letters(by))
    found["verify"] = _timed(lambda: _check(run.pk))
    found["letters_written"] = Letter.objects.filter(kind__startswith="result_").count()
    found["states"] = {
        state: call.applications.filter(state=state).count() for state in ("offered", "waitlisted")
    }
    found["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(found))


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    took = {
        "seconds": round(time.perf_counter() - clock, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }
    print(f"  {took}", file=sys.stderr, flush=True)
    return took


def _fill(number: int) -> tuple[Actor, Call]:
    """An open call is filled in bulk, then closed as the tick would."""
    role = Role.objects.get(account__email="desk@hagi.example.jp")
    now = timezone.now()
    by = Actor(
        at=now,
        role="secretariat",
        body_id=role.body_id,
        council_id=role.council_id,
        account_id=role.account_id,
    )
    course = Call.objects.get(code="course")
    call = actions.create_call(
        by=by, council=course.council, programme=course.programme, code=CODE, kind=Call.Kind.COURSE, title="みんなの講座",
        selection=Call.Selection.RANKED, seed_source="公開の数", check_days=0, opens_at=now - timedelta(days=5),
        closes_at=now + timedelta(days=5), result_on=now.date() + timedelta(days=7),
        starts_on=now.date() + timedelta(days=30), venue="萩市民館", fee_jpy=0, purpose_of_use="運営のため",
        data_controller=course.data_controller, contact_office="事務局", contact_phone="0838-00-0000",
        contact_hours="平日",
    )  # fmt: skip
    options = [f"講座{place}" for place in range(max(WISHES, round(number * SHARE / SEATS)))]
    SeatPool.objects.bulk_create(
        SeatPool(call=call, option=option, capacity=SEATS, ordinal=place % 32_000)
        for place, option in enumerate(options)
    )
    call = actions.open_call(by=by, call=call)
    dice = random.Random(number)
    for start in range(0, number, data.CHUNK):
        persons = Person.objects.bulk_create(_people(call, start, min(start + data.CHUNK, number)))
        rows = [_application(call, person, dice.sample(options, WISHES), now) for person in persons]
        Application.objects.bulk_create(rows)
    Call.objects.filter(pk=call.pk).update(state=Call.State.CLOSED, closes_at=now - timedelta(seconds=1))
    return by, Call.objects.get(pk=call.pk)


def _people(call: Call, start: int, end: int) -> list[Person]:
    return [
        Person(
            council=call.council, family_name="見本", given_name=f"{number}", family_name_kana="ミホン",
            given_name_kana=f"ハナコ{number}", date_of_birth="1990-05-05", lg_code="352047",
            email=f"everybody{number}@example.jp", phone=f"090-{number // 10_000:04}-{number % 10_000:04}",
        )
        for number in range(start, end)
    ]  # fmt: skip


def _application(call: Call, person: Person, wishes: list[str], now: Any) -> Application:
    row = Application(
        council=call.council, call=call, person=person, state=Application.State.SUBMITTED, option=wishes[0],
        wishes=wishes, submitted_at=now, received_at=now,
    )  # fmt: skip
    row.run_code = row.code
    return row


def _all_letters(by: Actor) -> None:
    """As the worker's ticks do it, one after another."""
    while announcing.write_letters(by=by):
        pass


def _check(run_id: Any) -> None:
    problems = verify(queries.public_run(SelectionRun.objects.get(pk=run_id)))
    assert problems == [], problems[:3]


if __name__ == "__main__":
    main()
