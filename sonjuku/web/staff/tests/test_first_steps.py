"""A council that has just opened is led, and no further than it needs; each step goes when its rows are there."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.forms.models import Form
from sonjuku.rooms.journal.actions import beat
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body, Membership, Role
from sonjuku.web.staff.first_steps import first_steps

STEPS = reverse("staff:first_steps", args=["hagi"])
COUNCIL = reverse("staff:council", args=["hagi"])


def home(client: Client, language: str = "ja") -> str:
    path = reverse("staff:home", args=["hagi"])
    return client.get(path if language == "ja" else f"/{language}{path}").content.decode()


@pytest.fixture
def open_steps(acting: Actor, council: Any) -> Callable[[], set[str]]:
    return lambda: {step.name for step in first_steps(acting, council).open}


def join(council: Any, name: str, since: dt.date, until: dt.date | None = None) -> None:
    body = Body.objects.create(council=council, type=Body.Type.COMPANY, name=name)
    Membership.objects.create(council=council, body=body, joined_on=since, left_on=until)


def head(council: Any, make_account: Any, email: str, since: dt.date, until: dt.date | None = None) -> None:
    Role.objects.create(
        council=council, body=council.host, account=make_account(email), kind="administrator", starts_on=since, ends_on=until
    )  # fmt: skip


def test_each_step_goes_when_it_is_done(open_steps, council, running, make_account, acting, settings):
    today, day = timezone.localdate(), dt.timedelta(days=1)
    assert {
        "about",
        "contact",
        "members",
        "heads",
        "programme",
        "form",
        "call",
        "worker",
        "mail",
        "backup",
    } <= open_steps()

    def left_after(name: str) -> bool:
        return name in open_steps()

    council.description = "萩の人のための協議会です。"
    council.contact_office = "企業誘致推進課"
    council.save()
    assert not left_after("about")
    assert left_after("contact"), "an office without a phone"
    council.contact_phone = "0838-00-0000"
    council.save()
    assert not left_after("contact")

    join(council, "去年まで", today - 400 * day, today - 30 * day)
    join(council, "来月から", today + 30 * day)
    assert left_after("members")
    join(council, "今の会社", today)
    assert not left_after("members")

    head(council, make_account, "past@example.jp", today - 400 * day, today - day)
    head(council, make_account, "next@example.jp", today + day)
    assert left_after("heads")
    head(council, make_account, "now@example.jp", today)
    assert not left_after("heads")

    Form.objects.create(council=council, title="様式")
    assert not left_after("form")
    running()
    assert not open_steps() & {"programme", "call"}

    beat("tick", acting.at - dt.timedelta(minutes=settings.TICK_MAX_MINUTES + 1))
    assert left_after("worker")
    beat("tick", acting.at)
    assert not left_after("worker")
    beat("backup", acting.at - dt.timedelta(days=9))
    assert left_after("backup")
    beat("backup", acting.at)
    assert not left_after("backup")


def test_another_way_of_backing_up_counts(open_steps, settings):
    assert "backup" in open_steps()
    settings.BACKUP_NOTE = "毎日取り、30日で消えます"
    assert "backup" not in open_steps()


def test_what_another_council_has_counts_for_nothing(open_steps, other_council, make_call, make_account):
    before = open_steps()
    make_call(other_council)
    Form.objects.create(council=other_council, title="様式")
    join(other_council, "会社", timezone.localdate())
    head(other_council, make_account, "two@example.jp", timezone.localdate())
    assert open_steps() == before


def test_a_test_letter_proves_the_mail(desk, open_steps, staff_account):
    assert desk.post(STEPS, {"do": "test_letter"}).status_code == 302
    letter = Letter.objects.get()
    assert (letter.to_address, letter.state) == (staff_account.email, Letter.State.QUEUED)
    assert "試しのお知らせが送信を待っています" in home(desk)
    Letter.objects.update(state=Letter.State.FAILED)
    assert "EMAIL_URL" in home(desk)
    assert "mail" in open_steps()
    Letter.objects.update(state=Letter.State.SENT)
    assert "mail" not in open_steps()


def test_a_second_press_is_the_same_letter(desk, monkeypatch):
    at = timezone.now().replace(second=10)
    monkeypatch.setattr("sonjuku.web.actors.timezone.now", lambda: at)
    for _ in range(2):
        desk.post(STEPS, {"do": "test_letter"})
    assert Letter.objects.count() == 1


def test_the_list_is_put_away_and_taken_out_again(desk):
    assert "はじめの準備" in home(desk)
    assert "もう一度出す" not in desk.get(COUNCIL).content.decode()
    desk.post(STEPS, {"do": "put_away"})
    desk.get(COUNCIL)
    assert 'id="first-steps"' not in home(desk)
    assert "もう一度出す" in desk.get(COUNCIL).content.decode()
    desk.post(STEPS, {"do": "put_back"})
    assert 'id="first-steps"' in home(desk)
    verbs = (
        Entry.objects.filter(verb__startswith="first_steps.").order_by("at").values_list("verb", flat=True)
    )
    assert list(verbs) == ["first_steps.put_away", "first_steps.put_back"]


def test_an_unknown_wish_changes_nothing(desk):
    before = Entry.objects.count()
    assert desk.post(STEPS, {"do": "drop"}).status_code == 302
    assert desk.post(STEPS).status_code == 302
    assert Entry.objects.count() == before


def test_a_bodys_staff_sees_only_what_they_may_do(council, make_staff, log_in):
    client = log_in(make_staff(council, "chamber@example.jp", "body_staff"))
    page = home(client)
    assert "申込みの様式をつくる" in page
    assert "この一覧を片づける" not in page
    assert "管理者を二人にする" not in page
    assert client.post(STEPS, {"do": "put_away"}).status_code == 404


def test_it_is_in_english_too(desk):
    page = home(desk, "en")
    assert "First steps" in page
    assert "Put this list away" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_one_statement_however_much_there_is(acting, council, make_account, rows):
    for number in range(rows):
        join(council, f"会社{number}", timezone.localdate())
        head(council, make_account, f"head{number}@example.jp", timezone.localdate())
        Form.objects.create(council=council, title=f"様式{number}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first_steps(acting, council)
    assert len(queries) == 1
