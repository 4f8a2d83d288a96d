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


def draw(by: Actor, of: Any, value: str = "1") -> SelectionRun:
    """Freeze if that has not been done, type the number, draw. `of`: a run or one of its calls."""
    run = run_of(of) if isinstance(of, Call) else of
    actions.freeze_list(by=by, run=run)
    type_twice(by, run, value)
    return actions.draw(by=by, run=run)
