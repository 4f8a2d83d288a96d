"""The public record of a matching event: rules from the opening, a hash from the freeze, all of it after the announcement."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sonjuku.rooms.matching import queries
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.people.models import Council
from sonjuku.web.public import recompute
from sonjuku.web.public.bilingual import language
from sonjuku.web.public.pages import of_council


@of_council
def proof(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """A page, or `?format=json`: what `python -m sonjuku.engines.selection verify` repeats."""
    event = queries.event_at(council, code)
    if event is None:
        raise Http404
    shown = queries.proof(event)
    if request.GET.get("format") == "json":
        return JsonResponse(shown, json_dumps_params={"ensure_ascii": False, "indent": 1})
    context = {
        "event": event,
        "proof": shown,
        "pairs": _pairs(event, shown),
        "corrections": event.corrections.all(),
        "before_it": event.corrects,
        "reasons_before": event.corrects.corrections.all()[:1] if event.corrects else (),
        "successor": queries.successor(event),
        "has_leasts": any(queries.leasts(event)),
        "recompute": recompute.part("?format=json"),
    }
    return render(request, "public/matching_proof.html", context)


def _pairs(event: MatchingEvent, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The result line by line, codes with the titles of those who agreed; nothing before the announcement."""
    if "result" not in shown:
        return []
    drawn = queries.outcome(event)
    lefts, _rights = queries.read_back(event)
    found = []
    for left in sorted(lefts):
        partner = next(iter(drawn.partners.get(left.code, [])), "")
        found.append({"left": _named(event, left.code), "right": _named(event, partner) if partner else None})
    return found


def _named(event: MatchingEvent, code: str) -> dict[str, str]:
    title, title_en = event.titles.get(code, ["", ""])
    english = language() == "en" and title_en
    return {"code": code, "title": title_en if english else title, "lang": "" if english else "ja"}
