"""The board of a council's calls, and one call."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.calls.rules import is_reviewed, words
from sonjuku.rooms.events import queries as events
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.files import safe_name
from sonjuku.web import referral
from sonjuku.web.public import open_data
from sonjuku.web.public.bilingual import body_name
from sonjuku.web.public.boards import PHASES, board, filters, narrowed, with_audience
from sonjuku.web.public.call_facts import classes, door, eligibility, facts, guardian_text
from sonjuku.web.public.call_parts import load_parts, with_parts
from sonjuku.web.public.pages import of_council

PAGE = 24


@of_council
def calls_page(request: HttpRequest, council: Council) -> HttpResponse:
    chosen = request.GET
    rows = narrowed(board(request.actor, council), chosen)  # type: ignore[attr-defined]
    page = Paginator(rows, PAGE).get_page(chosen.get("page"))
    phases = [label for label, _states in PHASES.values()]
    boxes = filters(chosen)
    context = {
        "page_obj": page,
        "groups": [
            {"title": phases[number], "calls": found}
            for number, found in _by_phase(with_audience(page.object_list)).items()
        ],
        "boxes": boxes,
        "series": chosen.get("series", "")[:80],
        "is_narrowed": any(picked for box in boxes for _value, _label, picked in box["choices"])
        or bool(chosen.get("series")),
    }
    return render(request, "public/calls.html", context)


def _by_phase(rows: list[Call]) -> dict[int, list[Call]]:
    found: dict[int, list[Call]] = {}
    for call in rows:
        found.setdefault(call.phase, []).append(call)  # type: ignore[attr-defined]
    return found


@of_council
def call(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    found = _find(request, council, code)
    referral.remember(request, found)
    at = timezone.now()
    pools = list(found.seat_pools.all())
    application = calls.application_of(found, request.user) if request.user.is_authenticated else None
    context = {
        "call": found,
        "door": door(found, pools, application, at),
        "facts": facts(found, pools),
        "words": words(found),
        "steps": calls.timeline(found, at),
        "eligibility": eligibility(list(found.eligibility_rules.all())),
        "guardian": guardian_text(people.guardian_rule(council, timezone.localdate())),
        "controller": body_name(found.data_controller) if found.data_controller else "",
        "booth": _booth(found),
        "materials": list(events.materials(found, at)) if found.has_materials else [],  # type: ignore[attr-defined]
        "crumbs": _crumbs(council),
        "criteria": list(found.criteria.all()) if _is_reviewed(found) else [],
        "classes": classes(found),
        "has_dates": found.state != Call.State.DRAFT and open_data.has_dates(found),
        "json_ld": open_data.json_ld(found),
        "draw": _draw(found),
    }
    return render(request, "public/call.html", context)


def _find(request: HttpRequest, council: Council, code: str) -> Call:
    """The call with all that its page shows; 404 for a draft or an unknown code."""
    rows = calls.calls_visible_to(request.actor).filter(council=council, code=code)  # type: ignore[attr-defined]
    known = rows.select_related(None).select_related("programme", "data_controller", "booth__host_body")
    row = with_parts(known).first()
    if row is None:
        raise Http404
    row.council = council
    load_parts(row)
    return row


_OF_DRAW = (
    "list_hash",
    "frozen_at",
    "is_shared",
    "is_public_draw",
    "draws_at",
    "draw_place",
    "draw_place_en",
)


def _is_reviewed(call: Call) -> bool:
    return is_reviewed(call, [*call.eligibility_rules.all(), *call.priority_rules.all()])


def _draw(call: Call) -> dict[str, Any] | None:
    """Whether the draw has a page, and what of it is fixed; None for calls that are not drawn."""
    if not call.uses_draw or call.state == Call.State.ANNOUNCED:
        return None
    # Without the texts, which may be long.
    row = SelectionRun.objects.filter(calls=call.pk).values(*_OF_DRAW).first()
    return dict(row) if row else {}


def _booth(call: Call) -> dict[str, Any] | None:
    """Our booth at another body's event; None where the call has none."""
    booth = getattr(call, "booth", None)
    if booth is None:
        return None
    return {"row": booth, "host": body_name(booth.host_body), "slots": list(events.slots(booth))}


@of_council
def material(request: HttpRequest, council: Council, code: str, material_id: uuid.UUID) -> HttpResponse:
    """A file of an occasion, from the instant its council set; 404 before."""
    row = calls.call(council, code, request.actor)  # type: ignore[attr-defined]
    found = events.materials(row, timezone.now()).filter(pk=material_id).first() if row else None
    if found is None:
        raise Http404
    upload = found.upload
    response: Any = FileResponse(upload.file.open("rb"), as_attachment=True, filename=safe_name(upload.name))
    response["Content-Type"] = upload.mime
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _crumbs(council: Council) -> list[dict[str, Any]]:
    return [{"url": reverse("public:calls", args=[council.slug]), "label": _("募集")}]
