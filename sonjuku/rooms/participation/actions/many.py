"""Places for many accepted applications at once, in a fixed number of statements."""

from collections.abc import Collection, Sequence

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.toolbox.ids import fresh_codes, short_code

CHUNK = 500


@writes
def start_many(*, by: Actor, call: Call, applications: Sequence[Application]) -> list[Participation]:
    """The places of accepted applications of one call whose persons have none yet, with their obligations."""
    codes = iter(fresh_codes(len(applications), short_code, _taken))
    places = [
        Participation(
            council_id=call.council_id,
            call=call,
            person_id=application.person_id,
            application=application,
            started_at=by.at,
            code=next(codes),
        )
        for application in applications
    ]
    Participation.objects.bulk_create(places, batch_size=CHUNK)
    rules = list(call.obligation_rules.all())
    Obligation.objects.bulk_create(
        (
            Obligation(council_id=call.council_id, participation=place, rule=rule, due_on=rule.due_on)
            for place in places
            for rule in rules
        ),
        batch_size=CHUNK,
    )
    record_many(by=by, verb="participation.started", subjects=places)
    return places


def _taken(codes: Collection[str]) -> set[str]:
    return set(Participation.objects.filter(code__in=codes).values_list("code", flat=True))
