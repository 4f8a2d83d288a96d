"""What people send by mistake or on purpose: each gets a clear answer in their language, and nothing is half done."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from sonjuku.flows import guarding
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.models import Form, FormVersion, Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.rooms.participation.queries import token
from sonjuku.rooms.people.models import Consent
from sonjuku.web.actors import DEMO_CAST

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("language", ["ja", "en"])]
AGREE = {"agree": "application"}
GUARDIAN = {
    "guardian-name": "見本 母", "guardian-relation": "母", "guardian-how": "mail", "guardian-email": "mother@example.jp",
}  # fmt: skip


@pytest.fixture
def call(council: Any, make_call: Callable[..., Call]) -> Call:
    """A lottery that is open now and asks for a file."""
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込み"))
    Question.objects.create(
        version=version, key="why", ordinal=1, kind="text", title="理由", title_en="Why", required=True
    )
    Question.objects.create(
        version=version, key="paper", ordinal=2, kind="file", title="作文", title_en="Essay", required=True
    )
    now = timezone.now()
    return make_call(
        council, state=Call.State.OPEN, opens_at=now - dt.timedelta(days=1), closes_at=now + dt.timedelta(days=3),
        starts_on=now.date() + dt.timedelta(days=20), result_on=now.date() + dt.timedelta(days=10), form_version=version,
    )  # fmt: skip


@pytest.fixture
def me(council: Any, make_account: Any, make_person: Any) -> Any:
    account = make_account("adult@example.jp")
    account.person = make_person(council, account=account, email=account.email)
    return account


@pytest.fixture
def door(council: Any, call: Call, staff_account: Any, me: Any) -> Client:
    """The desk of an occasion where `me` takes part."""
    now = timezone.now()
    Occasion.objects.create(council=council, call=call, starts_at=now, ends_at=now + dt.timedelta(hours=1))
    Participation.objects.create(council=council, call=call, person=me.person, started_at=now)
    client = logged_in(staff_account)
    session = client.session
    # Stands for a second factor.
    session[DEMO_CAST] = "secretariat"
    session.save()
    return client


def logged_in(account: Any, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(account)
    return client


def address(language: str, name: str, *args: Any) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def apply_page(language: str, call: Call) -> str:
    return address(language, "member:apply", call.council.slug, call.code)


def essay(name: str = "作文.pdf", content: bytes = b"%PDF-1.4 essay") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def rows() -> dict[str, int]:
    """How many rows each of our tables holds, and how many files there are."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("sonjuku.")]
    counts = {model._meta.label: model._default_manager.count() for model in ours}
    folder = Path(site_settings.MEDIA_ROOT)
    return {**counts, "files": sum(path.is_file() for path in folder.rglob("*"))}


def says(response: Any, language: str, japanese: str, english: str) -> None:
    """The page is in the reader's language and says this."""
    page = html.fromstring(response.content.decode().replace("<wbr>", ""))
    assert page.get("lang") == language
    words = re.sub(r"\s+", " ", page.xpath("//main")[0].text_content())
    assert (japanese if language == "ja" else english).lower() in words.lower(), words


def test_a_program_that_calls_itself_a_pdf(language: str, call: Call, me: Any) -> None:
    before = rows()
    program = essay(content=b"MZ\x90\x00\x03 this is a program")
    response = logged_in(me).post(
        apply_page(language, call), {**AGREE, "q_why": "学びたい", "q_paper": program}
    )
    assert response.status_code == 422
    says(response, language, "中身の形式が違うため、受け取れません", "content is not what its name")
    assert 'value="学びたい"' in response.content.decode()
    assert rows() == before


def test_a_file_that_is_too_large(language: str, call: Call, me: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    before = rows()
    large = essay(content=b"%PDF-1.4 " + b"x" * 3 * 1024 * 1024)
    response = logged_in(me).post(
        apply_page(language, call), {**AGREE, "q_why": "学びたい", "q_paper": large}
    )
    assert response.status_code == 422
    says(response, language, "このファイルは大きすぎます（3.0 MB）", "This file is too large (3.0 MB)")
    says(response, language, "1 MBまで", "1 MB")
    assert 'value="学びたい"' in response.content.decode()
    assert rows() == before


def test_more_text_than_any_form_asks_for(language: str, call: Call, me: Any, settings: Any) -> None:
    before = rows()
    flood = "長" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    response = logged_in(me).post(apply_page(language, call), {**AGREE, "q_why": flood, "q_paper": essay()})
    assert response.status_code == 400
    says(response, language, "何も保存されていません", "nothing was saved")
    assert rows() == before


def test_a_ticket_that_nobody_signed(language: str, council: Any, door: Client) -> None:
    before = rows()
    place = Participation.objects.get()
    signed = token(place)
    forged = [signed[:-1] + ("A" if signed[-1] != "A" else "B"), signed.partition(".")[0], "x.y", "参加券"]
    for each in forged:
        there = address(language, "staff:checkin_token", council.slug, each)
        occasion = Occasion.objects.get()
        for response in (door.get(there), door.post(there, {"occasion": occasion.id, "how": "qr"})):
            assert response.status_code == 404
            says(response, language, "この参加券は読み取れません", "ticket cannot be read")
    assert not CheckIn.objects.exists()
    assert rows() == before


def test_a_guardians_link_that_nobody_signed(language: str, call: Call, me: Any) -> None:
    before = rows()
    there = address(language, "member:guardian", "ImZvcmdlZCI:1abcde:forged")
    for response in (
        Client().get(there),
        Client().post(there, {"name": "x", "answer": "yes", "is_guardian": "on"}),
    ):
        assert response.status_code == 404
        says(response, language, "このリンクは使えません", "This link doesn't work")
    assert rows() == before


def test_a_guardian_who_answers_twice(
    language: str, call: Call, council: Any, make_account: Any, make_person: Any
) -> None:
    account = make_account("pupil@example.jp")
    born = timezone.localdate() - dt.timedelta(days=17 * 365)
    make_person(council, account=account, date_of_birth=born, school_stage="high", email=account.email)
    logged_in(account).post(
        apply_page(language, call), {**AGREE, **GUARDIAN, "q_why": "学びたい", "q_paper": essay()}
    )
    consent = Consent.objects.get(purpose=Consent.Purpose.GUARDIAN)
    guarding.answer(by=Actor(at=timezone.now(), role="guardian"), consent=consent, given=True, channel="mail")
    before = rows()
    there = ("/en" if language == "en" else "") + guarding.link(consent)
    response = Client().post(
        there, {"name": "見本 母", "relation": "母", "answer": "no", "is_guardian": "on"}
    )
    assert response.status_code == 409
    says(response, language, "同意をいただきました", "You have given your consent")
    consent.refresh_from_db()
    assert consent.holds
    assert rows() == before


def test_sent_twice(language: str, call: Call, me: Any) -> None:
    browser = logged_in(me)
    sent = [
        browser.post(apply_page(language, call), {**AGREE, "q_why": "学びたい", "q_paper": essay()})
        for _ in range(2)
    ]
    application = Application.objects.get()
    assert [response.status_code for response in sent] == [302, 302]
    assert sent[0]["Location"] == sent[1]["Location"]
    after_two = rows()
    assert after_two["forms.Response"] == after_two["forms.Upload"] == after_two["letters.Letter"] == 1
    assert after_two["files"] == 1
    page = browser.get(sent[1]["Location"])
    says(page, language, application.code, application.code)
    says(page, language, "受け付けました", "received")


def test_a_form_opened_before_the_close_and_sent_after_it(language: str, call: Call, me: Any) -> None:
    browser = logged_in(me)
    assert browser.get(apply_page(language, call)).status_code == 200
    Call.objects.update(closes_at=timezone.now() - dt.timedelta(seconds=1))
    before = rows()
    response = browser.post(apply_page(language, call), {**AGREE, "q_why": "学びたい", "q_paper": essay()})
    assert response.status_code == 409
    says(response, language, "この募集の受付は終わりました", "This call has closed")
    says(response, language, "何も保存されていません", "Nothing was saved")
    assert rows() == before


def test_a_call_that_closed_long_ago(language: str, call: Call, me: Any) -> None:
    long_ago = timezone.now() - dt.timedelta(days=30)
    Call.objects.update(state=Call.State.CLOSED, opens_at=long_ago - dt.timedelta(days=9), closes_at=long_ago)
    before = rows()
    response = logged_in(me).get(apply_page(language, call))
    assert response.status_code == 409
    says(response, language, "この募集の受付は終わりました", "This call has closed")
    assert rows() == before


def test_a_page_from_another_session(language: str, call: Call, me: Any) -> None:
    """The form was opened before somebody logged in anew: its token no longer fits."""
    browser = logged_in(me, enforce_csrf_checks=True)
    browser.get(apply_page(language, call))
    before = rows()
    stale = {**AGREE, "q_why": "学びたい", "q_paper": essay(), "csrfmiddlewaretoken": "x" * 64}
    response = browser.post(apply_page(language, call), stale)
    assert response.status_code == 403
    says(response, language, "何も保存されていません", "nothing was saved")
    says(response, language, "開き直して", "open the page again")
    assert rows() == before


def test_questions_that_changed_while_somebody_wrote(language: str, call: Call, me: Any) -> None:
    browser = logged_in(me)
    browser.get(apply_page(language, call))
    opened = call.form_version_id
    newer = FormVersion.objects.create(form=call.form_version.form, number=2)
    Question.objects.create(version=newer, key="why", ordinal=1, kind="text", title="動機", title_en="Motive")
    Call.objects.update(form_version=newer)
    before = rows()
    response = browser.post(
        apply_page(language, call), {**AGREE, "q_why": "学びたい", "form_version": opened}
    )
    assert response.status_code == 409
    says(response, language, "質問が新しくなりました", "The questions have changed")
    assert 'value="学びたい"' in response.content.decode()
    assert rows() == before
