"""Giving the places of a review, and announcing what a review or a draw decided."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import (
    entrant,
    lock,
    lock_run,
    move_call,
    own,
    refuse_if,
    reread,
    seats,
    take,
)
from sonjuku.rooms.calls.actions.classing import refuse_unreviewed
from sonjuku.rooms.calls.actions.freezing import must_be_closed, sort_out
from sonjuku.rooms.calls.actions.publishing import check_approvals
from sonjuku.rooms.calls.actions.waiting import offer_next
from sonjuku.rooms.calls.models import Application, Approval, Call, SeatPool, SelectionRun
from sonjuku.rooms.calls.rules import allocate, confirm_by
from sonjuku.rooms.journal.actions import record, record_rows, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

A, V, R = Application.State, Application.Verdict, SelectionRun.State

# Review


@writes
def decide_by_review(*, by: Actor, call: Call, waitlist: int = 0) -> SelectionRun:
    """Rank by score and give the places, once; ties go by receipt code. `waitlist`: how many become alternates.

    Counts only submitted sheets without a conflict of interest. Refused: not_a_review, already_drawn, reviews_missing,
    approval_missing, stale (not closed), other_council. Verdicts stay sealed until the announcement.
    """
    call = lock(call)
    own(by, call.council_id)
    refuse_if(call.selection != Call.Selection.REVIEW, "not_a_review", _("この募集は審査ではありません。"))
    must_be_closed(call)
    run = queries.run_of(call) or SelectionRun(
        council_id=call.council_id, title=call.title, title_en=call.title_en
    )
    refuse_if(run.state in {R.DRAWN, R.ANNOUNCED}, "already_drawn", _("選考はもう済んでいます。"))
    check_approvals([call], Approval.Step.DECIDE)
    kept = _kept(by, call)
    _score(call, kept)
    ordered = sorted(kept, key=lambda a: (-(a.score or Decimal(0)), a.code))
    _decide(by, call, ordered, waitlist=waitlist)
    run.order = "".join(f"{a.code}\n" for a in ordered)
    run.state, run.frozen_at, run.drawn_at = R.DRAWN, by.at, by.at
    run.save()
    call.selection_run = run
    call.save(update_fields=["selection_run"])
    record(by=by, verb="selection.decided", subject=run)
    return run


def _kept(by: Actor, call: Call) -> list[Application]:
    """The eligible; the others' verdict is written."""
    judged = {one.entry.id: one for one in sort_out([call])}
    kept = []
    for application in call.applications.filter(state=A.SUBMITTED).select_related("person", "call"):
        one = judged[application.id]
        if not one.is_out:
            kept.append(application)
            continue
        application.verdict, application.verdict_at = V.INELIGIBLE, by.at
        application.ineligible_reasons = one.reasons
        application.save(update_fields=["verdict", "verdict_at", "ineligible_reasons"])
    return kept


def _score(call: Call, applications: Sequence[Application]) -> None:
    scores = queries.scores(call)
    refuse_unreviewed(sum(a.id not in scores for a in applications), call.min_reviewers)
    for application in applications:
        application.score = scores[application.id]


def _decide(by: Actor, call: Call, ordered: Sequence[Application], *, waitlist: int) -> set[str]:
    """Write sealed verdicts for applications in order; seats are taken at once. Returns the winners' codes."""
    placed = allocate([entrant(application) for application in ordered], seats(call))
    waiting = 0
    for rank, application in enumerate(ordered, start=1):
        application.rank, application.verdict_at = rank, by.at
        pool_id = placed.get(application.code)
        if pool_id is not None and take(pool_id, application.persons):
            application.seat_pool_id, application.verdict = pool_id, V.SELECTED
        elif waiting < waitlist:
            application.verdict, waiting = V.WAITLISTED, waiting + 1
        else:
            application.verdict = V.NOT_SELECTED
    fields = ["rank", "verdict", "verdict_at", "seat_pool", "score"]
    Application.objects.bulk_update(ordered, fields, batch_size=200)
    return set(placed)


@writes
def note_decision(*, by: Actor, application: Application, note: str) -> Application:
    """Why this application was chosen or not, in words, before the result of its review is announced.

    Sealed like the verdict until then. Refused: not_a_review, stale (announced already), other_council.
    """
    call, application = reread(application)
    own(by, call.council_id)
    refuse_if(call.selection != Call.Selection.REVIEW, "not_a_review", _("この募集は審査ではありません。"))
    refuse_if(
        application.announced_at is not None,
        "stale",
        _("結果を発表したあとは、理由を変えられません。"),
        _("誤りがあるときは、選考の訂正として公開してください。"),
    )
    application.decision_note = note.strip()[:400]
    application.save(update_fields=["decision_note"])
    record(
        by=by,
        verb="application.decision_noted",
        subject=application,
        for_person_id=application.person_id,
        field_names=["decision_note"],
    )
    return application


# The announcement


@writes
def announce(*, by: Actor, run: SelectionRun) -> int:
    """Turn the sealed verdicts into states that everyone concerned sees; returns how many applications.

    Winners are OFFERED until a date to confirm by; seats that were given back since the draw are offered on.
    Announcing again returns 0. Letters: flows.announcing. Refused: not_decided, approval_missing, other_council.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    if run.state == R.ANNOUNCED:
        return 0
    if run.state != R.DRAWN:
        raise Refused(
            "not_decided", _("選考がまだ済んでいません。"), _("先に抽選または審査を済ませてください。")
        )
    check_approvals(calls, Approval.Step.ANNOUNCE)
    for call in calls:
        _tell(by, call)
        if call.state != Call.State.FINISHED:  # nobody was left in it
            move_call(call, Call.State.DECIDED)
            call.save(update_fields=["state"])
    run.state, run.announced_at = R.ANNOUNCED, by.at
    run.save(update_fields=["state", "announced_at"])
    record(by=by, verb="selection.announced", subject=run)
    told = Application.objects.filter(call__in=calls, announced_at=by.at)
    number = record_rows(
        by=by,
        verb="application.announced",
        model=Application,
        council_id=run.council_id,
        rows=told.order_by().values_list("id", "person_id").iterator(),
    )
    for call in calls:
        offer_next(by=by, call=call)
    return number


def _tell(by: Actor, call: Call) -> None:
    """The states that follow from the verdicts, in a few statements however many applied."""
    waiting = call.applications.filter(state=A.SUBMITTED)
    if call.selection == Call.Selection.RANKED:
        option = SeatPool.objects.filter(pk=OuterRef("seat_pool")).values("option")
        waiting.filter(verdict=V.SELECTED).update(option=Subquery(option))
    said: dict[str, Any] = {"announced_at": by.at}
    offer = {"offered_at": by.at, "confirm_by": confirm_by(call, by.at)}
    waiting.filter(verdict=V.SELECTED).update(state=A.OFFERED, **offer, **said)
    waiting.filter(verdict=V.WAITLISTED).update(state=A.WAITLISTED, **said)
    for verdict, state in ((V.NOT_SELECTED, A.NOT_SELECTED), (V.INELIGIBLE, A.INELIGIBLE)):
        waiting.filter(verdict=verdict).update(state=state, ended_at=by.at, **said)


@writes
def mark_letters(*, by: Actor, run: SelectionRun, told: Sequence[Application], is_last: bool) -> None:
    """Note how far the letters of an announced run have come; `told` in the order of their keys."""
    fields: dict[str, Any] = {"letters_sent": F("letters_sent") + len(told)}
    if told:
        fields["letters_after"] = told[-1].pk
    if is_last:
        fields["letters_at"] = by.at
    SelectionRun.objects.filter(pk=run.pk).update(**fields)
