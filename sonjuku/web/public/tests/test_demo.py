import datetime as dt
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sonjuku.flows import guarding
from sonjuku.flows.demo_people import CAST
from sonjuku.rooms.people.models import Account, Consent, Council, Guardian, Role
from sonjuku.web.actors import DEMO_CAST
from sonjuku.web.public import demo

pytestmark = pytest.mark.django_db
opens = pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="the door opens on SQLite only; that it stays shut is tested everywhere",
)
CAST_PAGE, INBOX, GUIDE = "/demo/cast/", "/demo/inbox/", "/demo/"


@pytest.fixture
def here() -> Client:
    """A browser on the machine itself, at a server that listens on loopback."""
    return Client(SERVER_NAME="localhost", REMOTE_ADDR="127.0.0.1")


@pytest.fixture
def on(settings: Any, council: Council) -> Any:
    """The demo, switched on, with one council that carries its mark."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["*"]
    Council.objects.update(is_demo=True)
    return settings


@pytest.fixture
def learner(on: Any) -> Account:
    return Account.objects.create_user("learner@sonjuku.example", is_demo=True)


def enter(client: Client, key: str = "learner", **fields: str) -> Any:
    return client.post(CAST_PAGE, {"key": key, **fields})


@opens
def test_one_click_logs_in(here, learner):
    answer = enter(here)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert here.session["_auth_user_id"] == str(learner.id)
    assert here.session[DEMO_CAST] == "learner"
    strip = here.get("/").content.decode()
    assert "デモ：架空の「高校生」としてログイン中" in strip


@opens
def test_a_visit_alone_logs_nobody_in(here, learner):
    assert here.get(CAST_PAGE, {"key": "learner"}).status_code == 200
    assert "_auth_user_id" not in here.session


LOCKS = {
    "not started as a demo": {"settings": {"DEMO": False}},
    "from another machine": {"client": {"REMOTE_ADDR": "192.0.2.7"}},
    "asked for under another name": {"client": {"HTTP_HOST": "demo.example.jp"}},
    "listening on all addresses": {"client": {"SERVER_NAME": "0.0.0.0", "HTTP_HOST": "localhost"}},
    "behind a proxy": {"client": {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}},
    "behind another proxy": {"client": {"HTTP_FORWARDED": "for=192.0.2.7"}},
    "a real council in the database": {"real_council": True},
    "another database": {"vendor": "postgresql"},
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_each_lock_alone_keeps_the_door_shut(monkeypatch, on, learner, lock):
    client = Client(**{"SERVER_NAME": "localhost", "REMOTE_ADDR": "127.0.0.1", **lock.get("client", {})})
    for name, value in lock.get("settings", {}).items():
        setattr(on, name, value)
    if "real_council" in lock:
        Council.objects.create(slug="real", title="本物", lg_code="352047")
    if "vendor" in lock:
        monkeypatch.setattr(demo.connection, "vendor", lock["vendor"])
    assert enter(client).status_code == 404
    assert "_auth_user_id" not in client.session
    for address in (CAST_PAGE, INBOX, GUIDE):
        assert client.get(address).status_code == 404
    assert "だれかになって試す</h2>" not in client.get("/").content.decode()


def test_only_demo_accounts_can_be_entered(here, on):
    Account.objects.create_user("learner@sonjuku.example", is_demo=False)
    assert enter(here).status_code == 404
    assert enter(here, "nobody").status_code == 404
    assert "_auth_user_id" not in here.session


def test_an_empty_database_is_no_demo(here, settings, db):
    settings.DEMO = True
    Account.objects.create_user("learner@sonjuku.example", is_demo=True)
    assert enter(here).status_code == 404


@opens
def test_stepping_into_another_person_ends_the_first_session(here, learner, council):
    enter(here)
    here.session["left_behind"] = "x"
    firm = Account.objects.create_user("firm@sonjuku.example", is_demo=True)
    Role.objects.create(
        council=council, body=council.host, account=firm, kind="body_staff", starts_on=dt.date(2020, 4, 30)
    )
    answer = enter(here, "firm")
    assert answer["Location"] == reverse("staff:home", args=["hagi"])
    assert here.session["_auth_user_id"] == str(firm.id)
    assert here.session[DEMO_CAST] == "firm"


@opens
def test_the_guardian_lands_on_the_question_that_waits(here, on, council, make_person, now):
    account = Account.objects.create_user("guardian@sonjuku.example", is_demo=True)
    person = make_person(council)
    guardian = Guardian.objects.create(
        council=council, person=person, name="見本", relation="母", account=account
    )
    consent = Consent.objects.create(
        council=council,
        person=person,
        guardian=guardian,
        purpose="guardian",
        text="",
        text_version="1",
        asked_at=now,
    )
    found = guarding.find(enter(here, "guardian")["Location"].split("/")[2])
    assert found == consent
    consent.given_at = now
    consent.save()
    assert enter(here, "guardian")["Location"] == "/me/"


@opens
def test_a_next_page_is_taken_only_on_this_site(here, learner):
    assert enter(here, next="/c/hagi/")["Location"] == "/c/hagi/"
    assert enter(here, next="https://evil.example/")["Location"] == "/me/"


@opens
def test_cast_page_offers_everyone(here, on):
    body = here.get(CAST_PAGE).content.decode()
    assert [body.count(f'name="key" value="{member.key}"') for member in CAST] == [1] * len(CAST)


@opens
def test_tour_leads_to_the_running_lottery(here, on, live_call):
    assert here.get(GUIDE).status_code == 200
    call = live_call()
    assert reverse("public:call", args=["hagi", call.code]) in here.get(GUIDE).content.decode()


def mail(folder: Path, name: str, to: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content(body)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


@opens
def test_the_inbox_reads_the_mailbox(here, on):
    folder = Path(on.EMAIL_FILE_PATH)
    mail(folder, "1", "learner@sonjuku.example", "ログインの番号", "番号は 123456 <script>alert(1)</script>")
    mail(folder, "2", "firm@sonjuku.example", "受付のお知らせ", "http://localhost:8000/me/ をご覧ください")
    (folder / "3.eml").write_bytes(b"\xff\xfenot a mail")
    body = here.get(INBOX).content.decode()
    assert "ログインの番号" in body
    assert "123456" in body
    assert "<script>alert" not in body
    assert '<a href="http://localhost:8000/me/"' in body
    only = here.get(INBOX, {"to": "firm@sonjuku.example"}).content.decode()
    assert "受付のお知らせ" in only
    assert "123456" not in only
