"""A message to many: scheduled, cancelled, and turned into letters a chunk at a time, each person's once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import merging, queries, rules
from sonjuku.rooms.letters.actions._many import Addressed, write_all
from sonjuku.rooms.letters.models import Mailing
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.refusals import Refused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One recipient of a mailing: `person` with `account` loaded, `values` for the merge fields, `context` for the wording."""

    person: Person
    context: dict[str, object]
    values: dict[str, str]
    path: str
    about_id: uuid.UUID


@writes
def schedule_mailing(
    *,
    by: Actor,
    mailing_id: uuid.UUID,
    council: Council,
    about_id: uuid.UUID,
    segment: dict[str, Any],
    subject: str,
    body: str,
    is_duty: bool,
    due_at: datetime,
) -> Mailing:
    """Write the mailing down; it becomes letters at `due_at` or as soon after it as a worker comes by.

    `mailing_id` is made with the page: the same page sent twice gives the first mailing unchanged.
    Refused: merge_field_unknown, merge_field_open, mailing_not_yours (the id is somebody else's).
    """
    merging.fields_in(subject, body)
    earlier = Mailing.objects.filter(pk=mailing_id).first()
    if earlier is None:
        mailing = Mailing(
            id=mailing_id, council=council, about_id=about_id, segment=segment, subject=subject, body=body,
            is_duty=is_duty, due_at=due_at, actor_body_id=by.body_id, actor_account_id=by.account_id,
            actor_role=by.role, created_at=by.at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                mailing.save(force_insert=True)
        except IntegrityError:
            earlier = Mailing.objects.get(pk=mailing_id)
        else:
            record(by=by, verb="mailing.scheduled", subject=mailing)
            return mailing
    if (earlier.council_id, earlier.actor_account_id) != (council.id, by.account_id):
        raise Refused(
            "mailing_not_yours",
            _("このページからは送れません。"),
            _("「お知らせを書く」から、もう一度書いてください。"),
        )
    return earlier


@writes
def cancel_mailing(*, by: Actor, mailing: Mailing) -> Mailing:
    """Take it back before its first letter was written, or put away one that was refused.

    Refused: mailing_started.
    """
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if mailing.state == Mailing.State.CANCELLED:
        return mailing
    if mailing.state == Mailing.State.QUEUED or mailing.queued_at is not None:
        raise Refused(
            "mailing_started",
            _("もう送り始めたため、取りやめられません。"),
            _("直したいことがあれば、もう一度お知らせを書いて送ってください。"),
        )
    mailing.state = Mailing.State.CANCELLED
    mailing.save(update_fields=["state"])
    record(by=by, verb="mailing.cancelled", subject=mailing)
    return mailing


def claim_mailing(*, by: Actor, mailing_id: uuid.UUID) -> Mailing | None:
    """Lock a due mailing for the rest of the transaction; None if it isn't due any more or another worker has it."""
    rows = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SCHEDULED, due_at__lte=by.at)
    return rows.select_for_update(skip_locked=True, of=("self",)).select_related("council").first()


@writes
def queue_many(*, by: Actor, mailing: Mailing, outgoing: Sequence[Outgoing]) -> int:
    """Write one letter per recipient, in a number of statements that doesn't depend on how many there are.

    Whoever has no address gets a HELD letter. The caller holds the lock on the mailing (`claim_mailing`).
    """
    kind = "staff_message" if mailing.is_duty else "news"
    addressed = [
        Addressed(
            each.person,
            mailing_context(mailing, each),
            each.path,
            rules.mailing_key(mailing.id, each.person.id),
            each.about_id,
        )
        for each in outgoing
    ]
    letters = write_all(by, mailing.council, kind, addressed, mailing=mailing, is_duty=mailing.is_duty)
    Mailing.objects.filter(pk=mailing.pk).update(recipients=F("recipients") + len(letters))
    if mailing.queued_at is None:
        mailing.queued_at = by.at
        Mailing.objects.filter(pk=mailing.pk).update(queued_at=by.at)
        record(by=by, verb="mailing.started", subject=mailing)
    return len(letters)


@writes
def finish_mailing(*, by: Actor, mailing: Mailing) -> None:
    """All its letters are written."""
    mailing.state, mailing.queued_at = Mailing.State.QUEUED, mailing.queued_at or by.at
    mailing.save(update_fields=["state", "queued_at"])


@writes
def refuse_mailing(*, by: Actor, mailing: Mailing, problem: str) -> None:
    """It will not be sent (`problem`: a code such as `author_left`); the desk is told on its first page."""
    mailing.state, mailing.problem = Mailing.State.REFUSED, problem
    mailing.save(update_fields=["state", "problem"])
    record(by=by, verb="mailing.stopped", subject=mailing)


def mailing_context(mailing: Mailing, each: Outgoing) -> dict[str, object]:
    """What the wording of this recipient's letter is told: their merge fields filled in."""
    context = {
        "person_name": each.person.full_name,
        **each.context,
        "subject": merging.merged(mailing.subject, each.values),
        "body": merging.merged(mailing.body, each.values),
    }
    if not mailing.is_duty:
        context["unsubscribe_path"] = queries.unsubscribe_path(each.person)
    return context
