"""What a holder's share link opens: the badge, or all of them, for as long as the link lives. Who opened it is kept nowhere."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.credentials.queries import shares
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files, errors, pictures


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view(request, link, …)` of a link that opens; 410 with a plain sentence once it doesn't."""

    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        link = shares.link_of(token)
        if link is None:
            raise Http404
        link.token = token  # type: ignore[attr-defined]
        try:
            opens = link.opens(request.actor.at)  # type: ignore[attr-defined]
            response = view(request, link, *args, **kwargs) if opens else _over(request, link)
        except Refused as error:
            response = errors.refusal(request, error)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def _over(request: HttpRequest, link: ShareLink) -> HttpResponse:
    said = _("持ち主が取り消しました。") if link.withdrawn_at else _("期限が過ぎました。")
    return errors.page(
        request, 410, _("このリンクは、もう使えません"), said, _("見たいときは、持ち主に新しいリンクを頼んでください。")
    )  # fmt: skip


def _award(link: ShareLink, award_id: uuid.UUID) -> Award:
    return get_object_or_404(shares.awards_behind(link), pk=award_id)


@by_link
def shared(request: HttpRequest, link: ShareLink) -> HttpResponse:
    if link.award_id:
        return _badge(request, link, _award(link, link.award_id))
    context = {
        "link": link, "council": link.council, "awards": shares.awards_behind(link), "token": link.token,  # type: ignore[attr-defined]
        "endorsements": shares.endorsements_behind(link), "carries": bool(shares.credentials_to_carry(link.person)),
    }  # fmt: skip
    return render(request, "public/shared.html", context)


@by_link
def shared_badge(request: HttpRequest, link: ShareLink, award_id: uuid.UUID) -> HttpResponse:
    return _badge(request, link, _award(link, award_id))


def _badge(request: HttpRequest, link: ShareLink, award: Award) -> HttpResponse:
    """The badge, verified at this moment: whoever got the link wants to know."""
    context = {
        "award": award, "council": award.council, "link": link, "token": link.token,  # type: ignore[attr-defined]
        "skills": award.achievement.skills.select_related("framework"), "ways": badge_files.ways_by(link.token, award),  # type: ignore[attr-defined]
        "has_own_picture": pictures.is_own(award.achievement),
        "report": queries.verify(queries.wire_text(award).encode(), request.actor.at),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "public/shared_badge.html", context)


@by_link
def shared_file(request: HttpRequest, link: ShareLink, award_id: uuid.UUID, kind: str) -> HttpResponse:
    if kind not in badge_files.WAYS:
        raise Http404
    return badge_files.file(_award(link, award_id), kind)


@by_link
def shared_endorsement(request: HttpRequest, link: ShareLink, endorsement_id: uuid.UUID) -> HttpResponse:
    return badge_files.endorsement_file(
        get_object_or_404(shares.endorsements_behind(link), pk=endorsement_id)
    )


@by_link
def shared_record(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """All of it in one sealed file; a link to one badge has none."""
    if link.award_id:
        raise Http404
    return badge_files.record_file(request.actor, link.person)  # type: ignore[attr-defined]
