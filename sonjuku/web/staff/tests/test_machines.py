"""外部連携 at the desk: the secret is seen once, administrators only, the log says what happened."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.letters.models import Webhook, WebhookDelivery
from sonjuku.rooms.letters.webhooks import actions
from sonjuku.rooms.letters.webhooks.rules import EVENTS
from sonjuku.rooms.people.models import ApiToken
from sonjuku.toolbox.ids import uuid7

pytestmark = pytest.mark.django_db
URL = "https://hook.example.jp/in"


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.WEBHOOKS = True


@pytest.fixture
def token(desk: Client, council: Any) -> str:
    day = timezone.localdate() + dt.timedelta(days=100)
    data = {
        "title": "名簿",
        "body": council.host.id,
        "scopes": ["applications:read"],
        "expires_on": day.isoformat(),
    }
    response = desk.post(reverse("staff:token_new", args=["hagi"]), data)
    assert "no-store" in response["Cache-Control"]
    return re.search(r"sjk_[\w-]{43}", response.content.decode())[0]


@pytest.fixture
def webhook(council: Any, acting: Any) -> Webhook:
    return actions.register(by=acting, council=council, url=URL, events=list(EVENTS))[0]


def page(desk: Client, name: str, *args: Any) -> str:
    response = desk.get(reverse(f"staff:{name}", args=["hagi", *args]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_token_is_shown_once_and_works(desk, token):
    api = Client().get("/api/v1/applications", headers={"Authorization": f"Bearer {token}"})
    assert api.status_code == 200
    shown = page(desk, "machines")
    assert "名簿" in shown
    assert token not in shown
    assert token[:12] not in shown


def test_revoking_asks_first(desk, token):
    row = ApiToken.objects.get()
    assert "取り消しますか" in page(desk, "token_revoke", row.id)
    assert ApiToken.objects.get().revoked_at is None
    desk.post(reverse("staff:token_revoke", args=["hagi", row.id]))
    assert ApiToken.objects.get().revoked_at is not None
    api = Client().get("/api/v1/applications", headers={"Authorization": f"Bearer {token}"})
    assert api.status_code == 401
    assert "取消し済み" in page(desk, "machines")


def test_a_form_that_is_wrong_comes_back(desk, council):
    far = timezone.localdate() + dt.timedelta(days=400)
    data = {
        "title": "名簿",
        "body": council.host.id,
        "scopes": ["applications:read"],
        "expires_on": far.isoformat(),
    }
    text = desk.post(reverse("staff:token_new", args=["hagi"]), data).content.decode()
    assert "1年以内の日にしてください" in text
    assert "sjk_" not in text
    assert not ApiToken.objects.exists()


def test_no_token_for_another_councils_body(desk, other_council):
    data = {
        "title": "x",
        "body": other_council.host.id,
        "scopes": ["applications:read"],
        "expires_on": "2030-01-01",
    }
    assert "sjk_" not in desk.post(reverse("staff:token_new", args=["hagi"]), data).content.decode()
    assert not ApiToken.objects.exists()


def test_only_administrators(council, make_staff, log_in, webhook):
    clerk = log_in(make_staff(council, "clerk@hagi.example.jp", "secretariat"))
    for name, args in (("machines", []), ("token_new", []), ("webhook", [webhook.id])):
        assert clerk.get(reverse(f"staff:{name}", args=["hagi", *args])).status_code == 404
    assert "外部連携" not in clerk.get(reverse("staff:council", args=["hagi"])).content.decode()


def test_the_link_is_there_for_who_is_both(desk):
    assert reverse("staff:machines", args=["hagi"]) in page(desk, "council")


def test_a_webhook_of_another_council(desk, other_council, acting):
    from dataclasses import replace

    other = actions.register(
        by=replace(acting, council_id=None), council=other_council, url=URL, events=list(EVENTS)
    )[0]
    for name, args in (("webhook", [other.id]), ("webhook_do", [other.id, "remove"])):
        assert desk.post(reverse(f"staff:{name}", args=["hagi", *args])).status_code == 404
    assert Webhook.objects.count() == 1


def test_a_webhook_from_registration_to_removal(desk):
    response = desk.post(reverse("staff:webhook_new", args=["hagi"]), {"url": URL, "events": ["call.opened"]})
    secret = re.search(r"whsec_[\w+/=]+", response.content.decode())[0]
    row = Webhook.objects.get()
    assert secret not in page(desk, "webhook", row.id)
    do = lambda action: desk.post(reverse("staff:webhook_do", args=["hagi", row.id, action]))  # noqa: E731
    do("test")
    assert WebhookDelivery.objects.get().event == "test"
    do("stop")
    assert not Webhook.objects.get().is_active
    assert "止めています" in page(desk, "machines")
    do("resume")
    assert Webhook.objects.get().is_active
    renewed = do("secret").content.decode()
    assert "whsec_" in renewed
    assert secret not in renewed
    assert "取り外しますか" in page(desk, "webhook_do", row.id, "remove")
    do("remove")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ["http://hook.example.jp/", "https://me:pw@hook.example.jp/"])
def test_addresses_that_are_refused(desk, url):
    text = desk.post(
        reverse("staff:webhook_new", args=["hagi"]), {"url": url, "events": ["call.opened"]}
    ).content
    assert "のアドレス" in text.decode()
    assert not Webhook.objects.exists()


def test_the_log_and_once_more(desk, webhook):
    row = WebhookDelivery.objects.create(
        webhook=webhook, entry_id=uuid7(), event="call.opened", payload={"call": "course-1"}, state="failed",
        attempts=10, answer="private", due_at=timezone.now(),
    )  # fmt: skip
    shown = page(desk, "webhook", webhook.id)
    assert "募集の受付が始まった" in shown
    assert "内部のネットワークのアドレスです" in shown
    again = reverse("staff:delivery_again", args=["hagi", row.id])
    assert desk.get(again).status_code == 302
    assert WebhookDelivery.objects.get().state == "failed"
    desk.post(again)
    assert WebhookDelivery.objects.get().state == "queued"
    assert "もう一度送れる状態ではありません" in desk.post(again, follow=True).content.decode()


def test_switched_off_the_page_says_so(desk, settings):
    settings.WEBHOOKS = False
    shown = page(desk, "machines")
    assert "SONJUKU_WEBHOOKS" in shown
    assert reverse("staff:webhook_new", args=["hagi"]) not in shown


def test_queries_do_not_grow(desk, council, acting):
    counts = []
    for _number in range(3):
        row = actions.register(by=acting, council=council, url=URL, events=["call.opened"])[0]
        for webhook in Webhook.objects.all():
            WebhookDelivery.objects.create(
                webhook=webhook, entry_id=uuid7(), event="call.opened", due_at=timezone.now()
            )
        first = Webhook.objects.exclude(pk=row.pk).first() or row
        for name, args in (("machines", []), ("webhook", [first.id])):
            with CaptureQueriesContext(connection) as queries:
                page(desk, name, *args)
            counts.append(len(queries))
    assert counts[:2] == counts[4:]
    assert max(counts) <= 10


def test_the_page_about_the_interface_names_every_operation(client):
    text = client.get("/api/").content.decode()
    for path in ("/api/v1/councils/{slug}/calls", "/api/v1/applications/{code}", "applications:write"):
        assert path in text
    english = client.get("/en/api/").content.decode()
    assert "Connecting other systems" in english
