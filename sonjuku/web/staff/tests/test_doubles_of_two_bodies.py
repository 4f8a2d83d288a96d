"""Two applications that look alike, of calls of two bodies that share a run: somebody can settle it, nobody sees strangers."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, CallBody, SelectionRun
from sonjuku.rooms.people.models import Body, Membership

pytestmark = pytest.mark.django_db

PHONE = "0838-00-0000"


@pytest.fixture
def school(council: Any) -> Body:
    body = Body.objects.create(council=council, type=Body.Type.COUNCIL, name="萩の学校")
    Membership.objects.create(council=council, body=body, joined_on=dt.date(2020, 4, 30))
    return body


@pytest.fixture
def calls(council: Any, running: Any, school: Body, now: dt.datetime) -> list[Call]:
    """One hosted by the council's office, one by the school; closed, in one run."""
    run = SelectionRun.objects.create(
        council=council, seed_source="公開の数", check_days=0, is_shared=True, state="prepared"
    )
    hosts = (council.host, school)
    made = [
        running(code=f"of-{n}", title=f"講座{n}", host=host, state="draft") for n, host in enumerate(hosts)
    ]
    Call.objects.update(
        selection_run=run, closes_at=now - dt.timedelta(hours=1), state="closed", check_days=0
    )
    return [Call.objects.get(pk=call.pk) for call in made]


@pytest.fixture
def pair(calls: list[Call], apply_to: Any) -> tuple[Application, Application]:
    ours = apply_to(
        calls[0], {"family_name": "金子", "family_name_kana": "ヤクバ", "phone": PHONE, "address": "江向1"}
    )
    theirs = apply_to(
        calls[1], {"family_name": "宮本", "family_name_kana": "ガッコウ", "phone": PHONE, "address": "土原2"}
    )
    return ours, theirs


@pytest.fixture
def at_school(council: Any, school: Body, make_staff: Any, log_in: Any) -> Client:
    return log_in(make_staff(council, "school@example.jp", "secretariat", body=school))


def page(client: Client) -> str:
    answer = client.get(reverse("staff:run_doubles", args=["hagi", SelectionRun.objects.get().code]))
    assert answer.status_code == 200
    return answer.content.decode().replace("<wbr>", "")


def press(client: Client, ours: Application, theirs: Application, **said: Any) -> int:
    address = reverse("staff:run_doubles", args=["hagi", SelectionRun.objects.get().code])
    return client.post(address, {"first": ours.pk, "second": theirs.pk, **said}).status_code


def test_each_body_sees_its_own_and_whom_to_ask(
    desk: Client, at_school: Client, pair: tuple[Application, Application], council: Any
) -> None:
    ours, theirs = pair
    for client, mine, other, host in (
        (desk, ours, theirs, "萩の学校"),
        (at_school, theirs, ours, str(council.host)),
    ):
        shown = page(client)
        assert mine.person.family_name in shown
        assert other.person.family_name not in shown
        assert other.person.given_name not in shown
        assert not any(secret in shown for secret in (PHONE, other.person.address, other.person.email))
        for said in (other.code, other.call.title, f"相手の申込みは{host}が受け付けた", "電話番号"):
            assert said in shown


def test_either_body_may_say_that_they_are_different_and_then_the_list_is_frozen(
    at_school: Client, pair: tuple[Application, Application], acting: Any
) -> None:
    assert press(at_school, *pair, different=1) == 302
    run = SelectionRun.objects.get()
    assert not run.double_checks.get().is_same_person
    assert "別の人" in page(at_school)
    for one in pair:
        assert f"{one.code}\t" in actions.freeze_list(by=acting, run=run).frozen_list


def test_a_body_may_give_up_its_own_but_never_the_others(
    desk: Client, at_school: Client, pair: tuple[Application, Application]
) -> None:
    ours, theirs = pair
    assert press(desk, ours, theirs, keep=ours.pk) == 302
    assert not SelectionRun.objects.get().double_checks.exists()
    assert Application.objects.get(pk=theirs.pk).verdict == ""
    assert press(desk, ours, theirs, keep=theirs.pk) == 302
    assert Application.objects.get(pk=ours.pk).ineligible_reasons == ["double"]
    assert Application.objects.get(pk=theirs.pk).verdict == ""


def test_where_a_body_sees_both_it_must_settle_and_the_other_is_told(
    desk: Client, at_school: Client, pair: tuple[Application, Application], calls: list[Call], council: Any
) -> None:
    CallBody.objects.create(call=calls[1], body=council.host, role="operator")
    assert f"{council.host}の担当者が、両方の申込みを見て確かめます" in page(at_school)
    assert press(at_school, *pair, different=1) == 404
    assert press(desk, *pair, different=1) == 302
    assert SelectionRun.objects.get().double_checks.count() == 1


def test_who_sees_neither_is_told_who_settles(
    pair: tuple[Application, Application],
    calls: list[Call],
    council: Any,
    school: Body,
    make_staff: Any,
    log_in: Any,
    running: Any,
) -> None:
    club = Body.objects.create(council=council, type=Body.Type.COUNCIL, name="萩の会")
    third = running(code="of-club", host=club, state="draft")
    Call.objects.filter(pk=third.pk).update(selection_run=calls[0].selection_run_id, state="closed")
    shown = page(log_in(make_staff(council, "club@example.jp", "secretariat", body=club)))
    assert "ほかに 1 組は" in shown
    assert "萩の学校" in shown
    for one in pair:
        assert one.code not in shown
        assert one.person.family_name not in shown
