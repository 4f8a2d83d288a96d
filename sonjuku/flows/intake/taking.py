"""All rows of a checked file become applications in one transaction; their letters are written afterwards."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sonjuku.flows import guarding
from sonjuku.flows.intake.reading import sheet_of
from sonjuku.flows.noticing import notify_receipt
from sonjuku.rooms.calls.actions import Fellow, batches, lock
from sonjuku.rooms.calls.actions.many import Arrival, submit_many
from sonjuku.rooms.calls.models import Application, Call, ImportBatch, ImportRow
from sonjuku.rooms.calls.rules import consent_due
from sonjuku.rooms.calls.rules.intake import Reading
from sonjuku.rooms.forms.actions.many import Told, save_many
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.actions.many import start_many
from sonjuku.rooms.people.actions.many import (
    Agreed,
    Ward,
    add_many,
    ask_guardians,
    give_consents,
    tie_residents,
)
from sonjuku.rooms.people.models import Consent, Person
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.lg_code import same_area

S = ImportBatch.State
LETTERS = 50


@writes
def promote(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Make applications of all rows that are not left out: all or none. Done once, however often it is called.

    Gives the batch DONE; or CHECKED again, with nothing taken, when a row has become wrong since it was checked
    (someone applied meanwhile). The operator has vouched that every applicant has consented.
    Refused: rows_wrong, stale, and as calls.actions.submit_many.
    """
    call = lock(batch.call)
    batch = batches.lock_batch(batch)
    if batch.state == S.DONE:
        return batch
    batches.must_be(batch, S.PROMOTING)
    batches.must_be_right(batch)
    pairs = batches.rows_to_take(batch, sheet_of(batch, by))
    if not pairs:
        return batch
    rows, readings = [row for row, _reading in pairs], [reading for _row, reading in pairs]
    persons = _persons(by, call, readings)
    ids = [uuid7() for _reading in readings]
    told = [Told(p, about, r.answers) for p, about, r in zip(persons, ids, readings, strict=True)]
    responses: Sequence[Response | None] = [None] * len(ids)
    if call.form_version is not None:
        responses = save_many(by=by, version=call.form_version, told=told)
    arrivals = [_arrival(batch, *each) for each in zip(ids, persons, readings, responses, strict=True)]
    taken = submit_many(by=by, call=call, arrivals=arrivals)
    _agree(by, call, taken, {reading.person_id for reading in readings})
    _ask_guardians(by, call, taken, readings, batch.guardian_paper)
    accepted = [application for application in taken if application.state == Application.State.ACCEPTED]
    start_many(by=by, call=call, applications=accepted)
    batches.settle(by, batch, taken=len(taken), waiting_rows=_with_letters(batch, rows, taken))
    return batch


def _persons(by: Actor, call: Call, readings: Sequence[Reading]) -> list[Person]:
    """New records, but for those who have applied to another call of the run: they keep the one they have there."""
    known = Person.objects.in_bulk([reading.person_id for reading in readings if reading.person_id])
    fresh = [reading.person for reading in readings if reading.person_id is None]
    added = iter(add_many(by=by, council=call.council, profiles=fresh))
    return [known[reading.person_id] if reading.person_id else next(added) for reading in readings]


def _arrival(
    batch: ImportBatch, about_id: UUID, person: Person, reading: Reading, response: Response | None
) -> Arrival:
    assert reading.received_at is not None
    return Arrival(
        application_id=about_id,
        person=person,
        received_at=reading.received_at,
        option=reading.option,
        wishes=reading.wishes,
        wish_rank=reading.wish_rank,
        needs_guardian=reading.needs_guardian,
        guardian_consented=batch.guardian_paper,
        response=response,
        companions=[Fellow(**one) for one in reading.companions],
    )


def _agree(by: Actor, call: Call, taken: Sequence[Application], known: Collection[UUID | None]) -> None:
    """Consents for all; the tie to the municipality for those who are new here."""
    wording = guarding.wording(call)
    purpose = Consent.Purpose.APPLICATION
    agreed = [Agreed(application.person, purpose, application.id, wording) for application in taken]
    along, units = Consent.Purpose.COMPANIONS, [a for a in taken if a.persons > 1]
    said = guarding.companions_wording(call) if units else {}
    agreed += [Agreed(application.person, along, application.id, said) for application in units]
    give_consents(by=by, channel=Consent.Channel.WEB, agreed=agreed)
    home = [call.council.lg_code]
    new = [application.person for application in taken if application.person_id not in known]
    tie_residents(by=by, persons=[who for who in new if who.lg_code and same_area(who.lg_code, home)])


def _ask_guardians(
    by: Actor, call: Call, taken: Sequence[Application], readings: Sequence[Reading], guardian_paper: bool
) -> None:
    wording, due_at = guarding.wording(call), consent_due(call, by.at)
    wards = [
        Ward(application.person, application.id, reading.guardian or {}, wording, due_at)
        for application, reading in zip(taken, readings, strict=True)
        if reading.needs_guardian
    ]
    ask_guardians(by=by, wards=wards, signed_paper=guardian_paper)


def _with_letters(
    batch: ImportBatch, rows: Sequence[ImportRow], taken: Sequence[Application]
) -> list[ImportRow]:
    """The rows whose applicant or guardian is still to be written to."""
    waiting = []
    for row, application in zip(rows, taken, strict=True):
        if batch.sends_receipts or (application.needs_guardian and not batch.guardian_paper):
            row.application = application
            waiting.append(row)
    return waiting


@writes
def write_letters(*, by: Actor, batch: ImportBatch, size: int = LETTERS) -> int:
    """Write the next letters of a taken file; returns how many applications are still to be written about."""
    batch = batches.lock_batch(batch)
    rows = batch.rows.filter(application__isnull=False)
    part = list(rows.select_related("application__call__council", "application__person")[:size])
    for row in part:
        application = row.application
        assert application is not None
        consent = (
            consent_for(application.id, Consent.Purpose.GUARDIAN) if application.needs_guardian else None
        )
        if consent is not None and consent.given_at is None and consent.refused_at is None:
            guarding.write_request(by, consent, application)
        if batch.sends_receipts:
            due = {"guardian_due": consent.due_at} if consent is not None and consent.given_at is None else {}
            notify_receipt(by, application, **due)
    batch.rows.filter(pk__in=[row.pk for row in part]).delete()
    return rows.count()
