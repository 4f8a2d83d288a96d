"""What every template may rely on."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def alternate_path(path: str, language: str) -> str:
    """The same page in the other language: /en/… in English, no prefix in Japanese."""
    bare = path[3:] if path.startswith("/en/") or path == "/en" else path
    return bare or "/" if language == "en" else f"/en{bare}"


def site(request: HttpRequest) -> dict[str, object]:
    language = translation.get_language() or "ja"
    return {
        "council": getattr(request, "council", None),
        "actor": getattr(request, "actor", None),
        "language": language,
        "alternate_url": alternate_path(request.path, language),
        "alternate_language": "en" if language == "ja" else "ja",
        "DEMO": settings.DEMO,
        "SITE_URL": settings.SITE_URL,
    }
