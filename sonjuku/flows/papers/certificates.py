"""修了証: for whoever completed. It says 修了 (finished), never 認定 (judged)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sonjuku.flows.papers.saying import document_number, in_japanese, period, signatory
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.participation.models import Participation
from sonjuku.toolbox.dates import day_of, wareki


@dataclass(frozen=True, slots=True)
class Certificate:
    """One sheet. `award_id` is that of a badge which its holder made public."""

    participation: Participation
    number: str
    name: str
    body: str
    period: str
    issued: str
    signatory: list[str]
    appeal: str
    award_id: UUID | None


@in_japanese
def certificates(call: Call, places: Iterable[Participation], *, at: datetime) -> list[Certificate]:
    """One per completed place of `places`, in the order of their numbers."""
    kept = [place for place in places if place.state == Participation.State.COMPLETED]
    kept.sort(key=lambda place: (place.certificate_number or 10**9, place.completed_at or at, place.id))
    terms, public = paper_queries.paper_terms(call), _public_badges(kept)
    signed, held = signatory(call, terms), period(call)
    return [
        Certificate(
            participation=place,
            number=document_number(terms, place.certificate_number),
            name=place.person.full_name,
            body=f"あなたは「{call.title}」を修了しました。ここにその証としてこの証書を贈ります。",
            period=held,
            issued=wareki(day_of(place.completed_at or at), weekday=False),
            signatory=signed,
            appeal=terms.appeal_notice,
            award_id=public.get(place.id),
        )
        for place in kept
    ]


def _public_badges(places: list[Participation]) -> dict[UUID, UUID]:
    rows = Award.objects.filter(participation__in=places, visibility=Award.Visibility.PUBLIC)
    return {row.participation_id: row.id for row in rows if row.participation_id}
