"""What every template may rely on."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from sonjuku.rooms.people import queries as people
from sonjuku.web.public.demo import name_of_cast


def alternate_path(path: str, language: str) -> str:
    """The same page in the other language: /en/… in English, no prefix in Japanese."""
    bare = path[3:] if path.startswith("/en/") or path == "/en" else path
    return bare or "/" if language == "en" else f"/en{bare}"


def desk_url(request: HttpRequest) -> str:
    """The desk of this page's council, or of the first council where the account has a role today; empty without one.

    One query at most; none for a visitor who is not logged in.
    """
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
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
        "language": language,
        "alternate_url": alternate_path(request.path, language),
        "alternate_language": "en" if language == "ja" else "ja",
        "desk_url": SimpleLazyObject(lambda: desk_url(request)),
        "playing": name_of_cast(request),
        "DEMO": settings.DEMO,
        "SITE_URL": settings.SITE_URL,
    }
