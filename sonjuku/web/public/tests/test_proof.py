import datetime as dt
import hashlib
import html
import re
import subprocess
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application
from tests.drawing import draw

pytestmark = pytest.mark.django_db


@pytest.fixture
def lottery(council: Any, live_call: Any, make_person: Any, now: dt.datetime) -> Any:
    """A closed lottery: nine applied for four places."""
    call = live_call(state="closed", capacity=4, closes_at=now - dt.timedelta(days=1))
    for _ in range(9):
        Application.objects.create(
            council=council, call=call, person=make_person(council), state="submitted",
            submitted_at=now - dt.timedelta(days=2),
        )  # fmt: skip
    return call


@pytest.fixture
def desk(secretariat: Any, now: dt.datetime) -> Any:
    return replace(secretariat, at=now)


def look(client: Any, call: Any, **query: str) -> Any:
    return client.get(reverse("public:proof", args=["hagi", call.code]), query)


def codes(call: Any) -> list[str]:
    return list(Application.objects.filter(call=call).values_list("code", flat=True))


def test_only_draws_have_a_proof(client, live_call):
    assert look(client, live_call(selection="first_come")).status_code == 404


def test_before_the_freeze_it_is_explained(client, lottery):
    assert "一覧はまだ固定されていません" in look(client, lottery).content.decode()
    assert look(client, lottery, format="json").json()["state"] == "prepared"
    assert look(client, lottery, format="list").status_code == 404


def test_frozen_shows_the_fingerprint_and_no_code(client, lottery, desk):
    run = draw(desk, lottery, "03 11 19")
    for answer in (look(client, lottery), look(client, lottery, format="json")):
        shown = answer.content.decode()
        assert run.list_hash in shown
        assert run.seed not in shown
        assert not any(code in shown for code in codes(lottery))
    assert look(client, lottery, format="list").status_code == 404


@pytest.fixture
def announced(lottery: Any, desk: Any) -> Any:
    run = draw(desk, lottery, "03 11 'x' 19")
    actions.announce(by=desk, run=run)
    return lottery


def test_announced_draw_can_be_recomputed_from_the_json(client, announced):
    proof = look(client, announced, format="json").json()
    assert verify(proof) == []
    assert sorted(proof["order"].split()) == sorted(codes(announced))
    winners = {line.split("\t")[0] for line in proof["result"].splitlines() if line.endswith("\tin")}
    offered = Application.objects.filter(call=announced, state="offered")
    assert winners == set(offered.values_list("code", flat=True))


def test_the_printed_commands_give_the_printed_order(client, announced, tmp_path):
    page = look(client, announced).content.decode()
    recipe = html.unescape(re.search(r'<code id="recipe">(.*?)</code>', page, re.DOTALL).group(1))
    listed = look(client, announced, format="list")
    assert listed["Content-Type"] == "text/plain; charset=utf-8"
    (tmp_path / "list.txt").write_bytes(listed.content)
    run = subprocess.run(["bash", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second, *order = run.stdout.splitlines()
    proof = look(client, announced, format="json").json()
    assert first.split()[0] == proof["list_hash"] == hashlib.sha256(listed.content).hexdigest()
    assert second.split()[0] == proof["seed"]
    assert order == [f"{place} {code}" for place, code in enumerate(proof["order"].split(), 1)]


def test_the_table_marks_exactly_the_winners(client, announced):
    rows = re.findall(r"<tr><td.*?</tr>", look(client, announced).content.decode(), re.DOTALL)
    assert len(rows) == 9
    assert sum("当選" in row for row in rows) == 4


def test_no_name_is_anywhere_in_a_proof(client, announced):
    for query in ({}, {"format": "json"}, {"format": "list"}):
        assert "見本" not in look(client, announced, **query).content.decode()
