"""What a council promises: its terms, how it handles personal data, how accessible it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, TermsVersion
from sonjuku.web.public.call_facts import guardian_text
from sonjuku.web.public.pages import of_council


@of_council
def terms(request: HttpRequest, council: Council) -> HttpResponse:
    """利用規約: the version in force, or an earlier one by ?v=."""
    return render(request, "public/terms.html", _version(request, council, TermsVersion.Kind.TERMS))


@of_council
def privacy(request: HttpRequest, council: Council) -> HttpResponse:
    """The council's own policy where it has one, and how this program handles data."""
    rule = people.guardian_rule(council, timezone.localdate())
    context = {"guardian": guardian_text(rule), **_version(request, council, TermsVersion.Kind.PRIVACY)}
    return render(request, "public/privacy.html", context)


def _version(request: HttpRequest, council: Council, kind: str) -> dict[str, Any]:
    history = list(privacy_queries.terms_history(council, kind, timezone.localdate()))
    wanted = request.GET.get("v", "")
    version = next((row for row in history if str(row.number) == wanted), next(iter(history), None))
    return {
        "version": version,
        "is_old": bool(version and version != history[0]),
        "others": [row for row in history if row != version],
    }


@of_council
def accessibility(request: HttpRequest, council: Council) -> HttpResponse:
    statement = privacy_queries.accessibility(council)
    return render(request, "public/accessibility.html", {"statement": statement})
