"""Migrations 0008 to 0010: runs of the first format, one per call, become runs of the second that show the first."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sonjuku.engines.selection.draw import make_proof, recompute
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("calls", "0007_exports")]
AT = dt.datetime(2026, 10, 1, 3, tzinfo=dt.UTC)


def migrate(to: Any) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.fixture
def calls(make_call: Any, council: Any) -> Any:
    """Calls as they stand before; the rest of the rows is the same in both."""
    fields = {"drawn": "decided", "told": "decided", "frozen": "closed", "begun": "closed", "open": "open"}
    return {code: make_call(council, code=code, state="draft").id for code in fields}, fields


def _first_format(old: Any, ids: Any, states: Any, person: Any) -> dict[str, Any]:
    proof = make_proof([("AAAA-0001", 1), ("BBBB-0002", 1)], "12 34", 1)
    run_model, call_model = old.get_model("calls", "SelectionRun"), old.get_model("calls", "Call")
    for code, state in states.items():
        call_model.objects.filter(pk=ids[code]).update(state=state)
    base = {"entries": proof["entries"], "list_hash": proof["list_hash"], "frozen_at": AT}
    drawn = base | {
        "seed_value": "12 34", "seed": proof["seed"], "order": proof["order"], "drawn_at": AT,
        "terms": {"seats": 1, "pools": [], "winners": proof["order"][:1]},
    }  # fmt: skip

    def make(code: str, **fields: Any) -> None:
        council_id = call_model.objects.get(pk=ids[code]).council_id
        run_model.objects.create(call_id=ids[code], council_id=council_id, **fields)

    make("drawn", state="drawn", **drawn)
    make("told", state="announced", announced_at=AT, **drawn)
    make("frozen", state="frozen", **base)
    make("begun", state="prepared")
    old.get_model("calls", "Application").objects.create(
        council_id=person.council_id,
        call_id=ids["told"],
        person_id=person.id,
        code="AAAA-0001",
        option="web",
        state="offered",
    )
    return proof


def test_first_runs_are_kept_with_their_proof(calls: Any, make_person: Any, council: Any) -> None:
    ids, states = calls
    person = make_person(council)
    old = migrate(BEFORE)
    try:
        proof = _first_format(old, ids, states, person)
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("calls"))
    runs = {code: queries.run_of(Call.objects.get(pk=key)) for code, key in ids.items()}
    assert {code: run.state for code, run in runs.items()} == {
        "drawn": "drawn", "told": "announced", "frozen": "prepared", "begun": "prepared", "open": "prepared",
    }  # fmt: skip
    assert len({run.code for run in runs.values()}) == 5
    assert runs["told"].order.split() == proof["order"]
    assert runs["told"].letters_at == AT
    shown = queries.public_run(runs["told"])
    assert recompute(shown) == []
    assert (shown["call"], shown["winners"]) == ("hagi/told", proof["order"][:1])
    assert recompute({**shown, "seed": "0" * 64}) == ["seed_differs", "order_differs"]
    # Not announced: neither list nor order.
    assert not {"entries", "order", "seed"} & set(queries.public_run(runs["drawn"]))
    assert (runs["frozen"].list_hash, runs["frozen"].frozen_at) == ("", None)
    moved = Application.objects.get(code="AAAA-0001")
    assert (moved.run_code, moved.wishes) == ("AAAA-0001", ["web"])
