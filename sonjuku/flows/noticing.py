"""Letters about applications: what each kind is told, and a key that sends it once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sonjuku.flows import claiming
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import reason_text, words
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.models import Letter

A = Application.State


def facts_for(call: Call, application: Application | None = None) -> dict[str, Any]:
    """What every letter about a call may say."""
    return {
        "call_title": call.title,
        "call_title_en": call.title_en,
        "noun": words(call).noun,
        "code": application.code if application else "",
    }


def notify(by: Actor, application: Application, kind: str, **context: Any) -> Letter:
    """Queue one letter to the applicant; the same kind about the same submission or offer only once."""
    call, person = application.call, application.person
    since = application.offered_at or application.submitted_at or application.created_at
    return queue(
        by=by,
        council=call.council,
        kind=kind,
        context={**facts_for(call, application), **context},
        # Whoever has no account yet first makes the record their own.
        path=f"/me/applications/{application.id}/" if person.account_id else claiming.link(person),
        key=f"{kind}:{application.id}:{since.isoformat()}",
        person=person,
        about_id=application.id,
    )


def notify_receipt(by: Actor, application: Application, **context: Any) -> None:
    call = application.call
    notify(
        by,
        application,
        "receipt",
        accepted=application.state == A.ACCEPTED,
        **in_line(queries.waiting_places(application)),
        waitlist=words(call).waitlist,
        result_on=None if call.is_immediate else call.result_on,
        **context,
    )


def notify_offered(by: Actor, offered: Iterable[Application]) -> None:
    """A place has come free for each of these."""
    for application in offered:
        notify(
            by,
            application,
            "offer",
            promotion=words(application.call).promotion,
            confirm_by=application.confirm_by,
        )


def notify_confirmed(by: Actor, application: Application) -> None:
    call = application.call
    notify(
        by,
        application,
        "confirmed",
        starts_on=call.starts_on,
        period_note=call.period_note,
        venue=call.venue if call.webinar_status != Call.Mode.ONLINE else "",
        venue_en=call.venue_en if call.webinar_status != Call.Mode.ONLINE else "",
        webinar_url=call.webinar_url if call.webinar_status != Call.Mode.ON_SITE else "",
    )


def in_line(places: Sequence[queries.Waiting]) -> dict[str, Any]:
    """What a letter says of places in line: the only one, or a text that names each option."""
    if len(places) == 1:
        return {"waiting_place": places[0].place}
    return {
        "waiting_places": "、".join(f"{each.option} {each.place}" for each in places),
        "waiting_places_en": ", ".join(f"{each.option_en} {each.place}" for each in places),
    }


def notify_results(
    by: Actor, applications: Iterable[Application], waiting: Mapping[UUID, Sequence[queries.Waiting]]
) -> None:
    """One letter per application, by the state that the announcement gave it; `waiting`: places in line by application.

    Who has answered, left or been offered a place since then knows already.
    """
    for application in applications:
        said = words(application.call)
        if application.state == A.OFFERED and application.offered_at == application.announced_at:
            notify(
                by, application, "result_selected", selected=said.selected, confirm_by=application.confirm_by
            )
        elif application.state == A.WAITLISTED:
            places = in_line(waiting.get(application.id, ()))
            notify(by, application, "result_waitlisted", waitlist=said.waitlist, **places)
        elif application.state == A.NOT_SELECTED:
            notify(by, application, "result_not_selected")
        elif application.state == A.INELIGIBLE:
            reason = "\n".join(str(reason_text(each)) for each in application.ineligible_reasons)
            notify(by, application, "result_ineligible", reason=reason)
