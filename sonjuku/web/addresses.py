"""Whole addresses for paper: those of the Japanese pages, whatever language the desk reads."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from sonjuku.rooms.calls.models import Call, ReferralLink


def path_of(name: str, *args: object) -> str:
    with translation.override("ja"):
        return reverse(name, args=args)


def call_path(call: Call) -> str:
    return path_of("public:call", call.council.slug, call.code)


def call_address(call: Call, link: ReferralLink | None = None) -> str:
    """The call's public page; by `link`, as the body of that link spreads it."""
    query = f"?{urlencode({'from': link.code})}" if link else ""
    return f"{settings.SITE_URL}{call_path(call)}{query}"


def sheet_address(call: Call, code: str) -> str:
    """What the QR of a paper carries: the desk finds the record there, anybody else the call."""
    return f"{settings.SITE_URL}{path_of('public:paper', call.council.slug, call.code, code)}"
