"""How places are given: which seats a person may take, in what order, until when, and for what score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sonjuku.engines.selection.assign import Applicant, Programme, Rules, Wish, market_of
from sonjuku.engines.selection.assign import Seats as SeatType
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.market import NOWHERE
from sonjuku.rooms.calls.models import Call, Criterion, SeatPool
from sonjuku.toolbox.dates import at_tokyo, day_of, end_of_day
from sonjuku.toolbox.lg_code import same_area

NORMAL_CLASS = 1
# Behind everyone else: a guardian's consent was still missing at the close and the call says 最後の順.
LATE_CLASS = 9
# As many places as a form has for ranked wishes, on the page, on paper and in a file.
MOST_WISHES = 10


@dataclass(frozen=True)
class Entrant:
    """One applicant as the allocation sees them: a receipt code, the option chosen, the home municipality.

    `wishes`: options, best first, where several are wished for. `persons` want to go together or not at all.
    """

    code: str
    option: str = ""
    lg_code: str = ""
    wishes: Sequence[str] = ()
    persons: int = 1


@dataclass
class Seats:
    """A seat pool as the allocation sees it; `free` counts down."""

    id: UUID
    option: str
    free: int
    reserved_for: Sequence[str] = field(default_factory=list)

    @classmethod
    def of(cls, pool: SeatPool) -> "Seats":
        return cls(pool.id, pool.option, pool.capacity - pool.taken, pool.reserved_for_lg_codes)


def pools_for(pools: Iterable[Seats], *, option: str, lg_code: str) -> list[Seats]:
    """The pools this person may sit in, the one reserved for their municipality first, then the general ones."""
    mine = [pool for pool in pools if pool.option == option]
    reserved = [p for p in mine if p.reserved_for and lg_code and same_area(lg_code, p.reserved_for)]
    return reserved + [p for p in mine if not p.reserved_for]


def allocate(ordered: Iterable[Entrant], pools: Sequence[Seats]) -> dict[str, UUID]:
    """Walks the order once: each takes seats of the first pool open to them that has enough; who is too many for what
    is left is passed by. Gives receipt code -> pool id."""
    placed: dict[str, UUID] = {}
    for entrant in ordered:
        for pool in pools_for(pools, option=entrant.option, lg_code=entrant.lg_code):
            if pool.free >= entrant.persons:
                pool.free -= entrant.persons
                placed[entrant.code] = pool.id
                break
    return placed


def least_waiting(waiting: Iterable[Entrant], pools: Sequence[Seats]) -> dict[UUID, int]:
    """Pool id -> the smallest number of persons with which somebody waits for seats there."""
    found: dict[UUID, int] = {}
    for other in waiting:
        for pool in pools_for(pools, option=other.option, lg_code=other.lg_code):
            found[pool.id] = min(other.persons, found.get(pool.id, other.persons))
    return found


def pools_with_room(
    me: Entrant, pools: Iterable[Seats], least: Mapping[UUID, int] | None = None
) -> list[Seats]:
    """The pools with seats for all of these persons, the best first. `least` (see `least_waiting`): a newcomer passes by
    seats that are enough for somebody who waits."""
    least = least or {}
    mine = pools_for(pools, option=me.option, lg_code=me.lg_code)
    return [pool for pool in mine if me.persons <= pool.free < least.get(pool.id, pool.free + 1)]


def sit(pools: Sequence[Seats], places: Mapping[str, int]) -> dict[str, UUID]:
    """Pools of those who got a place in one programme: code -> which of its seat types, or one more for a held seat that
    was released. Counts `free` down; a released seat comes from the first pool with seats left.
    """
    placed: dict[str, UUID] = {}
    for code, kind in sorted(places.items(), key=lambda item: item[1]):
        pool = pools[kind] if kind < len(pools) else next(each for each in pools if each.free > 0)
        pool.free -= 1
        placed[code] = pool.id
    return placed


def allocate_next(waiting: Sequence[Entrant], pools: Sequence[Seats]) -> dict[str, UUID]:
    """Free seats of a drawn call among those who wait, first in line first: receipt code -> pool id.

    As in the draw itself: everybody gets the best of their wishes that nobody before them wants more; a held seat goes
    to its area first and is released when nobody of it is left. For single persons only (decision 0016).
    """
    options = dict.fromkeys(pool.option for pool in pools if pool.free > 0)
    kinds = {
        option: sorted((p for p in pools if p.option == option), key=lambda p: not p.reserved_for)
        for option in options
    }
    names = {option: f"p{at}" for at, option in enumerate(kinds, start=1)}
    areas = {tuple(pool.reserved_for): f"g{at}" for at, pool in enumerate(pools) if pool.reserved_for}
    programmes = tuple(
        Programme(names[option], tuple(SeatType(areas.get(tuple(p.reserved_for), ""), p.free) for p in mine))
        for option, mine in kinds.items()
    )
    known = {group for programme in programmes for group, _size in programme.seats}
    applicants = [_applicant(each, names, {a: g for a, g in areas.items() if g in known}) for each in waiting]
    market = market_of(Rules(programmes), applicants, [each.code for each in applicants])
    outcome = deferred_acceptance(market)
    options_by_name = {name: option for option, name in names.items()}
    got: dict[str, dict[str, int]] = {}
    for who, wish, seat in zip(applicants, outcome.taken.tolist(), outcome.seat.tolist(), strict=True):
        if wish != NOWHERE:
            option = options_by_name[who.wishes[wish].programme]
            got.setdefault(option, {})[who.code] = min(seat, len(kinds[option]))
    return {code: pool for option, places in got.items() for code, pool in sit(kinds[option], places).items()}


def _applicant(who: Entrant, names: Mapping[str, str], areas: Mapping[tuple[str, ...], str]) -> Applicant:
    wishes = [names[option] for option in who.wishes or [who.option] if option in names]
    groups = [group for area, group in areas.items() if same_area(who.lg_code, area)]
    return Applicant(who.code, tuple(Wish(name) for name in wishes), tuple(sorted(groups)))


def confirm_by(call: Call, at: datetime) -> datetime:
    """When an offer made now lapses: the end of the n-th day in Tokyo, but not after the first day has begun."""
    due = end_of_day(day_of(at) + timedelta(days=call.confirm_days))
    if call.starts_on and at < at_tokyo(call.starts_on) < due:
        return at_tokyo(call.starts_on)
    return due


def consent_due(call: Call, asked_at: datetime) -> datetime:
    """When a guardian's answer is due: the call's days after asking, but not after the close."""
    due = asked_at + timedelta(days=call.consent_days)
    if call.closes_at and asked_at < call.closes_at < due:
        return call.closes_at
    return due


def answer_until(call: Call, *, due_at: datetime, holds_seat: bool) -> datetime:
    """Until when (exclusive) a guardian may still answer: a held seat waits until the due date, an application that
    waits for a result until the close of the call if that is later."""
    if holds_seat or call.closes_at is None:
        return due_at
    return max(due_at, call.closes_at)


def score_of(sheets: Sequence[Mapping[UUID, int]], criteria: Sequence[Criterion]) -> Decimal:
    """The mean over reviewers of the weighted points, to two places, half up. Each sheet has a point per criterion."""
    weights = {criterion.id: criterion.weight for criterion in criteria}
    total = sum(weights[key] * points for sheet in sheets for key, points in sheet.items())
    return (Decimal(total) / len(sheets)).quantize(Decimal("0.01"), ROUND_HALF_UP)
