"""A draw in two lines: two people type the same public number, then it is drawn."""

from dataclasses import replace
from typing import Any

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account


def run_of(call: Call) -> SelectionRun:
    run = queries.run_of(call)
    assert run is not None
    return run


def typists(by: Actor) -> list[Actor]:
    """Two accounts at the same desk."""
    found = []
    for number in (1, 2):
        email = f"typist{number}@example.jp"
        account = Account.objects.filter(email=email).first() or Account.objects.create_user(email)
        found.append(replace(by, account_id=account.id))
    return found


def type_twice(by: Actor, run: SelectionRun, value: str = "1") -> None:
    for typist in typists(by):
        actions.type_number(by=typist, run=run, value=value)


def settle(by: Actor, run: SelectionRun) -> None:
    """All who look alike are different people."""
    alike = [(double.first, double.second) for double in queries.doubles(run)]
    actions.settle_all_different(by=by, run=run, pairs=alike)


def freeze(by: Actor, of: Any) -> SelectionRun:
    """`of`: a run or one of its calls. Fixtures call everybody alike: none of these are doubles."""
    run = run_of(of) if isinstance(of, Call) else of
    if run.state in queries.BEFORE_THE_FREEZE:
        settle(by, run)
    return actions.freeze_list(by=by, run=run)


def draw(by: Actor, of: Any, value: str = "1") -> SelectionRun:
    """Freeze if that has not been done, type the number, draw."""
    run = freeze(by, of)
    type_twice(by, run, value)
    return actions.draw(by=by, run=run)
