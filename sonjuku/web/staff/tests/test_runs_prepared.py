"""Making a run over several calls, the list of runs, and what a call's editor says of its selection."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.people.models import Body

pytestmark = pytest.mark.django_db


def at(name: str, run: SelectionRun) -> str:
    return reverse(f"staff:{name}", args=["hagi", run.code])


def fresh(run: SelectionRun) -> SelectionRun:
    return SelectionRun.objects.get(pk=run.pk)


@pytest.fixture
def draft(running: Any, now: dt.datetime) -> Any:
    """A call that is drawn, has not opened, and belongs to no run yet."""

    def make(**fields: Any) -> Call:
        opens = now + dt.timedelta(days=2)
        made: Call = running(state="draft", opens_at=opens, closes_at=opens + dt.timedelta(days=5), **fields)
        Call.objects.filter(pk=made.pk).update(selection_run=None)
        SelectionRun.objects.filter(calls=None).delete()
        return Call.objects.get(pk=made.pk)

    return make


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_runs_asks_as_often_for_three_as_for_one(
    desk: Client, running: Any, number: int, django_assert_max_num_queries: Any
) -> None:
    for each in range(number):
        running(title=f"講座{each}", code=f"course-{each}")
    desk.get(reverse("staff:runs", args=["hagi"]))
    with django_assert_max_num_queries(16):
        page = desk.get(reverse("staff:runs", args=["hagi"])).content.decode()
    assert page.count("/desk/selections/") >= number


def test_several_calls_are_put_together_before_they_open(desk: Client, draft: Any) -> None:
    drafts = [draft(title=f"講座{each}", code=f"c{each}") for each in range(2)]
    url = reverse("staff:run_new", args=["hagi"])
    page = desk.get(url).content.decode()
    assert "講座0" in page
    given = {
        "title": "冬の講座", "calls": [call.pk for call in drafts], "seed_kind": "number", "seed_source": "12月4日の終値",
        "draws_day": "2027-01-20", "draws_time": "10:00", "check_days": 2, "is_public_draw": "on",
    }  # fmt: skip
    assert desk.post(url, {**given, "draws_time": ""}).status_code == 422
    assert (
        desk.post(url, {**given, "seed_kind": "drand", "draws_day": "", "draws_time": ""}).status_code == 422
    )
    assert not SelectionRun.objects.exists()
    desk.post(url, given)
    run = SelectionRun.objects.get()
    assert (run.is_shared, run.check_days, run.is_public_draw) == (True, 2, True)
    assert run.draws_at == dt.datetime(2027, 1, 20, 1, 0, tzinfo=dt.UTC)
    assert {call.pk for call in run.calls.all()} == {call.pk for call in drafts}
    desk.post(at("run_change", run), {**given, "title": "春の講座", "calls": [drafts[0].pk]})
    assert fresh(run).title == "春の講座"
    assert run.calls.get() == drafts[0]


def together(drafts: list[Call], by: Any) -> SelectionRun:
    return actions.create_run(
        by=by, council=drafts[0].council, title="冬の講座", calls=drafts, seed_source="12月4日の終値"
    )


def codes(run: SelectionRun) -> list[str]:
    return [call.code for call in queries.calls_of(run)]


def test_the_calls_of_a_run_are_put_in_order_until_the_first_opens(
    desk: Client, draft: Any, acting: Any
) -> None:
    drafts = [draft(title=f"講座{n}", code=f"c{n}", seed_source="") for n in (1, 2, 3)]
    run = together(drafts, acting)
    url = at("run_order", run)
    assert url in desk.get(at("run", run)).content.decode()
    assert desk.get(url).status_code == 200
    twice = desk.post(url, {"place_1": 2, "place_2": 2, "place_3": 1})
    assert twice.status_code == 422
    assert "「講座1」と同じ順番です" in twice.content.decode()
    desk.post(url, {"place_1": 3, "place_2": 1, "place_3": 2})
    assert codes(run) == ["c2", "c3", "c1"]

    given = {
        "title": "冬の講座", "calls": [drafts[0].pk, drafts[2].pk, draft(code="c4", seed_source="").pk], "seed_kind": "number",
        "seed_source": "12月4日の終値", "check_days": 2,
    }  # fmt: skip
    desk.post(at("run_change", run), given)
    assert codes(run) == ["c3", "c1", "c4"], "what was there keeps its order, the new one comes behind"

    third = Call.objects.get(code="c3")
    actions.open_call(by=acting.now(third.opens_at), call=third)
    assert url not in desk.get(at("run", run)).content.decode()
    desk.post(url, {"place_1": 3, "place_2": 1, "place_3": 2})
    assert codes(run) == ["c3", "c1", "c4"]


def test_who_cannot_see_a_call_of_a_run_does_not_take_it_out(
    desk: Client, draft: Any, acting: Any, council: Any
) -> None:
    mine, theirs = draft(code="mine", seed_source=""), draft(code="theirs", seed_source="")
    run = together([theirs, mine], acting)
    theirs.bodies.update(body=Body.objects.create(council=council, type="company", name="別の会社"))
    given = {
        "title": "冬",
        "calls": [mine.pk],
        "seed_kind": "number",
        "seed_source": "12月4日の終値",
        "check_days": 2,
    }
    desk.post(at("run_change", run), given)
    assert fresh(run).title == "冬"
    assert codes(run) == ["theirs", "mine"]


def section(desk: Client, call: Call, **data: Any) -> Any:
    url = reverse("staff:call_edit", args=["hagi", call.code, "selection"])
    return desk.post(url, data) if data else desk.get(url)


def test_the_editor_keeps_source_and_time_of_a_draw(desk: Client, draft: Any) -> None:
    call = draft(code="own")
    given = {"selection": "ranked", "seed_kind": "number", "seed_source": "12月4日の終値", "check_days": 5, "min_reviewers": 2}  # fmt: skip
    assert section(desk, call, **given, draws_day="2027-01-20").status_code == 200, "a day without a time"
    section(desk, call, **given, draws_day="2027-01-20", draws_time="10:00", once_per_year="on")
    call.refresh_from_db()
    assert (call.selection, call.check_days, call.once_per_year) == ("ranked", 5, True)
    assert call.draws_at == dt.datetime(2027, 1, 20, 1, 0, tzinfo=dt.UTC)
    assert 'value="2027-01-20"' in section(desk, call).content.decode()
    section(desk, call, **{**given, "seed_kind": "drand"}, draws_day="2027-01-20", draws_time="10:00")
    call.refresh_from_db()
    assert (call.seed_kind, call.seed_source) == ("drand", "")


def test_a_shared_run_holds_what_the_editor_then_leaves_out(desk: Client, draft: Any) -> None:
    drafts = [draft(code=f"c{each}") for each in range(2)]
    desk.post(reverse("staff:run_new", args=["hagi"]), {
        "title": "二つの講座", "calls": [call.pk for call in drafts], "seed_kind": "number", "seed_source": "12月4日の終値",
        "check_days": 2,
    })  # fmt: skip
    page = section(desk, drafts[0]).content.decode()
    assert "二つの講座" in page
    assert "seed_source" not in page
    section(desk, drafts[0], once_per_year="on", min_reviewers=2, seed_source="別の数")
    call = Call.objects.get(pk=drafts[0].pk)
    assert (call.once_per_year, call.seed_source) == (True, "12月4日の終値")


def test_a_draft_without_a_run_leads_to_its_call(desk: Client, draft: Any) -> None:
    call = draft(code="alone")
    response = desk.get(reverse("staff:selection", args=["hagi", call.code]))
    assert response["Location"] == reverse("staff:call", args=["hagi", call.code])
