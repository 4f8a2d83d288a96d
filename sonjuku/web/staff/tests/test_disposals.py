"""廃棄 at the desk: proposals, a look before, the approval by hand, the record, and rules of keeping."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import disposing
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.people.models import Body, Disposal, RetentionRule

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def due(council, running, apply_to, acting) -> Any:
    """A proposal about a call of long ago with one application that was turned down."""

    def make(**fields: Any) -> Disposal:
        call = running(state="finished", starts_on=dt.date(2015, 6, 1), ends_on=dt.date(2015, 7, 1), **fields)
        apply_to(call, state="not_selected")
        RetentionRule.objects.get_or_create(
            council=council, kind="application", call_id=None, defaults={"years": 5}
        )
        disposing.propose(by=acting, council=council)
        return Disposal.objects.get(call_id=call.pk)

    return make


def test_a_rule_is_set_changed_and_taken_away(desk, running):
    call = running()
    sent = {"kind": "application", "years": "5", "basis": "文書取扱規程", "call": ""}
    assert "決めていません" in desk.get(url("retention")).content.decode()
    desk.post(url("retention"), sent)
    desk.post(url("retention"), {**sent, "years": "10", "call": call.pk})
    assert set(RetentionRule.objects.values_list("call_id", "years")) == {(None, 5), (call.pk, 10)}
    desk.post(url("retention"), {**sent, "years": "7"})
    assert RetentionRule.objects.get(call_id=None).years == 7
    desk.post(url("retention"), {**sent, "years": "", "call": call.pk})
    assert RetentionRule.objects.count() == 1
    assert desk.post(url("retention"), {**sent, "kind": "person", "call": call.pk}).status_code == 422


def test_the_desk_sees_approves_and_keeps_a_record(desk, due):
    row = due()
    assert "廃棄の決裁待ち 1 件" in desk.get(url("home")).content.decode()
    assert str(row.id) in desk.get(url("disposals")).content.decode()
    page = desk.get(url("disposal", row.id)).content.decode()
    assert "決裁すると消えるもの" in page
    sent = {"approval_number": "総第9号", "approved_on": timezone.localdate(), "rows": 1}
    unsure = desk.post(url("disposal_action", row.id, "approve"), sent)
    assert (unsure.status_code, Application.objects.count()) == (422, 1)
    stale = desk.post(url("disposal_action", row.id, "approve"), {**sent, "rows": 2, "sure": "on"})
    assert "件数が、確かめたときから変わりました" in stale.content.decode()
    assert Application.objects.count() == 1
    done = desk.post(url("disposal_action", row.id, "approve"), {**sent, "sure": "on"}, follow=True)
    assert "1 件を廃棄しました" in done.content.decode()
    assert Application.objects.count() == 0
    assert "総第9号" in desk.get(url("disposal_record")).content.decode()
    lines = desk.get(url("disposal_csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[3:6] == ["1", "1", "総第9号"]


def test_keeping_longer_needs_a_reason(desk, due):
    row = due()
    until = timezone.localdate() + dt.timedelta(days=365)
    assert desk.post(url("disposal_action", row.id, "keep"), {"until": until, "note": ""}).status_code == 422
    desk.post(url("disposal_action", row.id, "keep"), {"until": until, "note": "監査のため"})
    row.refresh_from_db()
    assert (row.state, row.due_on, Application.objects.count()) == ("kept", until, 1)


def test_another_body_sees_neither_proposal_nor_record(due, council, make_staff, log_in):
    row = due()
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    other = log_in(make_staff(council, "chamber@example.jp", "secretariat", body=chamber))
    assert str(row.id) not in other.get(url("disposals")).content.decode()
    assert other.get(url("disposal", row.id)).status_code == 404
    sent = {"approval_number": "1", "approved_on": timezone.localdate(), "rows": 1, "sure": "on"}
    assert other.post(url("disposal_action", row.id, "approve"), sent).status_code == 404
    assert row.call_title not in other.get(url("disposal_record")).content.decode()


def test_the_list_costs_the_same_for_three(desk, due):
    due()
    desk.get(url("disposals"))
    with CaptureQueriesContext(connection) as one:
        desk.get(url("disposals"))
    due(), due()
    with CaptureQueriesContext(connection) as three:
        desk.get(url("disposals"))
    assert len(one) == len(three)
