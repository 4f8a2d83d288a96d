"""The council's own pages: settings, bodies, roles, letters, and the two narrow doors."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import releasing
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import Letter, LetterTemplate
from sonjuku.rooms.people.models import Body, Consent, Council, Person, Role
from sonjuku.web.staff.council_inputs import LABELS


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


def text(client: Client, name: str, *args: Any) -> str:
    return client.get(url(name, *args)).content.decode()


def settings_of(council: Council, **changes: Any) -> dict[str, Any]:
    return {name: getattr(council, name) for name in LABELS} | changes


def test_a_pale_colour_is_refused_with_a_reason(desk: Client, council: Council) -> None:
    before = council.colour
    response = desk.post(url("council"), settings_of(council, colour="#ffe08a", catchphrase="学ぶ"))
    assert "読みにくくなります" in response.content.decode()
    council.refresh_from_db()
    assert (council.colour, council.catchphrase) == (before, "")
    desk.post(url("council"), settings_of(council, colour="#8a4b00", catchphrase="学ぶ"))
    council.refresh_from_db()
    assert (council.colour, council.catchphrase) == ("#8a4b00", "学ぶ")


def test_bodies_join_and_leave_by_date_and_the_past_stays(desk: Client, council: Council) -> None:
    day = timezone.localdate()
    joined = day - dt.timedelta(days=400)
    desk.post(
        url("bodies"),
        {"name": "見本高校", "type": "high_school", "establishment": "県立", "joined_on": joined},
    )
    body = Body.objects.get(name="見本高校")
    desk.post(url("membership", body.id), {"on": day, "leave": "1"})
    term = body.memberships.get()
    assert (term.joined_on, term.left_on) == (joined, day)
    desk.post(url("membership", body.id), {"on": day + dt.timedelta(days=30)})
    assert body.memberships.count() == 2
    assert desk.get(url("membership", body.id)).status_code == 302


def test_only_an_administrator_grants_roles_and_the_last_one_stays(
    desk: Client, council: Any, make_staff: Any, make_account: Any, log_in: Any
) -> None:
    make_account("new@example.jp")
    day = timezone.localdate()
    data = {
        "email": "NEW@example.jp",
        "body": council.host.id,
        "kind": "secretariat",
        "starts_on": day + dt.timedelta(days=90),
    }
    office = log_in(make_staff(council, "office@example.jp", "secretariat"))
    assert office.post(url("role_grant"), data).status_code == 404
    assert office.get(url("roles")).status_code == 200
    desk.post(url("role_grant"), data)
    role = Role.objects.get(account__email="new@example.jp")
    assert "準備中" in text(desk, "roles")
    assert log_in(role.account).get(url("home")).status_code == 404
    letter = Letter.objects.get(kind="role_granted")
    assert timezone.localdate(letter.due_at) == role.starts_on

    administrator = Role.objects.get(kind="administrator")
    refused = desk.post(url("role_end", administrator.id), {"on": day}, follow=True).content.decode()
    assert "ほかに管理者がいない" in refused
    administrator.refresh_from_db()
    assert administrator.ends_on is None


def test_acting_as_another_of_ones_own_roles(desk: Client, council: Any, staff_account: Any) -> None:
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")
    mine = Role.objects.create(
        council=council, body=firm, account=staff_account, kind="body_staff", starts_on="2020-01-01"
    )
    desk.post(url("act_as"), {"role": mine.id})
    assert "見本商会" in text(desk, "home")
    response = desk.post(url("act_as"), {"role": uuid.uuid4()}, follow=True)
    assert "その役割は選べません" in response.content.decode()


def test_a_letter_to_a_group_is_previewed_as_a_real_recipient(
    desk: Client, running: Any, apply_to: Any
) -> None:
    call = running()
    reached, unreached = apply_to(call), apply_to(call, {"email": ""})
    apply_to(call, state="withdrawn")
    data = {
        "call": call.id,
        "states": ["submitted"],
        "subject": "持ち物",
        "body": "筆記用具",
        "batch": uuid.uuid4(),
    }
    shown = desk.post(url("letter_new"), {**data, "preview": 1}).content.decode()
    assert reached.person.full_name in shown or unreached.person.full_name in shown
    assert "2 人に送ります" in shown
    assert not Letter.objects.exists()
    for _twice in range(2):
        desk.post(url("letter_new"), {**data, "send": 1})
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["held", "queued"]


def test_failed_letters_are_sent_again(desk: Client, running: Any, apply_to: Any, now: dt.datetime) -> None:
    row = apply_to(running())
    letter = Letter.objects.create(
        council=row.council, person=row.person, kind="receipt", subject="受付", body="本文", about_id=row.id, key="k",
        due_at=now, to_address="a@example.jp", state=Letter.State.FAILED,
    )  # fmt: skip
    assert "送れなかったお知らせ" in text(desk, "home")
    desk.post(url("letter_again"), {"letter": letter.id})
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert desk.post(url("letter_again"), {"letter": "forged"}).status_code == 404


def test_the_councils_own_wording(desk: Client, council: Council) -> None:
    place = url("wording", "receipt", "ja")
    broken = desk.post(place, {"subject": "受付", "body": "{{ person_name"})
    assert broken.status_code in {200, 302}
    desk.post(place, {"subject": "受け付けました", "body": "{{ person_name }} 様"})
    assert LetterTemplate.objects.get(kind="receipt", language="ja").subject == "受け付けました"
    desk.post(place, {"drop": "1"})
    assert not LetterTemplate.objects.exists()
    assert desk.get(url("wording", "no_such_kind", "ja")).status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", list(rules.KINDS))
def test_every_kind_of_letter_can_be_worded(desk: Client, council: Council, kind: str, language: str) -> None:
    page = text(desk, "wording", kind, language)
    assert all(f"{{{{ {name} }}}}" in page for name in rules.names_of(kind))


def test_the_journal_names_nobody(desk: Client, running: Any, apply_to: Any) -> None:
    application = apply_to(running())
    desk.post(reverse("staff:application_action", args=["hagi", application.id, "withdraw"]))
    page = text(desk, "journal")
    assert "取下げ" in page
    assert application.person.family_name + " " + application.person.given_name not in page
    assert application.code not in page
    filtered = desk.get(url("journal"), {"noun": "letter", "since": "not-a-day"})
    assert filtered.status_code == 200


@pytest.fixture
def school(council: Council) -> Body:
    return Body.objects.create(council=council, type=Body.Type.HIGH_SCHOOL, name="見本高校")


def test_a_school_sees_only_its_own_consenting_pupils(
    council: Council,
    school: Body,
    make_staff: Any,
    log_in: Any,
    running: Any,
    apply_to: Any,
    now: dt.datetime,
) -> None:
    call = running()
    teacher = log_in(make_staff(council, "teacher@example.jp", "school_contact", body=school))
    silent = apply_to(call, {"school": school, "given_name": "無言"})
    agreed = apply_to(call, {"school": school, "given_name": "承諾"}, verdict="selected")
    elsewhere = apply_to(call, {"given_name": "他校"})
    for row in (agreed, elsewhere):
        Consent.objects.create(
            council=council, person=row.person, purpose="school_status", about_id=row.id, text="", text_version="1",
            asked_at=now, given_at=now,
        )  # fmt: skip
    page = text(teacher, "school")
    assert "承諾" in page
    assert "無言" not in page
    assert "他校" not in page
    assert "当選" not in page
    for name, key in (("application", agreed.id), ("applications_of", call.code), ("application", silent.id)):
        assert teacher.get(url(name, key)).status_code == 404


def test_a_school_enters_its_list_whole_or_not_at_all(
    council: Council, school: Body, make_staff: Any, log_in: Any, desk: Client
) -> None:
    teacher = log_in(make_staff(council, "teacher@example.jp", "school_contact", body=school))
    good = "見本、一郎、ミホン、イチロウ、2009-05-05\n見本\t二子\tみほん\tふたこ\t平成21年6月1日"
    refused = teacher.post(
        url("school"), {"pupils": good + "\n見本、三子", "confirmed": "on"}
    ).content.decode()
    assert "3行目" in refused
    assert not Person.objects.exists()
    teacher.post(url("school"), {"pupils": good, "confirmed": "on"})
    pupils = Person.objects.filter(school=school)
    assert [pupil.given_name_kana for pupil in pupils] == ["イチロウ", "フタコ"]
    desk.post(url("school"), {"pupils": good, "confirmed": "on"})
    assert Person.objects.count() == 2


def test_a_prefecture_officer_sees_numbers_and_no_persons(
    council: Council, other_council: Any, make_staff: Any, log_in: Any, running: Any, apply_to: Any
) -> None:
    other_council.parent = council
    Council.objects.filter(pk=other_council.pk).update(parent=council)
    officer = log_in(make_staff(council, "pref@example.jp", "prefecture_officer"))
    call = running()
    for _each in range(7):
        apply_to(call)
    # Nothing of a running quarter: whoever looked every day would see one person come.
    assert ">7<" not in text(officer, "aggregates")
    assert "まだ数えていません" in text(officer, "aggregates")
    Application.objects.update(submitted_at=timezone.now() - dt.timedelta(days=92))
    releasing.release_due(by=Actor(at=timezone.now(), role="system"))
    page = text(officer, "aggregates")
    assert ">7<" in page
    for _each in range(3):
        apply_to(call)
    assert text(officer, "aggregates") == page
    assert "あおもり協議会" in page
    assert "見本" not in page
    for name in ("applications", "letters", "calls", "journal", "school"):
        assert officer.get(url(name)).status_code == 404
    assert "集計を見る" in text(officer, "home")


def test_the_first_day_helps(desk: Client) -> None:
    page = text(desk, "home")
    assert "はじめの準備" in page
    assert "いま、することはありません" in page
