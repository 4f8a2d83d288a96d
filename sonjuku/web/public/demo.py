"""The demo: a cast to step in as with one click, a tour, and a mailbox that anyone here may read.

Three locks (docs/decisions/0005): the process was started as a demo, the database is SQLite and holds nothing but the
demo, and the request came over loopback to a server that listens on loopback only.
"""

import email
import email.policy
import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sonjuku.flows import guarding
from sonjuku.flows.demo import CAST, Cast, cast_account
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Account, Consent, Council
from sonjuku.web import errors
from sonjuku.web.actors import DEMO_CAST
from sonjuku.web.public.bilingual import language

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
MAILS = 40


def is_open(request: HttpRequest) -> bool:
    """Whether all locks of the demo's door are open for this request."""
    return (
        settings.DEMO
        and connection.vendor == "sqlite"
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _is_loopback(request.META.get("SERVER_NAME", ""))
        and _is_loopback(split_domain_port(request.get_host())[0])
        and not any(request.META.get(header) for header in FORWARDED)
        and _holds_the_demo_only()
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _holds_the_demo_only() -> bool:
    marks = set(Council.objects.values_list("is_demo", flat=True))
    return marks == {True}


@never_cache
def cast(request: HttpRequest) -> HttpResponse:
    """GET: who one may be. POST `key`: be that person and go where they have something to do."""
    if not is_open(request):
        raise Http404
    if request.method != "POST":
        return render(request, "public/cast.html", {"cast": CAST})
    account = cast_account(request.POST.get("key", ""))
    if account is None or not account.is_demo:
        return errors.page(
            request,
            404,
            _("その人物はデモにいません"),
            _("ログインしていません。"),
            _("一覧から選び直してください。"),
        )
    logout(request)
    login(request, account, backend=BACKEND)
    request.session[DEMO_CAST] = request.POST["key"]
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(_place_of(account))


def _place_of(account: Account) -> str:
    """The page where this person has something to do now."""
    roles = people.all_roles_of(account, timezone.localdate())
    if roles:
        return reverse("staff:home", args=[roles[0].council.slug])
    asked = Consent.objects.filter(
        guardian__account=account,
        purpose=Consent.Purpose.GUARDIAN,
        given_at__isnull=True,
        refused_at__isnull=True,
        withdrawn_at__isnull=True,
    ).order_by("-asked_at")
    consent = asked.first()
    if consent is None:
        return reverse("member:home")
    return f"/en{guarding.link(consent)}" if language() == "en" else guarding.link(consent)


def guide(request: HttpRequest) -> HttpResponse:
    """Six steps through one call, each with its link or its person."""
    if not is_open(request):
        raise Http404
    live = Call.objects.filter(council__is_demo=True, state=Call.State.OPEN).select_related("council")
    lottery = live.filter(council__slug="hagi", selection=Call.Selection.LOTTERY).first()
    return render(request, "public/guide.html", {"call": lottery})


def name_of_cast(request: HttpRequest) -> Cast | None:
    """Whom the visitor is playing, for the strip at the top of each page."""
    session = getattr(request, "session", None)
    key = session.get(DEMO_CAST) if settings.DEMO and session is not None else None
    return next((member for member in CAST if member.key == key), None)


# The mailbox


@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Mail that this demo has sent, and letters that wait or have no address; newest first."""
    if not is_open(request):
        raise Http404
    to = request.GET.get("to", "").strip()[:200]
    mails = [mail for mail in _mails() if not to or mail["to"] == to]
    waiting = Letter.objects.filter(council__is_demo=True, state__in=(Letter.State.QUEUED, Letter.State.HELD))
    if to:
        waiting = waiting.filter(to_address=to)
    context = {"mails": mails[:MAILS], "waiting": waiting.select_related("council")[:MAILS], "to": to}
    return render(request, "public/inbox.html", context)


def _mails() -> list[dict[str, Any]]:
    """The mailbox's files as {to, subject, body, at}, newest first; one that vanishes or is half written is left out."""
    found = []
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.eml"):
        try:
            raw, at = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text = message.get_body(("plain",))
        found.append(
            {
                "to": str(message["To"]),
                "subject": str(message["Subject"]),
                "body": text.get_content() if text else "",
                "language": message.get("Content-Language", ""),
                "at": at,
            }
        )
    return sorted(found, key=lambda mail: mail["at"], reverse=True)
