"""Notices to machines: what they say, that none is lost and none sent twice, and what a receiver can check.

The receiver is a server on 127.0.0.1, which the operator's setting names. It checks signatures by its own sum.
"""

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from sonjuku.flows import hooking
from sonjuku.flows.tests.conftest import ADULT
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter, Webhook, WebhookDelivery
from sonjuku.rooms.letters.webhooks import actions, rules
from sonjuku.toolbox.refusals import Refused
from tests.drawing import run_of
from tests.races import at_once

pytestmark = pytest.mark.django_db
ALL = list(rules.EVENTS)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
SECRETS = ("見本", "ミホン", "member1@example.jp", "1990")


class Killed(BaseException):
    """kill -9: nothing after it runs."""


class Receiver:
    """Remembers what came; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.came: list[tuple[dict[str, str], bytes]] = []

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.came]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    it = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            it.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(it.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        it.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        settings.WEBHOOKS = True
        settings.WEBHOOK_HOSTS = [f"127.0.0.1:{server.server_address[1]}"]
        yield it
        server.shutdown()


@pytest.fixture
def hook(receiver: Receiver, council: Any, secretariat: Actor, at: dt.datetime) -> Any:
    """(webhook, secret) that hears everything since an hour."""
    return actions.register(by=secretariat.now(at - HOUR), council=council, url=receiver.url, events=ALL)


def gather(at: dt.datetime) -> int:
    return hooking.gather(by=Actor(at=at, role="system"))


def happen(council: Any, verb: str, at: dt.datetime) -> Entry:
    return record(by=Actor(at=at, role="system", council_id=council.id), verb=verb, subject=council)


def test_a_notice_names_ids_and_codes_and_nobody(hook, receiver, first_come, apply, at, council):
    call = first_come()
    application = apply(call, profile=ADULT)
    gather(at)
    assert hooking.deliver_due(at) == 2
    told = {body["event"]: body for body in receiver.bodies()}
    opened, submitted = told["call.opened"], told["application.submitted"]
    delivery = WebhookDelivery.objects.get(event="application.submitted")
    assert submitted == {
        "id": str(delivery.id),
        "event": "application.submitted",
        "at": at.isoformat(),
        "council": "hagi",
        "subject": {"kind": "application", "id": str(application.id)},
        "call": call.code,
        "application": application.code,
    }
    assert opened["subject"] == {"kind": "call", "id": str(call.id)}
    assert opened["application"] is None
    for _headers, body in receiver.came:
        assert not [secret for secret in SECRETS if secret in body.decode()]


def test_the_signature_holds_by_the_receivers_own_sum(hook, receiver, council, at):
    _webhook, secret = hook
    happen(council, "call.opened", at)
    gather(at)
    hooking.deliver_due(at)
    ((headers, body),) = receiver.came
    assert headers["webhook-id"] == json.loads(body)["id"]
    assert headers["webhook-timestamp"] == str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(key, content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert secret not in str(Webhook.objects.values_list().get())


def test_each_event_once_however_often_it_is_gathered(hook, council, at):
    happen(council, "call.opened", at)
    assert [gather(at), gather(at), gather(at + MINUTE)] == [1, 0, 0]
    assert WebhookDelivery.objects.count() == 1


def test_an_earlier_entry_that_commits_late_is_not_lost(hook, council, at):
    """A transaction that began first and ended last: its entry carries an earlier moment than what was told."""
    happen(council, "call.closed", at)
    assert gather(at + MINUTE) == 1
    late = happen(council, "call.opened", at - 10 * MINUTE)
    assert gather(at + 2 * MINUTE) == 1
    assert WebhookDelivery.objects.filter(entry_id=late.id).exists()
    too_late = happen(council, "call.opened", at - HOUR - MINUTE)
    assert gather(at + 3 * MINUTE) == 0
    assert not WebhookDelivery.objects.filter(entry_id=too_late.id).exists()


def test_nothing_from_before_nothing_of_others_nothing_under_seal(hook, council, other_council, at):
    happen(council, "call.opened", at - 2 * HOUR)
    happen(other_council, "call.opened", at)
    happen(council, "application.excluded", at)
    happen(council, "letter.sent", at)
    assert gather(at) == 0


def test_only_the_events_it_asked_for(hook, council, secretariat, at):
    webhook, _secret = hook
    actions.change(by=secretariat, webhook=webhook, url=webhook.url, events=["call.closed"])
    happen(council, "call.opened", at)
    happen(council, "call.closed", at)
    assert gather(at) == 1
    assert WebhookDelivery.objects.get().event == "call.closed"


def test_many_at_one_moment_all_come(hook, council, at, monkeypatch):
    monkeypatch.setattr(hooking, "AT_ONCE", 3)
    for _ in range(8):
        happen(council, "application.announced", at)
    assert [gather(at) for _ in range(4)] == [3, 3, 2, 0]


def test_the_results_of_a_selection(hook, receiver, lottery, apply, secretariat, at):
    call = lottery(capacity=1)
    application = apply(call)
    later = secretariat.now(at + 6 * DAY)
    calls.close_call(by=later, call=call)
    record(by=later, verb="selection.announced", subject=run_of(call))
    gather(later.at)
    rows = WebhookDelivery.objects.filter(event="call.results_announced")
    assert rows.get().payload["call"] == call.code
    assert application.code not in json.dumps(rows.get().payload)


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_what_fails_is_tried_again_and_again_for_three_days(hook, receiver, council, at, status):
    receiver.status = status
    happen(council, "call.opened", at)
    gather(at)
    now, tries = at, 0
    while WebhookDelivery.objects.get().state == "queued":
        now = WebhookDelivery.objects.get().due_at
        hooking.deliver_due(now)
        tries += 1
    row = WebhookDelivery.objects.get()
    assert (row.state, row.answer, row.attempts, tries) == ("failed", str(status), 10, 10)
    assert 3 * DAY < now - at < 4 * DAY
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1


def test_the_first_waits():
    """5 s, 5 min, 30 min, 2 h …, up to a tenth later."""
    import uuid

    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for number, wait in ((1, 5), (2, 300), (3, 1800), (4, 7200), (9, 86400)):
        seconds = (rules.next_attempt(number, at, uuid.uuid4()) - at).total_seconds()
        assert wait <= seconds <= wait * 1.1
    assert rules.next_attempt(10, at, uuid.uuid4()) is None


def test_a_machine_that_is_dead_for_days_is_stopped_and_the_administrator_told(hook, receiver, council, at):
    receiver.status = 500
    happen(council, "call.opened", at)
    gather(at)
    row = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(attempts=9)
    hooking.deliver_due(at + 4 * DAY)
    webhook = Webhook.objects.get()
    assert not webhook.is_active
    letter = Letter.objects.get(kind="webhook_stopped")
    assert letter.to_address == "desk@hagi.example.jp"
    assert webhook.url in letter.body
    happen(council, "call.closed", at + 4 * DAY)
    assert gather(at + 4 * DAY) == 0
    receiver.status = 200
    by = Actor(at=at + 5 * DAY, role="administrator", council_id=council.id)
    actions.resume(by=by, webhook=webhook)
    actions.send_again(by=by, delivery=row)
    happen(council, "call.finished", by.at)
    assert gather(by.at + MINUTE) == 0  # what happened while it was stopped stays untold
    assert hooking.deliver_due(by.at + MINUTE) == 1


def test_one_success_within_three_days_keeps_it(hook, receiver, council, at):
    happen(council, "call.opened", at)
    happen(council, "call.closed", at)
    gather(at)
    receiver.status = 500
    first, second = WebhookDelivery.objects.order_by("due_at")
    WebhookDelivery.objects.filter(pk=first.pk).update(state="sent", sent_at=at + DAY)
    WebhookDelivery.objects.filter(pk=second.pk).update(attempts=9)
    hooking.deliver_due(at + 3 * DAY)
    assert WebhookDelivery.objects.get(pk=second.pk).state == "failed"
    assert Webhook.objects.get().is_active


def test_gone_means_gone(hook, receiver, council, at):
    receiver.status = 410
    happen(council, "call.opened", at)
    gather(at)
    hooking.deliver_due(at)
    assert WebhookDelivery.objects.get().state == "failed"
    assert not Webhook.objects.get().is_active


def test_a_sender_killed_between_posting_and_marking(hook, receiver, council, at, monkeypatch, settings):
    happen(council, "call.opened", at)
    gather(at)

    def killed(**_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(actions, "mark_sent", killed)
        with pytest.raises(Killed):
            hooking.deliver_due(at)
    assert WebhookDelivery.objects.get().state == "sending"
    lease = dt.timedelta(seconds=settings.TASK_LEASE_SECONDS)
    assert hooking.deliver_due(at + lease - MINUTE) == 0
    assert hooking.deliver_due(at + lease + MINUTE) == 1
    ids = [headers["webhook-id"] for headers, _ in receiver.came]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_notice_once(hook, receiver, council, at):
    for _ in range(12):
        happen(council, "call.opened", at)

    def work(_worker) -> None:
        gather(at)
        hooking.deliver_due(at + MINUTE)

    at_once(work, range(4))
    ids = [headers["webhook-id"] for headers, _ in receiver.came]
    assert len(ids) == len(set(ids)) == 12
    assert set(WebhookDelivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_one_dead_machine_does_not_keep_the_others_waiting(
    hook, receiver, council, secretariat, at, settings
):
    settings.WEBHOOK_HOSTS = [*settings.WEBHOOK_HOSTS, "127.0.0.1:9"]
    actions.register(by=secretariat.now(at - HOUR), council=council, url="http://127.0.0.1:9/", events=ALL)
    for _ in range(3):
        happen(council, "call.opened", at)
    gather(at)
    assert hooking.deliver_due(at) == 3
    attempts = WebhookDelivery.objects.filter(webhook__url__contains=":9/").values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 1]


def test_an_address_of_the_inside_is_never_called(hook, receiver, council, at, settings):
    """The operator took the host off the list after it was registered."""
    settings.WEBHOOK_HOSTS = []
    Webhook.objects.update(url=receiver.url.replace("http:", "https:"))
    happen(council, "call.opened", at)
    gather(at)
    assert hooking.deliver_due(at) == 0
    assert WebhookDelivery.objects.get().answer == "private"
    assert receiver.came == []


def test_switched_off_nothing_goes_out(hook, receiver, council, at, settings):
    settings.WEBHOOKS = False
    happen(council, "call.opened", at)
    assert (gather(at), hooking.deliver_due(at)) == (0, 0)
    settings.WEBHOOKS = True
    assert gather(at + DAY) == 1  # told later, when it is no older than three days
    assert gather(at + 2 * DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_posted(hook, at):
    with pytest.raises(RuntimeError), transaction.atomic():
        hooking.deliver_due(at)


def test_a_new_secret_and_a_lost_one(hook, receiver, council, secretariat, at, settings):
    webhook, old = hook
    assert actions.renew_secret(by=secretariat, webhook=webhook) != old
    settings.KEYS_SECRET = "another secret than before"
    happen(council, "call.opened", at)
    gather(at)
    assert hooking.deliver_due(at) == 0
    assert WebhookDelivery.objects.get().answer == "secret_lost"


def test_a_test_notice(hook, receiver, secretariat, at):
    webhook, _secret = hook
    actions.send_test(by=secretariat, webhook=webhook)
    assert hooking.deliver_due(at) == 1
    assert receiver.bodies()[0]["event"] == "test"


@pytest.mark.parametrize(
    ("url", "events", "code"),
    [
        ("http://example.jp/", ALL, "not_https"),
        ("https://me:pw@example.jp/", ALL, "bad_url"),
        ("https://example.jp/", [], "no_events"),
        ("https://example.jp/", ["letter.sent"], "no_events"),
    ],
)
def test_what_is_not_registered(receiver, council, secretariat, url, events, code):
    with pytest.raises(Refused, match=code):
        actions.register(by=secretariat, council=council, url=url, events=events)


def test_limits_of_a_council(receiver, council, other_council, secretariat, settings):
    for _ in range(10):
        actions.register(by=secretariat, council=council, url=receiver.url, events=ALL)
    with pytest.raises(Refused, match="too_many_webhooks"):
        actions.register(by=secretariat, council=council, url=receiver.url, events=ALL)
    with pytest.raises(Refused, match="other_council"):
        actions.register(by=secretariat, council=other_council, url=receiver.url, events=ALL)
    settings.WEBHOOKS = False
    with pytest.raises(Refused, match="webhooks_off"):
        actions.register(by=secretariat, council=council, url=receiver.url, events=ALL)


def test_the_log_is_kept_for_a_month(hook, receiver, council, at):
    happen(council, "call.opened", at)
    gather(at)
    hooking.deliver_due(at)
    assert actions.forget_old(by=Actor(at=at + 29 * DAY, role="system")) == 0
    assert actions.forget_old(by=Actor(at=at + 31 * DAY, role="system")) == 1
