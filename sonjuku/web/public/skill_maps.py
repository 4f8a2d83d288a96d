"""Skill maps for everybody: what leads to which badge; for somebody with a record, what is still missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sonjuku.rooms.credentials.queries import experience, holding_awards, outside
from sonjuku.rooms.people.models import Council
from sonjuku.web import skill_ways
from sonjuku.web.public.pages import of_council


@never_cache
@require_safe
@of_council
def skill_maps(request: HttpRequest, council: Council) -> HttpResponse:
    person = skill_ways.person_of(request, council)
    at = request.actor.at  # type: ignore[attr-defined]
    maps = skill_ways.shown(at, council, person)
    has_badge = person is not None and holding_awards().filter(person=person).exists()
    way = None if has_badge else skill_ways.starter(at, [council], maps)
    context = {
        "maps": maps, "person": person, "way": skill_ways.first_now(way),
        "kinds": outside.accepted(council), "routes": experience.open_routes(council),
    }  # fmt: skip
    return render(request, "public/skill_maps.html", context)
