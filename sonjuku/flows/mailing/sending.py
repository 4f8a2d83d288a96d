"""A mailing becomes letters when it is due: a chunk per transaction, resumed where it stopped, each person's once.

Whom it means is asked then, with the eyes its author has then: a role that ended in between stops it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from sonjuku.flows.mailing.recipients import outgoing_of, without_unsubscribed
from sonjuku.flows.mailing.segments import Segment, recipients
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.letters import merging, queries
from sonjuku.rooms.letters.models import Letter, Mailing
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Account
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import day_of

CHUNK = 200
CHUNKS_A_TICK = 50


def schedule(
    *, by: Actor, mailing_id: UUID, call: Call, segment: Segment, subject: str, body: str, is_duty: bool,
    due_at: datetime,
) -> Mailing:  # fmt: skip
    """Write the mailing down, and if it is due begin it; a small one is then ready to be sent.

    Refused: see `letters.schedule_mailing`.
    """
    mailing = letters.schedule_mailing(
        by=by, mailing_id=mailing_id, council=call.council, about_id=call.pk,
        segment={name: list(values) for name, values in segment.items() if values}, subject=subject, body=body,
        is_duty=is_duty, due_at=due_at,
    )  # fmt: skip
    if mailing.state == Mailing.State.SCHEDULED and mailing.due_at <= by.at:
        expand(mailing_id=mailing.pk, at=by.at, chunks=1)
    return mailing


def expand_due(*, by: Actor) -> int:
    """Make letters of the mailings that are due, up to 50 chunks; returns how many letters."""
    made, left = 0, CHUNKS_A_TICK
    for mailing_id in queries.mailings_due(by.at):
        if left <= 0:
            break
        number, chunks = expand(mailing_id=mailing_id, at=by.at, chunks=left)
        made, left = made + number, left - chunks
    return made


def expand(*, mailing_id: UUID, at: datetime, chunks: int) -> tuple[int, int]:
    """Make letters of one due mailing, in up to so many transactions; returns letters made and chunks used."""
    made = 0
    for used in range(1, chunks + 1):
        number, is_done = _expand_chunk(mailing_id=mailing_id, at=at)
        made += number
        if is_done:
            return made, used
    return made, chunks


@writes
def _expand_chunk(*, mailing_id: UUID, at: datetime) -> tuple[int, bool]:
    mailing = letters.claim_mailing(by=Actor(at=at, role="system"), mailing_id=mailing_id)
    if mailing is None:
        return 0, True
    author, call = author_of(mailing, at), Call.objects.filter(pk__in=[mailing.about_id]).first()
    system = Actor(at=at, role="system", council_id=mailing.council_id)
    if author is None:
        letters.refuse_mailing(by=system, mailing=mailing, problem="author_left")
        return 0, True
    if call is None or not _sees_people(author, call):
        letters.refuse_mailing(by=system, mailing=mailing, problem="call_gone")
        return 0, True
    rows = _still_to_write(author, call, mailing)[:CHUNK]
    outgoing = outgoing_of(call, rows, merging.fields_in(mailing.subject, mailing.body))
    number = letters.queue_many(by=author, mailing=mailing, outgoing=outgoing) if outgoing else 0
    if number < CHUNK:
        letters.finish_mailing(by=author, mailing=mailing)
    return number, number < CHUNK


def author_of(mailing: Mailing, at: datetime) -> Actor | None:
    """Who wrote it, as they may act at this moment; None if they hold that role no more."""
    account = Account.objects.filter(pk__in=[mailing.actor_account_id], is_active=True).first()
    if account is None or not may(mailing.actor_role, "letters.write"):
        return None
    roles = people.roles_of(account, mailing.council, day_of(at))
    if not any((r.kind, r.body_id) == (mailing.actor_role, mailing.actor_body_id) for r in roles):
        return None
    return Actor(
        at=at, role=mailing.actor_role, body_id=mailing.actor_body_id, council_id=mailing.council_id,
        account_id=account.pk,
    )  # fmt: skip


def _sees_people(author: Actor, call: Call) -> bool:
    seeing = CallBody.objects.filter(call=call, body_id__in=[author.body_id], role__in=CallBody.SEES_PEOPLE)
    return call.council_id == author.council_id and seeing.exists()


def _still_to_write(author: Actor, call: Call, mailing: Mailing) -> Any:
    """Its recipients of this moment who have no letter from it yet."""
    written = Letter.objects.filter(mailing=mailing, person=OuterRef("person"))
    rows = recipients(author, call, mailing.segment).exclude(Exists(written))
    return rows if mailing.is_duty else without_unsubscribed(rows)
