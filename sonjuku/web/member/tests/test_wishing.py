"""Ranked wishes on the apply page, and the order of one's calls in a selection over several."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import holding
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.rooms.journal.models import Actor
from tests import drawing

pytestmark = pytest.mark.django_db
AGREE = {"agree": "application"}


def text(response: Any) -> str:
    return str(response.content.decode()).replace("<wbr>", "")


def at(call: Call) -> str:
    return reverse("member:apply", args=[call.council.slug, call.code])


@pytest.fixture
def ranked(open_call: Any) -> Call:
    """Three courses in one call."""
    call: Call = open_call(selection="ranked", seed_source="12月4日の終値")
    SeatPool.objects.filter(call=call).delete()
    for number, (option, english) in enumerate((("朝", "Morning"), ("昼", "Noon"), ("夜", "Evening"))):
        SeatPool.objects.create(call=call, option=option, option_en=english, capacity=1, ordinal=number)
    return call


def test_wishes_are_chosen_in_order_and_kept(log_in: Any, adult: Any, ranked: Call) -> None:
    me = log_in(adult)
    page = text(me.get(at(ranked)))
    assert "第1希望" in page
    assert "第3希望" in page
    me.post(at(ranked), {**AGREE, "wish_1": "夜", "wish_2": "", "wish_3": "朝"})
    row = Application.objects.get(call=ranked)
    assert row.wishes == ["夜", "朝"]
    assert row.option == "夜"
    shown = text(me.get(reverse("member:application", args=[row.id])))
    assert shown.index("1. 夜") < shown.index("2. 朝")


def test_wishes_and_number_stand_among_one_s_own_data(log_in: Any, adult: Any, ranked: Call) -> None:
    me = log_in(adult)
    me.post(at(ranked), {**AGREE, "wish_1": "夜", "wish_3": "朝"})
    row = Application.objects.select_related("person").get(call=ranked)
    mine = Actor(at=timezone.now(), role="member", account_id=row.person.account_id)
    [held] = [each for each in holding.holdings(row.person, mine) if each.name == "applications"]
    told = {fact.name: (fact.value, fact.text) for item in held.items for fact in item.facts}
    assert told["wishes"] == (["夜", "朝"], "夜、朝")
    assert told["run_code"][0] == row.code


def test_wishes_have_english_names(log_in: Any, adult: Any, ranked: Call) -> None:
    assert "Morning" in text(log_in(adult).get("/en" + at(ranked)))


def test_the_same_wish_twice_is_refused_with_what_was_chosen(log_in: Any, adult: Any, ranked: Call) -> None:
    response = log_in(adult).post(at(ranked), {**AGREE, "wish_1": "夜", "wish_2": "夜"})
    assert response.status_code == 422
    assert "第1希望と同じです" in text(response)
    assert '<option value="夜" selected>' in text(response)
    assert not Application.objects.exists()


def test_the_first_wish_is_needed(log_in: Any, adult: Any, ranked: Call) -> None:
    response = log_in(adult).post(at(ranked), {**AGREE, "wish_2": "夜"})
    assert response.status_code == 422
    assert "第1希望を選んでください" in text(response)


# Several calls, one selection


@pytest.fixture
def two(council: Any, open_call: Any) -> list[Call]:
    """Two tours that are drawn together."""
    calls = [open_call(selection="lottery", title=f"ツアー{each}", code=f"tour-{each}") for each in (1, 2)]
    run = SelectionRun.objects.create(
        council=council, is_shared=True, title="ツアー", state="published", seed_source="12月4日の終値"
    )
    for place, call in enumerate(calls, start=1):
        Call.objects.filter(pk=call.pk).update(selection_run=run, run_ordinal=place)
    return [Call.objects.get(pk=call.pk) for call in calls]


@pytest.fixture
def both(log_in: Any, adult: Any, two: list[Call]) -> tuple[Client, list[Application]]:
    me = log_in(adult)
    for call in two:
        me.post(at(call), AGREE)
    return me, list(Application.objects.order_by("wish_rank"))


def test_the_order_of_two_calls_can_be_changed_until_the_close(
    both: tuple[Client, list[Application]], two: list[Call]
) -> None:
    me, (first, second) = both
    page = text(me.get(reverse("member:application", args=[second.id])))
    assert first.run_code in page, "one number in the draw for both"
    url = reverse("member:wishes", args=[second.id])
    assert url in page
    text(me.get(url))
    assert [row.wish_rank for row in Application.objects.order_by("wish_rank")] == [1, 2]
    twice = me.post(url, {"wish_1": second.id, "wish_2": second.id})
    assert twice.status_code == 422
    me.post(url, {"wish_1": second.id, "wish_2": first.id})
    assert [row.pk for row in Application.objects.order_by("wish_rank")] == [second.pk, first.pk]

    Call.objects.filter(pk=two[0].pk).update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    late = me.post(url, {"wish_1": first.id, "wish_2": second.id})
    assert late.status_code == 422
    assert "受付が終わるまで" in text(late)
    assert Application.objects.get(pk=second.pk).wish_rank == 1


def test_nobody_orders_anothers_wishes(
    both: tuple[Client, list[Application]], log_in: Any, make_account: Any
) -> None:
    _me, rows = both
    stranger = log_in(make_account("stranger@example.jp"))
    assert stranger.get(reverse("member:wishes", args=[rows[0].id])).status_code == 404


def test_one_application_alone_has_no_order(log_in: Any, adult: Any, ranked: Call) -> None:
    me = log_in(adult)
    me.post(at(ranked), {**AGREE, "wish_1": "夜"})
    row = Application.objects.get(call=ranked)
    response = me.get(reverse("member:wishes", args=[row.id]))
    assert response["Location"] == reverse("member:application", args=[row.id])


# Why


def test_the_reason_is_told_after_the_announcement_only(
    log_in: Any, adult: Any, open_call: Any, secretariat: Any
) -> None:
    call = open_call(selection="lottery", check_days=0)
    me = log_in(adult)
    me.post(at(call), AGREE)
    row = Application.objects.get(call=call)
    later = timezone.now()
    Call.objects.filter(pk=call.pk).update(state="closed", closes_at=later)
    by = secretariat.now(later + dt.timedelta(minutes=1))
    run = drawing.draw(by, Call.objects.get(pk=call.pk))
    url = reverse("member:application", args=[row.id])
    assert "結果の理由" not in text(me.get(url))
    actions.announce(by=by, run=run)
    page = text(me.get(url))
    assert "抽選番号は1番のうち1番です。" in page
    assert f"#{run.frozen_list.splitlines()[1].split(chr(9))[0]}" in page
    assert "The lottery number is 1 of 1." in text(me.get("/en" + url))
