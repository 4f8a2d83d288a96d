"""People are invited one by one: somebody the body knows, or somebody new."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Person


@pytest.fixture
def call(running: Any) -> Call:
    return running(selection="invitation", seed_source="", capacity=1)


def url_of(call: Call) -> str:
    return reverse("staff:invite", args=["hagi", call.code])


def somebody(**more: Any) -> dict[str, Any]:
    return {
        "family_name": "新山", "given_name": "初", "family_name_kana": "シンヤマ", "given_name_kana": "ハツ",
        "date_of_birth": "1980-01-01", "school_stage": "none", "email": "new@example.jp", **more,
    }  # fmt: skip


def test_an_earlier_applicant_is_found_and_invited(
    desk: Client, call: Call, running: Any, apply_to: Any
) -> None:
    known = apply_to(running(), {"family_name": "古川"})
    other = apply_to(running(), {"family_name": "海野"})
    assert url_of(call) in desk.get(reverse("staff:call", args=["hagi", call.code])).content.decode()
    found = desk.get(url_of(call), {"q": "古川"}).content.decode()
    assert "古川" in found
    assert "海野" not in found

    desk.post(url_of(call), {"application": known.id})
    guest = call.applications.get()
    assert (guest.person, guest.state) == (known.person, "offered")
    assert Letter.objects.get(about_id=guest.id).to_address == known.person.email
    full = desk.post(url_of(call), {"application": other.id}, follow=True).content.decode()
    assert "定員に達しているため" in full


def test_people_of_calls_that_the_body_does_not_see_are_not_offered(
    desk: Client, call: Call, other_council: Any, make_call: Any, apply_to: Any
) -> None:
    stranger = apply_to(make_call(other_council), {"family_name": "他所"})
    assert "他所" not in desk.get(url_of(call)).content.decode()
    assert desk.post(url_of(call), {"application": stranger.id}).status_code == 404
    assert not call.applications.exists()


def test_somebody_new_is_recorded_and_invited(desk: Client, call: Call) -> None:
    assert desk.post(url_of(call), somebody()).status_code == 302
    guest = call.applications.get()
    assert (guest.person.family_name, guest.state) == ("新山", "offered")


@pytest.mark.django_db(transaction=True)
def test_a_pupil_is_not_invited_past_the_guardian(desk: Client, call: Call) -> None:
    page = desk.post(url_of(call), somebody(school_stage="high")).content.decode()
    assert "保護者の同意が必要" in page
    assert not Person.objects.exists()
    assert not Application.objects.exists()


def test_a_call_that_takes_applications_has_no_invitations(desk: Client, running: Any) -> None:
    assert desk.get(url_of(running())).status_code == 404
