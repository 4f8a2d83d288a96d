"""What a participant hands in, and what follows when nothing is missing any more: completion, badge, letter."""

from collections.abc import Mapping, Sequence
from typing import Any

from sonjuku.flows import qualifying
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.forms import actions as forms
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import Consent


@writes
def answer_survey(
    *,
    by: Actor,
    obligation: Obligation,
    values: Mapping[str, Any],
    uploads: Mapping[str, Sequence[IncomingFile]],
) -> Obligation:
    """Keep the answers (as `forms.rules.clean` gave them) and meet the obligation. The first answers stay."""
    version = obligation.rule.form_version
    if obligation.is_met or version is None:
        return obligation
    response = forms.save_response(
        by=by,
        version=version,
        person=obligation.participation.person,
        about_id=obligation.id,
        values=values,
        uploads=uploads,
    )
    done = participation.fulfil(by=by, obligation=obligation, response=response)
    finish(by=by, place=obligation.participation)
    return done


@writes
def hand_in_report(
    *, by: Actor, obligation: Obligation, incoming: IncomingFile, max_bytes: int
) -> Obligation:
    """Store the report and meet the obligation; a second report changes nothing. Refused("file_…") for a bad file."""
    if obligation.is_met:
        return obligation
    person = obligation.participation.person
    upload = forms.store_upload(by=by, person=person, incoming=incoming, max_bytes=max_bytes)
    done = participation.fulfil(by=by, obligation=obligation, upload=upload)
    finish(by=by, place=obligation.participation)
    return done


@writes
def give_consent(*, by: Actor, obligation: Obligation) -> Obligation:
    """Record the consent that the rule asks for, in the rule's words, and meet the obligation."""
    place, rule = obligation.participation, obligation.rule
    consent = people.ask_consent(
        by=by,
        person=place.person,
        purpose=rule.consent_purpose,
        about_id=obligation.id,
        text=rule.title,
        text_version=f"rule {rule.id.hex}",
        receivers=[place.council.title],
        items=[rule.title],
    )
    people.answer_consent(by=by, consent=consent, given=True, channel=Consent.Channel.WEB)
    done = participation.fulfil(by=by, obligation=obligation)
    finish(by=by, place=place)
    return done


@writes
def waive(*, by: Actor, obligation: Obligation, reason: str) -> Obligation:
    """Excuse someone from an obligation; it may have been the last one."""
    done = participation.waive(by=by, obligation=obligation, reason=reason)
    finish(by=by, place=obligation.participation)
    return done


@writes
def finish(*, by: Actor, place: Participation) -> list[Award]:
    """If nothing is missing: complete the place, award its badges, tell the person. Otherwise nothing happens."""
    if not participation.complete(by=by, participation=place):
        return []
    awards = credentials.award(by=by, participation=place)
    qualifying.qualify(by=by, person=place.person)
    first = awards[0] if awards else None
    letters.queue(
        by=by,
        council=place.council,
        kind="completed",
        person=place.person,
        context={
            "call_title": place.call.title,
            "call_title_en": place.call.title_en,
            "badge_title": first.achievement.title if first else "",
            "badge_title_en": first.achievement.title_en if first else "",
        },
        path=f"/me/badges/{first.id}/" if first else "/me/",
        key=f"completed:{place.id}",
        about_id=place.id,
    )
    return awards
