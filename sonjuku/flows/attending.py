"""The door of an occasion: a ticket is found, someone is let in, and that may complete their course."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.flows import fulfilling
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.queries import activities
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import actions as places
from sonjuku.rooms.participation import queries
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.rooms.people import actions as people
from sonjuku.toolbox.refusals import Refused

DOUBLED = timedelta(minutes=2)


def find_by_token(*, by: Actor, token: str) -> Participation:
    """The place a scanned ticket stands for, if this desk may see it.

    Refused: ticket_forged (nobody here signed it, or its place is gone), ticket_elsewhere (not of a call of this desk).
    """
    place = queries.by_token(token)
    if place is None:
        raise Refused(
            "ticket_forged",
            _("この参加券は読み取れません。このサイトが出したものではないか、取り消されています。"),
            _("参加者の画面の番号（6文字）を入力するか、名簿から探してください。"),
        )
    if not queries.participations_visible_to(by).filter(pk=place.pk).exists():
        raise Refused(
            "ticket_elsewhere",
            _("あなたの団体が受け持つ募集の参加券ではありません。"),
            _("参加券に書かれた募集名と主催者を、参加者と確かめてください。"),
        )
    return place


def find_by_code(*, by: Actor, call: Call, code: str) -> Participation:
    """The place whose code was typed. Refused("no_such_code")."""
    place = queries.by_code(call, code)
    if place is None or not queries.participations_visible_to(by).filter(pk=place.pk).exists():
        raise Refused(
            "no_such_code",
            _("この募集に、その番号の参加者はいません。"),
            _("番号をもう一度確かめるか、名簿から探してください。"),
        )
    return place


@writes
def check_in(*, by: Actor, occasion: Occasion, participation: Participation, how: str) -> CheckIn:
    """Let someone in; when that was the last thing missing, complete, award and write. Twice is once."""
    row = places.check_in(by=by, occasion=occasion, participation=participation, how=how)
    fulfilling.finish(by=by, place=participation)
    return row


@writes
def undo_check_in(*, by: Actor, check_in: CheckIn) -> None:
    """Take back a wrong check-in, and what was certified of it. Refused as participation.actions.undo_check_in."""
    # The place first, as whoever checks in does. Then the check-in: nothing is certified of it from here on.
    Participation.objects.select_for_update().get(pk=check_in.participation_id)
    CheckIn.objects.select_for_update().filter(pk=check_in.pk).first()
    certified = activities.record_of(check_in)
    places.undo_check_in(by=by, check_in=check_in)
    if certified:
        credentials.withdraw_activity(by=by, activity=certified)


@writes
def walk_in(*, by: Actor, occasion: Occasion, fields: Mapping[str, Any]) -> CheckIn:
    """Someone without an application stands at the door: make their record and place, and let them in.

    The same name from the same desk within two minutes is a doubled submit: the first check-in is returned.
    """
    Occasion.objects.select_for_update().get(pk=occasion.pk)
    twin = queries.walked_in(occasion, by, fields["family_name"], fields["given_name"], by.at - DOUBLED)
    if twin is not None:
        return twin
    person = people.add_person(by=by, council=occasion.call.council, fields=dict(fields))
    place = places.walk_in(by=by, call=occasion.call, person=person)
    return check_in(by=by, occasion=occasion, participation=place, how=CheckIn.How.LIST)
