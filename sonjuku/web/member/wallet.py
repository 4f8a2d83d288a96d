"""Everything one holds, of all councils: who sees it, whether it holds, and the ways to carry it away."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from sonjuku.rooms.credentials.models import Award, OutsideCertificate, ShareLink
from sonjuku.rooms.credentials.queries import awards_visible_to, outside, shares
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files, skill_ways
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back


@dataclass
class Held:
    """What the wallet shows of one council."""

    council: Council
    awards: list[Award] = field(default_factory=list)
    certificates: list[OutsideCertificate] = field(default_factory=list)
    links: list[ShareLink] = field(default_factory=list)

    @property
    def has_record(self) -> bool:
        """Whether a record of everything would hold anything."""
        laid = (getattr(row, "endorsement", None) for row in self.certificates)
        return any(one.status != "revoked" for one in self.awards) or any(
            one and one.state == "issued" for one in laid
        )


@never_cache
@member
def wallet(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    persons = list(people.persons_of(request.user))
    groups = {person.council_id: Held(person.council) for person in persons}
    rows: tuple[tuple[str, Any], ...] = (
        ("awards", awards_visible_to(actor)), ("certificates", outside.certificates_visible_to(actor)),
        ("links", shares.open_links(actor)),
    )  # fmt: skip
    for name, found in rows:
        for row in found:
            getattr(groups[row.council_id], name).append(row)
    for award in (award for held in groups.values() for award in held.awards):
        award.ways = badge_files.ways(award)  # type: ignore[attr-defined]
    full = [held for held in groups.values() if held.awards or held.certificates]
    context = {
        "groups": full,
        "persons": persons,
        "council": persons[0].council if len(persons) == 1 else None,
    }
    return render(request, "member/wallet.html", context | {"way": [] if full else _way(request, persons)})


def _way(request: HttpRequest, persons: list[Person]) -> list[dict[str, Any]]:
    """The way to a first badge, for whoever holds none."""
    actor = request.actor  # type: ignore[attr-defined]
    maps = [each for each in skill_ways.shown_to(actor, persons) if not each.standing.is_met]
    return skill_ways.first_now(skill_ways.starter(actor.at, [one.council for one in persons], maps))


def own_record(request: HttpRequest, slug: str) -> Person:
    """The reader's own record in the council of this name, or 404."""
    return get_object_or_404(people.persons_of(request.user), council__slug=slug)


@never_cache
@member
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The sealed record of everything of one council."""
    person = own_record(request, slug)
    try:
        return badge_files.record_file(request.actor, person)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "member:wallet")


def own_award(request: HttpRequest, award_id: UUID) -> Award:
    return get_object_or_404(awards_visible_to(request.actor), pk=award_id)  # type: ignore[attr-defined]
