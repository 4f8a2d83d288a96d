"""What anyone may read without a token."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _
from ninja import Router

from sonjuku.flows import open_data
from sonjuku.protocols.opendata import gif
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.web.api import shapes
from sonjuku.web.api.doors import public
from sonjuku.web.api.errors import NotFound
from sonjuku.web.api.listing import page
from sonjuku.web.api.operations import reads
from sonjuku.web.public.talent import map_of

router = Router()
CALL_FIELDS = (
    "code", "kind", "state", "title", "title_en", "summary", "summary_en", "opens_at", "closes_at", "starts_on",
    "ends_on", "period_note", "result_on", "webinar_status", "venue", "venue_en", "venue_address", "venue_lg_code",
    "fee_jpy", "fee_note", "selection", "capacity", "seats_left", "max_persons",
)  # fmt: skip


@router.get("/councils", **reads(_("協議会の一覧"), shapes.Councils, "listCouncils"))
def councils(request: HttpRequest, cursor: UUID | None = None, limit: shapes.Limit = 50) -> Any:
    rows, following = page(people.councils(), cursor, limit)
    return {"items": [_council(row) for row in rows], "next": following}


@router.get("/councils/{slug:slug}", **reads(_("協議会"), shapes.Council, "getCouncil"))
def council(request: HttpRequest, slug: shapes.Slug) -> Any:
    return _council(_found(slug))


@router.get("/councils/{slug:slug}/programmes", **reads(_("事業の一覧"), shapes.Programmes, "listProgrammes"))
def programme_list(request: HttpRequest, slug: shapes.Slug) -> Any:
    rows = programmes.programmes(_found(slug)).prefetch_related(None).order_by("slug")
    return {"items": [{"slug": row.slug, "title": row.title, "title_en": row.title_en} for row in rows]}


@router.get("/councils/{slug:slug}/calls", **reads(_("公開中の募集の一覧"), shapes.Calls, "listCalls"))
def call_list(
    request: HttpRequest,
    slug: shapes.Slug,
    state: shapes.CallState | None = None,
    kind: shapes.CallKind | None = None,
    audience: shapes.Slug | None = None,
    cursor: UUID | None = None,
    limit: shapes.Limit = 50,
) -> Any:
    rows = _calls(_found(slug))
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if audience:
        rows = rows.filter(audiences__code=audience)
    found, following = page(rows, cursor, limit)
    return {"items": [_call(row) for row in found], "next": following}


@router.get(
    "/councils/{slug:slug}/calls/{slug:code}", **reads(_("公開中の募集"), shapes.PublicCall, "getCall")
)
def call(request: HttpRequest, slug: shapes.Slug, code: shapes.Slug) -> Any:
    row = _calls(_found(slug)).filter(code=code).first()
    if row is None:
        raise NotFound
    return _call(row)


@router.get(
    "/councils/{slug:slug}/events", **reads(_("イベントの一覧（GIFの項目名）"), shapes.Events, "listEvents")
)
def events(request: HttpRequest, slug: shapes.Slug) -> Any:
    with translation.override("ja"):
        rows = open_data.public_events(_found(slug), public().at)
        return {"items": [gif(event) for event in open_data.events(rows, _address)]}


def _found(slug: str) -> Council:
    found = people.council(slug)
    if found is None:
        raise NotFound
    return found


def _calls(council: Council) -> QuerySet[Call]:
    rows = calls.calls_visible_to(public()).filter(council=council)
    return calls.with_seats(rows).prefetch_related("audiences")


def _council(row: Council) -> dict[str, Any]:
    return {
        "slug": row.slug, "title": row.title, "title_en": row.title_en, "lg_code": row.lg_code, "founded_on": row.founded_on,
        "url": settings.SITE_URL + reverse("public:council", args=[row.slug]),
    }  # fmt: skip


def _call(row: Call) -> dict[str, Any]:
    """Without the address of the online room: that is told to participants only."""
    told = {name: getattr(row, name) for name in CALL_FIELDS}
    audiences = sorted(audience.code for audience in row.audiences.all())
    return told | {"council": row.council.slug, "audiences": audiences, "url": _address(row)}


def _address(call: Call) -> str:
    # Addresses in answers are the Japanese pages', whoever asks.
    with translation.override("ja"):
        return settings.SITE_URL + reverse("public:call", args=[call.council.slug, call.code])


@router.get("/councils/{slug:slug}/map", **reads(_("公表済みの人材マップ"), shapes.TalentMap, "getTalentMap"))
def talent_map(request: HttpRequest, slug: shapes.Slug) -> Any:
    return map_of(_found(slug))
