"""The request desk: what is due first, identity before an answer, each body its own requests, erasure, the report."""

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import asking
from sonjuku.rooms.calls.models import Application, CallBody
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body, DataRequest, Person, ProvisionRecord

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def asked(council, make_person, acting) -> Any:
    """A request of a new person to the council's own body."""

    def make(kind: str = "erasure", person: Person | None = None, **fields: Any) -> DataRequest:
        row = asking.ask(
            by=acting, person=person or make_person(council), body=council.host, kind=kind, text="内容"
        )
        DataRequest.objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
        return row

    return make


def test_what_is_due_first_stands_first_and_says_so(desk, asked):
    today = timezone.localdate()
    later, late, soon, open_end = (
        asked("disclosure", due_on=today + 20 * DAY), asked("stop", due_on=today - DAY),
        asked("erasure", due_on=today + 3 * DAY), asked("correction", due_on=None),
    )  # fmt: skip
    text = desk.get(url("privacy")).content.decode()
    places = [text.index(str(row.id)) for row in (late, soon, later, open_end)]
    assert places == sorted(places)
    assert text.count("期限切れ") == 1
    assert text.count("まもなく") == 1
    home = desk.get(url("home")).content.decode()
    assert "期限を過ぎた個人情報の請求 1 件" in home
    assert "個人情報の請求 3 件" in home


def test_the_list_costs_the_same_for_three(desk, asked):
    asked()
    desk.get(url("privacy"))
    with CaptureQueriesContext(connection) as one:
        desk.get(url("privacy"))
    asked(), asked()
    with CaptureQueriesContext(connection) as three:
        desk.get(url("privacy"))
    assert len(one) == len(three)


def test_another_bodys_requests_are_not_seen(asked, council, make_staff, log_in):
    row = asked()
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    other = log_in(make_staff(council, "chamber@example.jp", "secretariat", body=chamber))
    assert row.person.full_name not in other.get(url("privacy")).content.decode()
    for name in ("privacy_request", "privacy_erase", "privacy_disclosure"):
        assert other.get(url(name, row.id)).status_code == 404


def test_a_paper_request_is_entered_by_receipt_code(desk, council, running, apply_to):
    row = apply_to(running())
    arrived = timezone.localdate() - 2 * DAY
    sent = {
        "code": row.code.lower().replace("-", " "),
        "kind": "disclosure",
        "received_on": arrived,
        "text": "点を知りたい",
    }
    response = desk.post(url("privacy_new"), sent, follow=True)
    assert "請求を受け付けました" in response.content.decode()
    made = DataRequest.objects.get()
    assert made.person == row.person
    assert timezone.localdate(made.received_at) == arrived
    wrong = desk.post(url("privacy_new"), {**sent, "code": "0000-0000"})
    assert wrong.status_code == 422
    future = desk.post(
        url("privacy_new"), {**sent, "kind": "stop", "received_on": timezone.localdate() + DAY}
    )
    assert "今日より後" in future.content.decode()
    assert DataRequest.objects.count() == 1


def test_a_public_body_has_thirty_days_until_the_operator_says_otherwise(council, make_person, acting, desk):
    city = Body.objects.create(council=council, type="municipality", name="萩市")
    first = asking.ask(by=acting, person=make_person(council), body=city, kind="erasure", text="")
    assert first.due_on == timezone.localdate() + 30 * DAY
    sent = {"bodies": "public", "kind": "erasure", "days": 10, "valid_from": timezone.localdate()}
    desk.post(url("privacy_rules"), sent)
    second = asking.ask(by=acting, person=make_person(council), body=city, kind="erasure", text="")
    assert second.due_on == timezone.localdate() + 10 * DAY
    first.refresh_from_db()
    assert first.due_on == timezone.localdate() + 30 * DAY
    desk.post(url("privacy_rules"), {**sent, "days": ""})
    third = asking.ask(by=acting, person=make_person(council), body=city, kind="erasure", text="")
    assert third.due_on is None


def test_identity_comes_before_any_answer(desk, asked):
    row = asked("stop")
    response = desk.post(url("privacy_action", row.id, "done"), {"reason": "止めました"}, follow=True)
    assert "まだ確かめていません" in response.content.decode()
    desk.post(url("privacy_action", row.id, "identity"), {"how": "窓口で確認"})
    desk.post(url("privacy_action", row.id, "done"), {"reason": "止めました", "approval_number": "総第1号"})
    row.refresh_from_db()
    assert (row.state, row.reason, row.approval_number) == ("done", "止めました", "総第1号")
    assert "止めました" in Letter.objects.get(kind="request_decided").body


def test_a_no_needs_a_reason_which_the_person_is_told(desk, asked):
    row = asked("disclosure")
    desk.post(url("privacy_action", row.id, "identity"), {"how": "窓口で確認"})
    empty = desk.post(url("privacy_action", row.id, "refuse"), {"reason": " "})
    assert empty.status_code == 422
    desk.post(url("privacy_action", row.id, "refuse"), {"reason": "審査に差しつかえるため"})
    row.refresh_from_db()
    assert row.state == "refused"
    assert "審査に差しつかえるため" in Letter.objects.get(kind="request_decided").body
    again = desk.post(url("privacy_action", row.id, "done"), {}, follow=True)
    assert "すでに終わっています" in again.content.decode()


def test_a_record_is_corrected(desk, asked):
    row = asked("correction")
    names = {
        "family_name": "直した", "given_name": "花", "family_name_kana": "なおした", "given_name_kana": "ハナ",
        "email": "new@example.jp",
    }  # fmt: skip
    sent = {f"person-{name}": value for name, value in names.items()}
    desk.post(url("privacy_action", row.id, "correct"), sent)
    row.person.refresh_from_db()
    assert row.person.family_name == "見本"  # identity first
    desk.post(url("privacy_action", row.id, "identity"), {"how": "窓口で確認"})
    desk.post(url("privacy_action", row.id, "correct"), sent)
    row.person.refresh_from_db()
    assert (row.person.family_name, row.person.family_name_kana, row.person.email) == (
        "直した",
        "ナオシタ",
        "new@example.jp",
    )
    assert "family_name" in Entry.objects.get(verb="person.corrected").field_names


def test_a_disclosure_holds_only_what_this_body_may_see(desk, council, running, apply_to, asked, make_person):
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    ours, theirs = running(title="うちの講座"), running(title="よその講座")
    CallBody.objects.filter(call=theirs).update(body=chamber)
    row = apply_to(ours)
    Application.objects.create(council=council, call=theirs, person=row.person, state="submitted")
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="様式"))
    care = Question.objects.create(
        version=version, key="care", ordinal=1, kind="text", title="配慮", is_sensitive=True
    )
    response = Response.objects.create(council=council, version=version, person=row.person, about_id=row.id)
    Answer.objects.create(response=response, question=care, value="車いす")
    request = asked("disclosure", person=row.person)
    refused = desk.get(url("privacy_disclosure", request.id), follow=True)
    assert "まだ確かめていません" in refused.content.decode()
    desk.post(url("privacy_action", request.id, "identity"), {"how": "窓口で確認"})
    sent = desk.get(url("privacy_disclosure", request.id))
    with zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content))) as archive:
        data = json.loads(archive.read("data.json"))
        whole = "".join(archive.read(name).decode() for name in archive.namelist())
    assert [one["code"] for one in data["applications"]] == [row.code]
    assert "よその講座" not in whole
    assert "車いす" not in whole
    assert Entry.objects.filter(verb="person.disclosed", for_person_id=row.person_id).exists()


def test_an_erasure_from_the_first_press_to_what_is_left(desk, council, asked):
    row = asked("erasure")
    person = row.person
    ProvisionRecord.objects.create(
        council=council, from_body=council.host, to_name="県", person=person, person_name=person.full_name,
        basis="同意", given_at=timezone.now(), keep_until=dt.date(2029, 11, 20),
    )  # fmt: skip
    assert "まだ確かめていません" in desk.get(url("privacy_erase", row.id)).content.decode()
    desk.post(url("privacy_action", row.id, "identity"), {"how": "窓口で確認"})
    assert "消去に進む" in desk.get(url("privacy_request", row.id)).content.decode()
    unsure = desk.post(url("privacy_erase", row.id), {"approval_number": "総第7号"})
    assert unsure.status_code == 422
    assert Person.objects.filter(pk=person.pk).exists()
    done = desk.post(url("privacy_erase", row.id), {"approval_number": "総第7号", "sure": "on"}, follow=True)
    text = done.content.decode()
    assert not Person.objects.filter(pk=person.pk).exists()
    assert "消去のあとに残っているもの" in text
    assert "2029年11月20日" in text
    assert "残っているはずのない" not in text
    assert person.full_name not in text


def test_other_bodies_are_asked_before_their_part_goes(desk, council, running, apply_to, asked):
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    row = apply_to(running(data_controller=chamber))
    request = asked("erasure", person=row.person)
    desk.post(url("privacy_action", request.id, "identity"), {"how": "窓口で確認"})
    assert "商工会議所" in desk.get(url("privacy_erase", request.id)).content.decode()
    assert desk.post(url("privacy_erase", request.id), {"sure": "on"}).status_code == 422
    desk.post(url("privacy_erase", request.id), {"sure": "on", "agreed": "on"})
    assert not Person.objects.filter(pk=row.person_id).exists()


def test_the_report_counts_and_names_nobody(desk, council, running, apply_to, settings):
    settings.BACKUP_NOTE = "30日で入れ替わります"
    row = apply_to(running())
    text = desk.get(url("privacy_left")).content.decode()
    assert "30日で入れ替わります" in text
    assert "人の記録" in text
    assert row.person.family_name_kana not in text
    assert row.person.email not in text
