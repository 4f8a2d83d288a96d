"""Ranked wishes and the order over several calls, as they come on paper."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from sonjuku.flows.papers import sheets
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.rooms.people.models import Body

pytestmark = pytest.mark.django_db


def at(name: str, call: Call, *more: Any) -> str:
    return reverse(f"staff:{name}", args=[call.council.slug, call.code, *more])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", html.fromstring(response.content.decode()).text_content())


def paper(**more: Any) -> dict[str, Any]:
    return {
        "channel": "fax", "received_day": timezone.localdate(), "deadline_by": "arrival", "family_name": "見本",
        "given_name": "紙子", "family_name_kana": "みほん", "given_name_kana": "カミコ", "date_of_birth": "1970-01-01",
        "postal_code": "758-0041", "school_stage": "none", "consented": "on", "entry_id": uuid.uuid4(), **more,
    }  # fmt: skip


@pytest.fixture
def ranked(running: Any) -> Call:
    """Three courses in one call."""
    call: Call = running(selection="ranked", seed_source="12月4日の終値")
    SeatPool.objects.filter(call=call).delete()
    for number, (option, english) in enumerate((("朝", "Morning"), ("昼", "Noon"), ("夜", "Evening"))):
        SeatPool.objects.create(call=call, option=option, option_en=english, capacity=1, ordinal=number)
    return call


@pytest.fixture
def two(council: Any, running: Any) -> list[Call]:
    """Two tours that are drawn together."""
    calls = [running(selection="lottery", title=f"ツアー{each}", code=f"tour-{each}") for each in (1, 2)]
    run = SelectionRun.objects.create(
        council=council, is_shared=True, title="ツアー", state="published", seed_source="12月4日の終値"
    )
    for place, call in enumerate(calls, start=1):
        Call.objects.filter(pk=call.pk).update(selection_run=run, run_ordinal=place)
    return [Call.objects.get(pk=call.pk) for call in calls]


# Wishes within a call


def test_wishes_are_entered_as_the_paper_ranks_them(desk: Client, ranked: Call) -> None:
    slip = desk.post(at("entry", ranked), paper(wish_1="夜", wish_2="朝"), follow=True)
    row = Application.objects.get(call=ranked)
    assert (row.wishes, row.option) == (["夜", "朝"], "夜")
    assert "1. 夜2. 朝" in text(slip)
    assert "1. 夜2. 朝" in text(desk.get(reverse("staff:application", args=["hagi", row.id])))


@pytest.mark.parametrize(
    ("wishes", "field", "said"),
    [
        ({"wish_2": "夜"}, "wish_1", "「第1希望」を選んでください"),
        ({"wish_1": "夜", "wish_2": "夜"}, "wish_2", "第1希望と同じです"),
    ],
)
def test_what_is_wrong_is_said_beside_the_wish(
    desk: Client, ranked: Call, wishes: dict[str, str], field: str, said: str
) -> None:
    page = html.fromstring(desk.post(at("entry", ranked), paper(**wishes)).content.decode())
    [beside] = page.xpath(f"//*[@id='id_{field}_field']")
    assert said in beside.text_content()
    assert page.xpath("//option[@value='夜' and @selected]")
    assert not Application.objects.exists()


def test_paper_and_page_ask_for_wishes_in_the_same_order_and_with_the_same_numbers(
    desk: Client, ranked: Call
) -> None:
    printed = text(desk.get(at("paper", ranked, "flyer")))
    assert "1 朝 2 昼 3 夜" in printed.replace("\u3000", " ")
    for place in (1, 2, 3):
        assert f"第{place}希望番号" in printed.replace(" ", "")
    page = html.fromstring(desk.get(at("entry", ranked)).content.decode())
    names = [name for line in sheets.person_lines(ranked) for name in line.names]
    assert names[-3:] == ["wish_1", "wish_2", "wish_3"]
    asked = list(dict.fromkeys(page.xpath("//form//@name")))
    assert [name for name in asked if name in names] == names
    # A figure typed into a select goes to the option that begins with it.
    assert page.xpath("//select[@name='wish_1']/option/text()")[1:] == ["1 朝", "2 昼", "3 夜"]


# One person's calls in a run


def test_the_second_paper_of_a_person_gets_the_number_of_the_first(desk: Client, two: list[Call]) -> None:
    assert "□ 第1希望 □ 第2希望".replace(" ", "") in text(desk.get(at("paper", two[0], "flyer"))).replace(
        " ", ""
    )
    desk.post(at("entry", two[0]), paper(wish_rank="2"))
    first = Application.objects.get(call=two[0])
    assert first.wish_rank == 2

    asked = desk.post(at("entry", two[1]), paper(wish_rank="1"))
    assert "同じ方かもしれない申込みがあります" in text(asked)
    assert f"同じ方です（{first.code}　ツアー1）" in asked.content.decode()
    assert Application.objects.count() == 1

    taken = desk.post(at("entry", two[1]), paper(wish_rank="2", same_person=first.code))
    [beside] = html.fromstring(taken.content.decode()).xpath("//*[@id='id_wish_rank_field']")
    assert f"第2希望は、ほかの申込み（{first.code}）です" in beside.text_content()

    desk.post(at("entry", two[1]), paper(wish_rank="1", same_person=first.code))
    second = Application.objects.get(call=two[1])
    assert (second.person_id, second.run_code, second.wish_rank) == (first.person_id, first.code, 1)
    assert "第1希望" in text(desk.get(reverse("staff:application", args=["hagi", second.id])))


def test_another_person_of_the_same_name_gets_a_number_of_their_own(desk: Client, two: list[Call]) -> None:
    desk.post(at("entry", two[0]), paper())
    desk.post(at("entry", two[1]), paper(same_person="other"))
    first, second = Application.objects.order_by("created_at")
    assert second.run_code == second.code != first.code
    assert second.person_id != first.person_id


def test_nobody_is_told_of_applications_to_calls_of_other_bodies(
    desk: Client, two: list[Call], council: Any
) -> None:
    desk.post(at("entry", two[0]), paper())
    two[0].bodies.update(body=Body.objects.create(council=council, name="別の会社", type="company"))
    desk.post(at("entry", two[1]), paper())
    assert Application.objects.filter(call=two[1]).exists()


def test_an_order_that_names_no_place_is_an_error(desk: Client, two: list[Call]) -> None:
    page = html.fromstring(desk.post(at("entry", two[0]), paper(wish_rank="3")).content.decode())
    assert page.xpath("//*[@id='id_wish_rank_field' and contains(@class, 'bad')]")
    assert not Application.objects.exists()


def test_late_paper_keeps_its_place_in_the_order(desk: Client, two: list[Call]) -> None:
    Call.objects.filter(pk=two[0].pk).update(state="closed", closes_at=timezone.now() - dt.timedelta(days=1))
    day = timezone.localdate() - dt.timedelta(days=2)
    desk.post(at("entry", two[0]), paper(wish_rank="2", received_day=day))
    assert Application.objects.get(call=two[0]).wish_rank == 2
