"""(3) What was decided in the year, with its 決裁番号, and which steps still lack one."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sonjuku.flows.handover_report.scope import Scope
from sonjuku.rooms.calls.models import Approval, Call
from sonjuku.rooms.people import queries as people
from sonjuku.toolbox.dates import at_tokyo, day_of, fiscal_year_span

Step, S = Approval.Step, Call.State
# The state from which a step must have been decided.
REACHED = {
    Step.OPEN: {S.OPEN, S.CLOSED, S.DECIDED, S.FINISHED},
    Step.DECIDE: {S.DECIDED, S.FINISHED},
    Step.ANNOUNCE: {S.DECIDED, S.FINISHED},
}
MISSING = "未入力"


class Decision(NamedTuple):
    """`number` is MISSING and `on` None where a step was taken and no 決裁 is recorded."""

    thing: str
    step: str
    number: str
    on: date | None


def decisions(scope: Scope) -> list[Decision]:
    """Per call of the year in the order of the steps, then requests and disposals that were decided in the year."""
    return [*_calls(scope), *_requests(scope), *_disposals(scope)]


def _calls(scope: Scope) -> Iterator[Decision]:
    rows = Approval.objects.filter(call__in=[call.id for call in scope.of_year])
    known = {(row.call_id, row.step): row for row in rows}
    for call in scope.of_year:
        for step in Step:
            row = known.get((call.id, step.value))
            if row:
                yield Decision(call.title, str(step.label), row.number, row.decided_on)
            elif call.asks_approval and call.state in REACHED.get(step, ()):
                yield Decision(call.title, str(step.label), MISSING, None)


def _requests(scope: Scope) -> Iterator[Decision]:
    first, after = fiscal_year_span(scope.year)
    rows = people.requests_visible_to(scope.actor).filter(
        decided_at__gte=at_tokyo(first), decided_at__lt=at_tokyo(after)
    )
    for row in rows.exclude(approval_number="").order_by("decided_at"):
        assert row.decided_at is not None
        step = f"{row.get_kind_display()}の請求への回答"
        yield Decision("個人情報の請求", step, row.approval_number, day_of(row.decided_at))


def _disposals(scope: Scope) -> Iterator[Decision]:
    first, after = fiscal_year_span(scope.year)
    rows = scope.disposals.filter(approved_on__gte=first, approved_on__lt=after)
    for row in rows.order_by("approved_on"):
        number = row.approval_number or MISSING
        yield Decision(row.call_title or "保存期間の満了", "廃棄", number, row.approved_on)
