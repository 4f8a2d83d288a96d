"""資格確認 and the frozen list: who is not eligible, who applied twice, who takes part in the draw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import wire
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import lock_run, own, refuse_if, reread
from sonjuku.rooms.calls.actions.classing import Classes, classes_of, refuse_unreviewed
from sonjuku.rooms.calls.actions.publishing import layout_with_seats, publish_rules
from sonjuku.rooms.calls.models import Application, Call, DoubleCheck, EligibilityRule, SelectionRun
from sonjuku.rooms.calls.rules import (
    NORMAL_CLASS,
    Classed,
    Entry,
    Facts,
    applicants_of,
    counted_reasons,
    eligibility_problems,
    freezes_from,
    list_text,
    merged_classes,
    persons_of,
    rules_text,
    with_classes,
)
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.bulk import update_values
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.dates import day_of, format_datetime

A, V, R, C = Application.State, Application.Verdict, SelectionRun.State, Call.State
CREDENTIAL = "credential"
_COLUMNS = (
    *("id", "run_code", "code", "wishes", "option", "verdict", "ineligible_reasons", "received_at", "submitted_at"),
    *("created_at", "person_id", "person__date_of_birth", "person__lg_code", "person__school_stage"),
    *("person__audience_id", "persons"),
)  # fmt: skip


class Judged(NamedTuple):
    """One application after the check. `reasons` why it is out; `was_out`: staff had excluded it before;
    `lacks_sheets`: its points are asked for and too few reviewers have scored it."""

    entry: Entry
    reasons: list[str]
    was_out: bool
    classed: Classed
    score: Decimal | None = None
    lacks_sheets: bool = False

    @property
    def is_out(self) -> bool:
        return self.was_out or bool(self.reasons)


@writes
def freeze_list(*, by: Actor, run: SelectionRun) -> SelectionRun:
    """Fix who takes part in the draw, after the close and the days of checking: codes and wishes, with the hash to publish.

    Checks eligibility again (資格確認) as of the day of application and the guardian's consent by each call's published
    rule; points and classes are written. Freezing again returns the same run. Refused: stale (a call is not closed),
    not_a_draw, check_running, too_late (the public value is out), doubles_open, reviews_missing, seats_changed,
    other_council.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    if run.state in {R.FROZEN, R.DRAWN, R.ANNOUNCED}:
        return run
    _may_freeze(by, run, calls)
    if run.state == R.PREPARED:  # begun before runs had rules
        publish_rules(by, run, calls)
    layout = layout_with_seats(calls)
    refuse_if(
        rules_text(layout, run_code=run.code, source=" ".join(run.seed_source.split())) != run.rules,
        "seats_changed",
        _("空いている席の数が、公開した規則と違います。"),
        _("席を規則のとおりに戻すか、理由を公開してこの選考を無効にし、やり直してください。"),
    )
    judged = sort_out(calls)
    refuse_unreviewed(
        sum(one.lacks_sheets and not one.is_out for one in judged), max(call.min_reviewers for call in calls)
    )
    applicants = applicants_of(layout, (one.entry for one in judged if not one.is_out))
    into = merged_classes(applicants)
    persons = persons_of(one.entry for one in judged if not one.is_out)
    run.frozen_list = list_text(run.rules, layout.method, with_classes(applicants, into), persons)
    run.list_hash = wire.hash_of(run.frozen_list)
    run.merged_classes = [list(pair) for pair in sorted(into.items())]
    run.excluded = counted_reasons(one.reasons for one in judged if one.is_out)
    run.state, run.frozen_at = R.FROZEN, by.at
    run.save()
    _write(by, calls, judged)
    record(by=by, verb="selection.frozen", subject=run)
    return run


def _write(by: Actor, calls: Sequence[Call], judged: Iterable[Judged]) -> None:
    """Without rules of priority nearly everybody is in the first class: those in one statement, then the others in
    chunks."""
    usual = {"priority": NORMAL_CLASS, "verdict": V.NONE, "verdict_at": None, "ineligible_reasons": []}
    usual |= {"class_evidence": None, "score": None}
    Application.objects.filter(call__in=calls, state=A.SUBMITTED).update(**usual)

    def row(one: Judged) -> tuple[Any, ...]:
        verdict, at = (V.INELIGIBLE.value, by.at) if one.is_out else (V.NONE.value, None)
        return (one.entry.id, one.entry.priority, verdict, at, one.reasons, one.classed.evidence, one.score)

    names = ["priority", "verdict", "verdict_at", "ineligible_reasons", "class_evidence", "score"]
    others = (
        one for one in judged if one.is_out or one.classed != (NORMAL_CLASS, None) or one.score is not None
    )
    update_values(Application, names, map(row, others))


def _may_freeze(by: Actor, run: SelectionRun, calls: Sequence[Call]) -> None:
    refuse_if(
        run.state == R.VOIDED or not calls,
        "stale",
        _("この選考は無効になっています。"),
        _("やり直しの選考を開いてください。"),
    )
    refuse_if(not all(call.uses_draw for call in calls), "not_a_draw", _("この募集は抽選ではありません。"))
    for call in calls:
        must_be_closed(call)
    last = max(call.closes_at for call in calls if call.closes_at)
    opens = freezes_from(last, run.check_days)
    refuse_if(
        by.at < opens,
        "check_running",
        format_lazy(
            _("資格確認の期間です。一覧は{at}から固定できます。"), at=format_datetime(opens, year=True)
        ),
        _("それまでに、申込みの内容と二重の申込みを確かめてください。"),
    )
    refuse_if(
        run.draws_at is not None and by.at >= run.draws_at,
        "too_late",
        _("公開の数が出る時刻を過ぎたため、一覧を固定できません。"),
        _("理由を公開してこの選考を無効にし、これから公表される数でやり直してください。"),
    )
    refuse_if(
        any(double.check is None for double in queries.doubles(run)),
        "doubles_open",
        _("同じ方かもしれない申込みが残っています。"),
        _("一組ずつ確かめて、同じ方か別の方かを記録してください。"),
    )


def must_be_closed(call: Call) -> None:
    refuse_if(
        call.state != C.CLOSED,
        "stale",
        format_lazy(
            _("この募集はいま「{state}」です。選考は受付が終わってから、一度だけ行えます。"), state=C(call.state).label
        ),
        _("受付の締切を過ぎてから、もう一度お試しください。"),
    )  # fmt: skip


# The check


@dataclass
class _Terms:
    """What one call asks, read once."""

    rules: list[EligibilityRule]
    late: set[UUID]
    lowest: bool
    had_place: set[UUID]
    classes: Classes


def sort_out(calls: Sequence[Call]) -> list[Judged]:
    """Who is drawn from, with their class, and who is not, with reasons. Writes nothing; loads no person."""
    above = dict(Audience.objects.values_list("code", "parent_id"))
    terms = {call.id: _terms(call) for call in calls}
    rows = Application.objects.filter(call__in=list(terms), state=A.SUBMITTED)
    rows = rows.order_by("wish_rank", "submitted_at", "id").values("call_id", *_COLUMNS)
    return [_judge(terms[row["call_id"]], above, row) for row in rows.iterator()]


def _terms(call: Call) -> _Terms:
    rules = [rule for rule in call.eligibility_rules.all() if rule.kind != CREDENTIAL]
    return _Terms(
        rules=rules,
        late=queries.without_guardian(call),
        lowest=call.consent_late == Call.ConsentLate.LOWEST,
        had_place=queries.had_place_this_year(call),
        classes=classes_of(call, rules),
    )


def _judge(terms: _Terms, above: Mapping[str, str | None], row: Mapping[str, Any]) -> Judged:
    is_late = row["id"] in terms.late
    day = day_of(row["received_at"] or row["submitted_at"] or row["created_at"])
    facts = _facts(above, row, terms.classes)
    classed = terms.classes.of(facts, day, is_late=is_late)
    wishes = row["wishes"] or [row["option"]]
    entry = Entry(
        row["id"],
        row["run_code"] or row["code"],
        row["call_id"],
        wishes,
        classed.number,
        row["person__lg_code"],
        row["persons"],
    )
    if row["verdict"] == V.INELIGIBLE:
        return Judged(entry, row["ineligible_reasons"], True, classed, facts.score)
    reasons = [problem.kind for problem in eligibility_problems(terms.rules, facts, day=day)]
    if is_late and not terms.lowest:
        reasons.append("guardian_consent")
    if row["person_id"] in terms.had_place:
        reasons.append("once_a_year")
    return Judged(entry, reasons, False, classed, facts.score, terms.classes.lacks_sheets(row["id"]))


def _facts(above: Mapping[str, str | None], row: Mapping[str, Any], classes: Classes) -> Facts:
    found: list[str] = []
    code: str | None = row["person__audience_id"]
    while code and code not in found:
        found.append(code)
        code = above.get(code)
    return Facts(
        date_of_birth=row["person__date_of_birth"],
        lg_code=row["person__lg_code"],
        school_stage=row["person__school_stage"],
        audience=row["person__audience_id"] or "",
        audiences=frozenset(found),
        **classes.facts(row["id"], row["person_id"]),
    )


# What staff find


def _must_be_checking(run: SelectionRun | None) -> None:
    refuse_if(
        run is not None and run.state not in queries.BEFORE_THE_FREEZE,
        "stale",
        _("選考が始まったあとは、対象外にできません。"),
        _("誤りが分かったときは、訂正を公開するか、この選考を無効にしてやり直してください。"),
    )


@writes
def exclude(*, by: Actor, application: Application, reason: str) -> Application:
    """Staff found an applicant not eligible (資格確認): a sealed verdict with the reason in words for the applicant.

    Refused: stale once a list is frozen or the application is no longer waiting for a result.
    """
    call, application = reread(application)
    own(by, call.council_id)
    _must_be_checking(queries.run_of(call))
    refuse_if(application.state != A.SUBMITTED, "stale", _("選考が始まったあとは、対象外にできません。"))
    _exclude(by, [application], reason.strip())
    return application


def _exclude(by: Actor, applications: Iterable[Application], reason: str) -> None:
    for application in applications:
        application.verdict, application.verdict_at = V.INELIGIBLE, by.at
        application.ineligible_reasons = [reason]
        application.save(update_fields=["verdict", "verdict_at", "ineligible_reasons"])
        record(by=by, verb="application.excluded", subject=application, for_person_id=application.person_id)


@writes
def settle_double(
    *,
    by: Actor,
    run: SelectionRun,
    first: Application,
    second: Application,
    is_same_person: bool,
    keep: Application | None = None,
) -> DoubleCheck:
    """Write down whether two applications that look alike are one person's.

    Of the same person only `keep` (one of the two) stays: the other person's applications in this run become ineligible.
    Settling again replaces the answer as long as nobody was excluded by it. Refused: stale (frozen), not_in_run,
    keep_missing, other_council.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    _must_be_checking(run)
    pair = _pair(calls, first, second)
    if is_same_person:
        kept = next((one for one in pair if keep is not None and one.pk == keep.pk), None)
        refuse_if(
            kept is None,
            "keep_missing",
            _("同じ方のときは、残す申込みを一つ選んでください。"),
            _("先に届いた申込みを残すのがふつうです。"),
        )
        [other] = [one for one in pair if one is not kept]
        theirs = Application.objects.filter(call__in=calls, person_id=other.person_id, state=A.SUBMITTED)
        _exclude(by, theirs.select_related("person"), "double")
    return _note(by, run, pair, is_same_person)


def _pair(calls: Sequence[Call], first: Application, second: Application) -> tuple[Application, Application]:
    rows = Application.objects.filter(pk__in=[first.pk, second.pk], call__in=calls, state=A.SUBMITTED)
    found = {row.pk: row for row in rows}
    refuse_if(
        len(found) != 2 or found[first.pk].person_id == found[second.pk].person_id,
        "not_in_run",
        _("この二つの申込みは、同じ選考の中にありません。"),
        _("ページを読み直してください。"),
    )
    return found[first.pk], found[second.pk]


def _note(
    by: Actor, run: SelectionRun, pair: tuple[Application, Application], is_same_person: bool
) -> DoubleCheck:
    low, high = sorted(pair, key=lambda one: one.pk)
    check, _created = DoubleCheck.objects.update_or_create(
        first=low,
        second=high,
        defaults={
            "run": run,
            "is_same_person": is_same_person,
            "checked_by_id": by.account_id,
            "checked_at": by.at,
        },
    )
    for one in pair:
        record(by=by, verb="application.compared", subject=one, for_person_id=one.person_id)
    return check


@writes
def settle_all_different(
    *, by: Actor, run: SelectionRun, pairs: Iterable[tuple[Application, Application]]
) -> int:
    """Families share a telephone and an address: all of these pairs are different people. Returns how many pairs.

    Refused: as settle_double.
    """
    run, calls = lock_run(run)
    own(by, run.council_id)
    _must_be_checking(run)
    return len([_note(by, run, _pair(calls, *pair), False) for pair in pairs])
