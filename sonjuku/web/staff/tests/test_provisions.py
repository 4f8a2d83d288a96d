"""外部提供の記録: only with a consent that names the receiver, the rest left out with a reason; who reads which record."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import providing
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import Body, Consent, ProvisionRecord
from sonjuku.rooms.people.rules import keep_provision_until
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def chamber(council) -> Body:
    return Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")


def agree(row: Any, purpose: str = "provision", *receivers: str, **fields: Any) -> Consent:
    base = {"text": "同意", "text_version": "1", "asked_at": row.submitted_at, "given_at": row.submitted_at}
    return Consent.objects.create(
        council=row.council, person=row.person, purpose=purpose, about_id=row.id, receivers=list(receivers),
        **{**base, **fields},
    )  # fmt: skip


def sent(rows: list[Any], **more: Any) -> dict[str, Any]:
    base = {
        "to_name": "", "items": "氏名\n所属", "given_on": timezone.localdate(), "applications": [r.pk for r in rows],
    }  # fmt: skip
    return {**base, **more}


def test_three_years_end_on_the_same_day():
    assert keep_provision_until(dt.date(2026, 11, 20), 3) == dt.date(2029, 11, 20)
    assert keep_provision_until(dt.date(2028, 2, 29), 3) == dt.date(2031, 2, 28)


def test_those_without_consent_are_shown_and_left_out(desk, running, apply_to, chamber, acting):
    call = running()
    rows = [apply_to(call, needs_guardian=number == 4) for number in range(5)]
    agree(rows[0], "provision", "商工会議所")
    agree(rows[1], "provision", "別の団体")
    agree(rows[2], "provision", "商工会議所", withdrawn_at=timezone.now())
    agree(rows[4], "provision", "商工会議所")
    look = desk.post(url("provision_new", call.code), sent(rows, to_body=chamber.pk)).content.decode()
    assert "記録する人 1 人" in look
    assert look.count("この提供先への同意がありません") == 3
    assert look.count("保護者の同意がありません") == 1
    assert not ProvisionRecord.objects.exists()
    done = desk.post(url("provision_new", call.code), sent(rows, to_body=chamber.pk, save="1"), follow=True)
    assert "1 人の提供を記録しました" in done.content.decode()
    record = ProvisionRecord.objects.get()
    assert (record.person, record.to_body, record.items) == (rows[0].person, chamber, ["氏名", "所属"])
    assert record.person_name == rows[0].person.full_name
    today = timezone.localdate()
    assert record.keep_until == today.replace(
        year=today.year + 3, day=min(today.day, 28) if today.month == 2 else today.day
    )


def test_a_receiver_outside_is_named_as_in_the_consent(desk, running, apply_to):
    call = running()
    row = apply_to(call)
    agree(row, "provision", "山口県")
    wrong = desk.post(url("provision_new", call.code), sent([row], to_name="島根県", save="1"))
    assert (wrong.status_code, ProvisionRecord.objects.count()) == (422, 0)
    desk.post(url("provision_new", call.code), sent([row], to_name="山口県", save="1"))
    assert ProvisionRecord.objects.get().to_name == "山口県"
    lines = desk.get(url("provision_csv")).content.decode("utf-8-sig").splitlines()
    assert (len(lines), "山口県" in lines[1]) == (2, True)
    assert row.person.full_name in desk.get(url("provision_print")).content.decode()


def test_the_action_itself_refuses_a_consent_that_does_not_fit(council, acting, running, apply_to, chamber):
    row = apply_to(running())
    other = agree(row, "provision", "別の団体")
    given = [people.Given(row.person, other, row.id)]
    base: dict[str, Any] = {
        "by": acting, "council": council, "from_body": council.host, "to_body": chamber, "to_name": "",
        "items": ["氏名"], "given": given, "given_at": acting.at,
    }  # fmt: skip
    for reason, wrong in (
        ("no_consent", {}),
        ("no_receiver", {"to_body": council.host}),
        ("no_items", {"items": []}),
        ("not_yet", {"given_at": acting.at + dt.timedelta(days=1)}),
    ):
        with pytest.raises(Refused, match=reason):
            people.record_provisions(**{**base, **wrong})
    assert not ProvisionRecord.objects.exists()


def test_giver_and_receiver_read_it_and_nobody_else(
    desk, council, running, apply_to, chamber, make_staff, log_in
):
    call = running()
    row = apply_to(call)
    agree(row, "provision", "商工会議所")
    desk.post(url("provision_new", call.code), sent([row], to_body=chamber.pk, save="1"))
    npo = Body.objects.create(council=council, type="npo", name="NPO")
    receiver = log_in(make_staff(council, "chamber@example.jp", "secretariat", body=chamber))
    stranger = log_in(make_staff(council, "npo@example.jp", "secretariat", body=npo))
    name = row.person.full_name
    assert name in desk.get(url("provisions")).content.decode()
    assert "受けた元" in receiver.get(url("provisions")).content.decode()
    assert name in receiver.get(url("provisions") + "?way=taken").content.decode()
    assert name not in receiver.get(url("provisions") + "?way=given").content.decode()
    for page in ("provisions", "provision_print", "provision_csv"):
        assert name not in stranger.get(url(page)).content.decode()


def test_what_a_school_is_shown_is_written_down_once(council, running, apply_to, make_staff, log_in, acting):
    school = Body.objects.create(council=council, type="high_school", name="萩高等学校")
    contact = log_in(make_staff(council, "school@example.jp", "school_contact", body=school))
    call = running()
    told = apply_to(call, {"school": school})
    apply_to(call, {"school": school})
    agree(told, "school_status", "萩高等学校")
    for _ in range(2):
        contact.get(url("school"))
    record = ProvisionRecord.objects.get()
    assert (record.person, record.from_body, record.to_body) == (told.person, council.host, school)
    assert record.items == providing.STATE_ITEMS


def test_the_list_costs_the_same_for_three(desk, running, apply_to, chamber):
    call = running()

    def one() -> None:
        row = apply_to(call)
        agree(row, "provision", "商工会議所")
        desk.post(url("provision_new", call.code), sent([row], to_body=chamber.pk, save="1"))

    one()
    desk.get(url("provisions"))
    with CaptureQueriesContext(connection) as first:
        desk.get(url("provisions"))
    one(), one()
    with CaptureQueriesContext(connection) as three:
        desk.get(url("provisions"))
    assert ProvisionRecord.objects.count() == 3
    assert len(first) == len(three)
