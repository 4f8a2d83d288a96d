"""Many applications at once, from a file: the same outcome as one after the other, in a fixed number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import entrant, in_shared_run, lock, move, own, refuse_if, seats
from sonjuku.rooms.calls.actions.applications import check_takes_paper
from sonjuku.rooms.calls.actions.companions import Fellow, add_fellows, check_fellows
from sonjuku.rooms.calls.actions.waiting import waiting_rows
from sonjuku.rooms.calls.actions.wishing import number_many
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.calls.rules import least_waiting, pools_with_room
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
    """One person's application as it arrived; eligibility and the period have been checked by the caller. `wishes`, best
    first, and `wish_rank` as in `submit`."""

    application_id: UUID
    person: Person
    received_at: datetime
    option: str = ""
    wishes: Sequence[str] = ()
    wish_rank: int | None = None
    needs_guardian: bool = False
    guardian_consented: bool = False
    response: Response | None = None
    companions: Sequence[Fellow] = ()


@writes
def submit_many(*, by: Actor, call: Call, arrivals: Sequence[Arrival]) -> list[Application]:
    """Take applications of persons who have none in this call, in the order given (that of arrival).

    First come: seats in that order, then the waiting list; nobody passes by those who wait already. Else SUBMITTED.
    Refused: not_open, closed, list_frozen, invitation_only, unknown_option, too_many_persons, other_council.
    """
    call = lock(call)
    own(by, call.council_id, *[arrival.person for arrival in arrivals])
    check_takes_paper(call)
    known = {pool.option for pool in queries.pools(call)}
    wished = {option for arrival in arrivals for option in (arrival.option, *arrival.wishes)}
    refuse_if(not wished <= known, "unknown_option", "", "")
    for arrival in arrivals:
        check_fellows(call, arrival.companions)
    codes = iter(fresh_codes(len(arrivals), receipt_code, _taken))
    rows = [_row(by, call, arrival, next(codes)) for arrival in arrivals]
    if call.is_immediate:
        held = {
            each.application_id for each in arrivals if each.needs_guardian and not each.guardian_consented
        }
        _place_all(call, rows, held, by.at)
    if in_shared_run(call):
        number_many(call, rows, [arrival.wish_rank for arrival in arrivals])
    Application.objects.bulk_create(rows, batch_size=CHUNK)
    add_fellows((row, arrival.companions) for row, arrival in zip(rows, arrivals, strict=True))
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
        wishes=list(arrival.wishes or [arrival.option]) if call.uses_draw else [],
        persons=1 + len(arrival.companions),
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
    least = least_waiting([entrant(row) for row in waiting_rows(call)], pools)
    rank = queries.next_rank(call)
    for row in rows:
        me = entrant(row)
        pool = next(iter(pools_with_room(me, pools, least)), None)
        row.verdict_at = at
        if pool is not None:
            pool.free -= me.persons
            row.seat_pool_id, row.verdict = pool.id, V.SELECTED
            if row.id not in held:
                move(row, A.ACCEPTED, at)
            continue
        row.rank, row.verdict = rank, V.WAITLISTED
        rank += 1
        move(row, A.WAITLISTED, at)
        for key, number in least_waiting([me], pools).items():
            least[key] = min(number, least.get(key, number))
    for pool in pools:
        given = before[pool.id] - pool.free
        if given:
            SeatPool.objects.filter(pk=pool.id).update(taken=F("taken") + given)
