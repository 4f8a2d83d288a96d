"""Records of runs over several calls, void ones, corrected ones, and those of the first format."""

import datetime as dt
import re
import subprocess
from typing import Any

import pytest
from django.urls import reverse

from sonjuku.engines.selection.bundle import verify
from sonjuku.engines.selection.draw import make_proof
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.web.public.tests.proof_pages import codes, look, look_at, own, printed_recipe, rows, text
from sonjuku.web.public.tests.shell import shell_says
from tests.drawing import draw, freeze, run_of

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"


def test_what_was_declared_void_under_seal_stays_sealed(client, lottery, desk):
    run = draw(desk, lottery, "4711-0815")
    fresh = actions.void(
        by=desk, run=run, reason="一人抜けていました", reason_en="One was missing", seed_source="別の数"
    )
    own = codes(lottery)[0]
    for query in ({}, {"format": "json"}, {"code": own}):
        old = look_at(client, run, **query).content.decode()
        assert not any(secret in old for secret in (*codes(lottery), run.seed, "4711-0815"))
    assert look_at(client, run, format="list").status_code == 404
    assert "この抽選は取り消されました" in text(look_at(client, run))
    assert "一人抜けていました" in text(look_at(client, run))
    assert run.list_hash in text(look_at(client, run))
    assert look_at(client, run, format="rules").content.decode() == run.rules
    now_there = look(client, lottery)
    assert "前回の抽選は取り消されました" in text(now_there)
    assert "一人抜けていました" in text(now_there)
    assert reverse("public:selection", args=["hagi", run.code]) in now_there.content.decode()
    assert reverse("public:selection", args=["hagi", fresh.code]) in look_at(client, run).content.decode()
    assert "One was missing" in text(look(client, lottery, "/en"))
    # Once more: the first of three still finds the calls.
    last = actions.void(by=desk, run=fresh, reason="数が出ません", seed_source="また別の数")
    assert look_at(client, run).status_code == look_at(client, fresh).status_code == 200
    assert look_at(client, last).status_code == 200


def test_a_run_is_found_in_its_council_alone(client, lottery, other_council):
    run = run_of(lottery)
    assert client.get(reverse("public:selection", args=["aomori", run.code])).status_code == 404
    assert client.get(reverse("public:selection", args=["hagi", "0000-0000"])).status_code == 404


@pytest.fixture
def courses(council: Any, live_call: Any, desk: Any, now: dt.datetime) -> Any:
    """Two courses, drawn together; one seat of the first is held for residents."""
    found = [
        live_call(
            state="draft", code=f"course-{n}", title=f"講座{n}", title_en=f"Course {n}", capacity=2,
            opens_at=now - dt.timedelta(hours=5), closes_at=now + dt.timedelta(days=2), check_days=0,
        )
        for n in (1, 2)
    ]  # fmt: skip
    SeatPool.objects.create(
        call=found[0], capacity=1, seat_type="市内枠", seat_type_en="Residents", reserved_for_lg_codes=[HAGI]
    )
    actions.create_run(
        by=desk, council=council, title="二つの講座", title_en="Two courses", calls=found, check_days=3,
        seed_source="12月4日の日経平均株価", seed_source_en="The Nikkei of 4 December", is_public_draw=True,
    )  # fmt: skip
    return found


def opened(desk: Any, courses: Any) -> list[Call]:
    return [actions.open_call(by=desk, call=Call.objects.get(pk=course.pk)) for course in courses]


def test_no_draft_is_named_before_the_rules_are(client, courses):
    run = run_of(courses[0])
    assert look_at(client, run).status_code == 404
    Call.objects.filter(pk=courses[1].pk).update(state="announced")
    for query in ({}, {"format": "json"}):
        shown = look_at(client, run, **query).content.decode()
        assert "講座2" in shown
        assert "講座1" not in shown


def test_published_rules_are_told_in_words_and_to_the_letter(client, courses, desk):
    calls = opened(desk, courses)
    run = run_of(calls[0])
    answer = look(client, calls[0])
    said = text(answer)
    assert look(client, calls[0], format="rules").content.decode() == run.rules
    for part in (
        run.rules_hash, "12月4日の日経平均株価", "「市内枠」の席：1", "だれでも座れる席：2", "資格確認", "公開抽選",
        "希望は、本当に行きたい順に書いてください", "5人より少ない区分は",
    ):  # fmt: skip
        assert part in said
    assert text(look(client, calls[1])) == said == text(look_at(client, run))
    english = text(look(client, calls[0], "/en"))
    assert "The Nikkei of 4 December" in english
    assert "Residents" in english
    assert "Course 2" in english


@pytest.fixture
def shared(courses: Any, council: Any, desk: Any, system: Any, make_person: Any, now: dt.datetime) -> Any:
    """Six residents and six others wish for the first course, every second of them for the other too; closed."""
    calls = opened(desk, courses)
    by = system.now(now)
    for at in range(12):
        person = make_person(council, lg_code=HAGI if at < 6 else SAPPORO)
        for call in calls if at % 2 else calls[:1]:
            actions.submit(by=by, call=call, person=person, facts=queries.facts_of(person))
    Call.objects.update(closes_at=now - dt.timedelta(hours=1))
    SelectionRun.objects.update(check_days=0)
    for call in calls:
        actions.close_call(by=desk, call=Call.objects.get(pk=call.pk))
    return calls


def test_a_shared_run_is_told_for_each_of_its_calls(client, shared, desk, tmp_path):
    run = draw(desk, run_of(shared[0]), "38421.17")
    actions.announce(by=desk, run=run)
    proof = look(client, shared[1], format="json").json()
    assert verify(proof) == []
    assert shell_says(proof, tmp_path) == set()
    table = rows(look(client, shared[0]))
    assert table == rows(look(client, shared[1]))
    assert [row[1] for row in table] == run.order.split()
    got = {line.split("\t")[0]: line.split("\t")[1:] for line in run.result.splitlines()}
    titles = {"p1": "講座1", "p2": "講座2"}
    for _number, code, told in table:
        programme, seat = got[code]
        if programme == "-":
            assert told.startswith("補欠")
        else:
            assert told.startswith(f"当選 {titles[programme]}")
        assert ("「市内枠」の席" in told) == ([programme, seat] == ["p1", "1"])
    for title in titles.values():
        places = [int(found[1]) for row in table if (found := re.search(rf"{title} (\d+)番目", row[2]))]
        assert places == list(range(1, len(places) + 1)), "nobody has a class: in line as in the order"
    waiting = [row for row in table if row[2].startswith("補欠")]
    second = Application.objects.filter(call=shared[1], state="waitlisted").values_list("run_code", flat=True)
    assert {row[1] for row in waiting if "講座2" in row[2]} == set(second)


def test_the_number_of_a_second_application_leads_to_the_first(client, shared, desk):
    run = draw(desk, run_of(shared[0]))
    actions.announce(by=desk, run=run)
    second = Application.objects.filter(call=shared[1]).exclude(state="offered").first()
    assert second.code != second.run_code
    said = own(look(client, shared[0], code=second.code))
    assert f"{second.run_code}：" in said
    assert "講座2" in said


def test_who_was_left_out_and_merged_is_counted(client, lottery, desk):
    run = draw(desk, lottery)
    SelectionRun.objects.filter(pk=run.pk).update(
        excluded={"guardian_consent": 7, "double": 2, "staff": 1}, merged_classes=[[9, 1]]
    )
    actions.announce(by=desk, run=SelectionRun.objects.get(pk=run.pk))
    said = text(look(client, lottery))
    assert re.search(r"保護者の同意がありませんでした。 7", said)
    assert re.search(r"5人より少ない理由の合計）?\s*3", said)
    assert "区分9は、5人より少ないので、区分1と一つにしました" in said


def test_a_correction_stands_first_and_stays(client, announced, desk):
    run = run_of(announced)
    actions.correct(by=desk, run=run, reason="会場の書き誤り", reason_en="A wrong venue")
    said = text(look(client, announced))
    assert said.index("会場の書き誤り") < said.index("順番と結果")
    assert "A wrong venue" in text(look(client, announced, "/en"))
    assert verify(look(client, announced, format="json").json()) == []


def test_a_beacon_is_told_with_its_round(client, lottery, desk):
    run = draw(desk, lottery)
    beacon = {"round": 123456, "signature": "ab" * 48, "randomness": "cd" * 32}
    SelectionRun.objects.filter(pk=run.pk).update(seed_kind="drand", drand_round=123456, beacon=beacon)
    assert "ab" * 48 not in look(client, lottery).content.decode()
    actions.announce(by=desk, run=SelectionRun.objects.get(pk=run.pk))
    said = text(look(client, lottery))
    assert "drandは、" in said
    assert "123456" in said
    assert "ab" * 48 in said


def test_a_proof_of_the_first_format_is_served_as_it_was(client, lottery, desk, tmp_path):
    listed = [(code, 1) for code in codes(lottery)]
    proof = make_proof(listed, "03 11 'x' 19", 4)
    proof |= {
        "winners": proof["order"][:4],
        "entry_count": 9,
        "seed_source": "公開の数",
        "state": "announced",
    }
    at = desk.at
    proof |= {"frozen_at": at.isoformat(), "drawn_at": at.isoformat()}
    SelectionRun.objects.filter(calls=lottery).update(
        first_format=proof, state="announced", frozen_at=at, drawn_at=at, announced_at=at, rules_at=None
    )
    served = look(client, lottery, format="json").json()
    assert verify(served) == []
    answer = look(client, lottery)
    assert [row[2] for row in rows(answer)] == [*["当選"] * 4, *(f"補欠 {n}番目" for n in range(1, 6))]
    (tmp_path / "list.txt").write_bytes(look(client, lottery, format="list").content)
    done = subprocess.run(
        ["bash", "-c", printed_recipe(answer)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    first, second, *order = done.stdout.splitlines()
    assert [first.split()[0], second.split()[0]] == [proof["list_hash"], proof["seed"]]
    assert order == [f"{place} {code}" for place, code in enumerate(proof["order"], 1)]
    assert "補欠の2番目です" in own(look(client, lottery, code=proof["order"][5]))


def test_the_call_shows_the_hash_of_the_list_once_it_is_fixed(client, lottery, desk):
    Call.objects.filter(pk=lottery.pk).update(frozen_at=desk.at)
    address = reverse("public:call", args=["hagi", lottery.code])
    assert "一覧の符号" not in client.get(address).content.decode()
    run = freeze(desk, lottery)
    shown = client.get(address).content.decode()
    assert run.list_hash in shown
    assert reverse("public:proof", args=["hagi", lottery.code]) in shown


def test_units_stand_in_the_record_with_their_size(client, make_lottery, desk):
    """Four seats; sizes from one to three. Page and verifier agree on who got in."""
    call = make_lottery(6)
    Call.objects.filter(pk=call.pk).update(max_persons=3)
    for application, size in zip(call.applications.order_by("code"), (3, 1, 2, 3, 2, 1), strict=True):
        application.persons = size
        application.save()
    run = draw(desk, call, "7")
    actions.announce(by=desk, run=run)
    sizes = dict(call.applications.values_list("code", "persons"))
    answer = look(client, call)
    assert "一組は分けません" in text(answer)
    left, expected = 4, []
    for number, code in enumerate(run_of(call).order.split(), start=1):
        fits = sizes[code] <= left
        left -= sizes[code] if fits else 0
        expected.append([str(number), code, str(sizes[code]), fits])
    shown = [[number, code, size, "当選" in result] for number, code, size, result in rows(answer)]
    assert shown == expected
    assert verify(queries.public_run(run_of(call))) == []
    for code, size in sizes.items():
        assert (f"{size}人で一組です" in own(look(client, call, code=code))) == (size > 1)


def test_nobody_alone_has_a_column_of_sizes(client, announced):
    assert "一組は分けません" not in text(look(client, announced))
    assert all(len(row) == 3 for row in rows(look(client, announced)))
