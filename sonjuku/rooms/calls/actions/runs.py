"""Preparing a run over one or several calls, and what is said in public when something went wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions._shared import lock, lock_run, own, refuse_if
from sonjuku.rooms.calls.actions.publishing import MIRRORED, check_source, mirror, publish_rules
from sonjuku.rooms.calls.models import Application, Call, Correction, SeatPool, SelectionRun, Witness
from sonjuku.rooms.calls.rules import KNOWN_REASONS
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council

A, V, R, C = Application.State, Application.Verdict, SelectionRun.State, Call.State
CHANGEABLE = frozenset({*MIRRORED, "title", "title_en", "is_public_draw"})


@writes
def create_run(
    *, by: Actor, council: Council, title: str, calls: Sequence[Call], title_en: str = "", **fields: Any
) -> SelectionRun:
    """A run over these calls, in this order: one code per person, everybody gets one place at most.

    `fields`: seed_kind, seed_source, seed_source_en, draws_at, check_days, is_public_draw; the calls show the source
    from now on. Refused: all of set_run_calls. Raises ValueError for another field.
    """
    own(by, council.id)
    run = SelectionRun(council=council, is_shared=True, title=title.strip(), title_en=title_en.strip())
    _set(run, fields)
    run.save()
    record(by=by, verb="selection.prepared", subject=run)
    return set_run_calls(by=by, run=run, calls=calls)


def _set(run: SelectionRun, fields: dict[str, Any]) -> None:
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(run, name, value)


def _must_be_prepared(run: SelectionRun) -> None:
    refuse_if(
        run.state != R.PREPARED,
        "frozen",
        _("この選考の規則はもう公開されています。申し込む人との約束なので変えられません。"),
        _("誤りがあるときは、訂正を公開するか、無効にしてやり直してください。"),
    )


@writes
def change_run(*, by: Actor, run: SelectionRun, **fields: Any) -> SelectionRun:
    """Change title, source of the public value, day of the draw or days of checking before the first call opens.

    Refused: frozen, other_council. Raises ValueError for another field.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    _must_be_prepared(run)
    _set(run, fields)
    run.save()
    mirror(run, calls)
    record(by=by, verb="selection.changed", subject=run, field_names=fields)
    return run


@writes
def set_run_calls(*, by: Actor, run: SelectionRun, calls: Sequence[Call]) -> SelectionRun:
    """Which calls are drawn together, in this order, before the first of them opens.

    Refused: frozen, no_calls, not_a_draw, takes_units, call_has_opened, in_another_run, other_council.
    """
    run, before = lock_run(run)
    own(by, run.council_id, *calls)
    _must_be_prepared(run)
    refuse_if(not calls, "no_calls", _("選考に入る募集を一つ以上選んでください。"))
    taken = {call.pk: lock(call) for call in sorted(calls, key=lambda call: call.pk)}
    for call in taken.values():
        _may_join(run, call)
    left = [call for call in before if call not in calls]
    Call.objects.filter(pk__in=[call.pk for call in left]).update(selection_run=None)
    for ordinal, each in enumerate(calls, start=1):
        call = taken[each.pk]
        call.selection_run, call.run_ordinal = run, ordinal
        call.save(update_fields=["selection_run", "run_ordinal"])
    mirror(run, list(taken.values()))
    record(by=by, verb="selection.changed", subject=run, field_names=["calls"])
    return run


def _may_join(run: SelectionRun, call: Call) -> None:
    refuse_if(
        not call.uses_draw,
        "not_a_draw",
        format_lazy(_("「{title}」は抽選ではありません。"), title=call.title),
        _("選び方を「抽選」か「希望順位と抽選」にしてから、もう一度お試しください。"),
    )
    refuse_if(
        call.max_persons > 1,
        "takes_units",
        format_lazy(_("「{title}」は、何人かで一組の申込みを受けます。"), title=call.title),
        _("一件の申込みの人数を 1 にするか、この募集だけで抽選してください。"),
    )
    refuse_if(
        call.state not in {C.DRAFT, C.ANNOUNCED},
        "call_has_opened",
        format_lazy(_("「{title}」はもう受付を始めています。"), title=call.title),
        _("一緒に選考できるのは、受付を始める前の募集だけです。"),
    )
    refuse_if(
        call.selection_run_id not in {None, run.pk},
        "in_another_run",
        format_lazy(_("「{title}」は、ほかの選考に入っています。"), title=call.title),
        _("先に、その選考から外してください。"),
    )


@writes
def set_public_draw(
    *, by: Actor, run: SelectionRun, is_public_draw: bool, place: str = "", place_en: str = ""
) -> SelectionRun:
    """Whether the draw is held in public (公開抽選), and where; until the result is announced. The time is the run's
    `draws_at`. Refused: stale, other_council."""
    run, _calls = lock_run(run)
    own(by, run.council_id)
    _must_not_be_over(run, _("選考が終わったため、公開抽選の場所は変えられません。"))
    run.is_public_draw, run.draw_place, run.draw_place_en = is_public_draw, place.strip(), place_en.strip()
    fields = ["is_public_draw", "draw_place", "draw_place_en"]
    run.save(update_fields=fields)
    record(by=by, verb="selection.changed", subject=run, field_names=fields)
    return run


def _must_not_be_over(run: SelectionRun, message: Any) -> None:
    refuse_if(
        run.state in {R.ANNOUNCED, R.VOIDED}, "stale", message, _("書き誤りは、訂正として公開してください。")
    )


@writes
def set_witnesses(*, by: Actor, run: SelectionRun, witnesses: Iterable[tuple[str, str]]) -> list[Witness]:
    """立会人, as (name, affiliation), until the result is announced. Refused: stale, other_council."""
    run, _calls = lock_run(run)
    own(by, run.council_id)
    _must_not_be_over(run, _("選考が終わったため、立会人は変えられません。"))
    run.witnesses.all().delete()
    rows = [
        Witness(run=run, name=name.strip(), affiliation=affiliation.strip(), ordinal=at)
        for at, (name, affiliation) in enumerate(witnesses, start=1)
        if name.strip()
    ]
    Witness.objects.bulk_create(rows)
    record(by=by, verb="selection.changed", subject=run, field_names=["witnesses"])
    return rows


@writes
def correct(*, by: Actor, run: SelectionRun, reason: str, reason_en: str = "") -> Correction:
    """Publish what went wrong with a run, in words that stay on its page. Nothing else changes.

    Refused: incomplete, stale (nothing is published yet), other_council.
    """
    run, _calls = lock_run(run)
    own(by, run.council_id)
    return _correction(by, run, reason, reason_en)


def _correction(by: Actor, run: SelectionRun, reason: str, reason_en: str) -> Correction:
    refuse_if(not reason.strip(), "incomplete", _("訂正の理由を入力してください。公開されます。"))
    refuse_if(
        run.rules_at is None and run.first_format is None,
        "stale",
        _("この選考は、まだ何も公開されていません。"),
        _("公開の前なら、そのまま直せます。"),
    )
    correction = Correction.objects.create(
        run=run, reason=reason.strip(), reason_en=reason_en.strip(), published_at=by.at
    )
    record(by=by, verb="selection.corrected", subject=run)
    return correction


@writes
def void(
    *,
    by: Actor,
    run: SelectionRun,
    reason: str,
    reason_en: str = "",
    seed_source: str = "",
    seed_source_en: str = "",
    seed_kind: str | None = None,
    draws_at: datetime | None = None,
) -> SelectionRun:
    """Declare a run void before its result is announced, with a reason that stays public; returns the run that corrects it.

    The new run has the same calls, rules published anew and another source (`seed_source`, or for drand a later
    `draws_at`). Verdicts under seal are taken back; what staff excluded or found double stays. The only way to undo.
    Refused: stale (announced already, or nothing published), incomplete, same_source, seed_missing, other_council.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    refuse_if(
        run.state not in {R.PUBLISHED, R.FROZEN, R.DRAWN} or not run.rules,
        "stale",
        _("この選考は、いま無効にできません。"),
        _("発表した結果は取り消せません。誤りは訂正として公開してください。"),
    )
    fresh = _successor(run, seed_kind or run.seed_kind, seed_source, seed_source_en, draws_at)
    refuse_if(
        (fresh.seed_kind, fresh.seed_source.strip(), fresh.draws_at)
        == (run.seed_kind, run.seed_source.strip(), run.draws_at)
        or (fresh.draws_at is not None and fresh.draws_at <= by.at),
        "same_source",
        _("やり直しには、まだ公表されていない別の数が必要です。"),
        _("これから公表される数、またはこれからの日時を入力してください。"),
    )
    check_source(fresh)
    _correction(by, run, reason, reason_en)
    _take_back(calls)
    run.state, run.voided_at = R.VOIDED, by.at
    run.save(update_fields=["state", "voided_at"])
    fresh.save()
    for call in calls:
        call.selection_run = fresh
        call.save(update_fields=["selection_run"])
    publish_rules(by, fresh, calls)
    record(by=by, verb="selection.voided", subject=run)
    return fresh


def _successor(
    run: SelectionRun, seed_kind: str, seed_source: str, seed_source_en: str, draws_at: datetime | None
) -> SelectionRun:
    return SelectionRun(
        council_id=run.council_id,
        corrects=run,
        is_shared=run.is_shared,
        is_public_draw=run.is_public_draw,
        draw_place=run.draw_place,
        draw_place_en=run.draw_place_en,
        title=run.title,
        title_en=run.title_en,
        check_days=run.check_days,
        seed_kind=seed_kind,
        seed_source="" if seed_kind == SelectionRun.SeedKind.DRAND else seed_source.strip(),
        seed_source_en=seed_source_en.strip(),
        draws_at=draws_at,
    )


def _take_back(calls: Sequence[Call]) -> None:
    """Seats and verdicts under seal, and what only the check at the freeze had found; that is done again."""
    for call in calls:
        sealed = call.applications.filter(state=A.SUBMITTED)
        held = sealed.filter(seat_pool__isnull=False).order_by().values_list("seat_pool")
        for pool_id, number in held.annotate(number=Sum("persons")):
            SeatPool.objects.filter(pk=pool_id).update(taken=F("taken") - number)
        blank = {"verdict": V.NONE, "verdict_at": None, "rank": None, "seat_pool": None, "explanation": None}
        blank |= {"class_evidence": None, "score": None}
        sealed.exclude(verdict__in=[V.NONE, V.INELIGIBLE]).update(**blank)
        found = sealed.filter(verdict=V.INELIGIBLE).values_list("id", "ineligible_reasons")
        again = [key for key, reasons in found if set(reasons) <= KNOWN_REASONS - {"double"}]
        for start in range(0, len(again), 500):
            rows = Application.objects.filter(pk__in=again[start : start + 500])
            rows.update(**blank, ineligible_reasons=[])
