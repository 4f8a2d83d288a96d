"""(1) What has a day: the open deadlines of calls, duties, agreements, requests, disposals and tokens."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min

from sonjuku.flows.handover_report.scope import Scope
from sonjuku.flows.papers.saying import until
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Disposal
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.toolbox.dates import day_of, wareki

S = Call.State


class Deadline(NamedTuple):
    """`last` is the last day, inclusive; `said` the same in words."""

    last: date
    said: str
    what: str
    thing: str


def deadlines(scope: Scope) -> list[Deadline]:
    """What is still open, whatever its year, the earliest first; so what is late stands at the top."""
    parts = (_calls, _offers, _duties, _agreements, _requests, _disposals, _tokens)
    return sorted(row for part in parts for row in part(scope))


def _on(day: date, what: str, thing: str) -> Deadline:
    return Deadline(day, wareki(day), what, thing)


def _last_day(closes_at: datetime) -> date:
    """An exclusive end at midnight leaves the day before as the last."""
    return day_of(closes_at - timedelta(microseconds=1))


def _calls(scope: Scope) -> Iterator[Deadline]:
    for call in scope.calls:
        if call.opens_at and call.state in {S.DRAFT, S.ANNOUNCED}:
            yield _on(day_of(call.opens_at), "受付の開始", call.title)
        if call.closes_at and call.state in {S.ANNOUNCED, S.OPEN}:
            yield Deadline(_last_day(call.closes_at), until(call.closes_at), "申込みの締切", call.title)
        if call.result_on and call.state in {S.ANNOUNCED, S.OPEN, S.CLOSED}:
            yield _on(call.result_on, "結果の発表", call.title)
        if call.ends_on and call.state == S.DECIDED:
            yield _on(call.ends_on, "期間の終わり（終了の手続きと修了の記録）", call.title)


def _offers(scope: Scope) -> Iterator[Deadline]:
    rows = scope.applications.filter(state=Application.State.OFFERED, confirm_by__isnull=False)
    found = rows.order_by().values_list("call_id").annotate(first=Min("confirm_by"), number=Count("id"))
    for call_id, first, number in found:
        yield Deadline(
            _last_day(first), until(first), f"参加の返事（{number}件、最初の期限）", scope.titles[call_id]
        )


def _duties(scope: Scope) -> Iterator[Deadline]:
    rows = participation.obligations_visible_to(scope.actor).filter(
        done_at__isnull=True,
        waived_at__isnull=True,
        due_on__isnull=False,
        participation__state=Participation.State.ACTIVE,
        participation__call__in=list(scope.titles),
    )
    found = rows.order_by().values_list("participation__call_id", "rule__title", "due_on")
    for call_id, title, due_on, number in found.annotate(number=Count("id")):
        yield _on(due_on, f"参加者がすること「{title}」（まだの人 {number}人）", scope.titles[call_id])


def _agreements(scope: Scope) -> Iterator[Deadline]:
    """Near its end, or past it, and nobody has recorded what follows."""
    for alert in programmes.alerts(scope.council, scope.day):
        assert alert.agreement.ends_on is not None
        what = f"協定の期間の終わり（残り{alert.days_left}日、更新の記録なし）"
        yield _on(alert.agreement.ends_on, what, alert.agreement.title)
    for row in programmes.ended(scope.council, scope.day):
        assert row.ends_on is not None
        yield _on(row.ends_on, "協定の期間が終わった（更新の記録なし）", row.title)


def _requests(scope: Scope) -> Iterator[Deadline]:
    for row in people.open_requests(scope.actor).filter(due_on__isnull=False):
        assert row.due_on is not None
        received = wareki(day_of(row.received_at), weekday=False)
        yield _on(row.due_on, "個人情報の請求への回答", f"{row.get_kind_display()}の請求（{received}受付）")


def _disposals(scope: Scope) -> Iterator[Deadline]:
    open_states = (Disposal.State.PROPOSED, Disposal.State.APPROVED)
    for row in scope.disposals.filter(state__in=open_states):
        thing = f"{row.call_title or row.fiscal_year}　{row.get_kind_display()}（{row.rows}件）"
        yield _on(row.due_on, f"廃棄（{row.get_state_display()}）", thing)


def _tokens(scope: Scope) -> Iterator[Deadline]:
    for row in scope.tokens:
        yield _on(row.expires_on, "外部連携のトークンの期限", f"{row.title}（{row.body}）")
