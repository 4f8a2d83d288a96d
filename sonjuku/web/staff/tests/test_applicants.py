"""The applicants' table, what is done to one application, and what came by FAX."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import guarding
from sonjuku.rooms.calls.models import Application, Call, FactCheck
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Consent


@pytest.fixture
def call(running: Any) -> Call:
    return running()


@pytest.fixture
def minor(call: Call, apply_to: Any, acting: Actor) -> Application:
    application = apply_to(call, needs_guardian=True)
    guardian = {"name": "見本 母子", "relation": "母", "email": "parent@example.jp", "phone": ""}
    guarding.ask(by=acting, application=application, guardian=guardian)
    return application


def table(desk: Client, call: Call, **query: Any) -> str:
    return desk.get(reverse("staff:applications_of", args=["hagi", call.code]), query).content.decode()


def do(client: Client, application: Application, action: str, **data: Any) -> Any:
    return client.post(reverse("staff:application_action", args=["hagi", application.id, action]), data)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "さくら"}, {"a"}),
        ({"q": "ミホン"}, {"a", "b"}),
        ({"q": "みほん"}, {"a", "b"}),
        ({"residence": "out"}, {"b"}),
        ({"residence": "in"}, {"a"}),
        ({"state": "withdrawn"}, {"b"}),
        ({"channel": "unchecked"}, {"b"}),
        ({"guardian": "waiting"}, {"a"}),
        ({"state": "nonsense", "sort": "nonsense"}, {"a", "b"}),
        ({}, {"a", "b"}),
    ],
)
def test_filters(desk: Client, call: Call, apply_to: Any, query: dict[str, str], found: set[str]) -> None:
    made = {
        "a": apply_to(call, {"given_name": "さくら"}, needs_guardian=True),
        "b": apply_to(call, out_of_area=True, state="withdrawn", channel="fax"),
    }
    html = table(desk, call, **query)
    assert {name for name, row in made.items() if row.code in html} == found


def test_fifty_per_page(desk: Client, call: Call, apply_to: Any) -> None:
    for _each in range(51):
        apply_to(call)
    assert table(desk, call).count('name="ids"') == 50
    assert table(desk, call, page=2).count('name="ids"') == 1


def test_guardians_are_reminded_in_bulk_once_a_day(
    desk: Client, call: Call, minor: Application, apply_to: Any
) -> None:
    url = reverse("staff:applications_bulk", args=["hagi"])
    for _each in range(2):
        desk.post(url, {"ids": [minor.id, apply_to(call).id], "do": "remind"})
    letter = Letter.objects.get(kind="guardian_reminder")
    assert letter.to_address == "parent@example.jp"


def test_a_message_in_bulk_goes_once_to_visible_people_only(
    desk: Client, call: Call, apply_to: Any, other_council: Any, make_call: Any
) -> None:
    mine, theirs = apply_to(call), apply_to(make_call(other_council))
    url = reverse("staff:applications_bulk", args=["hagi"])
    asked = desk.post(url, {"ids": [mine.id, theirs.id], "do": "message"})
    assert theirs.code not in asked.content.decode()
    batch = uuid.uuid4()
    for _each in range(2):
        desk.post(
            url,
            {
                "ids": [mine.id, theirs.id],
                "do": "message",
                "subject": "持ち物",
                "body": "筆記用具",
                "batch": batch,
            },
        )
    assert [letter.about_id for letter in Letter.objects.filter(kind="staff_message")] == [mine.id]


def test_bulk_without_a_tick_says_so_and_does_nothing(desk: Client, call: Call) -> None:
    url = reverse("staff:applications_bulk", args=["hagi"])
    for ids in ([], ["not-an-id"]):
        response = desk.post(url, {"ids": ids, "do": "remind"}, follow=True)
        assert "選ばれていません" in response.content.decode()


def test_paper_consent_is_recorded_with_how_it_was_checked(desk: Client, minor: Application) -> None:
    assert do(desk, minor, "paper_consent", given="yes").status_code == 200
    do(desk, minor, "paper_consent", given="yes", name="見本 母子", relation="母", checked="paper")
    consent = Consent.objects.get(about_id=minor.id, purpose="guardian")
    assert (consent.holds, consent.channel) == (True, "paper")
    assert consent.guardian is not None
    assert consent.guardian.checked == "paper"


def test_a_fact_is_marked_checked_without_a_copy(desk: Client, call: Call, apply_to: Any) -> None:
    application = apply_to(call)
    do(desk, application, "fact", fact="residence_in", how="窓口で住民票を見た")
    check = FactCheck.objects.get(application=application)
    assert (check.fact, check.how) == ("residence_in", "窓口で住民票を見た")
    assert (
        "窓口で住民票を見た"
        in desk.get(reverse("staff:application", args=["hagi", application.id])).content.decode()
    )


def test_withdrawing_on_behalf(desk: Client, call: Call, apply_to: Any) -> None:
    application = apply_to(call)
    assert (
        desk.get(reverse("staff:application_action", args=["hagi", application.id, "withdraw"])).status_code
        == 302
    )
    application.refresh_from_db()
    assert application.state == "submitted"
    do(desk, application, "withdraw")
    application.refresh_from_db()
    assert application.state == "withdrawn"
    refused = desk.post(
        reverse("staff:application_action", args=["hagi", application.id, "confirm"]), follow=True
    ).content.decode()
    assert "この操作はできません" in refused


def paper(call: Call, **more: Any) -> dict[str, Any]:
    return {
        "channel": "fax", "received_day": timezone.localdate(), "deadline_by": "arrival", "family_name": "見本",
        "given_name": "紙子", "family_name_kana": "みほん", "given_name_kana": "カミコ", "date_of_birth": "1970-01-01",
        "postal_code": "758-0041", "school_stage": "none", "consented": "on", "entry_id": uuid.uuid4(), **more,
    }  # fmt: skip


def test_what_came_by_fax_is_entered_checked_by_another_and_gets_a_slip(
    desk: Client, council: Any, make_staff: Any, log_in: Any, call: Call
) -> None:
    url = reverse("staff:entry", args=["hagi", call.code])
    data = paper(call)
    response = desk.post(url, data)
    application = Application.objects.get(call=call)
    assert response.url == reverse("staff:entry_slip", args=["hagi", application.id])
    assert (application.channel, application.person.family_name_kana, application.person.lg_code) == (
        "fax",
        "ミホン",
        "352047",
    )
    desk.post(url, data)
    assert Application.objects.count() == 1

    slip = desk.get(response.url).content.decode()
    assert application.code in slip
    assert "<svg" in slip
    assert "/k/" in slip

    do(desk, application, "check")
    application.refresh_from_db()
    assert application.checked_at is None
    colleague = log_in(make_staff(council, "second@hagi.example.jp", "secretariat"))
    assert "照合" in colleague.get(reverse("staff:home", args=["hagi"])).content.decode()
    do(colleague, application, "check")
    application.refresh_from_db()
    assert application.checked_at is not None


def test_late_paper_is_judged_by_the_day_it_arrived(desk: Client, running: Any, now: dt.datetime) -> None:
    call = running(state=Call.State.CLOSED, closes_at=now - dt.timedelta(days=2))
    url = reverse("staff:entry", args=["hagi", call.code])
    late = desk.post(url, paper(call))
    assert late.status_code == 200
    assert "受付は終わりました" in late.content.decode()
    assert "紙子" in late.content.decode()
    in_time = timezone.localdate() - dt.timedelta(days=3)
    assert desk.post(url, paper(call, received_day=in_time, deadline_by="postmark")).status_code == 302


def test_a_minor_on_paper_needs_the_guardians_signature_or_address(desk: Client, call: Call) -> None:
    url = reverse("staff:entry", args=["hagi", call.code])
    born = timezone.localdate().replace(day=1) - dt.timedelta(days=16 * 366)
    refused = desk.post(url, paper(call, date_of_birth=born))
    assert "保護者の同意が必要です" in refused.content.decode()
    desk.post(
        url,
        paper(
            call, date_of_birth=born, guardian_name="見本 母子", guardian_relation="母", guardian_paper="on"
        ),
    )
    consent = Consent.objects.get(purpose="guardian")
    assert (consent.holds, consent.channel) == (True, "paper")


def test_wrong_input_keeps_what_was_typed(desk: Client, call: Call) -> None:
    response = desk.post(
        reverse("staff:entry", args=["hagi", call.code]),
        paper(call, family_name_kana="見本", guardian_name="母"),
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "フリガナに使えない文字があります" in html
    assert 'value="紙子"' in html
    assert not Application.objects.exists()
