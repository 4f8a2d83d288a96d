"""The life of a call where it touches places and letters: opening, switching the mode, inviting, next year."""

import logging
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.applying import guardian_needed
from sonjuku.flows.noticing import facts_for, notify
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials.actions import copy_achievements
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.participation.actions import copy_to, end_all
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.actions import add_person
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.programmes.actions import set_year
from sonjuku.toolbox.dates import fiscal_year
from sonjuku.toolbox.refusals import Refused

log = logging.getLogger(__name__)


def open_call(*, by: Actor, call: Call) -> Call:
    """Open a call and freeze its terms; see calls.actions.open_call."""
    return calls.open_call(by=by, call=call)


def open_due(*, by: Actor) -> list[Call]:
    """Open announced calls whose time has come; one that is not complete stays announced (its desk page says why)."""
    opened = []
    for call in queries.due_to_open(by.at):
        try:
            opened.append(calls.open_call(by=by, call=call))
        except Refused as refused:
            log.info("call %s not opened: %s", call.id, refused.code)
    return opened


def close_due(*, by: Actor) -> list[Call]:
    """Close open calls whose close has come."""
    return [calls.close_call(by=by, call=call) for call in queries.due_to_close(by.at)]


@writes
def finish_call(*, by: Actor, call: Call) -> Call:
    """End a call and the places in it that were not completed. Refused: undecided, stale."""
    call = calls.finish_call(by=by, call=call)
    end_all(by=by, call=call)
    return call


@writes
def switch_mode(
    *, by: Actor, call: Call, mode: str, venue: str = "", webinar_url: str = "", venue_en: str = ""
) -> Call:
    """Change between on site, online and hybrid; everyone who applied or takes part hears of it and keeps the place."""
    call = calls.switch_mode(
        by=by, call=call, mode=mode, venue=venue, webinar_url=webinar_url, venue_en=venue_en
    )
    codes = dict(call.applications.exclude(state__in=Application.ENDED).values_list("person_id", "code"))
    taking_part = call.participations.filter(state=Participation.State.ACTIVE).values_list(
        "person_id", flat=True
    )
    for person in Person.objects.filter(pk__in={*codes, *taking_part}):
        queue(
            by=by,
            council=call.council,
            kind="mode_changed",
            context={
                **facts_for(call),
                "code": codes.get(person.id, ""),
                "mode": Call.Mode(call.webinar_status).label,
                "venue": call.venue if call.webinar_status != Call.Mode.ONLINE else "",
                "venue_en": call.venue_en if call.webinar_status != Call.Mode.ONLINE else "",
                "webinar_url": call.webinar_url if call.webinar_status != Call.Mode.ON_SITE else "",
            },
            path="/me/",
            key=f"mode_changed:{call.id}:{person.id}:{by.at.isoformat()}",
            person=person,
            about_id=call.id,
        )
    return call


@writes
def invite(*, by: Actor, call: Call, person: Person) -> Application:
    """Offer a place of an invitation call, with a letter. Refused: not_open, full, guardian_needed."""
    if guardian_needed(call, person, by.at):
        raise Refused(
            "guardian_needed",
            _("この方には保護者の同意が必要なため、招待できません。"),
            _("申込みを受け付ける募集で、本人から申し込んでもらってください。"),
        )
    application = calls.invite(by=by, call=call, person=person)
    notify(
        by,
        application,
        "staff_message",
        subject=format_lazy(_("「{title}」へのご案内"), title=call.title),
        body=_("席をご用意しました。マイページで、参加するかどうかをお答えください。"),
    )
    return application


@writes
def invite_new(*, by: Actor, call: Call, profile: dict[str, Any]) -> Application:
    """Invite somebody of whom there is no record yet; `profile` as in people.actions.add_person."""
    person = add_person(by=by, council=call.council, fields=profile)
    return invite(by=by, call=call, person=person)


@writes
def clone(*, by: Actor, call: Call, code: str, years: int = 1) -> Call:
    """Last year's call as a draft with its occasions, obligations and badges, on the same weekdays. Refused: code_taken.

    Its programme then runs in the fiscal year of the new call too; who pays that year is still to be entered.
    """
    copy = calls.clone_call(by=by, call=call, code=code, years=years)
    copy_to(by=by, source=call, target=copy, years=years)
    copy_achievements(by=by, source=call, target=copy)
    if copy.starts_on:
        set_year(by=by, programme=copy.programme, fiscal_year=fiscal_year(copy.starts_on))
    return copy
