"""What becomes of an offered place: taken up, given back, lapsed; and who hears about the seat set free."""

from sonjuku.flows.noticing import notify, notify_confirmed, notify_offered
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.actions import leave, start
from sonjuku.rooms.participation.models import Participation


@writes
def confirm(*, by: Actor, application: Application) -> Application:
    """Take up an offered place: it becomes a participation. Confirming again changes nothing.

    Refused: offer_lapsed, guardian_missing, stale.
    """
    application = calls.confirm(by=by, application=application)
    start(by=by, application=application)
    notify_confirmed(by, application)
    return application


@writes
def decline(*, by: Actor, application: Application) -> Application:
    """辞退: give a place back, also one already taken up. Refused: stale, not_taking_part (already completed)."""
    calls.lock(application.call)
    place = Participation.objects.filter(application_id=application.pk).first()
    if place is not None:
        leave(by=by, participation=place)
    change = calls.decline(by=by, application=application)
    notify(by, change.application, "withdrawn", withdraw=words(change.application.call).decline)
    notify_offered(by, change.offered)
    return change.application


@writes
def withdraw(*, by: Actor, application: Application) -> Application:
    """取下げ: before a place was given. Refused: stale."""
    change = calls.withdraw(by=by, application=application)
    notify(by, change.application, "withdrawn", withdraw=words(change.application.call).withdraw)
    notify_offered(by, change.offered)
    return change.application


@writes
def offer_next(*, by: Actor, call: Call) -> list[Application]:
    """Offer free seats to those who wait, with a letter each."""
    offered = calls.offer_next(by=by, call=call)
    notify_offered(by, offered)
    return offered


def lapse_due(*, by: Actor) -> list[Application]:
    """Lapse offers that nobody took up in time, one transaction per call; returns the lapsed."""
    due = queries.offers_due(by.at).values("call")
    return [one for call in Call.objects.filter(pk__in=due).order_by("pk") for one in _lapse(by, call)]


@writes
def _lapse(by: Actor, call: Call) -> list[Application]:
    lapsed, offered = calls.lapse_offers(by=by, call=call)
    for application in lapsed:
        notify(by, application, "lapsed", confirm_by=application.confirm_by)
    notify_offered(by, offered)
    return lapsed
