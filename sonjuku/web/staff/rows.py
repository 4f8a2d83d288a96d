"""How desk pages find their rows: always through a `visible_to`, else 404."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent

PER_PAGE = 50


def working_calls(actor: Actor) -> QuerySet[Call]:
    """The calls whose people this actor's body sees, and which it may therefore change."""
    if actor.body_id is None:
        return Call.objects.none()
    mine = CallBody.objects.filter(call=OuterRef("pk"), body_id=actor.body_id, role__in=CallBody.SEES_PEOPLE)
    return calls.desk_calls_visible_to(actor).filter(Exists(mine))


def call_or_404(request: HttpRequest, code: str) -> Call:
    call = working_calls(request.actor).filter(code=code).first()  # type: ignore[attr-defined]
    if call is None:
        raise Http404
    return call


def application_or_404(request: HttpRequest, application_id: uuid.UUID) -> Application:
    rows = calls.applications_visible_to(request.actor)  # type: ignore[attr-defined]
    application = (
        rows.select_related(
            "call__data_controller",
            "person__school",
            "person__audience",
            "seat_pool",
            "response__version",
            "entered_by",
            "checked_by",
        )
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise Http404
    return application


def one_or_404(rows: QuerySet[Any], **wanted: Any) -> Any:
    """The one visible row, or 404. An id that cannot be one (a forged form) is not found either."""
    try:
        row = rows.filter(**wanted).first()
    except (ValueError, TypeError, ValidationError):
        row = None
    if row is None:
        raise Http404
    return row


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that ?page= asks for; the nearest one when there is no such page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def guardian_consents() -> QuerySet[Consent]:
    """Guardians' consents about the outer application, for Exists."""
    return Consent.objects.filter(
        about_id=OuterRef("pk"), purpose=Consent.Purpose.GUARDIAN, withdrawn_at__isnull=True
    )


def waiting_for_guardian(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications that wait for a guardian's answer."""
    answered = guardian_consents().exclude(given_at__isnull=True, refused_at__isnull=True)
    return rows.filter(needs_guardian=True, state=Application.State.SUBMITTED).exclude(Exists(answered))
