"""A badge as anyone may see it, and its files."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from sonjuku.protocols.openbadges import baking
from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import Award
from sonjuku.web import pictures


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
    }
    return render(request, "public/badge.html", context)


def _download(award: Award, content: bytes, kind: str, ext: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="badge-{award.id.hex[-8:]}.{ext}"'
    return response


@never_cache
@require_safe
def badge_json(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = _award(request, award_id)
    return _download(award, queries.wire_text(award).encode(), "application/json; charset=utf-8", "json")


@never_cache
@require_safe
def badge_png(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = _award(request, award_id)
    baked = baking.bake_png(pictures.png(award.achievement), queries.wire_text(award))
    return _download(award, baked, "image/png", "png")


@never_cache
@require_safe
def badge_svg(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = _award(request, award_id)
    baked = baking.bake_svg(pictures.svg(award.achievement), queries.wire_text(award))
    return _download(award, baked, "image/svg+xml", "svg")


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
