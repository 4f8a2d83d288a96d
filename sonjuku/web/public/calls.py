"""The board of a council's calls, one call, and the proof of its draw."""

import shlex
import uuid
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.engines.selection.draw import list_bytes
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.events import queries as events
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.files import safe_name
from sonjuku.web import referral
from sonjuku.web.public import open_data, recompute
from sonjuku.web.public.bilingual import body_name
from sonjuku.web.public.boards import PHASES, board, filters, narrowed, with_audience
from sonjuku.web.public.call_facts import door, eligibility, facts, guardian_text
from sonjuku.web.public.call_parts import load_parts, with_parts
from sonjuku.web.public.pages import of_council
from sonjuku.web.templatetags.sonjuku_ui import tr

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
        "criteria": list(found.criteria.all()) if found.selection == Call.Selection.REVIEW else [],
        "has_dates": found.state != Call.State.DRAFT and open_data.has_dates(found),
        "json_ld": open_data.json_ld(found),
        "has_proof": found.uses_draw and found.state != Call.State.ANNOUNCED,
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


def _crumbs(council: Council, *more: tuple[str, Any]) -> list[dict[str, Any]]:
    steps = [(reverse("public:calls", args=[council.slug]), _("募集")), *more]
    return [{"url": url, "label": label} for url, label in steps]


@of_council
def proof(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """The draw, to recompute: a page, `?format=json` (all of it) or `?format=list` (the hashed list itself)."""
    row = calls.call(council, code, request.actor)  # type: ignore[attr-defined]
    if row is None or not row.uses_draw:
        raise Http404
    shown = _shown(row)
    wanted = request.GET.get("format", "")
    if wanted == "json":
        return JsonResponse(shown, json_dumps_params={"ensure_ascii": False, "indent": 1})
    if wanted == "list":
        if "seed" not in shown:
            raise Http404
        return HttpResponse(_list(shown), content_type="text/plain; charset=utf-8")
    address = reverse("public:call", args=[council.slug, row.code])
    context = {
        "call": row,
        "proof": shown,
        "frozen_at": datetime.fromisoformat(shown["frozen_at"]) if shown.get("frozen_at") else None,
        "order": _order(shown),
        "recipe": _recipe(shown),
        "recompute": recompute.part("?format=json"),
        "steps": calls.timeline(row, timezone.now()),
        "crumbs": _crumbs(council, (address, tr(row, "title"))),
    }
    return render(request, "public/proof.html", context)


def _shown(call: Call) -> dict[str, Any]:
    run = calls.run_of(call)
    return calls.public_run(run) if run else {"state": "open", "seed_source": call.seed_source}


def _list(shown: dict[str, Any]) -> str:
    """The hashed text itself."""
    first = "entries" in shown
    return list_bytes([(c, n) for c, n in shown["entries"]]).decode() if first else shown["list"]


def _order(shown: dict[str, Any]) -> list[dict[str, Any]]:
    if "seed" not in shown:
        return []
    if "entries" in shown:  # the first format
        priority, winners = dict(shown["entries"]), set(shown["winners"])
        return [
            {"rank": rank, "code": code, "priority": priority[code], "won": code in winners}
            for rank, code in enumerate(shown["order"], start=1)
        ]
    got = dict(line.split("\t")[:2] for line in shown["result"].splitlines())
    fields = [line.split("\t") for line in shown["list"].splitlines()[1:]]
    classes = {row[0]: row[1] if row[1].isdigit() else "" for row in fields}
    return [
        {"rank": rank, "code": code, "priority": classes[code], "won": got[code] not in {"waiting", "-"}}
        for rank, code in enumerate(shown["order"].splitlines(), start=1)
    ]


def _recipe(shown: dict[str, Any]) -> str:
    """Shell commands that repeat a plain draw from list.txt with nothing but standard tools."""
    if "seed" not in shown or "\nmethod\tassign\n" in shown.get("rules", ""):
        return ""
    source = shlex.quote(f"{shown['list_hash']}:{shown['public_value']}")
    lines = "list.txt" if "entries" in shown else "<(tail -n +2 list.txt)"
    return "\n".join(
        [
            "sha256sum list.txt",
            f"printf '%s' {source} | sha256sum",
            f"seed={shown['seed']}",
            "while IFS=$'\\t' read -r code class; do",
            '  printf \'%s %s %s\\n\' "$class" "$(printf \'%s\' "$seed:$code" | sha256sum)" "$code"',
            f"done < {lines} | LC_ALL=C sort -k1,1n -k2,2 | awk '{{print NR, $4}}'",
        ]
    )
