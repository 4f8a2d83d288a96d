"""The draw: two people type the public number, or a beacon is pasted; then it is drawn once, under seal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import bundle, wire
from sonjuku.engines.selection.assign import Applicant, Place
from sonjuku.engines.selection.explain import Explainer
from sonjuku.engines.selection.wire_assign import read_result
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import lock_run, own, refuse_if
from sonjuku.rooms.calls.actions.classing import counted
from sonjuku.rooms.calls.actions.freezing import sort_out
from sonjuku.rooms.calls.actions.public_value import public_value_of, take_beacon, take_number
from sonjuku.rooms.calls.actions.publishing import check_approvals, layout_with_seats
from sonjuku.rooms.calls.models import Application, Approval, Call, SeatPool, SelectionRun, TypedNumber
from sonjuku.rooms.calls.rules import (
    LATE_CLASS,
    Layout,
    Seats,
    applicants_of,
    list_text,
    merged_classes,
    persons_of,
    read_list,
    read_persons,
    read_rules,
    rules_text,
    sit,
    titles_of,
    to_json,
    with_classes,
)
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.bulk import update_values
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

A, V, R = Application.State, Application.Verdict, SelectionRun.State
# No list hash and public value give this but by a collision of SHA-256.
REHEARSAL_SEED = sha256(b"sonjuku: a rehearsal, never a draw").hexdigest()


def _must_be_frozen(run: SelectionRun) -> None:
    if run.state in {R.PREPARED, R.PUBLISHED}:
        raise Refused(
            "not_frozen", _("受付番号の一覧がまだ固定されていません。"), _("先に一覧を固定してください。")
        )
    refuse_if(
        run.state != R.FROZEN,
        "already_drawn",
        _("抽選はもう済んでいます。やり直しはできません。"),
        _("誤りがあるときは、理由を公開してこの選考を無効にしてください。"),
    )


@writes
def type_number(*, by: Actor, run: SelectionRun, value: str) -> TypedNumber:
    """See take_number. Refused too: not_frozen, already_drawn, other_council."""
    run, _calls = lock_run(run)
    own(by, run.council_id)
    _must_be_frozen(run)
    row: TypedNumber = take_number(by, run, value)
    record(by=by, verb="selection.number_typed", subject=run)
    return row


@writes
def put_beacon(*, by: Actor, run: SelectionRun, beacon: Mapping[str, Any]) -> SelectionRun:
    """See take_beacon. Refused too: not_frozen, already_drawn, other_council."""
    run, _calls = lock_run(run)
    own(by, run.council_id)
    _must_be_frozen(run)
    take_beacon(run, beacon)
    record(by=by, verb="selection.number_typed", subject=run)
    return run


# The draw


@writes
def draw(*, by: Actor, run: SelectionRun) -> SelectionRun:
    """Draw once, from the frozen list and the public value. Verdicts stay sealed.

    Who has left since the freeze keeps their place in the order; their seat is offered on at the announcement.
    Refused: not_frozen, already_drawn, numbers_missing, numbers_differ, approval_missing, unfair (the checker complains:
    nothing is written), other_council.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    _must_be_frozen(run)
    check_approvals(calls, Approval.Step.DECIDE)
    run.public_value = public_value_of(run)
    drawn = bundle.make_bundle(run.rules, run.frozen_list, run.public_value)
    refuse_if(
        bool(drawn["check"]),
        "unfair",
        _("検算が合わないため、抽選の結果を残しませんでした。"),
        _("この画面の時刻を添えて、ソフトウェアの担当者に連絡してください。"),
    )
    run.seed, run.order, run.result = drawn["seed"], drawn["order"], drawn["result"]
    run.complaints = drawn["check"]
    run.state, run.drawn_at = R.DRAWN, by.at
    run.save()
    _decide(run, calls, by.at)
    record(by=by, verb="selection.drawn", subject=run)
    return run


def _decide(run: SelectionRun, calls: Sequence[Call], at: datetime) -> None:
    """Sealed verdicts, ranks and reasons for everybody in the list who has not left; seats are taken at once."""
    layout = layout_with_seats(calls)
    method, rules = read_rules(run.rules)
    applicants = read_list(run.frozen_list, method)
    lines = run.result.split("\n")[:-1]
    if method == "draw":
        places = {code: Place("p1", 0) for code, got in (line.split("\t") for line in lines) if got == "in"}
    else:
        places = read_result(rules, lines)
    explainer = Explainer(rules, applicants, run.seed, places, read_persons(run.frozen_list, method))
    pools = _pools_of(layout, places)
    ranks = _ranks(layout, applicants, explainer, places)
    rows = _rows(run, layout, explainer, places, pools, ranks, at)
    taken: Counter[UUID] = Counter()
    names = ["verdict", "verdict_at", "rank", "seat_pool_id", "explanation"]
    update_values(Application, names, _counted(rows, taken))
    for pool_id, number in taken.items():
        SeatPool.objects.filter(pk=pool_id).update(taken=F("taken") + number)


def _pools_of(layout: Layout, places: Mapping[str, Place]) -> dict[str, UUID]:
    by_course: dict[str, dict[str, int]] = {}
    for code, place in places.items():
        by_course.setdefault(place.programme, {})[code] = place.seat
    found: dict[str, UUID] = {}
    for course in layout.courses:
        found |= sit([Seats.of(pool) for pool in course.pools], by_course.get(course.code, {}))
    return found


def _ranks(
    layout: Layout, applicants: Sequence[Applicant], explainer: Explainer, places: Mapping[str, Place]
) -> dict[tuple[UUID, str], int]:
    """(call, code) -> place in that call's line: who got a seat there, then the others; by class, then number."""
    call_of = {course.code: course.call_id for course in layout.courses}
    lines: dict[UUID, dict[str, tuple[bool, int, int]]] = {}
    for applicant in applicants:
        place, number = places.get(applicant.code), explainer.number[applicant.code]
        for wish in applicant.wishes:
            here = call_of[wish.programme]
            seated = place is not None and call_of[place.programme] == here
            lines.setdefault(here, {})[applicant.code] = (not seated, wish.priority, number)
    return {
        (call_id, code): rank
        for call_id, line in lines.items()
        for rank, code in enumerate(sorted(line, key=line.__getitem__), start=1)
    }


def _rows(
    run: SelectionRun,
    layout: Layout,
    explainer: Explainer,
    places: Mapping[str, Place],
    pools: Mapping[str, UUID],
    ranks: Mapping[tuple[UUID, str], int],
    at: datetime,
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The persons of each application, and what is written of it; who withdrew the wish that came true waits with the others."""
    call_of = {course.code: course.call_id for course in layout.courses}
    entries = list(queries.entries(run))  # not read while it is written
    still_there = {(entry.code, entry.call_id) for entry in entries}
    for entry in entries:
        if entry.code not in explainer.number:
            continue
        place = places.get(entry.code)
        won_at = call_of[place.programme] if place else None
        if won_at is not None and (entry.code, won_at) not in still_there:
            won_at = None
        if won_at is None:
            verdict, pool_id = V.WAITLISTED, None
        elif won_at == entry.call_id:
            verdict, pool_id = V.SELECTED, pools[entry.code]
        else:  # a place elsewhere in the run: whoever has one does not wait for another
            verdict, pool_id = V.NOT_SELECTED, None
        why = to_json(explainer.of(entry.code))
        rank = ranks[entry.call_id, entry.code]
        yield entry.persons, (entry.id, verdict.value, at, rank, pool_id, why)


def _counted(rows: Iterator[tuple[int, tuple[Any, ...]]], taken: Counter[UUID]) -> Iterator[tuple[Any, ...]]:
    for persons, row in rows:
        if row[4] is not None:
            taken[row[4]] += persons
        yield row


# Trying it out


def preview_classes(*, run: SelectionRun) -> dict[str, Any]:
    """How many would stand in each class now (`classes` as classing.counted), and how many applications still lack
    sheets of reviewers (`unreviewed`). Writes nothing; looks at nobody where all stand alike and no points count."""
    calls = queries.calls_of(run)
    if not any(call.priority_rules.exists() or queries.has_review(call) for call in calls):
        return {"classes": [], "unreviewed": 0}
    judged = sort_out(calls)
    kept = [one.entry for one in judged if not one.is_out]
    into = merged_classes(applicants_of(layout_with_seats(calls), kept))
    return {
        "classes": counted(calls, kept, into),
        "unreviewed": sum(one.lacks_sheets and not one.is_out for one in judged),
    }


def rehearse(*, run: SelectionRun) -> dict[str, Any]:
    """What a draw would come to now, on a seed that no real draw can have; writes nothing.

    entries (applications), persons in them, excluded, late (applications), seats, winners, waiting (persons), and
    `courses`: title [ja, en], seats, wished, winners.
    """
    calls = queries.calls_of(run)
    judged = sort_out(calls)
    kept = [one.entry for one in judged if not one.is_out]
    layout = layout_with_seats(calls)
    applicants = applicants_of(layout, kept)
    applicants = with_classes(applicants, merged_classes(applicants))
    rules = rules_text(layout, run_code=run.code, source="rehearsal")
    persons = persons_of(kept)
    frozen = list_text(rules, layout.method, applicants, persons)
    rule_lines, entries = rules.split("\n")[len(wire.HEAD) : -1], frozen.split("\n")[1:-1]
    result = bundle.METHODS[layout.method].run(rule_lines, entries, REHEARSAL_SEED).result
    got: Counter[str] = Counter()
    for line in result:
        got[_got(line)] += persons.get(line.split("\t")[0], 1)
    winners = sum(number for programme, number in got.items() if programme)
    return {
        "entries": len(applicants),
        "persons": got.total(),
        "excluded": len(judged) - len(kept),
        "late": len({entry.code for entry in kept if entry.priority == LATE_CLASS}),
        "seats": sum(pool.capacity - pool.taken for course in layout.courses for pool in course.pools),
        "winners": winners,
        "waiting": got.total() - winners,
        "courses": _courses(layout, calls, applicants, got),
    }


def _got(line: str) -> str:
    """The programme in a line of the result, "" for none."""
    programme = line.split("\t")[1]
    return {"in": "p1", "waiting": "", wire.NONE: ""}.get(programme, programme)


def _courses(
    layout: Layout, calls: Sequence[Call], applicants: Sequence[Applicant], got: Mapping[str, int]
) -> list[dict[str, Any]]:
    titles = titles_of(layout, calls)
    wished = Counter(wish.programme for applicant in applicants for wish in applicant.wishes)
    return [
        {
            "title": titles[course.code],
            "seats": sum(pool.capacity - pool.taken for pool in course.pools),
            "wished": wished[course.code],
            "winners": got.get(course.code, 0),
        }
        for course in layout.courses
    ]
