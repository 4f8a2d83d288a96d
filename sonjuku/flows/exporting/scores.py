"""The sheets of a review: points per criterion, by reviewers who stand as numbers."""

import uuid
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.exporting.columns import ABOUT_APPLICATION, ABOUT_PERSON, Column, Value, in_words
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, Criterion, Review, Score
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.rules import may

ABOUT_SHEET = _("採点")


class Scores:
    """One row per reviewer and application; for those who run the selection, nobody else."""

    def __init__(self, by: Actor, call: Call) -> None:
        self.by, self.call = by, call
        self.is_open = may(by.role, "selection.run") and calls.has_review(call)
        self.criteria: list[Criterion] = list(call.criteria.all())
        self.points: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
        self.numbers: dict[uuid.UUID, int] = {}

    def _visible(self) -> Any:
        if not self.is_open:
            return Review.objects.none()
        seen = calls.applications_visible_to(self.by).filter(call=self.call)
        return Review.objects.filter(application__in=seen.exclude(state=Application.State.DRAFT).values("id"))

    def count(self) -> int:
        return int(self._visible().count())

    def person_id(self, row: Review) -> uuid.UUID:
        return row.application.person_id

    def columns(self) -> list[Column]:
        if not self.is_open:
            return []
        found = [
            Column("code", _("受付番号"), ABOUT_PERSON, lambda row: row.application.code, is_usual=True),
            Column("full_name", _("氏名"), ABOUT_PERSON, lambda row: row.application.person.full_name),
            Column(
                "state", _("状態"), ABOUT_APPLICATION, lambda row: str(row.application.get_state_display())
            ),
            Column("reviewer", _("審査員"), ABOUT_SHEET, self._reviewer, is_usual=True),
            Column("conflict", _("利害関係"), ABOUT_SHEET, _conflict, is_usual=True),
            Column("handed_in_at", _("採点を出した日時"), ABOUT_SHEET, lambda row: row.submitted_at),
        ]
        found += [self._criterion(number, criterion) for number, criterion in enumerate(self.criteria, 1)]
        found += [
            Column("total", _("重みを掛けた合計"), ABOUT_SHEET, self._total, is_usual=True),
            Column("score", _("総合点"), ABOUT_APPLICATION, lambda row: row.application.score, is_usual=True),
            Column("rank", _("順位"), ABOUT_APPLICATION, lambda row: row.application.rank),
            Column("comment", _("講評"), ABOUT_SHEET, lambda row: row.comment),
        ]
        return found

    def _criterion(self, number: int, criterion: Criterion) -> Column:
        def read(row: Review) -> Value:
            return self.points.get(row.id, {}).get(criterion.id)

        label = f"{in_words(criterion, 'title')} ×{criterion.weight} (0–{criterion.maximum})"
        return Column(f"criterion.{number}", label, ABOUT_SHEET, read, is_usual=True)

    def rows(self, keys: Collection[str], limit: int | None = None) -> list[Review]:
        # In the order of their first sheet, so that a later list calls them the same.
        sheets = Review.objects.filter(application__call=self.call).order_by("id")
        reviewers = dict.fromkeys(sheets.values_list("reviewer_id", flat=True))
        self.numbers = {key: number for number, key in enumerate(reviewers, 1)}
        found = self._visible().select_related("application__person").order_by("application__code", "id")
        rows = list(found[:limit] if limit else found)
        scores = Score.objects.filter(review__application__call=self.call, review__submitted_at__isnull=False)
        for review, criterion, points in scores.values_list("review_id", "criterion_id", "points"):
            self.points.setdefault(review, {})[criterion] = points
        return rows

    def _reviewer(self, row: Review) -> str:
        return now("審査員%(number)s") % {"number": self.numbers.get(row.reviewer_id, 0)}

    def _total(self, row: Review) -> int | None:
        given = self.points.get(row.id)
        if not given or row.has_conflict:
            return None
        weights = {criterion.id: criterion.weight for criterion in self.criteria}
        return sum(weights[key] * points for key, points in given.items())


def _conflict(row: Review) -> str:
    if row.conflict_declared_at is None:
        return now("申告前")
    return now("あり") if row.has_conflict else now("なし")
