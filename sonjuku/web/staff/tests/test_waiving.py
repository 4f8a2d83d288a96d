"""Someone is excused from an obligation, and told why."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.participation.actions import start
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation


@pytest.fixture
def owed(running: Any, apply_to: Any, acting: Any) -> tuple[Application, Obligation]:
    """A confirmed applicant who has one report to hand in."""
    call = running()
    ObligationRule.objects.create(call=call, kind="upload", title="報告書", title_en="Report")
    application = apply_to(call, state="accepted")
    place = start(by=acting, application=application)
    return application, place.obligations.get()


def waive(client: Client, application: Application, **data: Any) -> Any:
    url = reverse("staff:application_action", args=["hagi", application.id, "waive"])
    return client.post(url, data, follow=True)


def test_the_reason_is_on_the_members_page_and_the_last_waiver_completes(
    desk: Client, owed: Any, make_account: Any, log_in: Any
) -> None:
    application, obligation = owed
    place = obligation.participation
    survey = ObligationRule.objects.create(call=place.call, kind="consent", title="写真", title_en="Photos")
    last = Obligation.objects.create(council=place.council, participation=place, rule=survey)
    account = application.person.account = make_account("pupil@example.jp")
    application.person.save()
    member = log_in(account)

    page = desk.get(reverse("staff:application", args=["hagi", application.id])).content.decode()
    assert "報告をまだ提出していません" in page
    assert "大雪" in waive(desk, application, owed=obligation.id, waived_reason="大雪のため").content.decode()
    assert "大雪のため" in member.get(reverse("member:home")).content.decode()
    assert "大雪のため" in member.get(reverse("member:report", args=[obligation.id])).content.decode()
    assert Participation.objects.get().state == "active"

    waive(desk, application, owed=last.id, waived_reason="欠席のため")
    assert Participation.objects.get().state == "completed"


def test_without_a_reason_or_for_another_persons_obligation_nothing_is_waived(
    desk: Client, owed: Any, running: Any, apply_to: Any
) -> None:
    application, obligation = owed
    assert "免除の理由" in waive(desk, application, owed=obligation.id).content.decode()
    other = apply_to(running(), state="accepted")
    waive(desk, other, owed=obligation.id, waived_reason="大雪のため")
    obligation.refresh_from_db()
    assert not obligation.is_met
