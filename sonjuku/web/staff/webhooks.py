"""外部への通知: addresses that are told of events, with the log of what went to them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Webhook
from sonjuku.rooms.letters.webhooks import actions, queries, rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.machine_inputs import WebhookForm
from sonjuku.web.staff.rows import one_or_404, page_of

# What the log says where there was no HTTP status.
ANSWERS: dict[str, Any] = {
    "timeout": _("時間内に返事がありませんでした"),
    "dns": _("アドレスの名前が見つかりません"),
    "private": _("内部のネットワークのアドレスです"),
    "tls": _("証明書を確かめられません"),
    "connection": _("つながりません"),
    "no_http": _("返事を読み取れません"),
    "bad_url": _("このアドレスには送れません"),
    "not_https": _("https:// のアドレスではありません"),
    "secret_lost": _("署名の鍵を読めません。新しい鍵をつくってください"),
}


@never_cache
@staff("machines.write")
def webhook_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = actions.register(by=request.actor, council=council, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            return render(request, "staff/machine_secret.html", {"secret": secret, "webhook": webhook})
    return render(request, "staff/webhook_new.html", {"form": form, "webhooks_on": settings.WEBHOOKS})


@staff("machines.write")
def webhook(request: HttpRequest, council: Council, webhook_id: uuid.UUID) -> HttpResponse:
    """One webhook: what it listens to, the log, and what can be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _webhook(request, webhook_id)
    form = WebhookForm(request.POST or None, webhook=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=actor, webhook=row, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("通知先の設定を保存しました。"))
            return redirect("staff:webhook", council.slug, row.id)
    page = page_of(request, queries.deliveries_visible_to(actor).filter(webhook=row))
    for delivery in page.object_list:
        delivery.label = rules.EVENTS.get(delivery.event, _("試しの送信"))
        delivery.words = ANSWERS.get(delivery.answer, f"HTTP {delivery.answer}" if delivery.answer else "")
    context = {
        "webhook": row, "form": form, "page_obj": page, "webhooks_on": settings.WEBHOOKS,
        "labels": [label for event, label in rules.EVENTS.items() if event in row.events],
    }  # fmt: skip
    return render(request, "staff/webhook.html", context)


def _webhook(request: HttpRequest, webhook_id: uuid.UUID) -> Webhook:
    found: Webhook = one_or_404(queries.webhooks_visible_to(request.actor), pk=webhook_id)  # type: ignore[attr-defined]
    return found


DEEDS: dict[str, tuple[Callable[..., Any], Any]] = {
    "test": (actions.send_test, _("試しの通知を送ります。少し待ってから、この一覧で確かめてください。")),
    "stop": (actions.stop, _("通知を止めました。")),
    "resume": (actions.resume, _("通知を再開しました。これから起きたことを知らせます。")),
}
# A page of its own asks first.
ASKED = ("secret", "remove")


@never_cache
@staff("machines.write")
def webhook_do(request: HttpRequest, council: Council, webhook_id: uuid.UUID, action: str) -> HttpResponse:
    """POST: do it. GET: ask first, where it can't be taken back."""
    row = _webhook(request, webhook_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if action not in DEEDS and action not in ASKED:
        raise Http404
    if request.method != "POST":
        if action in DEEDS:
            return redirect("staff:webhook", council.slug, row.id)
        return render(request, "staff/webhook_ask.html", {"webhook": row, "action": action})
    if action == "secret":
        secret = actions.renew_secret(by=actor, webhook=row)
        return render(request, "staff/machine_secret.html", {"secret": secret, "webhook": row})
    if action == "remove":
        actions.remove(by=actor, webhook=row)
        messages.success(request, now("通知先を取り外しました。"))
        return redirect("staff:machines", council.slug)
    deed, done = DEEDS[action]
    try:
        deed(by=actor, webhook=row)
    except Refused as error:
        return refused_back(request, error, "staff:webhook", council.slug, row.id)
    messages.success(request, done)
    return redirect("staff:webhook", council.slug, row.id)


webhook_do.values = [*DEEDS, *ASKED]  # type: ignore[attr-defined]


@staff("machines.write")
def delivery_again(request: HttpRequest, council: Council, delivery_id: uuid.UUID) -> HttpResponse:
    """POST: put a notice that was given up back into the queue."""
    delivery = one_or_404(queries.deliveries_visible_to(request.actor), pk=delivery_id)  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            actions.send_again(by=request.actor, delivery=delivery)  # type: ignore[attr-defined]
        except Refused as error:
            return refused_back(request, error, "staff:webhook", council.slug, delivery.webhook_id)
        messages.success(request, now("もう一度送ります。"))
    return redirect("staff:webhook", council.slug, delivery.webhook_id)
