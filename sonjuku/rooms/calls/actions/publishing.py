"""What is promised when the first call of a run opens: the rules, their hash, where the public value will come from."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import wire
from sonjuku.rooms.calls.actions._shared import refuse_if
from sonjuku.rooms.calls.actions.public_value import name_round
from sonjuku.rooms.calls.models import Approval, Call, PriorityRule, SeatPool, SelectionRun
from sonjuku.rooms.calls.rules import Layout, layout_of, rules_text, titles_of, titles_of_classes
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor

R = SelectionRun.State
# The fields of a call that its run holds.
MIRRORED = ("seed_kind", "seed_source", "seed_source_en", "draws_at", "check_days")


def check_approvals(calls: Iterable[Call], step: Approval.Step) -> None:
    """Refuse what needs a 決裁番号 that has not been entered."""
    for call in calls:
        refuse_if(
            call.asks_approval and not call.approvals.filter(step=step).exists(),
            "approval_missing",
            format_lazy(_("「{step}」の決裁番号と決裁日がまだ入力されていません。"), step=step.label),
            _("決裁番号と決裁日を入力してから、もう一度お試しください。"),
        )


def run_for(by: Actor, call: Call) -> SelectionRun:
    """The run of a call that is about to open, made from the call where it has none. The caller holds the call."""
    if call.selection_run_id is not None:
        return SelectionRun.objects.get(pk=call.selection_run_id)
    fields = {name: getattr(call, name) for name in MIRRORED}
    run = SelectionRun.objects.create(
        council_id=call.council_id, title=call.title, title_en=call.title_en, **fields
    )
    call.selection_run = run
    call.save(update_fields=["selection_run"])
    record(by=by, verb="selection.prepared", subject=run)
    return run


def mirror(run: SelectionRun, calls: Sequence[Call]) -> None:
    """Calls show the source of their run."""
    fields = {name: getattr(run, name) for name in MIRRORED}
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(**fields)
    for call in calls:
        call.__dict__.update(fields)


def publish_rules(by: Actor, run: SelectionRun, calls: Sequence[Call]) -> None:
    """Publish the rules of a run and freeze seats and classes of all its calls; the caller holds it and them.

    Refused: seed_missing, pools_missing.
    """
    layout = layout_with_seats(calls)
    without = [
        call for call in calls if not any(c.call_id == call.id and _seats(c.pools) for c in layout.courses)
    ]
    refuse_if(
        bool(without),
        "pools_missing",
        _("定員が決まっていない募集が、同じ選考の中にあります。"),
        _("選考に入る募集すべての定員を入力してから、受付を始めてください。"),
    )
    check_source(run)
    if run.seed_kind == SelectionRun.SeedKind.DRAND and run.draws_at is not None:
        name_round(run, run.draws_at)
    run.rules = rules_text(layout, run_code=run.code, source=" ".join(run.seed_source.split()))
    run.rules_hash, run.rules_at = wire.hash_of(run.rules), by.at
    run.titles = titles_of(layout, calls)
    run.class_titles = _class_titles(layout, calls)
    run.state = R.PUBLISHED
    run.save()
    mirror(run, calls)
    record(by=by, verb="selection.published", subject=run)


def _class_titles(layout: Layout, calls: Sequence[Call]) -> dict[str, list[list[str]]]:
    rules: dict[UUID, list[PriorityRule]] = {}
    for rule in PriorityRule.objects.filter(call__in=calls):
        rules.setdefault(rule.call_id, []).append(rule)
    return {
        course.code: titles_of_classes(rules[course.call_id])
        for course in layout.courses
        if course.call_id in rules
    }


def check_source(run: SelectionRun) -> None:
    """Refused("seed_missing") for a run that doesn't say where its public value will come from."""
    takes_beacon = run.seed_kind == SelectionRun.SeedKind.DRAND
    refuse_if(
        takes_beacon and run.draws_at is None,
        "seed_missing",
        _("抽選の日時が決まっていません。"),
        _("抽選の日時を入力してください。"),
    )
    refuse_if(
        not takes_beacon and not run.seed_source.strip(),
        "seed_missing",
        _("抽選に使う公開の数が決まっていません。"),
        _("締切より後に公表される数を入力してください。"),
    )


def layout_with_seats(calls: Sequence[Call]) -> Layout:
    """The programmes of these calls with their seats as they stand."""
    pools = SeatPool.objects.filter(call__in=[call.pk for call in calls]).order_by("ordinal", "id")
    listed = list(pools)
    return layout_of(calls, {call.id: [pool for pool in listed if pool.call_id == call.id] for call in calls})


def _seats(pools: Sequence[SeatPool]) -> int:
    return sum(pool.capacity for pool in pools)
