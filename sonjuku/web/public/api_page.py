"""The programming interface, explained to people: what there is, what a token needs, how to try it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sonjuku.rooms.letters.webhooks.rules import EVENTS
from sonjuku.rooms.people.models import ApiToken
from sonjuku.web.api import description
from sonjuku.web.api.urls import api as interface

PAYLOAD = """{
  "id": "01932c6e-7b0a-7c1e-8f5e-3d2a1b4c5d6e",
  "event": "application.submitted",
  "at": "2026-11-21T03:00:00+00:00",
  "council": "hagi",
  "subject": {"kind": "application", "id": "01932c6e-7af1-7d52-9b1c-0a1b2c3d4e5f"},
  "call": "course-2026-1",
  "application": "7F3K-22QX"
}"""


def api(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": description.rows(interface, settings.SITE_URL),
        "scopes": [(scope.value, scope.label) for scope in ApiToken.Scope],
        "events": list(EVENTS.items()),
        "payload": PAYLOAD,
        "rate": settings.API_RATE,
        "site": settings.SITE_URL,
    }
    return render(request, "public/api.html", context)
