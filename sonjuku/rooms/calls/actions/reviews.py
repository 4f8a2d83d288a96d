"""Reviewing: each reviewer declares first whether they have an interest, then hands in one score sheet."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import lock, own, refuse_if
from sonjuku.rooms.calls.models import Application, Call, Review, Score, SelectionRun
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor


@writes
def declare_interest(*, by: Actor, application: Application, has_conflict: bool, note: str = "") -> Review:
    """A reviewer says whether they have an interest in this application (利害関係). May be changed until the decision.

    Points of a reviewer with an interest never count. Refused: stale, no_account, other_council.
    """
    _check(by, application)
    review, _created = Review.objects.get_or_create(application=application, reviewer_id=by.account_id)
    review.has_conflict, review.conflict_note = has_conflict, note.strip()
    review.conflict_declared_at = by.at
    review.save()
    record(by=by, verb="review.declared", subject=review, council_id=application.council_id)
    return review


@writes
def submit_scores(
    *, by: Actor, application: Application, points: Mapping[UUID, int], comment: str = ""
) -> Review:
    """Hand in a score sheet: whole points from 0 to each criterion's maximum, keyed by criterion id, all of them.

    Handing in again replaces it until the decision. Refused: undeclared, conflict, incomplete, stale, other_council.
    """
    _check(by, application)
    review = Review.objects.filter(application=application, reviewer_id=by.account_id).first()
    refuse_if(
        review is None or review.conflict_declared_at is None,
        "undeclared",
        _("利害関係の有無がまだ申告されていません。"),
        _("先に、利害関係の有無を申告してください。"),
    )
    assert review is not None
    refuse_if(
        review.has_conflict,
        "conflict",
        _("利害関係があると申告した申込みは採点できません。"),
        _("ほかの審査員が採点します。"),
    )
    criteria = {criterion.id: criterion for criterion in application.call.criteria.all()}
    fits = points.keys() == criteria.keys() and all(0 <= points[k] <= c.maximum for k, c in criteria.items())
    refuse_if(
        not fits,
        "incomplete",
        _("すべての項目に、配点の範囲の点数を付けてください。"),
        _("空いている項目と点数を確かめてください。"),
    )
    review.scores.all().delete()
    Score.objects.bulk_create(
        [Score(review=review, criterion=criteria[key], points=value) for key, value in points.items()]
    )
    review.comment, review.submitted_at = comment.strip(), by.at
    review.save(update_fields=["comment", "submitted_at"])
    record(by=by, verb="review.submitted", subject=review, council_id=application.council_id)
    return review


def _takes_sheets(call: Call) -> bool:
    """A review until its decision; a draw that asks for points from its close until its list is frozen."""
    run = queries.run_of(call)
    if call.selection == Call.Selection.REVIEW:
        decided = run is not None and run.state in {SelectionRun.State.DRAWN, SelectionRun.State.ANNOUNCED}
        return not decided and call.state in {Call.State.OPEN, Call.State.CLOSED}
    is_before = run is not None and run.state in queries.BEFORE_THE_FREEZE
    return call.uses_draw and call.state == Call.State.CLOSED and is_before and queries.has_review(call)


def _check(by: Actor, application: Application) -> None:
    call = lock(application.call)
    own(by, call.council_id)
    refuse_if(by.account_id is None, "no_account", _("審査員としてログインしてください。"))
    refuse_if(
        not _takes_sheets(call),
        "stale",
        _("この募集は、いま審査の期間ではありません。"),
        _("事務局に審査の期間を確かめてください。"),
    )
