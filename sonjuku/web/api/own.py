"""What a body's machine may read: rows of calls on which the body hosts, co-hosts or operates, as its staff see them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Path, Router

from sonjuku.flows.machines import note_reading
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms import queries as forms
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.people.models import ApiToken
from sonjuku.toolbox.ids import normalise_code
from sonjuku.web.api import shapes
from sonjuku.web.api.errors import NotFound
from sonjuku.web.api.listing import page
from sonjuku.web.api.operations import own

router = Router()
Scope = ApiToken.Scope


@router.get(
    "/applications",
    **own(Scope.APPLICATIONS_READ, _("申込みの一覧"), shapes.Applications, "listApplications"),
)
def applications(
    request: HttpRequest,
    call: shapes.Slug | None = None,
    state: shapes.ApplicationState | None = None,
    cursor: UUID | None = None,
    limit: shapes.Limit = 50,
) -> Any:
    rows = _applications(request)
    if call:
        rows = rows.filter(call__code=call)
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, cursor, limit)
    return {"items": _told(request, found), "next": following}


@router.get(
    "/applications/{code}",
    **own(Scope.APPLICATIONS_READ, _("申込み"), shapes.ApplicationOut, "getApplication"),
)
def application(
    request: HttpRequest, code: str = Path(..., pattern=r"^[0-9A-Za-z-]{8,12}$", examples=["7F3K-22QX"])
) -> Any:
    row = _applications(request).filter(code=normalise_code(code)).first()
    if row is None:
        raise NotFound
    return _told(request, [row])[0]


def _applications(request: HttpRequest) -> QuerySet[Application]:
    rows = calls.applications_visible_to(_actor(request)).exclude(state=Application.State.DRAFT)
    return rows.select_related("call", "response")


def _told(request: HttpRequest, rows: list[Application]) -> list[dict[str, Any]]:
    """With the answers, but never those to sensitive questions; the reading is written down."""
    note_reading(by=_actor(request), rows=rows)
    answers = forms.answers_of([row.response for row in rows if row.response is not None])
    return [
        {
            "code": row.code, "call": row.call.code, "state": row.state, "persons": row.persons, "option": row.option,
            "wishes": row.wishes, "wish_rank": row.wish_rank, "channel": row.channel, "submitted_at": row.submitted_at,
            "answers": [_answer(one) for one in answers.get(row.response_id, [])] if row.response_id else [],
        }
        for row in rows
    ]  # fmt: skip


def _answer(one: forms.Answered) -> dict[str, Any]:
    # Ids of files open nothing here.
    value = None if one.question.kind == Question.Kind.FILE else one.value
    return {"key": one.question.key, "title": one.question.title, "value": value, "text": one.text}


@router.get(
    "/participations", **own(Scope.PARTICIPATIONS_READ, _("参加の一覧"), shapes.Places, "listParticipations")
)
def participations(
    request: HttpRequest,
    call: shapes.Slug | None = None,
    state: shapes.PlaceState | None = None,
    cursor: UUID | None = None,
    limit: shapes.Limit = 50,
) -> Any:
    rows = participation.participations_visible_to(_actor(request)).select_related("call", "application")
    if call:
        rows = rows.filter(call__code=call)
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, cursor, limit)
    note_reading(by=_actor(request), rows=found)
    return {
        "items": [
            {
                "id": row.id, "call": row.call.code, "application": row.application.code if row.application else None,
                "capacity": row.capacity, "state": row.state, "started_at": row.started_at,
                "completed_at": row.completed_at, "ended_at": row.ended_at,
            }
            for row in found
        ],
        "next": following,
    }  # fmt: skip


@router.get(
    "/letters", **own(Scope.LETTERS_READ, _("申込みについてのお知らせの状態"), shapes.Letters, "listLetters")
)
def letter_list(
    request: HttpRequest,
    state: shapes.LetterState | None = None,
    cursor: UUID | None = None,
    limit: shapes.Limit = 50,
) -> Any:
    mine = calls.applications_visible_to(_actor(request)).order_by()
    rows = letters.visible_to(_actor(request), about_ids=mine.values("id"))
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, cursor, limit)
    codes = dict(mine.filter(pk__in=[row.about_id for row in found]).values_list("pk", "code"))
    return {
        "items": [
            {
                "id": row.id, "kind": row.kind, "state": row.state, "application": codes.get(row.about_id),
                "created_at": row.created_at, "due_at": row.due_at, "sent_at": row.sent_at,
            }
            for row in found
        ],
        "next": following,
    }  # fmt: skip


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
