import datetime as dt
import email.policy
import smtplib

import pytest
from django.core import mail
from django.db import transaction

from sonjuku.flows import delivering
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.letters.rules import KINDS

MAILBOX = "sonjuku.web.mailbox.MailboxBackend"


class Killed(BaseException):
    """kill -9: nothing after it runs."""


@pytest.fixture
def put(council, secretariat):
    def put(key="k1", **fields):
        base = {
            "kind": "receipt",
            "context": {"call_title": "講座", "code": "7F3K-22QX", "person_name": "見本 花子"},
            "path": "/me/",
            "to_address": "hanako@example.jp",
        }
        return actions.queue(by=secretariat, council=council, key=key, **{**base, **fields})

    return put


def test_a_letter_goes_out_once(put, at):
    letter = put()
    assert delivering.deliver_due(at) == 1
    assert delivering.deliver_due(at) == 0
    (message,) = mail.outbox
    assert message.to == ["hanako@example.jp"]
    assert message.subject == letter.subject
    assert message.message()["Message-ID"].startswith(f"<{letter.id}@")
    assert message.message()["List-Id"]
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert letter.sent_at >= at


def test_only_the_named_letters_are_delivered(put, at):
    put()
    second = put(key="k2", to_address="second@example.jp")
    assert delivering.deliver([second.id], at) == 1
    assert [m.to for m in mail.outbox] == [["second@example.jp"]]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(put, at):
    def story():
        with transaction.atomic():
            put()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        story()
    assert delivering.deliver_due(at) == 0
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_sending_inside_a_transaction_is_refused(put, at):
    def story():
        with transaction.atomic():
            put()
            delivering.deliver_due(at)

    with pytest.raises(RuntimeError):
        story()
    assert mail.outbox == []


def test_a_sender_killed_after_sending_sends_the_same_message_again(put, at, settings, monkeypatch):
    settings.EMAIL_BACKEND = MAILBOX
    letter = put()

    def die(**_fields):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivering.actions, "mark_sent", die)
        with pytest.raises(Killed):
            delivering.deliver_due(at)
    folder = settings.EMAIL_FILE_PATH
    assert [f.name for f in folder.iterdir()] == [f"{letter.id}.eml"]
    assert delivering.deliver_due(at + dt.timedelta(seconds=settings.TASK_LEASE_SECONDS - 5)) == 0
    assert delivering.deliver_due(at + dt.timedelta(seconds=settings.TASK_LEASE_SECONDS + 5)) == 1
    assert [f.name for f in folder.iterdir()] == [f"{letter.id}.eml"]
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 2)


def test_a_server_that_is_down_is_tried_again_and_one_bad_letter_stops_no_other(put, at, monkeypatch, caplog):
    put()
    put(key="k2", to_address="good@example.jp")
    real = delivering.message_of

    def fussy(letter):
        if letter.to_address == "hanako@example.jp":
            raise ConnectionRefusedError("hanako@example.jp")
        return real(letter)

    monkeypatch.setattr(delivering, "message_of", fussy)
    assert delivering.deliver_due(at) == 1
    waiting = Letter.objects.get(to_address="hanako@example.jp")
    assert (waiting.state, waiting.problem) == (Letter.State.QUEUED, "ConnectionRefusedError")
    assert waiting.due_at > at
    assert "hanako" not in caplog.text
    monkeypatch.setattr(delivering, "message_of", real)
    assert delivering.deliver_due(waiting.due_at) == 1


def test_an_address_that_does_not_exist_is_given_up_at_once(put, at, monkeypatch):
    letter = put()

    def refuse(_letter):
        raise smtplib.SMTPRecipientsRefused({"hanako@example.jp": (550, b"no such user")})

    monkeypatch.setattr(delivering, "message_of", refuse)
    delivering.deliver_due(at)
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    assert "hanako" not in letter.problem


def test_two_senders_share_the_work(put, at):
    for n in range(5):
        put(key=f"k{n}")
    taken = actions.claim_due(by=Actor(at=at, role="system"), limit=3)
    assert delivering.deliver_due(at) == 2
    assert len(taken) == 3


def parsed(letter):
    """The mail as its reader gets it: written out and read back."""
    return email.message_from_bytes(
        delivering.message_of(letter).message().as_bytes(linesep="\r\n"), policy=email.policy.default
    )


def test_a_long_japanese_subject_and_body_survive_the_way(put, council, secretariat):
    subject = "【萩グローバルIT人材育成協議会】" + "ITパスポート講座の持ち物と集合場所について、" * 6
    council.contact_email, body = (
        "desk@hagi.example.jp",
        "見本 花子 様\n\n髙橋さんと𠮷野さんも、①の会場へ。\n" + "長い行" * 400,
    )
    council.save()
    letter = put(
        kind="staff_message", context={"subject": subject, "body": body}, to_address="hanako@example.jp"
    )
    message = parsed(letter)
    assert message["Subject"] == subject[:200]
    assert body in message.get_content().replace("\r\n", "\n")
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message["Reply-To"] == "desk@hagi.example.jp"
    assert message["Auto-Submitted"] == "auto-generated"
    raw = delivering.message_of(letter).message().as_bytes(linesep="\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322 2.1.1
    head = raw.split(b"\r\n\r\n")[0]
    assert head.isascii()
    lines = head.split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert [line for line in lines if line.startswith(b"Subject: =?utf-8?")]


def test_reports_go_to_the_address_set_for_them(put, at, settings):
    assert delivering.message_of(put()).from_email == settings.DEFAULT_FROM_EMAIL
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_ADDRESS = (
        "萩協議会 <noreply@example.jp>",
        "bounces@example.jp",
    )
    letter = put(key="k2")
    assert delivering.message_of(letter).from_email == "bounces@example.jp"  # the envelope's sender
    assert parsed(letter)["From"] == "萩協議会 <noreply@example.jp>"


def test_the_name_of_the_message_is_kept_for_reports(put, at):
    letter = put()
    delivering.deliver_due(at)
    letter.refresh_from_db()
    assert letter.message_id == mail.outbox[0].message()["Message-ID"] == f"<{letter.id}@localhost>"
    assert mail.outbox[0].message()["X-Sonjuku-Letter"] == letter.message_id


def test_a_duty_carries_no_unsubscribe_header(put):
    for kind in KINDS:
        if KINDS[kind].is_duty:
            letter = put(key=kind, kind=kind, context={"subject": "s"})
            assert "List-Unsubscribe" not in delivering.message_of(letter).message()
            assert "/unsubscribe/" not in letter.body
