"""A badge as anyone may see it, and its files."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import Award
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files, pictures
from sonjuku.web.errors import refusal


def _award(request: HttpRequest, award_id: uuid.UUID) -> Award:
    award = queries.shown_award(award_id, request.actor)  # type: ignore[attr-defined]
    if award is None:
        raise Http404
    return award


@never_cache
@require_safe
def badge(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = _award(request, award_id)
    skills = award.achievement.skills.select_related("framework")
    address = request.build_absolute_uri(request.path)
    context = {
        "award": award,
        "skills": skills,
        "council": award.council,
        "address": address,
        "has_own_picture": pictures.is_own(award.achievement),
        "ways": badge_files.ways(award),
    }
    return render(request, "public/badge.html", context)


@never_cache
@require_safe
def badge_file(request: HttpRequest, award_id: uuid.UUID, kind: str) -> HttpResponse:
    """One of badge_files.WAYS, for whoever may see the badge."""
    award = _award(request, award_id)
    try:
        return badge_files.file(award, kind)
    except Refused as error:
        return refusal(request, error)


@require_safe
@cache_control(public=True, max_age=600)
def achievement_image(request: HttpRequest, achievement_id: uuid.UUID) -> HttpResponse:
    """What a badge of this kind looks like; it names no holder."""
    achievement = queries.achievement(achievement_id)
    if achievement is None:
        raise Http404
    response = HttpResponse(pictures.svg(achievement), content_type="image/svg+xml")
    # An uploaded drawing was cleaned; opened as a page of its own it still gets nothing to work with.
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; sandbox"
    return response
