"""Ranked wishes and the order over a run's calls, by machine."""

from typing import Any

import pytest

from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.web.api.tests.test_api import PERSON, is_problem, paper

pytestmark = pytest.mark.django_db


def send(machine: Any, call: Call, number: int = 1, **fields: Any) -> Any:
    return machine("applications:write")(
        "post", "applications", paper(call, **fields), **{"Idempotency-Key": f"scan-{number:04}"}
    )


@pytest.fixture
def ranked(running: Any) -> Call:
    call: Call = running(selection="ranked", seed_source="12月4日の終値")
    SeatPool.objects.filter(call=call).delete()
    for number, option in enumerate(("朝", "昼", "夜")):
        SeatPool.objects.create(call=call, option=option, capacity=1, ordinal=number)
    return call


@pytest.fixture
def two(council: Any, running: Any) -> list[Call]:
    """Two tours that are drawn together."""
    run = SelectionRun.objects.create(
        council=council, is_shared=True, title="ツアー", state="published", seed_source="12月4日の終値"
    )
    calls = [running(selection="lottery", code=f"tour-{n}") for n in (1, 2)]
    for place, call in enumerate(calls, start=1):
        Call.objects.filter(pk=call.pk).update(selection_run=run, run_ordinal=place)
    return [Call.objects.get(pk=call.pk) for call in calls]


def test_wishes_go_in_and_come_out_in_order(ranked: Call, machine: Any) -> None:
    response = send(machine, ranked, wishes=["夜", "朝"])
    assert response.status_code == 201, response.json()
    told = machine("applications:read")("get", f"applications/{response.json()['code']}").json()
    assert (told["wishes"], told["option"], told["wish_rank"]) == (["夜", "朝"], "夜", 1)


def test_an_option_alone_is_the_only_wish(ranked: Call, machine: Any) -> None:
    assert send(machine, ranked, option="昼").status_code == 201
    assert Application.objects.get().wishes == ["昼"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"wishes": ["夜", "夜"]}, "wishes"),
        ({"wishes": ["深夜"]}, "wishes"),
        ({}, "wishes"),
        ({"wishes": ["朝", "昼", "夜", "朝"]}, "wishes"),
        ({"wishes": ["朝"], "wish_rank": 1}, "wish_rank"),
        ({"wishes": ["朝"], "same_person_as": "7F3K-22QX"}, "same_person_as"),
    ],
)
def test_wishes_that_the_call_does_not_take_are_named(
    ranked: Call, machine: Any, fields: dict[str, Any], wrong: str
) -> None:
    response = send(machine, ranked, **fields)
    assert is_problem(response, 422, "wrong_input")
    assert set(response.json()["fields"]) == {wrong}
    assert not Application.objects.exists()


def test_wishes_where_nothing_is_ranked_are_named(running: Any, machine: Any) -> None:
    assert set(send(machine, running(), wishes=["朝"]).json()["fields"]) == {"wishes"}


def test_one_person_s_calls_have_an_order_and_one_number(two: list[Call], machine: Any) -> None:
    entered = send(machine, two[0], 1, wish_rank=2)
    assert entered.status_code == 201, entered.json()
    first = entered.json()["code"]
    asked = send(machine, two[1], 2, wish_rank=1)
    assert is_problem(asked, 422, "wrong_input")
    assert set(asked.json()["fields"]) == {"same_person_as"}
    assert first not in str(asked.json()), "no code for who may only write"

    taken = send(machine, two[1], 2, wish_rank=2, same_person_as=first)
    assert is_problem(taken, 409, "rank_taken")
    assert is_problem(send(machine, two[1], 2, wish_rank=3, same_person_as=first), 422, "wrong_input")
    assert send(machine, two[1], 2, wish_rank=1, same_person_as=first).status_code == 201
    rows = Application.objects.order_by("call__code")
    assert [(row.wish_rank, row.run_code) for row in rows] == [(2, first), (1, first)]


def test_who_only_looks_like_somebody_is_another_person(two: list[Call], machine: Any) -> None:
    send(machine, two[0], 1, person=PERSON)
    assert send(machine, two[1], 2, person=PERSON, is_another_person=True).status_code == 201
    assert Application.objects.values("person").distinct().count() == 2
