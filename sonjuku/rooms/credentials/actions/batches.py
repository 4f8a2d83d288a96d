"""One achievement for very many: asked for once, signed by the worker chunk by chunk, each person once."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from sonjuku.rooms.credentials.actions.awards import Claim, award_many
from sonjuku.rooms.credentials.models import Achievement, Award, AwardBatch, AwardBatchRow, Route
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.refusals import Refused

S = AwardBatch.State
ROWS = 2000


@writes
def start_batch(
    *,
    by: Actor,
    achievement: Achievement,
    claims: Iterable[Claim],
    route: str = Route.COURSE,
    narrative: str = "",
) -> AwardBatch:
    """Ask for an achievement for all of these who don't hold it; the worker signs (`award_next`).

    Claims with evidence of their own don't fit here: it isn't kept. Refused: nobody_left, other_council, batch_running.
    """
    # One batch of an achievement at a time, also when the button is pressed twice at once.
    Achievement.objects.select_for_update().get(pk=achievement.pk)
    if achievement.batches.filter(state=S.RUNNING).exists():
        raise Refused(
            "batch_running", _("このバッジは、いま発行しているところです。"), _("終わるまでお待ちください。")
        )
    held = set(Award.objects.filter(achievement=achievement).values_list("person_id", flat=True))
    wanted = {claim.person_id: claim for claim in claims if claim.person_id not in held}
    if not wanted:
        raise Refused("nobody_left", _("このバッジを渡す人がいません。"), _("全員がすでに持っています。"))
    _must_be_ours(achievement, list(wanted))
    batch = AwardBatch.objects.create(
        council_id=achievement.council_id, achievement=achievement, route=route, narrative=narrative,
        total=len(wanted), asked_at=by.at,
    )  # fmt: skip
    AwardBatchRow.objects.bulk_create(
        [
            AwardBatchRow(council_id=batch.council_id, batch=batch, person_id=claim.person_id, participation_id=claim.participation_id)
            for claim in wanted.values()
        ],
        batch_size=ROWS,
    )  # fmt: skip
    record(by=by, verb="award_batch.started", subject=batch)
    return batch


def _must_be_ours(achievement: Achievement, person_ids: list[UUID]) -> None:
    for start in range(0, len(person_ids), ROWS):
        some = Person.objects.filter(pk__in=person_ids[start : start + ROWS])
        if some.exclude(council_id=achievement.council_id).exists():
            raise Refused(
                "other_council", _("ほかの協議会の人には渡せません。"), _("この協議会の人を選んでください。")
            )


@writes
def award_next(*, by: Actor, batch: AwardBatch, size: int) -> tuple[AwardBatch, list[Award]]:
    """The next chunk in one transaction: gives the batch as it then is, and the new awards. A killed worker's chunk
    never was; who has got the badge in another way meanwhile is passed over."""
    row = AwardBatch.objects.select_for_update(of=("self",)).select_related("achievement__council", "achievement__issuer_body").get(pk=batch.pk)  # fmt: skip
    if row.state != S.RUNNING:
        return row, []
    waiting = list(row.rows.order_by("pk")[:size])
    claims = [Claim(one.person_id, one.participation_id) for one in waiting]
    awards = award_many(
        by=by, achievement=row.achievement, claims=claims, route=row.route, narrative=row.narrative
    )
    AwardBatchRow.objects.filter(pk__in=[one.pk for one in waiting]).delete()
    row.issued += len(awards)
    if len(waiting) < size:
        _end(by, row, S.DONE)
    row.save(update_fields=["issued", "state", "ended_at"])
    return row, awards


@writes
def stop_batch(*, by: Actor, batch: AwardBatch) -> AwardBatch:
    """Issue no more: who has the badge keeps it, who waits is forgotten. A batch that has ended stays as it is."""
    row = AwardBatch.objects.select_for_update().get(pk=batch.pk)
    if row.state == S.RUNNING:
        row.rows.all().delete()
        _end(by, row, S.STOPPED)
        row.save(update_fields=["state", "ended_at"])
    return row


def _end(by: Actor, row: AwardBatch, state: str) -> None:
    row.state, row.ended_at = state, by.at
    record(by=by, verb="award_batch.finished" if state == S.DONE else "award_batch.stopped", subject=row)
