"""わたしのデータ: all of mine, nobody else's; who looked; consents taken back; requests made."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Export
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload
from sonjuku.rooms.journal.actions import record, record_look
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body, Consent, DataRequest, ProvisionRecord, RequestRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(council, adult, open_call, staff_account) -> Any:
    """An application with an answer, a sensitive answer and a file, entered by staff and looked at by them."""
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込み"))
    why = Question.objects.create(
        version=version, key="why", ordinal=1, kind="text", title="理由", title_en="Why"
    )
    care = Question.objects.create(
        version=version, key="care", ordinal=2, kind="text", title="配慮", title_en="Care", is_sensitive=True
    )
    call = open_call(form_version=version)
    row = Application.objects.create(
        council=council, call=call, person=adult.person, state="submitted", submitted_at=timezone.now(),
        verdict="selected", entered_by=staff_account, checked_by=staff_account, score=9,
    )  # fmt: skip
    response = Response.objects.create(
        council=council, version=version, person=adult.person, about_id=row.id, submitted_at=timezone.now()
    )
    Answer.objects.create(response=response, question=why, value="学びたい")
    row.care = Answer.objects.create(response=response, question=care, value="車いす")  # type: ignore[attr-defined]
    row.response = response
    row.save()
    Upload.objects.create(
        council=council, person=adult.person, response=response, question=why, name="作文.pdf", mime="application/pdf",
        size=8, sha256="0" * 64, file=ContentFile(b"%PDF-1.4 mine", name="x"),
    )  # fmt: skip
    Letter.objects.create(
        council=council,
        person=adult.person,
        kind="receipt",
        subject="受付",
        body="本文です",
        key="k",
        due_at=timezone.now(),
    )
    return row


def parcel(client: Any, council: Any) -> dict[str, bytes]:
    response = client.get(reverse("member:my_data_download", args=[council.slug]))
    assert response["Content-Type"] == "application/zip"
    assert response.streaming
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_held_is_in_the_download(log_in, council, adult, mine):
    files = parcel(log_in(adult), council)
    data = json.loads(files["data.json"])
    assert data["council"] == "hagi"
    assert data["profile"][0]["email"] == "adult@example.jp"
    assert data["applications"][0]["code"] == mine.code
    assert data["answers"][0]["why"] == "学びたい"
    assert data["answers"][0]["care"] == "車いす"
    assert data["letters"][0]["body"] == "本文です"
    assert files["files/01-作文.pdf"] == b"%PDF-1.4 mine"
    page = files["index.html"].decode()
    assert "学びたい" in page
    assert mine.code in page
    table = list(csv.reader(io.StringIO(files["tables/applications.csv"].decode("utf-8-sig"))))
    assert mine.code in table[1]
    assert Entry.objects.filter(verb="person.downloaded", for_person_id=adult.person.id).count() == 1


def test_nobody_else_is_in_the_download(log_in, council, adult, mine, make_person, staff_account):
    other = make_person(council, family_name="他人", email="other@example.jp")
    Application.objects.create(council=council, call=mine.call, person=other, state="submitted")
    whole = b"".join(parcel(log_in(adult), council).values()).decode("utf-8", "replace")
    for strange in ("他人", "other@example.jp", staff_account.email):
        assert strange not in whole
    # What only the selecting staff may know before the announcement isn't told here either.
    assert "selected" not in whole
    assert "9.00" not in whole


def test_a_formula_in_an_answer_runs_nowhere(log_in, council, adult, mine):
    Answer.objects.filter(question__key="why").update(value="=cmd|' /C calc'!A0")
    table = parcel(log_in(adult), council)["tables/answers.csv"].decode("utf-8-sig")
    assert "'=cmd" in table


def test_the_guardians_link_is_not_told(log_in, council, adult, mine):
    Letter.objects.create(
        council=council, person=adult.person, kind="guardian_request", subject="お願い", body="/g/secret-link/", key="g",
        due_at=timezone.now(),
    )  # fmt: skip
    files = parcel(log_in(adult), council)
    assert b"secret-link" not in b"".join(files.values())
    assert "お願い" in files["data.json"].decode()


def test_the_page_shows_the_same(log_in, council, adult, mine):
    host = Body.objects.get(council=council)
    ProvisionRecord.objects.create(
        council=council, from_body=host, to_name="県", person=adult.person, person_name="見本 花子", basis="同意 1",
        given_at=timezone.now(), keep_until=timezone.localdate(),
    )  # fmt: skip
    text = log_in(adult).get(reverse("member:my_data", args=["hagi"])).content.decode()
    for words in ("学びたい", "車いす", mine.code, "作文.pdf", "同意 1"):
        assert words in text


def test_the_number_of_queries_does_not_grow(
    log_in,
    council,
    adult,
    mine,
    open_call,
    django_assert_num_queries,
    agreed,
):
    client = log_in(adult)
    agreed("image", mine.id)
    address = reverse("member:my_data", args=["hagi"])
    client.get(address)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(2):
        row = Application.objects.create(
            council=council,
            call=open_call(),
            person=adult.person,
            state="submitted",
            submitted_at=timezone.now(),
        )
        Consent.objects.create(
            council=council, person=adult.person, purpose="image", about_id=row.id, text="x", text_version="1",
            asked_at=timezone.now(), given_at=timezone.now(),
        )  # fmt: skip
        Letter.objects.create(
            council=council,
            person=adult.person,
            kind="offer",
            subject="x",
            body="x",
            key=f"n{number}",
            due_at=timezone.now(),
        )
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_whoever_has_no_record_here_finds_nothing(log_in, make_account, council):
    client = log_in(make_account("nobody@example.jp"))
    for name in ("my_data", "my_data_download", "my_data_looks", "data_request"):
        assert client.get(reverse(f"member:{name}", args=["hagi"])).status_code == 404


# Who looked


def test_looks_say_when_who_and_what_for_once_a_day(log_in, council, adult, mine, secretariat):
    by = secretariat.now(timezone.now())
    assert record_look(by=by, verb="application.viewed", subject=mine, for_person_id=adult.person.id)
    assert not record_look(by=by, verb="application.viewed", subject=mine, for_person_id=adult.person.id)
    text = log_in(adult).get(reverse("member:my_data", args=["hagi"])).content.decode()
    assert "申込みの内容を開きました" in text
    assert "講座の運営と連絡のため" in text  # the call's purpose
    assert council.host.name in text
    assert text.count("申込みの内容を開きました") == 1
    tomorrow = by.now(by.at + timezone.timedelta(days=1))
    assert record_look(by=tomorrow, verb="application.viewed", subject=mine, for_person_id=adult.person.id)


def test_a_list_taken_out_says_what_for(log_in, council, adult, mine, secretariat):
    export = Export.objects.create(
        council=council,
        call=mine.call,
        sheet="applicants",
        file_format="csv",
        purpose="名札を作るため",
        rows=1,
        made_at=timezone.now(),
    )
    record(by=secretariat, verb="applications.exported", subject=export, for_person_id=adult.person.id)
    text = log_in(adult).get(reverse("member:my_data", args=["hagi"])).content.decode()
    assert "名簿をファイルに書き出しました" in text
    assert "名札を作るため" in text


def test_opening_the_page_at_the_desk_leaves_the_trace(log_in, council, adult, mine, staff_account):
    client = log_in(staff_account)
    session = client.session
    session["demo_cast"] = "staff"
    session.save()
    for _again in range(2):
        assert client.get(reverse("staff:application", args=["hagi", mine.id])).status_code == 200
    looks = Entry.objects.filter(verb="application.viewed", for_person_id=adult.person.id)
    assert [(e.actor_role, e.actor_body_id) for e in looks] == [("secretariat", council.host.id)]


def test_own_deeds_and_other_peoples_looks_are_not_in_the_list(
    log_in, council, adult, mine, make_person, secretariat
):
    own = Actor(at=timezone.now(), role="member", account_id=adult.id)
    record(by=own, verb="application.viewed", subject=mine, for_person_id=adult.person.id)
    other = make_person(council)
    record(by=secretariat, verb="application.viewed", subject=mine, for_person_id=other.id)
    text = log_in(adult).get(reverse("member:my_data_looks", args=["hagi"])).content.decode()
    assert "まだ、だれもあなたの内容を開いていません" in text


# Consents


@pytest.fixture
def agreed(council, adult) -> Any:
    def make(purpose: str, about: Any = None, **fields: Any) -> Consent:
        return Consent.objects.create(
            council=council, person=adult.person, purpose=purpose, about_id=about, text="文面", text_version="1",
            asked_at=timezone.now(), given_at=timezone.now(), **fields,
        )  # fmt: skip

    return make


def test_a_consent_is_taken_back_after_saying_what_follows(log_in, adult, agreed):
    consent, client = agreed("image"), log_in(adult)
    address = reverse("member:consent_back", args=[consent.id])
    assert "利用停止を請求してください" in client.get(address).content.decode()
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    client.post(address)
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_a_sensitive_answer_goes_with_its_consent(log_in, adult, agreed, mine):
    consent = agreed("sensitive", mine.care.id)
    log_in(adult).post(reverse("member:consent_back", args=[consent.id]))
    mine.care.refresh_from_db()
    assert mine.care.value is None
    assert Answer.objects.get(question__key="why").value == "学びたい"


def test_the_application_comes_before_its_consent(log_in, adult, agreed, mine):
    consent, client = agreed("application", mine.id), log_in(adult)
    response = client.post(reverse("member:consent_back", args=[consent.id]), follow=True)
    assert "取り消せません" in response.content.decode()
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    Application.objects.filter(pk=mine.pk).update(state="withdrawn")
    client.post(reverse("member:consent_back", args=[consent.id]))
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_a_guardians_word_is_the_guardians(log_in, adult, agreed):
    consent = agreed("guardian", given_by="guardian")
    log_in(adult).post(reverse("member:consent_back", args=[consent.id]))
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


# Requests


def test_a_request_is_made_received_and_withdrawn(log_in, council, adult, staff_account):
    client = log_in(adult)
    page = client.get(reverse("member:data_request", args=["hagi"]) + "?kind=erasure")
    assert page.status_code == 200
    body = Body.objects.get(council=council)
    sent = {"kind": "erasure", "body": body.id, "text": ""}
    response = client.post(reverse("member:data_request", args=["hagi"]), sent, follow=True)
    assert "請求を受け付けました" in response.content.decode()
    client.post(reverse("member:data_request", args=["hagi"]), sent)
    row = DataRequest.objects.get()  # sent twice, there once
    assert (row.kind, row.state, row.person, row.due_on) == ("erasure", "received", adult.person, None)
    assert Letter.objects.get(kind="request_received").person == adult.person
    client.post(reverse("member:data_request_back", args=[row.id]))
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_correction_needs_words(log_in, council, adult, staff_account):
    body = Body.objects.get(council=council)
    response = log_in(adult).post(
        reverse("member:data_request", args=["hagi"]), {"kind": "correction", "body": body.id, "text": " "}
    )
    assert response.status_code == 422
    assert not DataRequest.objects.exists()


def test_the_last_day_follows_the_rule_of_the_body(log_in, council, adult, staff_account):
    body = Body.objects.get(council=council)
    RequestRule.objects.create(
        council=council, for_public_bodies=False, kind="disclosure", days=14, valid_from=timezone.localdate()
    )
    log_in(adult).post(
        reverse("member:data_request", args=["hagi"]),
        {"kind": "disclosure", "body": body.id, "text": "審査の点"},
    )
    assert DataRequest.objects.get().due_on == timezone.localdate() + timezone.timedelta(days=14)
