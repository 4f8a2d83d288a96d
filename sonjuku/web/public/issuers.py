"""What verifiers elsewhere ask for: the keys of an issuer, and the lists of badges that no longer hold."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from sonjuku.protocols.openbadges import dids
from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import StatusList
from sonjuku.rooms.people.models import Council
from sonjuku.web.public.pages import of_council

LIST_TYPE = "application/vc"
# A revocation is known elsewhere after five minutes; the standard's own default.
MAX_AGE = 300


def _answer(document: dict[str, Any], kind: str) -> HttpResponse:
    response = HttpResponse(json.dumps(document, ensure_ascii=False), content_type=kind)
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    # Verifiers run in browsers too.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _did(path: str) -> HttpResponse:
    found = queries.did_document(dids.did_web(f"{settings.SITE_URL}{path}"))
    if found is None:
        raise Http404
    return _answer(found, dids.MEDIA_TYPE)


@require_safe
@of_council
def did(request: HttpRequest, council: Council) -> HttpResponse:
    return _did(f"/c/{council.slug}/")


@require_safe
@of_council
def body_did(request: HttpRequest, council: Council, body_id: uuid.UUID) -> HttpResponse:
    return _did(f"/c/{council.slug}/bodies/{body_id}/")


def _row(request: HttpRequest, list_id: uuid.UUID, purpose: str) -> StatusList:
    council = request.council  # type: ignore[attr-defined]
    row = queries.status_list(council, list_id, purpose) if council else None
    if row is None:
        raise Http404
    return row


def _tag(request: HttpRequest, slug: str, list_id: uuid.UUID, purpose: str) -> str:
    return f'"{_row(request, list_id, purpose).signed_at.isoformat()}"'


@require_safe
@condition(etag_func=_tag)
def status_list(request: HttpRequest, slug: str, list_id: uuid.UUID, purpose: str) -> HttpResponse:
    return _answer(getattr(_row(request, list_id, purpose), purpose), LIST_TYPE)
