"""Reports as mail servers write them (samples in reports/), and mail that must change nothing."""

import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from sonjuku.flows import bouncing, delivering
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters import actions, rules
from sonjuku.rooms.letters.models import Letter

REPORTS = Path(__file__).parent / "reports"
SENT, BOUNCED = Letter.State.SENT, Letter.State.BOUNCED


@pytest.fixture
def letter(council, secretariat, make_person, at):
    """A letter that has gone out."""
    person = make_person(council, email="hanako@example.org")
    row = actions.queue(
        by=secretariat, council=council, kind="receipt", context={"call_title": "講座"}, path="/me/", key="k",
        person=person,
    )  # fmt: skip
    delivering.deliver_due(at)
    row.refresh_from_db()
    assert row.state == SENT
    return row


def report(name, letter, *, address="", message_id=""):
    raw = (REPORTS / f"{name}.eml").read_bytes()
    for place, value in (
        (b"{address}", address or letter.to_address),
        (b"{message_id}", message_id or letter.message_id),
    ):
        raw = raw.replace(place, value.encode())
    return raw


def state_of(letter):
    letter.refresh_from_db()
    return letter.state, letter.problem


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("postfix", "5.1.1"),
        ("exim", "5.2.2"),
        ("exchange", "5.7.133"),
        ("gmail", "5.1.1"),
        ("carrier", "5.1.1"),
        ("expired", "4.4.1"),  # given up after days of trying: the class stays 4, the action says failed
    ],
)
def test_what_never_arrived_is_marked(letter, system, name, status, ends, caplog):
    raw = report(name, letter).replace(b"\n", ends)
    with caplog.at_level("DEBUG", logger="sonjuku"):
        assert bouncing.take(raw, by=system) == "bounced"
    assert state_of(letter) == (BOUNCED, status)
    assert letter.bounced_at == system.at
    entry = Entry.objects.get(verb="letter.bounced")
    assert (entry.subject_id, entry.for_person_id) == (letter.id, letter.person_id)
    assert "hanako" not in caplog.text
    assert bouncing.take(raw, by=system) == "ignored"
    assert Entry.objects.filter(verb="letter.bounced").count() == 1


def test_a_delay_is_only_noted(letter, system):
    assert bouncing.take(report("delayed", letter), by=system) == "delayed"
    assert state_of(letter) == (SENT, "4.4.1")
    assert not Entry.objects.filter(verb="letter.bounced").exists()
    assert bouncing.take(report("postfix", letter), by=system) == "bounced"


def test_what_arrived_after_all_is_no_bounce(letter, system):
    relayed = (
        report("postfix", letter).replace(b"Action: failed", b"Action: relayed").replace(b"5.1.1", b"2.1.5")
    )
    assert bouncing.take(relayed, by=system) == "ignored"
    assert state_of(letter) == (SENT, "")


def test_a_report_counts_only_for_the_address_its_letter_went_to(letter, system):
    """Whoever knows a letter's id, its own reader for one, cannot strike another's."""
    forged = report("postfix", letter, address="eve@example.net")
    assert bouncing.take(forged, by=system) == "ignored"
    unknown = report("postfix", letter, message_id="<0199f0a0-0000-7000-8000-000000000000@localhost>")
    assert bouncing.take(unknown, by=system) == "ignored"
    assert state_of(letter) == (SENT, "")


def test_forwarding_by_the_readers_own_server_is_followed(letter, system):
    raw = report("postfix", letter)
    head, tail = raw.split(b"Final-Recipient: ")
    moved = (
        head
        + b"Final-Recipient: "
        + tail.replace(b"rfc822; hanako@example.org", b"rfc822; moved@example.net", 1)
    )
    moved = moved.replace(b"Original-Recipient: rfc822;hanako@example.org\n", b"")
    assert b"To: hanako@example.org" in moved
    assert bouncing.take(moved, by=system) == "bounced"


def test_a_service_that_gives_its_own_message_id_is_matched_by_our_header(letter, system):
    raw = report("gmail", letter)
    for ours in (b"X-Original-Message-ID: ", b"In-Reply-To: "):
        raw = raw.replace(ours + letter.message_id.encode(), ours + b"<other@example.net>")
    assert bouncing.take(raw, by=system) == "bounced"


@pytest.mark.parametrize(
    "state", [Letter.State.QUEUED, Letter.State.FAILED, Letter.State.HELD, Letter.State.HANDED]
)
def test_a_letter_that_is_not_on_its_way_stays_as_it_is(letter, system, state):
    Letter.objects.update(state=state)
    assert bouncing.take(report("postfix", letter), by=system) == "ignored"
    assert state_of(letter)[0] == state


def test_a_report_may_overtake_the_senders_own_note(letter, system):
    Letter.objects.update(state=Letter.State.SENDING)
    assert bouncing.take(report("postfix", letter), by=system) == "bounced"
    assert actions.mark_sent(by=system, letter=letter) is False
    assert state_of(letter)[0] == BOUNCED


def test_sent_again_it_is_another_message_that_an_old_report_does_not_strike(letter, system):
    old = report("gmail", letter)
    bouncing.take(old, by=system)
    letter.person.email = "right@example.org"
    letter.person.save()
    letter.refresh_from_db()
    actions.send_again(by=system, letter=letter)
    assert delivering.deliver_due(system.at) == 1
    assert mail.outbox[-1].to == ["right@example.org"]
    assert mail.outbox[-1].message()["Message-ID"] != mail.outbox[0].message()["Message-ID"]
    assert bouncing.take(old, by=system) == "ignored"
    assert state_of(letter) == (SENT, "")
    assert letter.bounced_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 99,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n",
        b"Content-Type: multipart/report\n\nno boundary at all",
        b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; hanako@example.org\n",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!!\n",
        b"Content-Type: text/plain; charset=no-such-charset\n\n\xe3\x81",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    ],
)
def test_broken_mail_is_no_report(letter, system, raw):
    assert bouncing.take(raw, by=system) == "ignored"
    assert state_of(letter) == (SENT, "")


def test_an_absence_notice_is_no_report_whatever_it_quotes(letter, system):
    assert bouncing.take(report("out_of_office", letter), by=system) == "ignored"


def test_a_report_inside_the_returned_mail_is_not_ours(letter, system):
    """A returned message may itself carry a report: only the outer one speaks."""
    inner = report("postfix", letter)
    outer = (
        b"Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--out--\n"
    )
    assert bouncing.take(outer, by=system) == "ignored"


def test_the_first_megabyte_is_enough(letter, system):
    raw = report("exim", letter).replace(b"\nbody\n", b"\n" + b"x" * 3_000_000 + b"\n")
    assert bouncing.take(raw, by=system) == "bounced"


def run(*args, **options):
    out = io.StringIO()
    call_command("bounces", *args, stdout=out, **options)
    return out.getvalue().strip()


def test_the_command_reads_a_file_or_a_pipe(letter, tmp_path, monkeypatch):
    file = tmp_path / "one.eml"
    file.write_bytes(report("delayed", letter))
    assert run(str(file)) == "bounced=0 delayed=1 ignored=0"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(report("postfix", letter))))
    assert run("-") == "bounced=1 delayed=0 ignored=0"
    with pytest.raises(CommandError):
        run()
    with pytest.raises(CommandError) as no:
        run(str(tmp_path / "hanako@example.org.eml"))
    assert "hanako" not in str(no.value)


def test_the_command_reads_each_mail_of_a_maildir_once(letter, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(report("postfix", letter))
    (tmp_path / "new" / "2.b").write_bytes(b"Subject: spam\n\nspam")
    os.mkfifo(tmp_path / "new" / "3.pipe")
    assert run(maildir=tmp_path) == "bounced=1 delayed=0 ignored=1"
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]
    assert run(maildir=tmp_path) == "bounced=0 delayed=0 ignored=0"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.1.1", "この宛先はありません。書き間違いかもしれません。"),
        ("5.2.2", "相手の受信箱がいっぱいです。"),
        ("4.4.1", "相手のサーバーにつながりませんでした。"),
        ("5.7.133", "相手の迷惑メール対策で断られました。"),
        ("5.0.0", "相手のサーバーが受け取りませんでした。"),
        ("ConnectionRefusedError", ""),
        ("", ""),
    ],
)
def test_a_status_is_said_in_words(status, said):
    assert rules.why_undelivered(status) == said
