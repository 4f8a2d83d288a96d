import hashlib
import json
import subprocess

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application
from sonjuku.web.public import proofs
from sonjuku.web.public.tests.proof_pages import codes, look, look_at, notes, own, printed_recipe, rows
from sonjuku.web.public.tests.shell import shell_says
from tests.drawing import draw, freeze, run_of, type_twice

pytestmark = pytest.mark.django_db


def test_only_draws_have_a_proof(client, live_call):
    assert look(client, live_call(selection="first_come")).status_code == 404


def test_before_the_freeze_it_is_explained(client, lottery):
    assert "一覧はまだ固定されていません" in look(client, lottery).content.decode()
    assert look(client, lottery, format="json").json()["state"] == "prepared"
    assert look(client, lottery, format="list").status_code == 404
    assert look(client, lottery, format="rules").status_code == 404


def test_frozen_shows_the_fingerprint_and_no_code(client, lottery, desk):
    run = draw(desk, lottery, "03 11 19")
    for answer in (look(client, lottery), look(client, lottery, format="json")):
        shown = answer.content.decode()
        assert run.list_hash in shown
        assert run.seed not in shown
        assert not any(code in shown for code in codes(lottery))
    assert look(client, lottery, format="list").status_code == 404


def test_nothing_of_the_result_leaves_before_the_announcement(client, lottery, desk):
    """Whatever is asked, in whatever state, no code, number, seed or line of the result is in the answer."""
    own = codes(lottery)[0]
    asked: list[dict[str, str]] = [
        {},
        {"format": "json"},
        {"format": "rules"},
        {"format": "list"},
        {"page": "1"},
    ]
    asked += [{"code": own}, {"code": own, "format": "json"}]

    def everything() -> str:
        found = [
            look(client, lottery, language, **query)
            for query in asked
            for language in ("", "/en", "/ja-easy")
        ]
        found += [look_at(client, run_of(lottery), **query) for query in asked]
        found.append(client.get(reverse("public:call", args=["hagi", lottery.code])))
        return "".join(answer.content.decode() + json.dumps(dict(answer.headers)) for answer in found)

    before = look(client, lottery).content
    assert look(client, lottery, code=own).content == before, "a code that is asked for changes nothing"
    answers = [everything()]
    run = freeze(desk, lottery)
    answers.append(everything())
    type_twice(desk, run, "4711-0815")
    answers.append(everything())
    sealed, sealed_json = look(client, lottery), look(client, lottery, format="json").content
    run = actions.draw(by=desk, run=run)
    answers.append(everything())
    drawn = look(client, lottery)
    assert look(client, lottery, format="json").content == sealed_json
    assert drawn.content == sealed.content, "nobody can see that it has been drawn"
    assert dict(drawn.headers) == dict(sealed.headers)
    secrets = [*codes(lottery), run.seed, "4711-0815", *run.result.splitlines()]
    for shown in answers:
        assert [secret for secret in secrets if secret in shown] == []


def test_announced_draw_can_be_recomputed_from_the_json(client, announced):
    proof = look(client, announced, format="json").json()
    assert verify(proof) == []
    assert sorted(proof["order"].split()) == sorted(codes(announced))
    winners = {line.split("\t")[0] for line in proof["result"].splitlines() if line.endswith("\tin")}
    offered = Application.objects.filter(call=announced, state="offered")
    assert winners == set(offered.values_list("code", flat=True))


def test_the_printed_commands_give_the_printed_order(client, announced, tmp_path):
    """With the files that the page hands out, and nothing else."""
    proof = look(client, announced, format="json").json()
    for name in ("rules", "list"):
        answer = look(client, announced, format=name)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert hashlib.sha256(answer.content).hexdigest() == proof[f"{name}_hash"]
        (tmp_path / f"{name}.txt").write_bytes(answer.content)
    recipe = printed_recipe(look(client, announced))
    run = subprocess.run(["bash", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True)
    rules, listed, names, seed, *order = run.stdout.splitlines()
    assert [each.split()[0] for each in (rules, listed, seed)] == [
        proof["rules_hash"], proof["list_hash"], proof["seed"],
    ]  # fmt: skip
    assert names == f"rules\t{proof['rules_hash']}"
    assert order == proof["order"].split()
    assert shell_says(proof, tmp_path) == set()


def test_the_table_marks_exactly_the_winners(client, announced):
    run = run_of(announced)
    assert [row[1] for row in rows(look(client, announced))] == run.order.split()
    assert [row[2] for row in rows(look(client, announced))] == [
        *["当選"] * 4, *(f"補欠 {place}番目" for place in range(1, 6)),
    ]  # fmt: skip


def test_no_name_is_anywhere_in_a_proof(client, announced):
    for query in ({}, {"format": "json"}, {"format": "list"}, {"code": codes(announced)[0]}):
        assert "見本" not in look(client, announced, **query).content.decode()


def test_a_long_table_is_turned_page_by_page(client, announced, monkeypatch):
    monkeypatch.setattr(proofs, "PAGE", 4)
    order = run_of(announced).order.split()
    pages = [[row[1] for row in rows(look(client, announced, page=str(page)))] for page in (1, 2, 3)]
    assert pages == [order[:4], order[4:8], order[8:]]
    found = look(client, announced, code=order[8]).content.decode()
    assert f'href="?page=3#c-{order[8]}"' in found


def test_questions_to_the_database_do_not_grow_with_the_list(client, make_lottery, desk):
    asked = []
    for people in (1, 30):
        call = make_lottery(people)
        actions.announce(by=desk, run=draw(desk, call))
        with CaptureQueriesContext(connection) as seen:
            look(client, call, code=codes(call)[0])
        asked.append(len(seen))
    assert asked[0] == asked[1] < 12


def test_a_number_is_found_however_it_is_typed(client, announced):
    order = run_of(announced).order.split()
    wide = str.maketrans("0123456789-", "０１２３４５６７８９ー")
    for typed in (order[1], order[1].lower(), order[1].replace("-", ""), order[1].translate(wide)):
        said = own(look(client, announced, code=typed))
        assert f"{order[1]}：当選" in said
        assert "順番は9件のうち2番目です" in said
    said = own(look(client, announced, code=order[6]))
    assert "補欠" in said
    assert "補欠の3番目です" in said
    assert "当選" not in said
    assert "The number is 7 of 9" in own(look(client, announced, "/en", code=order[6]))


def test_a_number_that_is_not_there_is_told_so(client, announced):
    said = own(look(client, announced, code="<b>ZZ</b>"))
    assert "この番号は、一覧にありません" in said
    assert "<b>ZZ" not in look(client, announced, code="<b>ZZ</b>").content.decode()
    assert notes(look(client, announced, code="")) == []
    assert look(client, announced, code="x" * 500).status_code == 200
