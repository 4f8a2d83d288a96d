"""What one 引継書 is about: a fiscal year, as one body's desk sees it at one moment."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from sonjuku.flows.disposing import disposals_of
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.calls.rules import fiscal_year_of
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import ApiToken, Council, Disposal
from sonjuku.toolbox.dates import day_of, fiscal_year

# In April the year that has just ended is what is handed over.
LOOKS_BACK = timedelta(days=30)


class Row(NamedTuple):
    """An application that waits: its code, whose it is, in which call."""

    id: UUID
    code: str
    call_id: UUID
    person_id: UUID


def usual_year(day: date) -> int:
    """The fiscal year that is handed over on this day: the running one, in April the one before."""
    return fiscal_year(day - LOOKS_BACK)


def own_calls(actor: Actor) -> QuerySet[Call]:
    """The calls whose people this actor's body sees, drafts too."""
    if actor.body_id is None:
        return Call.objects.none()
    mine = CallBody.objects.filter(call=OuterRef("pk"), body_id=actor.body_id, role__in=CallBody.SEES_PEOPLE)
    return calls.desk_calls_visible_to(actor).filter(Exists(mine)).order_by("starts_on", "code")


def years_of(actor: Actor) -> list[int]:
    """The fiscal years in which the body has calls, and the one that is handed over now; newest first."""
    dated = own_calls(actor).select_related(None).only("starts_on", "opens_at", "closes_at")
    found = {fiscal_year_of(call) for call in dated}
    return sorted({year for year in found if year} | {usual_year(day_of(actor.at))}, reverse=True)


@dataclass(frozen=True)
class Scope:
    """`letters`: those that this reader may see. `with_names`: names stand beside the codes."""

    actor: Actor
    council: Council
    year: int
    letters: QuerySet[Letter]
    with_names: bool = False

    @cached_property
    def day(self) -> date:
        return day_of(self.actor.at)

    @cached_property
    def calls(self) -> list[Call]:
        return list(own_calls(self.actor).select_related("programme__business_line"))

    @cached_property
    def of_year(self) -> list[Call]:
        return [call for call in self.calls if fiscal_year_of(call) == self.year]

    @cached_property
    def titles(self) -> dict[UUID, str]:
        return {call.id: call.title for call in self.calls}

    @cached_property
    def applications(self) -> QuerySet[Application]:
        return calls.applications_visible_to(self.actor).filter(call__in=list(self.titles))

    def listed(self, rows: QuerySet[Application]) -> dict[UUID, list[Row]]:
        """The rows per call, by code."""
        found: dict[UUID, list[Row]] = defaultdict(list)
        for values in rows.order_by("code").values_list("id", "code", "call_id", "person_id"):
            found[values[2]].append(Row(*values))
        return found

    @property
    def tokens(self) -> QuerySet[ApiToken]:
        """Those that still work."""
        return people.api_tokens_visible_to(self.actor).filter(
            revoked_at__isnull=True, expires_on__gte=self.day
        )

    @property
    def disposals(self) -> QuerySet[Disposal]:
        return disposals_of(self.actor)

    def names(self, rows: Collection[Row]) -> dict[UUID, str]:
        """Per application; empty unless names were asked for."""
        if not self.with_names:
            return {}
        found = self.applications.filter(pk__in=[row.id for row in rows]).select_related("person")
        return {row.id: row.person.full_name for row in found}
