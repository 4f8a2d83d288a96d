"""The guardian's link: read by anyone who holds it, answered only by a POST, once."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import guarding
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent, Person

YES = {"name": "見本 母", "relation": "母", "is_guardian": "on", "answer": "yes"}
NO = {**YES, "answer": "no"}
GUARDIAN = {
    "agree": "application",
    "guardian-name": "見本 母",
    "guardian-relation": "母",
    "guardian-how": "mail",
    "guardian-email": "mother@example.jp",
}


def text(response) -> str:
    return response.content.decode().replace("<wbr>", "")


@pytest.fixture
def consent(log_in, learner, first_come) -> Consent:
    Person.objects.filter(pk=learner.person.pk).update(display_name="はなちゃん")
    log_in(learner).post(reverse("member:apply", args=["hagi", first_come.code]), GUARDIAN)
    return Consent.objects.get(purpose="guardian")


@pytest.fixture
def path(consent) -> str:
    return guarding.link(consent)


def test_the_page_says_who_what_and_for_what(client, consent, path):
    page = text(client.get(path))
    assert "はなちゃん" in page
    assert "見本 花子" not in page
    for said in (
        "ITパスポート講座",
        "講座の運営と連絡のため",
        "萩グローバルIT人材育成協議会",
        "生年月日",
        "企業誘致推進課",
    ):
        assert said in page
    consent.refresh_from_db()
    assert consent.given_at is None


def test_yes_takes_up_the_held_seat_and_tells_the_pupil(client, consent, path):
    page = text(client.post(path, YES, follow=True))
    assert "同意をいただきました" in page
    application = Application.objects.get()
    assert application.state == "accepted"
    assert Participation.objects.filter(application=application).exists()
    consent.refresh_from_db()
    assert consent.given_by == "guardian"
    assert consent.channel == "mail"
    assert consent.guardian.checked == "declared"
    assert Entry.objects.filter(verb="consent.given", actor_role="guardian").count() == 1


def test_answering_twice_is_once_and_the_contrary_is_refused(client, consent, path):
    client.post(path, YES)
    client.post(path, YES)
    assert Entry.objects.filter(verb="consent.given", actor_role="guardian").count() == 1
    response = client.post(path, NO)
    assert response.status_code == 409
    assert "すでに別の回答をいただいています" in text(response)
    consent.refresh_from_db()
    assert consent.given_at
    assert not consent.refused_at


def test_no_frees_the_seat(client, consent, path):
    page = text(client.post(path, NO, follow=True))
    assert "「同意しない」とお答えいただきました" in page
    assert Application.objects.get().state == "ineligible"
    assert SeatPool.objects.get().taken == 0


def test_without_name_or_declaration_nothing_is_recorded(client, consent, path):
    response = client.post(path, {"answer": "yes", "name": "", "relation": "母"})
    assert response.status_code == 422
    page = text(response)
    assert "あなたの氏名が空です" in page
    assert "保護者の方だけがお答えになれます" in page
    consent.refresh_from_db()
    assert consent.given_at is None


def test_an_overdue_answer_is_refused_and_says_what_follows(client, consent, path):
    Consent.objects.filter(pk=consent.pk).update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert "お答えの期限が過ぎました" in text(client.get(path))
    response = client.post(path, YES)
    assert response.status_code == 409
    consent.refresh_from_db()
    assert consent.given_at is None
    assert Application.objects.get().state == "submitted"


def test_a_withdrawn_application_needs_no_answer(client, consent, path, log_in, learner):
    application = Application.objects.get()
    log_in(learner).post(reverse("member:application_action", args=[application.id, "withdraw"]))
    assert "この申込みは終わっています" in text(client.get(path))


@pytest.mark.parametrize("token", ["x", "a:b:c", "eyJ.x"])
def test_a_forged_link_opens_nothing(client, consent, token):
    response = client.get(reverse("member:guardian", args=[token]))
    assert response.status_code == 404
    assert "はなちゃん" not in text(response)


def test_a_link_with_one_letter_changed_opens_nothing(client, path):
    token = path.strip("/").split("/")[-1]
    forged = ("B" if token[0] != "B" else "C") + token[1:]
    assert client.get(reverse("member:guardian", args=[forged])).status_code == 404


def test_a_post_from_another_site_is_refused(consent, path):
    assert Client(enforce_csrf_checks=True).post(path, YES).status_code == 403
    consent.refresh_from_db()
    assert consent.given_at is None


def test_the_qr_is_recorded_as_such(client, consent, path):
    client.post(f"{path}?by=qr", YES)
    consent.refresh_from_db()
    assert consent.channel == "qr"


def test_english(client, path, first_come):
    Call.objects.filter(pk=first_come.pk).update(title_en="IT Passport course")
    response = client.get(f"/en{path}")
    assert response.status_code == 200
    assert "IT Passport course" in text(response)
