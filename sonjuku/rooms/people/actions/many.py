"""Many persons at once, from a file: records, ties, consents and guardians in a fixed number of statements."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council
from sonjuku.rooms.people.actions.persons import _tidy
from sonjuku.rooms.people.models import Consent, Council, Guardian, Person, Role, Tie

CHUNK = 500


class Agreed(NamedTuple):
    """One consent: of whom, to what, about which row, in which words (text, text_version, receivers, items)."""

    person: Person
    purpose: str
    about_id: uuid.UUID
    wording: Mapping[str, Any]


class Ward(NamedTuple):
    """A person whose guardian is asked about one row; `guardian` holds name, relation, email, phone."""

    person: Person
    about_id: uuid.UUID
    guardian: Mapping[str, str]
    wording: Mapping[str, Any]
    due_at: datetime


@writes
def add_many(*, by: Actor, council: Council, profiles: Iterable[dict[str, Any]]) -> list[Person]:
    """New records, one per profile, in order; never merged by guess. Refused as `add_person`."""
    own_council(by, council.id)
    persons = [Person(council=council, **_tidy(profile)) for profile in profiles]
    Person.objects.bulk_create(persons, batch_size=CHUNK)
    record_many(by=by, verb="person.added", subjects=persons, of_person=lambda person: person.pk)
    return persons


@writes
def tie_residents(*, by: Actor, persons: Sequence[Person]) -> list[Tie]:
    """在住 for new persons, each to the municipality of their address."""
    ties = [
        Tie(council_id=p.council_id, person=p, kind=Tie.Kind.RESIDENT, lg_code=p.lg_code, since=by.at)
        for p in persons
    ]
    Tie.objects.bulk_create(ties, batch_size=CHUNK)
    record_many(by=by, verb="tie.added", subjects=ties)
    return ties


@writes
def give_consents(*, by: Actor, channel: str, agreed: Sequence[Agreed]) -> list[Consent]:
    """Consents that were given elsewhere, as the caller vouches: asked and given at once, about rows that are new."""
    consents = [
        Consent(
            council_id=each.person.council_id,
            person=each.person,
            purpose=each.purpose,
            about_id=each.about_id,
            asked_at=by.at,
            given_at=by.at,
            channel=channel,
            entered_by=by.account_id if by.role in Role.Kind.values else None,
            **each.wording,
        )
        for each in agreed
    ]
    Consent.objects.bulk_create(consents, batch_size=CHUNK)
    record_many(by=by, verb="consent.asked", subjects=consents)
    record_many(by=by, verb="consent.given", subjects=consents)
    return consents


@writes
def ask_guardians(*, by: Actor, wards: Sequence[Ward], signed_paper: bool) -> list[Consent]:
    """Name each ward's guardian and ask for the consent; `signed_paper`: staff hold all signed consents already."""
    checked = {"checked": Guardian.Checked.PAPER, "checked_by": by.account_id, "checked_at": by.at}
    guardians = [
        Guardian(
            council_id=ward.person.council_id,
            person=ward.person,
            **ward.guardian,
            **(checked if signed_paper else {}),
        )
        for ward in wards
    ]
    Guardian.objects.bulk_create(guardians, batch_size=CHUNK)
    record_many(by=by, verb="guardian.named", subjects=guardians)
    consents = [
        Consent(
            council_id=ward.person.council_id,
            person=ward.person,
            guardian=guardian,
            purpose=Consent.Purpose.GUARDIAN,
            given_by=Consent.GivenBy.GUARDIAN,
            about_id=ward.about_id,
            asked_at=by.at,
            due_at=ward.due_at,
            given_at=by.at if signed_paper else None,
            channel=Consent.Channel.PAPER if signed_paper else Consent.Channel.WEB,
            entered_by=by.account_id if signed_paper else None,
            **ward.wording,
        )
        for ward, guardian in zip(wards, guardians, strict=True)
    ]
    Consent.objects.bulk_create(consents, batch_size=CHUNK)
    record_many(by=by, verb="consent.asked", subjects=consents)
    if signed_paper:
        record_many(by=by, verb="consent.given", subjects=consents)
    return consents
