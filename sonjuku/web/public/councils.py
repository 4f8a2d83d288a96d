"""A council's own pages: its home, who belongs to it, what it agreed, and its promises."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from sonjuku.rooms.events import queries as events
from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.participation.models import Occasion
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Membership
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.models import Agreement, ProgrammeYear
from sonjuku.toolbox.colours import shades
from sonjuku.toolbox.dates import fiscal_year_label
from sonjuku.web.public.bilingual import body_name, circled, japanese, joined, reader, titled
from sonjuku.web.public.boards import LIVE, PAST, board, with_audience
from sonjuku.web.public.figures import figures
from sonjuku.web.public.pages import of_council

CARDS = 6
LATEST = 3
NEED_LENGTH = 100
IN_FORCE = {Agreement.Status.ACTIVE, Agreement.Status.ENDING}


@of_council
def council(request: HttpRequest, council: Council) -> HttpResponse:
    rows = board(request.actor, council)  # type: ignore[attr-defined]
    today = timezone.localdate()
    context = {
        "live": with_audience(rows.filter(state__in=LIVE)[:CARDS]),
        "past": with_audience(rows.filter(state__in=PAST)[:CARDS]),
        "next": _next_occasion(council),
        "lines": _lines(council),
        "figures": figures(council),
        "member_count": len({m.body_id for m in people.members_on(council, today)}),
        "articles": newsroom.published(council)[:LATEST],
    }
    return render(request, "public/council.html", context)


def _next_occasion(council: Council) -> Occasion | None:
    return events.next_in_any_series(council, timezone.now())


def _lines(council: Council) -> list[dict[str, Any]]:
    """Lines of work in their order, each with its programmes; a programme belongs to exactly one."""
    under: dict[Any, list[dict[str, Any]]] = {}
    for programme in programmes.programmes(council).prefetch_related(None):
        under.setdefault(programme.business_line_id, []).append(
            {"name": titled(programme), "programme": programme}
        )
    return [
        {"name": titled(line), "ordinal": line.ordinal, "programmes": under.get(line.pk, [])}
        for line in programmes.lines(council)
    ]


@of_council
def about(request: HttpRequest, council: Council) -> HttpResponse:
    today = timezone.localdate()
    memberships = list(Membership.objects.filter(council=council).select_related("body"))
    present = [m for m in memberships if m.joined_on <= today and (m.left_on is None or m.left_on >= today)]
    context = {
        "groups": _by_type(present),
        "member_count": len({m.body_id for m in present}),
        "former": [_member(m) for m in memberships if m.left_on and m.left_on < today],
        "agreements": [_agreement(a) for a in programmes.agreements(council)],
        "programmes": _history(council),
        "children": people.children_of(council),
    }
    return render(request, "public/about.html", context)


def _member(membership: Membership) -> dict[str, Any]:
    return {"name": body_name(membership.body), "membership": membership}


def _by_type(memberships: Iterable[Membership]) -> list[dict[str, Any]]:
    """Members by type, the types in the order of their first member."""
    rows = list(memberships)
    types = list(dict.fromkeys(m.body.type for m in rows))
    rows.sort(key=lambda m: types.index(m.body.type))
    return [
        {"type": found[0].body.get_type_display(), "members": [_member(m) for m in found]}
        for found in (list(group) for _type, group in groupby(rows, key=lambda m: m.body.type))
    ]


def _history(council: Council) -> list[dict[str, Any]]:
    return [
        {
            "name": titled(row),
            "programme": row,
            "line": titled(row.business_line),
            "predecessor": titled(row.predecessor) if row.predecessor else "",
            "bare_years": joined(_label(year) for year in row.years.all() if not _tells_more(year)),
            "years": [_year(year) for year in row.years.all() if _tells_more(year)],
        }
        for row in programmes.programmes(council)
    ]


def _label(year: ProgrammeYear) -> str:
    return fiscal_year_label(year.fiscal_year, reader())


def _tells_more(year: ProgrammeYear) -> bool:
    return any((year.title, year.funding, year.commissioner, year.contractor_id, year.reported_applications))


def _year(year: ProgrammeYear) -> dict[str, Any]:
    return {
        "row": year,
        "label": _label(year),
        "contractor": body_name(year.contractor) if year.contractor else "",
    }


def _agreement(agreement: Agreement) -> dict[str, Any]:
    status = agreement.status_on(timezone.localdate())
    return {"row": agreement, "status": status, "tone": "ok" if status in IN_FORCE else "plain"}


@of_council
def agreement(request: HttpRequest, council: Council, agreement: str) -> HttpResponse:
    found = programmes.agreement(council, agreement)
    if found is None:
        raise Http404
    need = request.GET.get("need", "").strip()[:NEED_LENGTH]
    context = {
        **_agreement(found),
        "parties": [_party(party) for party in found.parties.all()],
        "need": need,
        "takers": [_party(party) for party in programmes.parties_for(found, need)] if need else [],
        "examples": _examples(found),
        "renewal": programmes.renewal_of(found, timezone.localdate()),
        "today": timezone.localdate(),
        "crumbs": [{"url": reverse("public:about", args=[council.slug]), "label": _("協議会について")}],
    }
    return render(request, "public/agreement.html", context)


def _party(party: Any) -> dict[str, Any]:
    return {
        "number": circled(party.ordinal),
        "name": body_name(party.body),
        "role": japanese(party.role_text),
        "representative": japanese(f"{party.representative_title} {party.representative_name}".strip()),
        "on": party.representative_on,
    }


def _examples(agreement: Agreement) -> list[str]:
    """Words that the roles themselves say they cover, to choose from; each once."""
    return list(dict.fromkeys(word for party in agreement.parties.all() for word in party.covers))[:8]


@of_council
@cache_control(public=True, max_age=600)
def colours(request: HttpRequest, council: Council) -> HttpResponse:
    return HttpResponse(f":root {{ {_tokens(council)} }}\n", content_type="text/css; charset=utf-8")


@cache_control(public=True, max_age=600)
def all_colours(request: HttpRequest) -> HttpResponse:
    """`.of-<slug>` takes on that council's colours, for pages that show several."""
    rules = (f".of-{council.slug} {{ {_tokens(council)} }}\n" for council in people.councils())
    return HttpResponse("".join(rules), content_type="text/css; charset=utf-8")


def _tokens(council: Council) -> str:
    key, deep, wash, on_key = shades(council.colour)
    return f"--key: {key}; --key-deep: {deep}; --key-wash: {wash}; --on-key: {on_key};"
