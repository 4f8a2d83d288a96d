"""journal.bulk on rows of this room: it needs a table with keys, text, numbers and JSON."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.bulk import update_values

pytestmark = pytest.mark.django_db

NAMES = ("rank", "verdict", "seat_pool_id", "explanation", "verdict_at")


def test_each_row_gets_its_own_values_and_no_other_row_any(first_come, submit, system):
    call = first_come(capacity=9)
    one, two, other = (submit(call) for _ in range(3))
    pool = call.seat_pools.get().id
    rows = [(one.id, None, "", None, None, None), (two.id, 7, "selected", pool, [1, "二", None], system.at)]
    before = Application.objects.get(pk=other.pk).__dict__ | {"_state": None}
    assert update_values(Application, NAMES, iter(rows)) == 2
    found = {a.id: a for a in Application.objects.all()}
    assert [getattr(found[one.id], name) for name in NAMES] == [None, "", None, None, None]
    assert [getattr(found[two.id], name) for name in NAMES] == [
        7,
        "selected",
        pool,
        [1, "二", None],
        system.at,
    ]
    assert found[other.id].__dict__ | {"_state": None} == before


def test_one_statement_for_each_chunk(first_come, submit):
    call = first_come(capacity=9)
    rows = [(submit(call).id, number) for number in range(5)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert update_values(Application, ["rank"], rows, chunk=2) == 5
    assert len(asked) == 3
    assert update_values(Application, ["rank"], []) == 0
