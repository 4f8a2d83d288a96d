"""Giving the places of a lottery or a review: freeze, decide once, announce."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import draw as engine
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import (
    entrant,
    lock,
    move,
    move_call,
    own,
    refuse_if,
    reread,
    seats,
    take,
)
from sonjuku.rooms.calls.actions.waiting import offer_next
from sonjuku.rooms.calls.models import Application, Approval, Call, SelectionRun
from sonjuku.rooms.calls.rules import (
    LATE_CLASS,
    NORMAL_CLASS,
    Seats,
    allocate,
    confirm_by,
    eligibility_problems,
    pools_for,
    score_of,
)
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

A, V, R = Application.State, Application.Verdict, SelectionRun.State
CREDENTIAL = "credential"


@writes
def freeze_list(*, by: Actor, call: Call) -> SelectionRun:
    """Fix who takes part in the draw, after the close: receipt codes and classes, with the hash to publish.

    Checks eligibility again (資格確認) as of the day of application and the guardian's consent by the call's published
    rule. Freezing again returns the same run. Refused: stale (not closed), not_a_draw, other_council.
    """
    call = lock(call)
    own(by, call.council_id)
    run = queries.run_of(call)
    if run is not None and run.state != R.PREPARED:
        return run
    refuse_if(not call.uses_draw, "not_a_draw", _("この募集は抽選ではありません。"))
    _must_be_closed(call)
    drawn_from, excluded = _sort_out(call)
    for application in drawn_from + excluded:
        application.verdict_at = by.at if application.verdict else None
        application.save(update_fields=["verdict", "verdict_at", "ineligible_reasons", "priority"])
    run = run or SelectionRun(council_id=call.council_id, call=call)
    run.entries = [[a.code, a.priority] for a in sorted(drawn_from, key=lambda a: a.code)]
    run.list_hash = engine.list_hash((a.code, a.priority) for a in drawn_from)
    run.terms = _terms(drawn_from, seats(call))
    run.state, run.frozen_at = R.FROZEN, by.at
    run.save()
    record(by=by, verb="selection.frozen", subject=run)
    return run


def _must_be_closed(call: Call) -> None:
    refuse_if(
        call.state != Call.State.CLOSED,
        "stale",
        format_lazy(
            _("この募集はいま「{state}」です。選考は受付が終わってから、一度だけ行えます。"),
            state=Call.State(call.state).label,
        ),
        _("受付の締切を過ぎてから、もう一度お試しください。"),
    )


def _sort_out(call: Call) -> tuple[list[Application], list[Application]]:
    """Who is drawn from, with their class, and who is not, with reasons. In memory."""
    rules = [rule for rule in call.eligibility_rules.all() if rule.kind != CREDENTIAL]
    late = queries.without_guardian(call)
    kept, excluded = [], []
    for application in _submitted(call):
        day = day_of(application.received_at or application.submitted_at or application.created_at)
        facts = queries.facts_of(application.person)
        reasons = [problem.kind for problem in eligibility_problems(rules, facts, day=day)]
        is_late = application.id in late
        if is_late and call.consent_late == Call.ConsentLate.INELIGIBLE:
            reasons.append("guardian_consent")
        application.priority = LATE_CLASS if is_late else NORMAL_CLASS
        if reasons or application.verdict == V.INELIGIBLE:
            application.ineligible_reasons = application.ineligible_reasons or reasons
            application.verdict = V.INELIGIBLE
            excluded.append(application)
        else:
            kept.append(application)
    return kept, excluded


def _submitted(call: Call) -> list[Application]:
    rows = call.applications.filter(state=A.SUBMITTED)
    return list(rows.select_related("person__audience__parent", "call"))


def _terms(applications: Sequence[Application], pools: Sequence[Seats]) -> dict[str, Any]:
    """Seats and, pool by pool in the order they are filled, the codes that may sit there."""
    who = [entrant(application) for application in applications]
    mine = {e.code: pools_for(pools, option=e.option, lg_code=e.lg_code) for e in who}
    listed = [
        {
            "seats": pool.free,
            "reserved": bool(pool.reserved_for),
            "codes": sorted(code for code, open_to in mine.items() if pool in open_to),
        }
        for pool in sorted(pools, key=lambda pool: not pool.reserved_for)
    ]
    return {"seats": sum(pool.free for pool in pools), "pools": listed, "winners": []}


def rehearse(*, call: Call, seed: str = "0" * 64) -> dict[str, int]:
    """What a draw would come to now, without writing anything: entries, excluded, late, seats, winners, waiting."""
    drawn_from, excluded = _sort_out(call)
    pools = seats(call)
    free = sum(pool.free for pool in pools)
    order = engine.draw([(a.code, a.priority) for a in drawn_from], seed, free).order
    known = {a.code: entrant(a) for a in drawn_from}
    placed = allocate([known[code] for code in order], pools)
    return {
        "entries": len(drawn_from),
        "excluded": len(excluded),
        "late": sum(a.priority == LATE_CLASS for a in drawn_from),
        "seats": free,
        "winners": len(placed),
        "waiting": len(drawn_from) - len(placed),
    }


@writes
def draw(*, by: Actor, call: Call, public_value: str) -> SelectionRun:
    """Run the draw once, from the frozen list and the published value, taken to the letter. Verdicts stay sealed.

    Who has left since the freeze keeps their place in the order, not a seat. Refused: not_frozen, already_drawn,
    bad_public_value (printable ASCII only), approval_missing, other_council.
    """
    call = lock(call)
    own(by, call.council_id)
    run = queries.run_of(call)
    if run is None or run.state == R.PREPARED:
        raise Refused(
            "not_frozen", _("受付番号の一覧がまだ固定されていません。"), _("先に一覧を固定してください。")
        )
    refuse_if(run.state != R.FROZEN, "already_drawn", _("抽選はもう済んでいます。やり直しはできません。"))
    _check_approval(call, Approval.Step.DECIDE)
    entries = [(code, priority) for code, priority in run.entries]
    try:
        run.seed = engine.seed_from(run.list_hash, public_value)
    except ValueError:
        raise Refused(
            "bad_public_value",
            _("公開の数は、半角の英数字と記号で入力してください。"),
            _("公表された数を、そのままの形で入力してください。"),
        ) from None
    run.order = list(engine.draw(entries, run.seed, run.terms["seats"]).order)
    applications = {a.code: a for a in _submitted(call) if a.verdict != V.INELIGIBLE}
    ordered = [applications[code] for code in run.order if code in applications]
    winners = _decide(by, call, ordered, waitlist=len(ordered))
    run.terms = run.terms | {"winners": sorted(winners)}
    run.seed_value, run.state, run.drawn_at = public_value, R.DRAWN, by.at
    run.save()
    record(by=by, verb="selection.drawn", subject=run)
    return run


def _decide(by: Actor, call: Call, ordered: Sequence[Application], *, waitlist: int) -> set[str]:
    """Write sealed verdicts for applications in order; seats are taken at once. Returns the winners' codes."""
    placed = allocate([entrant(application) for application in ordered], seats(call))
    waiting = 0
    for rank, application in enumerate(ordered, start=1):
        application.rank, application.verdict_at = rank, by.at
        pool_id = placed.get(application.code)
        if pool_id is not None and take(pool_id):
            application.seat_pool_id, application.verdict = pool_id, V.SELECTED
        elif waiting < waitlist:
            application.verdict, waiting = V.WAITLISTED, waiting + 1
        else:
            application.verdict = V.NOT_SELECTED
    fields = ["rank", "verdict", "verdict_at", "seat_pool", "score"]
    Application.objects.bulk_update(ordered, fields, batch_size=200)
    return set(placed)


@writes
def decide_by_review(*, by: Actor, call: Call, waitlist: int = 0) -> SelectionRun:
    """Rank by score and give the places, once; ties go by receipt code. `waitlist`: how many become alternates.

    Counts only submitted sheets without a conflict of interest. Refused: not_a_review, already_drawn, reviews_missing,
    approval_missing, stale (not closed), other_council. Verdicts stay sealed until the announcement.
    """
    call = lock(call)
    own(by, call.council_id)
    refuse_if(call.selection != Call.Selection.REVIEW, "not_a_review", _("この募集は審査ではありません。"))
    _must_be_closed(call)
    run = queries.run_of(call) or SelectionRun(council_id=call.council_id, call=call)
    refuse_if(run.state in {R.DRAWN, R.ANNOUNCED}, "already_drawn", _("選考はもう済んでいます。"))
    _check_approval(call, Approval.Step.DECIDE)
    kept, excluded = _sort_out(call)
    for application in excluded:
        application.verdict_at = by.at
        application.save(update_fields=["verdict", "verdict_at", "ineligible_reasons"])
    _score(call, kept)
    ordered = sorted(kept, key=lambda a: (-(a.score or Decimal(0)), a.code))
    _decide(by, call, ordered, waitlist=waitlist)
    run.entries = [[a.code, NORMAL_CLASS] for a in sorted(ordered, key=lambda a: a.code)]
    run.order = [a.code for a in ordered]
    run.state, run.frozen_at, run.drawn_at = R.DRAWN, by.at, by.at
    run.save()
    record(by=by, verb="selection.decided", subject=run)
    return run


def _score(call: Call, applications: Iterable[Application]) -> None:
    criteria = list(call.criteria.all())
    sheets = queries.sheets(call)
    short = [a for a in applications if len(sheets.get(a.id, [])) < max(call.min_reviewers, 1)]
    refuse_if(
        bool(short),
        "reviews_missing",
        format_lazy(
            _("審査がそろっていない申込みが {number} 件あります（1 件につき {needed} 人以上）。"),
            number=len(short),
            needed=call.min_reviewers,
        ),
        _("利害関係のない審査員に採点を頼んでください。"),
    )
    for application in applications:
        application.score = score_of(sheets[application.id], criteria)


def _check_approval(call: Call, step: Approval.Step) -> None:
    refuse_if(
        call.asks_approval and not call.approvals.filter(step=step).exists(),
        "approval_missing",
        format_lazy(_("「{step}」の決裁番号と決裁日がまだ入力されていません。"), step=step.label),
        _("決裁番号と決裁日を入力してから、もう一度お試しください。"),
    )


@writes
def exclude(*, by: Actor, application: Application, reason: str) -> Application:
    """Staff found an applicant not eligible (資格確認): a sealed verdict with the reason in words for the applicant.

    Refused: stale once a list is frozen or the application is no longer waiting for a result.
    """
    call, application = reread(application)
    own(by, call.council_id)
    run = queries.run_of(call)
    refuse_if(
        application.state != A.SUBMITTED or (run is not None and run.state != R.PREPARED),
        "stale",
        _("選考が始まったあとは、対象外にできません。"),
    )
    application.verdict, application.verdict_at = V.INELIGIBLE, by.at
    application.ineligible_reasons = [reason.strip()]
    application.save(update_fields=["verdict", "verdict_at", "ineligible_reasons"])
    record(by=by, verb="application.excluded", subject=application, for_person_id=application.person_id)
    return application


@writes
def announce(*, by: Actor, call: Call) -> list[Application]:
    """Turn the sealed verdicts into states that everyone concerned sees; returns all those applications.

    Winners are OFFERED until a date to confirm by; seats that were given back since the draw are offered on.
    Announcing again returns an empty list. Refused: not_decided, approval_missing, other_council.
    """
    call = lock(call)
    own(by, call.council_id)
    run = queries.run_of(call)
    if run is not None and run.state == R.ANNOUNCED:
        return []
    if run is None or run.state != R.DRAWN:
        raise Refused(
            "not_decided", _("選考がまだ済んでいません。"), _("先に抽選または審査を済ませてください。")
        )
    _check_approval(call, Approval.Step.ANNOUNCE)
    applications = [a for a in _submitted(call) if a.verdict]
    for application in applications:
        move(application, _STATES[V(application.verdict)], by.at)
        if application.state == A.OFFERED:
            application.offered_at, application.confirm_by = by.at, confirm_by(call, by.at)
    fields = ["state", "announced_at", "ended_at", "offered_at", "confirm_by"]
    Application.objects.bulk_update(applications, fields, batch_size=200)
    run.state, run.announced_at = R.ANNOUNCED, by.at
    run.save(update_fields=["state", "announced_at"])
    move_call(call, Call.State.DECIDED)
    call.save(update_fields=["state"])
    record(by=by, verb="selection.announced", subject=run)
    record_many(by=by, verb="application.announced", subjects=applications)
    promoted = {a.id: a for a in offer_next(by=by, call=call)}
    return [promoted.get(a.id, a) for a in applications]


_STATES = {
    V.SELECTED: A.OFFERED,
    V.WAITLISTED: A.WAITLISTED,
    V.NOT_SELECTED: A.NOT_SELECTED,
    V.INELIGIBLE: A.INELIGIBLE,
}
