"""Applying together: who comes along is asked on the page, agreed to with a tick, and shown where the application is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.rooms.calls.models import Application, Companion, SeatPool
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Consent
from sonjuku.web.member.tests.test_apply import AGREE, at, text

HANAKO = {
    "companion_1_family_name": "見本", "companion_1_given_name": "花子",
    "companion_1_family_name_kana": "みほん", "companion_1_given_name_kana": "はなこ",
    "companion_1_date_of_birth": "2016-04-01",
}  # fmt: skip
# The second place is left empty: nobody needs to fill the page from above.
JIRO = {
    "companion_3_family_name": "見本", "companion_3_given_name": "次郎",
    "companion_3_family_name_kana": "ミホン", "companion_3_given_name_kana": "ジロウ",
}  # fmt: skip
AGREED = {"companions_agreed": "on"}


@pytest.fixture
def family(open_call):
    return open_call(selection="first_come", result_immediate=True, result_on=None, max_persons=4)


def test_a_parent_applies_for_two_children_without_a_program(log_in, adult, family):
    me = log_in(adult)
    page = text(me.get(at(family)))
    assert page.count('name="companion_3_family_name"') == 1
    assert 'name="companion_4_' not in page
    response = me.post(at(family), {**AGREE, **HANAKO, **JIRO, **AGREED}, follow=True)
    application = Application.objects.get(call=family)
    assert (application.state, application.persons) == ("accepted", 3)
    assert SeatPool.objects.get(call=family).taken == 3
    assert [(c.full_name, c.full_name_kana, str(c.date_of_birth)) for c in application.companions.all()] == [
        ("見本 花子", "ミホン ハナコ", "2016-04-01"),
        ("見本 次郎", "ミホン ジロウ", "None"),
    ]
    assert "見本 花子" in text(response)
    assert "見本 次郎" in text(response)
    consent = Consent.objects.get(about_id=application.id, purpose="companions")
    assert consent.holds
    assert "未成年のときは保護者" in consent.text
    assert consent.items == ["氏名", "フリガナ", "生年月日"]


def test_nobody_is_asked_where_everybody_comes_alone(log_in, adult, first_come):
    me = log_in(adult)
    assert "companion_1" not in text(me.get(at(first_come)))
    me.post(at(first_come), {**AGREE, **HANAKO, **AGREED})
    assert Application.objects.get(call=first_come).persons == 1
    assert not Companion.objects.exists()
    assert not Consent.objects.filter(purpose="companions").exists()


def test_who_comes_alone_to_a_call_for_several_agrees_for_nobody(log_in, adult, family):
    log_in(adult).post(at(family), {**AGREE, **AGREED})
    assert Application.objects.get(call=family).persons == 1
    assert not Consent.objects.filter(purpose="companions").exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({**HANAKO, **AGREED, "companion_1_given_name_kana": ""}, "companion_1_given_name_kana"),
        ({**HANAKO, **AGREED, "companion_1_family_name_kana": "Mihon"}, "companion_1_family_name_kana"),
        ({**HANAKO, **AGREED, "companion_1_date_of_birth": "3000-01-01"}, "companion_1_date_of_birth"),
        ({"companion_2_date_of_birth": "2010-01-01", **AGREED}, "companion_2_family_name"),
        (HANAKO, "companions_agreed"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(log_in, adult, family, sent, field):
    response = log_in(adult).post(at(family), {**AGREE, **sent})
    page = text(response)
    assert response.status_code == 422
    assert f'href="#id_{field}"' in page
    assert '<details class="fold" id="companions" open>' in page
    assert all(f'value="{value}"' in page for value in sent.values() if value not in {"", "on"})
    assert not Application.objects.exists()


def test_three_who_do_not_fit_wait_together(log_in, adult, family):
    SeatPool.objects.filter(call=family).update(capacity=2)
    log_in(adult).post(at(family), {**AGREE, **HANAKO, **JIRO, **AGREED})
    assert Application.objects.get(call=family).state == "waitlisted"
    assert SeatPool.objects.get(call=family).taken == 0


def test_the_page_of_who_comes_alone_asks_for_no_companions(log_in, adult, family):
    me = log_in(adult)
    me.post(at(family), AGREE)
    application = Application.objects.get(call=family)
    address = reverse("member:application", args=[application.id])
    with CaptureQueriesContext(connection) as alone:
        me.get(address)
    assert not any("calls_companion" in query["sql"] for query in alone)


def test_who_came_along_is_held_for_the_applicant_and_erased_with_their_consent(log_in, adult, family):
    me = log_in(adult)
    me.post(at(family), {**AGREE, **HANAKO, **AGREED})
    application = Application.objects.get(call=family)
    assert "見本 花子 ミホン ハナコ 2016-04-01" in text(me.get(reverse("member:my_data", args=["hagi"])))
    consent = Consent.objects.get(about_id=application.id, purpose="companions")
    back = reverse("member:consent_back", args=[consent.id])
    assert "すぐに消去します" in text(me.get(back))
    me.post(back)
    # They have places: the application comes first.
    assert application.companions.count() == 1
    me.post(reverse("member:application_action", args=[application.id, "decline"]))
    assert SeatPool.objects.get(call=family).taken == 0
    me.post(back)
    assert not Companion.objects.exists()
    entry = Entry.objects.get(verb="companions.erased")
    assert (entry.subject_id, entry.for_person_id) == (application.id, adult.person.id)
