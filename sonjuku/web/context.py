"""What every template may rely on."""

import re

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from sonjuku.rooms.people import queries as people
from sonjuku.web.public.demo import name_of_cast

DESK = re.compile(r"/c/[^/]+/desk/")
PREFIXES = {"ja": "", "easy": "/ja-easy", "en": "/en"}


def in_languages(path: str) -> dict[str, str]:
    """The same page in each language: no prefix in Japanese, /ja-easy/… in plain Japanese, /en/… in English.

    The desk has no plain Japanese.
    """
    prefix = next((p for p in PREFIXES.values() if p and (path == p or path.startswith(f"{p}/"))), "")
    path = path.removeprefix(prefix) or "/"
    offered = {name: p for name, p in PREFIXES.items() if name != "easy" or not DESK.match(path)}
    return {language: f"{prefix}{path}" for language, prefix in offered.items()}


def desk_url(request: HttpRequest) -> str:
    """The desk of this page's council, or of the first council where the account has a role today; empty without one.

    One query at most; none for a visitor who is not logged in, or known to hold no role.
    """
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated or not getattr(account, "may_hold_role", True):
        return ""
    slugs = [role.council.slug for role in people.all_roles_of(account, timezone.localdate())]
    here = getattr(getattr(request, "council", None), "slug", None)
    slug = here if here in slugs else next(iter(slugs), None)
    return reverse("staff:home", args=[slug]) if slug else ""


def site(request: HttpRequest) -> dict[str, object]:
    language = translation.get_language() or "ja"
    return {
        "council": getattr(request, "council", None),
        "actor": getattr(request, "actor", None),
        "language": language[:2],
        "reader": language,
        "language_urls": in_languages(request.path),
        "desk_url": SimpleLazyObject(lambda: desk_url(request)),
        "playing": name_of_cast(request),
        "DEMO": settings.DEMO,
        "SITE_URL": settings.SITE_URL,
    }
