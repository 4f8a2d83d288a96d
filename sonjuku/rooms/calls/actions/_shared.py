"""What every action on calls begins with: the right council, the lock, an allowed move."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.rooms.calls.rules import Entrant, Seats, application_may_move, may_move
from sonjuku.rooms.journal.actions import hold, is_held
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

LOCKED_POOLS = "_locked_pools"
IN_SHARED_RUN = "_in_shared_run"


class Change(NamedTuple):
    """What became of one application, and who was offered the place it set free."""

    application: Application
    offered: list[Application]


def own(by: Actor, council_id: UUID, *rows: Model | None) -> None:
    """Refuse an actor of another council, and rows (person, programme, body …) that belong to another council."""
    strangers = [row for row in rows if row is not None and getattr(row, "council_id") != council_id]  # noqa: B009
    if strangers or (by.council_id is not None and by.council_id != council_id):
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))


def lock(call: Call) -> Call:
    """The call as it stands, its row and seat pools locked until the transaction ends.

    Whoever gives or frees a place, or changes an application's state, holds this lock. The object that a lock gave
    is returned as it is when the same action asks again with it.
    """
    if is_held(call):
        return call
    is_shared = _hold_shared(call.selection_run_id)
    rows = Call.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("council", "data_controller", "form_version__form")
    fresh = queries.with_has_rules(rows).get(pk=call.pk)
    pools = list(SeatPool.objects.select_for_update().filter(call=fresh).order_by("id"))
    fresh.__dict__[LOCKED_POOLS] = sorted(pools, key=lambda pool: (pool.ordinal, pool.id))
    if fresh.selection_run_id != call.selection_run_id:
        is_shared = _hold_shared(fresh.selection_run_id)
    fresh.__dict__[IN_SHARED_RUN] = is_shared
    hold(fresh)
    return fresh


def _hold_shared(run_id: UUID | None) -> bool:
    """Whether this is a shared run, and then locks it. Who touches a call of a shared run holds the run first: one person's applications there hang together."""
    if run_id is None:
        return False
    rows = SelectionRun.objects.select_for_update(no_key=True).filter(pk=run_id, is_shared=True)
    return bool(list(rows.only("pk")))


def in_shared_run(call: Call) -> bool:
    """Whether the locked call is drawn together with others."""
    return bool(call.__dict__.get(IN_SHARED_RUN))


def lock_run(run: SelectionRun) -> tuple[SelectionRun, list[Call]]:
    """The run as it stands and its calls in run order, with their pools, all locked until the transaction ends."""
    fresh = hold_run(run.pk)
    held = {call.pk: lock(call) for call in Call.objects.filter(selection_run_id=run.pk).order_by("pk")}
    calls = sorted(held.values(), key=lambda call: (call.run_ordinal, call.code))
    for call in calls:
        call.selection_run = fresh
    return fresh, calls


def hold_run(run_id: UUID) -> SelectionRun:
    """The run alone, locked until the transaction ends, without its texts: for what gives or frees no place."""
    runs = SelectionRun.objects.select_for_update(no_key=True, of=("self",))
    return runs.defer(*queries.TEXTS).get(pk=run_id)


def reread(application: Application) -> tuple[Call, Application]:
    """The locked call and the application as it stands in the database (a page's copy may be old or sealed)."""
    call = lock(application.call)
    return call, Application.objects.select_related("person", "call").get(pk=application.pk)


def move_call(call: Call, to: Call.State) -> None:
    if not may_move(call.state, to):
        raise Refused(
            "stale",
            format_lazy(
                _("この募集はいま「{state}」です。この操作はできません。"), state=Call.State(call.state).label
            ),
            _("ページを読み直して、いまの状態を確かめてください。"),
        )
    call.state = to


def move(application: Application, to: Application.State, at: datetime) -> None:
    """Change the state in memory, with the instants that follow from it; the caller saves."""
    if not application_may_move(application.state, to):
        raise Refused(
            "stale",
            format_lazy(
                _("この申込みはいま「{state}」です。この操作はできません。"),
                state=application.get_state_display(),
            ),
            _("ページを読み直して、いまの状態を確かめてください。"),
        )
    application.state = to
    # A withdrawal before the announcement must not unseal the verdict.
    if to != Application.State.WITHDRAWN:
        application.announced_at = application.announced_at or at
    if to in Application.ENDED:
        application.ended_at = at


# Seats: the persons of an application that has a seat_pool are counted in its `taken`, always and only then.


def options(call: Call) -> set[str]:
    known: list[SeatPool] | None = call.__dict__.get(LOCKED_POOLS)
    return {pool.option for pool in (queries.pools(call) if known is None else known)}


def seats(call: Call) -> list[Seats]:
    """As they stand. What the lock has read serves once: whoever asks for seats is about to take one."""
    known: list[SeatPool] | None = call.__dict__.pop(LOCKED_POOLS, None)
    return [Seats.of(pool) for pool in known or call.seat_pools.order_by("ordinal", "id")]


def entrant(application: Application) -> Entrant:
    wishes = tuple(application.wishes) or (application.option,)
    persons = application.persons
    return Entrant(application.code, application.option, application.person.lg_code, wishes, persons)


def take(pool_id: UUID, persons: int) -> bool:
    """Count so many seats as taken, if so many are free; a unit is never split."""
    free = SeatPool.objects.filter(pk=pool_id, taken__lte=F("capacity") - persons)
    return free.update(taken=F("taken") + persons) == 1


def give_back(call: Call, application: Application) -> None:
    """Free the application's seats, if it holds any, in memory and in the pool; the caller saves."""
    if application.seat_pool_id is None:
        return
    call.__dict__.pop(LOCKED_POOLS, None)
    held = SeatPool.objects.filter(pk=application.seat_pool_id, taken__gte=application.persons)
    held.update(taken=F("taken") - application.persons)
    application.seat_pool = None


def mark_updated(by: Actor, call: Call) -> None:
    """更新日: something that the call's page shows has changed after it was published."""
    if Call.objects.filter(pk=call.pk, published_at__isnull=False).update(updated_at=by.at):
        call.updated_at = by.at


def refuse_if(condition: bool, code: str, message: Any, next_step: Any = "") -> None:
    if condition:
        raise Refused(code, message, next_step)
