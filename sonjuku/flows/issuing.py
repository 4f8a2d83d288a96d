"""Badges for many, badges that no longer hold, badges signed anew: with the letters that tell their holders."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sonjuku.flows import claiming
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Achievement, Award, AwardBatch, Route
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import Addressed, queue_each
from sonjuku.rooms.participation.models import Participation

CHUNK = 500
# A tick goes on to other work after so many.
CHUNKS_A_TICK = 4
CHANGES = {
    "revoke": ("失効しました", "has been revoked"),
    "suspend": ("一時停止しました", "has been suspended"),
    "reinstate": ("ふたたび有効になりました", "is valid again"),
}


@writes
def issue_to_completed(
    *, by: Actor, achievement: Achievement, places: Iterable[tuple[UUID, UUID]], narrative: str = ""
) -> AwardBatch:
    """Ask for the badge for all of these (person id, participation id); a worker goes on (`issue`).

    Refused: as credentials.actions.start_batch.
    """
    claims = [credentials.Claim(person_id, place_id) for person_id, place_id in places]
    return credentials.start_batch(
        by=by, achievement=achievement, claims=claims, route=Route.COURSE, narrative=narrative
    )


def completed_places(call_id: UUID) -> Iterable[tuple[UUID, UUID]]:
    """(person id, participation id) of everyone who completed a call."""
    rows = Participation.objects.filter(call_id=call_id, state=Participation.State.COMPLETED)
    return rows.order_by("pk").values_list("person_id", "pk")


def issue(batch_id: UUID, at: datetime) -> int:
    """Sign what is left of a batch, each chunk in a transaction of its own; returns how many it has issued so far.

    Goes on where a killed worker ended; two workers at once share the work.
    """
    batch = AwardBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        return 0
    by = Actor(at=at, role="system", council_id=batch.council_id)
    while batch.state == AwardBatch.State.RUNNING:
        batch = _issue_chunk(by=by, batch=batch)
    return batch.issued


@writes
def _issue_chunk(*, by: Actor, batch: AwardBatch) -> AwardBatch:
    batch, awards = credentials.award_next(by=by, batch=batch, size=CHUNK)
    _tell(by, "badge_issued", {award: f"badge_issued:{award.id}" for award in awards})
    return batch


@writes
def change_status(*, by: Actor, award: Award, kind: str, reason: str) -> Award:
    """Revoke, suspend or reinstate a badge and tell its holder why. Refused: as credentials.actions.change_status."""
    row = credentials.change_status(by=by, award=award, kind=kind, reason=reason)
    change, change_en = CHANGES[kind]
    # Suspended a second time is told a second time.
    key = f"badge_status:{row.id}:{kind}:{by.at.isoformat()}"
    _tell(by, "badge_status", {row: key}, change=change, change_en=change_en, reason=reason.strip())
    return row


def resign_struck(*, by: Actor) -> int:
    """Sign anew what keys signed that were struck out since, and tell the holders; returns how many."""
    made = 0
    for _chunk in range(CHUNKS_A_TICK):
        number = _resign_chunk(by=by)
        made += number
        if number < CHUNK:
            break
    return made + _resign_endorsements(by=by)


@writes
def _resign_chunk(*, by: Actor) -> int:
    awards = credentials.resign_next(by=by, size=CHUNK)
    _tell(by, "badge_resigned", {each: f"badge_resigned:{each.id}:{each.issuer_key_id}" for each in awards})
    return len(awards)


@writes
def _resign_endorsements(*, by: Actor) -> int:
    rows = credentials.resign_endorsements(by=by, size=CHUNK)
    letters = [
        Addressed(
            person=row.person,
            context={"proof_title": row.certificate.title},
            path=f"/me/certificates/{row.certificate_id}/",
            key=f"endorsement_resigned:{row.id}:{row.issuer_key_id}",
            about_id=row.id,
        )
        for row in rows
    ]
    for row in rows[:1]:
        queue_each(by=by, council=row.council, kind="endorsement_resigned", letters=letters)
    return len(rows)


def _tell(by: Actor, kind: str, keys: Mapping[Award, str], **context: Any) -> None:
    """A letter to the holder of each of these badges of one council, under the key that stands beside it."""
    letters = [
        Addressed(
            person=award.person,
            context={
                "badge_title": award.achievement.title,
                "badge_title_en": award.achievement.title_en,
                **context,
            },
            # Whoever has no account yet first makes the record their own.
            path=f"/me/badges/{award.id}/" if award.person.account_id else claiming.link(award.person),
            key=key,
            about_id=award.id,
        )
        for award, key in keys.items()
    ]
    for award in list(keys)[:1]:
        queue_each(by=by, council=award.council, kind=kind, letters=letters)
