"""Seats and the waiting list: who gets one now, who is offered one next, whose offer has lapsed."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import (
    Change,
    entrant,
    give_back,
    in_shared_run,
    lock,
    move,
    own,
    refuse_if,
    reread,
    seats,
    take,
)
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import (
    Entrant,
    allocate,
    allocate_next,
    confirm_by,
    least_waiting,
    pools_with_room,
)
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor

A, V = Application.State, Application.Verdict
A_PLACE = (A.OFFERED, A.ACCEPTED)


def place(call: Call, application: Application, at: datetime) -> None:
    """First come, under the lock: a seat, or the end of the waiting list. In memory; the caller saves."""
    if not take_first(call, application, newcomer=True):
        application.rank = queries.next_rank(call)
        application.verdict, application.verdict_at = V.WAITLISTED, at
        move(application, A.WAITLISTED, at)
        return
    application.verdict, application.verdict_at = V.SELECTED, at
    if not application.needs_guardian:
        move(application, A.ACCEPTED, at)


def take_first(call: Call, application: Application, *, newcomer: bool = False) -> bool:
    """Take seats of the first pool open to this person; a newcomer passes by what somebody waits for whom it'd be enough."""
    me, pools = entrant(application), seats(call)
    least = least_waiting([entrant(row) for row in waiting_rows(call)], pools) if newcomer else None
    for pool in pools_with_room(me, pools, least):
        if take(pool.id, me.persons):
            application.seat_pool_id = pool.id
            return True
    return False


def offer_seat(call: Call, application: Application, at: datetime) -> bool:
    """Offer the first free seat open to this person, to be confirmed in time. In memory; the caller saves."""
    if not take_first(call, application):
        return False
    _offer(call, application, at)
    return True


def _offer(call: Call, application: Application, at: datetime) -> None:
    application.verdict, application.verdict_at = V.SELECTED, application.verdict_at or at
    application.offered_at, application.confirm_by = at, confirm_by(call, at)
    move(application, A.OFFERED, at)


def waiting_rows(call: Call) -> list[Application]:
    """Who waits for a place of this call, first in line first."""
    rows = call.applications.filter(state=A.WAITLISTED).select_related("person", "call")
    return list(rows.order_by("rank", "submitted_at", "id"))


@writes
def offer_next(*, by: Actor, call: Call) -> list[Application]:
    """Offer every free seat to those who wait, first in line first; returns whom. Nothing before the announcement.

    Who is too many for the seats left is passed by, and keeps their place. An offer holds its seats until `confirm_by`.
    """
    call = lock(call)
    own(by, call.council_id)
    promoting = {Call.State.DECIDED}
    if call.is_immediate:
        promoting |= {Call.State.OPEN, Call.State.CLOSED}
    if call.state not in promoting:
        return []
    offered = _offer_drawn(call, by.at) if call.uses_draw else _offer_in_line(call, by.at)
    record_many(by=by, verb="application.offered", subjects=offered)
    return offered


def _offer_in_line(call: Call, at: datetime) -> list[Application]:
    waiting = waiting_rows(call)
    chosen = allocate([entrant(row) for row in waiting], seats(call))
    offered = []
    for application in waiting:
        if application.code in chosen and offer_seat(call, application, at):
            application.save()
            offered.append(application)
    return offered


def _offer_drawn(call: Call, at: datetime) -> list[Application]:
    """By the places in line, wishes and held seats; who holds a place elsewhere in the run is passed by."""
    pools = seats(call)
    if not any(pool.free > 0 for pool in pools):
        return []
    rows = call.applications.filter(state=A.WAITLISTED).order_by("rank", "submitted_at", "id")
    elsewhere = set(_placed_elsewhere(call)) if in_shared_run(call) else set()
    rows_read = rows.values_list("code", "option", "person__lg_code", "wishes", "persons", "person_id")
    line = [
        Entrant(*row[:3], tuple(row[3]), row[4]) for row in rows_read.iterator() if row[5] not in elsewhere
    ]
    chosen = allocate(line, pools) if call.max_persons > 1 else allocate_next(line, pools)
    kinds = {pool.id: pool.option for pool in pools}
    offered = []
    found = Application.objects.filter(call=call, code__in=list(chosen)).select_related("person", "call")
    for application in found.order_by("rank"):
        pool_id = chosen[application.code]
        if take(pool_id, application.persons):
            application.seat_pool_id, application.option = pool_id, kinds[pool_id]
            _offer(call, application, at)
            application.save()
            offered.append(application)
    return offered


def _placed_elsewhere(call: Call) -> QuerySet[Application, UUID]:
    """Persons with a place, or an offer of one, in another call of a shared run."""
    rows = Application.objects.filter(call__selection_run_id=call.selection_run_id, state__in=A_PLACE)
    rows = rows.exclude(call=call)
    return rows.order_by().values_list("person_id", flat=True)


def stop_waiting_elsewhere(by: Actor, call: Call, application: Application) -> list[Application]:
    """Whoever has accepted a place waits no longer in the other calls of a shared run, which the caller's lock holds."""
    if not in_shared_run(call):
        return []
    rows = Application.objects.filter(
        call__selection_run_id=call.selection_run_id, person_id=application.person_id, state=A.WAITLISTED
    )
    ended = list(rows.exclude(call=call).select_related("call", "person"))
    for other in ended:
        move(other, A.NOT_SELECTED, by.at)
        other.save()
    record_many(by=by, verb="application.ended", subjects=ended)
    return ended


def end_and_offer(
    by: Actor, call: Call, application: Application, to: Application.State, verb: str
) -> Change:
    """Under the lock: end an application, free its seat and offer that on."""
    move(application, to, by.at)
    give_back(call, application)
    application.save()
    record(by=by, verb=verb, subject=application, for_person_id=application.person_id)
    return Change(application, offer_next(by=by, call=call))


@writes
def lapse_offers(*, by: Actor, call: Call) -> tuple[list[Application], list[Application]]:
    """End the offers of this call whose time has come and offer their seats on; returns (lapsed, offered)."""
    call = lock(call)
    own(by, call.council_id)
    due = list(queries.offers_due(by.at).filter(call=call).select_related("person", "call"))
    for application in due:
        move(application, A.LAPSED, by.at)
        give_back(call, application)
        application.save()
    record_many(by=by, verb="application.lapsed", subjects=due)
    return due, offer_next(by=by, call=call) if due else []


def lapse_due(*, by: Actor) -> list[Application]:
    """Lapse what is due in every call, one transaction each; returns the lapsed. Letters: flows.confirming.lapse_due."""
    calls = Call.objects.filter(pk__in=queries.offers_due(by.at).values("call")).order_by("pk")
    return [application for call in calls for application in lapse_offers(by=by, call=call)[0]]


# A guardian's answer


@writes
def accept_held(*, by: Actor, application: Application) -> Application:
    """A guardian has consented: a first-come seat that was held becomes the applicant's. Else nothing changes."""
    call, application = reread(application)
    own(by, call.council_id)
    if application.state == A.SUBMITTED and call.is_immediate and application.seat_pool_id:
        move(application, A.ACCEPTED, by.at)
        application.save()
        record(by=by, verb="application.confirmed", subject=application, for_person_id=application.person_id)
    return application


@writes
def end_without_guardian(*, by: Actor, application: Application, overdue: bool) -> Change:
    """A guardian refused (INELIGIBLE) or did not answer in time (LAPSED). A held seat goes on to whoever waits.

    Changes nothing once the application has ended. Refused("stale") when a place is already taken up.
    """
    call, application = reread(application)
    own(by, call.council_id)
    if application.state in Application.ENDED:
        return Change(application, [])
    refuse_if(
        application.state == A.ACCEPTED,
        "stale",
        _("すでに参加が確定しています。"),
        _("取りやめるときは、事務局へご連絡ください。"),
    )
    application.ineligible_reasons = ["guardian_overdue" if overdue else "guardian_refused"]
    application.verdict, application.verdict_at = V.INELIGIBLE, by.at
    to = A.LAPSED if overdue else A.INELIGIBLE
    return end_and_offer(
        by, call, application, to, "application.lapsed" if overdue else "application.excluded"
    )
