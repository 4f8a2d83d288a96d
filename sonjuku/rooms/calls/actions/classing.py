"""The classes of a draw: what decides them, read once for all who applied, and how many stand in each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import refuse_if
from sonjuku.rooms.calls.models import Call, EligibilityRule, PriorityRule
from sonjuku.rooms.calls.rules import (
    LATE_CLASS,
    Classed,
    Entry,
    Facts,
    class_of,
    named_classes,
    titles_of_classes,
)

SCORE = EligibilityRule.Kind.SCORE


@dataclass(frozen=True)
class Classes:
    """One call's rules of priority and what they ask for besides the person. `scores` only where points count."""

    rules: Sequence[PriorityRule]
    scores: Mapping[UUID, Decimal] | None
    had_place: frozenset[UUID]

    def facts(self, application_id: UUID, person_id: UUID) -> dict[str, Any]:
        """What `Facts` takes besides the person's own."""
        return {
            "score": self.scores.get(application_id) if self.scores is not None else None,
            "is_first_time": person_id not in self.had_place,
        }

    def lacks_sheets(self, application_id: UUID) -> bool:
        return self.scores is not None and application_id not in self.scores

    def of(self, facts: Facts, day: date, *, is_late: bool) -> Classed:
        return Classed(LATE_CLASS) if is_late else class_of(self.rules, facts, day)


def classes_of(call: Call, conditions: Iterable[EligibilityRule]) -> Classes:
    """`conditions`: the call's rules of eligibility."""
    rules = list(call.priority_rules.all()) if call.uses_draw else []
    kinds = {rule.kind for rule in (*rules, *conditions)}
    return Classes(
        rules=rules,
        scores=queries.scores(call) if SCORE in kinds else None,
        had_place=frozenset(queries.had_place(call) if PriorityRule.Kind.FIRST_TIME in kinds else ()),
    )


def refuse_unreviewed(number: int, needed: int) -> None:
    """Refused("reviews_missing") as long as sheets are missing for so many applications."""
    refuse_if(
        number > 0,
        "reviews_missing",
        format_lazy(
            _("審査がそろっていない申込みが {number} 件あります（1 件につき {needed} 人以上）。"),
            number=number,
            needed=needed,
        ),
        _("利害関係のない審査員に採点を頼んでください。"),
    )


def counted(calls: Sequence[Call], entries: Iterable[Entry], into: Mapping[int, int]) -> list[dict[str, Any]]:
    """Of each call with classes: `call`, and `classes` with number, title, title_en, persons, and merged_into or None."""
    numbers = Counter((entry.call_id, entry.priority) for entry in entries)
    found = []
    for call in calls:
        titles = titles_of_classes(list(call.priority_rules.all()))
        lines = [
            {**line, "persons": numbers[call.id, line["number"]], "merged_into": into.get(line["number"])}
            for line in named_classes(titles, has_late=bool(numbers[call.id, LATE_CLASS]))
        ]
        if lines:
            found.append({"call": call, "classes": lines})
    return found
