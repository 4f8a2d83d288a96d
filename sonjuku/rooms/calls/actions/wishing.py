"""希望の順: what one wishes for in a call, and the order of one's calls in a run over several."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import in_shared_run, lock_run, own, refuse_if
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import closed_text
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

A = Application.State


def wishes_of(call: Call, option: str, wishes: Sequence[str]) -> list[str]:
    """What is wished for, best first; only ranked wishes are several. Refused: duplicate_wish."""
    listed = list(wishes) if call.selection == Call.Selection.RANKED else []
    refuse_if(
        len(set(listed)) != len(listed),
        "duplicate_wish",
        _("同じ区分を二度選んでいます。"),
        _("希望の順に、違う区分を選んでください。"),
    )
    return listed or [option]


def number(call: Call, application: Application, wish_rank: int | None) -> None:
    """抽選番号: one per person and run, that of their first application there; and the place of this wish.

    In memory; the caller saves. Refused: rank_taken, rank_too_far.
    """
    application.run_code = application.code
    if not in_shared_run(call):
        return
    rows = Application.objects.filter(
        call__selection_run_id=call.selection_run_id, person_id=application.person_id
    )
    others = list(rows.exclude(pk=application.pk).order_by("created_at"))
    if others:
        application.run_code = others[0].run_code or application.code
        application.wish_rank = max(other.wish_rank for other in others) + 1
    if wish_rank is not None:
        _check_rank(call, wish_rank, [other for other in others if other.state == A.SUBMITTED])
        application.wish_rank = wish_rank


def number_many(call: Call, rows: Sequence[Application], ranks: Sequence[int | None]) -> None:
    """The same for many new rows of a locked call in a shared run, in two statements whatever their number."""
    others = Application.objects.filter(call__selection_run_id=call.selection_run_id).exclude(call=call)
    told = others.order_by("created_at").values_list("person_id", "run_code", "code", "wish_rank")
    wanted = {row.person_id for row in rows}
    codes: dict[UUID, str] = {}
    last: dict[UUID, int] = {}
    for person_id, run_code, code, rank in told.iterator():
        if person_id in wanted:
            codes.setdefault(person_id, run_code or code)
            last[person_id] = max(rank, last.get(person_id, 0))
    for row, wanted_rank in zip(rows, ranks, strict=True):
        row.run_code = codes.get(row.person_id, row.run_code)
        row.wish_rank = wanted_rank or last.get(row.person_id, 0) + 1


def _check_rank(call: Call, rank: int, others: Sequence[Application]) -> None:
    most = Call.objects.filter(selection_run_id=call.selection_run_id).count()
    refuse_if(
        not 1 <= rank <= most,
        "rank_too_far",
        format_lazy(_("一緒に選ぶ募集は{most}件です。"), most=most),
        format_lazy(_("希望の順は、1から{most}までで入力してください。"), most=most),
    )
    holder = next((other for other in others if other.wish_rank == rank), None)
    if holder is not None:
        raise Refused(
            "rank_taken",
            format_lazy(_("第{rank}希望は、ほかの申込み（{code}）です。"), rank=rank, code=holder.code),
            _("ほかの順を選んでください。"),
        )


@writes
def reorder_wishes(*, by: Actor, applications: Sequence[Application]) -> list[Application]:
    """One person's applications in a run over several calls, the one they want most first, until the first call closes.

    All of them that still stand must be named. Refused: not_in_run, closed, other_council.
    """
    run = queries.run_of(applications[0].call) if applications else None
    if run is None:
        raise Refused(
            "not_in_run", _("一緒に選考する申込みがありません。"), _("ページを読み直してください。")
        )
    run, calls = lock_run(run)
    own(by, run.council_id)
    person_id = applications[0].person_id
    mine = Application.objects.filter(call__in=calls, person_id=person_id, state=A.SUBMITTED)
    rows = {row.pk: row for row in mine.select_related("call", "person")}
    refuse_if(
        set(rows) != {one.pk for one in applications} or len(applications) != len(rows),
        "not_in_run",
        _("並べ替える申込みがそろっていません。"),
        _("ページを読み直してから、もう一度並べてください。"),
    )
    closed = [call for call in calls if call.closes_at is not None and by.at >= call.closes_at]
    refuse_if(
        bool(closed) or run.state not in queries.BEFORE_THE_FREEZE,
        "closed",
        closed_text(closed[0]) if closed else _("選考が始まったため、希望の順は変えられません。"),
        _("希望の順は、受付が終わるまで変えられます。"),
    )
    for place_of, one in enumerate(applications, start=1):
        row = rows[one.pk]
        row.wish_rank = place_of
        row.save(update_fields=["wish_rank"])
        record(
            by=by,
            verb="application.reordered",
            subject=row,
            for_person_id=person_id,
            field_names=["wish_rank"],
        )
    return [rows[one.pk] for one in applications]
