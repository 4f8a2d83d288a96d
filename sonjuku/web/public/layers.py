"""認定証 with the certificate below it, as anyone may see it with the holder's consent; the base is looked at on view."""

import json
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sonjuku.rooms.credentials.models import Endorsement
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.credentials.rules.outside import carries
from sonjuku.toolbox.dates import day_of
from sonjuku.web.badge_files import endorsement_file


def _row(request: HttpRequest, endorsement_id: uuid.UUID) -> Endorsement:
    row = outside.shown_endorsement(endorsement_id, request.actor)  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row


@never_cache
@require_safe
def endorsement(request: HttpRequest, endorsement_id: uuid.UUID) -> HttpResponse:
    """Both layers. A badge below is verified at this moment: what the last look found may be a day old."""
    row = _row(request, endorsement_id)
    at = request.actor.at  # type: ignore[attr-defined]
    base = row.certificate
    if base.badge_text:
        base.standing, base.standing_at = outside.standing_now(base, at), at
    context = {
        "row": row, "base": base, "council": row.council, "carries": carries(base, day_of(at)),
        "address": request.build_absolute_uri(request.path), "text": json.dumps(row.credential, ensure_ascii=False),
    }  # fmt: skip
    return render(request, "public/endorsement.html", context)


@never_cache
@require_safe
def endorsement_json(request: HttpRequest, endorsement_id: uuid.UUID) -> HttpResponse:
    return endorsement_file(_row(request, endorsement_id))
