"""Many applications at once, from a file: the same outcome as one after the other, in a fixed number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import entrant, lock, move, own, refuse_if, seats
from sonjuku.rooms.calls.actions.applications import check_takes_paper
from sonjuku.rooms.calls.actions.waiting import waiting_rows
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.calls.rules import Seats, pools_for
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.ids import fresh_codes, receipt_code
from sonjuku.toolbox.lg_code import same_area

A, V = Application.State, Application.Verdict
CHUNK = 500


@dataclass(frozen=True)
class Arrival:
    """One new person's application as it arrived; eligibility and the period have been checked by the caller."""

    application_id: UUID
    person: Person
    received_at: datetime
    option: str = ""
    needs_guardian: bool = False
    guardian_consented: bool = False
    response: Response | None = None


@writes
def submit_many(*, by: Actor, call: Call, arrivals: Sequence[Arrival]) -> list[Application]:
    """Take applications of persons who are new to the council, in the order given (that of arrival).

    First come: seats in that order, then the waiting list; nobody passes by those who wait already. Else SUBMITTED.
    Refused: not_open, closed, list_frozen, invitation_only, unknown_option, other_council.
    """
    call = lock(call)
    own(by, call.council_id, *[arrival.person for arrival in arrivals])
    check_takes_paper(call)
    known = {pool.option for pool in queries.pools(call)}
    refuse_if(any(arrival.option not in known for arrival in arrivals), "unknown_option", "", "")
    codes = iter(fresh_codes(len(arrivals), receipt_code, _taken))
    rows = [_row(by, call, arrival, next(codes)) for arrival in arrivals]
    if call.is_immediate:
        held = {
            each.application_id for each in arrivals if each.needs_guardian and not each.guardian_consented
        }
        _place_all(call, rows, held, by.at)
    Application.objects.bulk_create(rows, batch_size=CHUNK)
    record_many(by=by, verb="application.submitted", subjects=rows)
    return rows


def _row(by: Actor, call: Call, arrival: Arrival, code: str) -> Application:
    home = arrival.person.lg_code
    return Application(
        id=arrival.application_id,
        code=code,
        council_id=call.council_id,
        call=call,
        person=arrival.person,
        state=A.SUBMITTED,
        option=arrival.option,
        run_code=code if call.uses_draw else "",
        wishes=[arrival.option] if call.uses_draw else [],
        response=arrival.response,
        submitted_at=arrival.received_at,
        received_at=arrival.received_at,
        needs_guardian=arrival.needs_guardian,
        out_of_area=not same_area(home, [call.council.lg_code]) if home else None,
        channel=Application.Channel.IMPORT,
        entered_by_id=by.account_id,
        # There is no paper to compare it with.
        checked_at=by.at,
    )


def _taken(codes: Collection[str]) -> set[str]:
    return set(Application.objects.filter(code__in=codes).values_list("code", flat=True))


def _place_all(call: Call, rows: Iterable[Application], held: Collection[UUID], at: datetime) -> None:
    """What `waiting.place` does for one, for all of them in order. In memory; pools are counted up at the end.

    `held`: the applications whose seat waits for a guardian.
    """
    pools = seats(call)
    before = {pool.id: pool.free for pool in pools}
    awaited = {pool.id for row in waiting_rows(call) for pool in _open_to(pools, row)}
    rank = queries.next_rank(call)
    for row in rows:
        mine = _open_to(pools, row)
        pool = next((pool for pool in mine if pool.free > 0 and pool.id not in awaited), None)
        row.verdict_at = at
        if pool is not None:
            pool.free -= 1
            row.seat_pool_id, row.verdict = pool.id, V.SELECTED
            if row.id not in held:
                move(row, A.ACCEPTED, at)
            continue
        row.rank, row.verdict = rank, V.WAITLISTED
        rank += 1
        move(row, A.WAITLISTED, at)
        awaited |= {pool.id for pool in mine}
    for pool in pools:
        given = before[pool.id] - pool.free
        if given:
            SeatPool.objects.filter(pk=pool.id).update(taken=F("taken") + given)


def _open_to(pools: Sequence[Seats], row: Application) -> list[Seats]:
    me = entrant(row)
    return pools_for(pools, option=me.option, lg_code=me.lg_code)
