"""Reads of runs: who sees which, what is public of one, who looks like whom, why somebody got what they got."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Length, Replace
from django.utils import translation

from sonjuku.engines.selection import wire
from sonjuku.engines.selection.sentences import sentences
from sonjuku.rooms.calls.models import (
    Application,
    Call,
    CallBody,
    Companion,
    DoubleCheck,
    SeatPool,
    SelectionRun,
)
from sonjuku.rooms.calls.queries.calls import names_of, with_role
from sonjuku.rooms.calls.rules import (
    Classed,
    Entry,
    Known,
    Layout,
    class_text,
    from_json,
    layout_of,
    pairs,
    public_reasons,
    state_of,
    steps,
)
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.rules import may

R = SelectionRun.State
A, V = Application.State, Application.Verdict
# As long as the list is not fixed, applications may be added and taken out.
BEFORE_THE_FREEZE = (R.PREPARED, R.PUBLISHED)
HAS_RUN = (Call.Selection.LOTTERY, Call.Selection.RANKED, Call.Selection.REVIEW)
# Megabytes of a large run: read when they are asked for.
TEXTS = ("rules", "frozen_list", "order", "result", "first_format")


class Double(NamedTuple):
    """Two applications that look alike (`name`, `phone`, `address`), and what staff found, if they have looked."""

    first: Application
    second: Application
    alike: tuple[str, ...]
    check: DoubleCheck | None


def run_of(call: Call, *, with_texts: bool = False) -> SelectionRun | None:
    """The run that this call belongs to; None before it has one. Without `with_texts`, TEXTS are read when asked for."""
    rows = SelectionRun.objects.filter(calls=call.pk)
    return (rows if with_texts else rows.defer(*TEXTS)).first()


def calls_of(run: SelectionRun) -> list[Call]:
    """The calls of a run in its order; those of a void one are with the run that corrects it."""
    rows = Call.objects.filter(selection_run_id=run.pk).select_related("council")
    return list(rows.order_by("run_ordinal", "code"))


def runs_visible_to(actor: Actor) -> QuerySet[SelectionRun]:
    """The runs this actor may prepare and draw: of their council, with a call on which their body works or none yet."""
    if not (may(actor.role, "selection.run") and actor.council_id and actor.body_id):
        return SelectionRun.objects.none()
    calls = Call.objects.filter(selection_run=OuterRef("pk"))
    working = calls.filter(with_role(actor, CallBody.SEES_PEOPLE))
    rows = SelectionRun.objects.filter(council_id=actor.council_id).defer(*TEXTS)
    return rows.filter(Exists(working) | ~Exists(calls))


def corrected_by(run: SelectionRun) -> SelectionRun | None:
    """The run that took the place of a void one."""
    return SelectionRun.objects.filter(corrects_id=run.pk).first()


def layout(run: SelectionRun) -> Layout:
    """The programmes of the run's calls with their seats as they stand."""
    calls = calls_of(run)
    pools: dict[UUID, list[SeatPool]] = {call.id: [] for call in calls}
    for pool in SeatPool.objects.filter(call__in=pools).order_by("ordinal", "id"):
        pools[pool.call_id].append(pool)
    return layout_of(calls, pools)


def submitted(run: SelectionRun) -> QuerySet[Application]:
    """What waits for this run's result, each person's in the order of their wishes."""
    rows = Application.objects.filter(call__selection_run_id=run.pk, state=A.SUBMITTED)
    return rows.order_by("wish_rank", "submitted_at", "id")


_ENTRY = ("id", "run_code", "code", "call_id", "wishes", "option", "priority", "person__lg_code", "persons")


def entries(run: SelectionRun) -> Iterator[Entry]:
    """The run's submitted applications that are not excluded, without loading persons."""
    rows = submitted(run).exclude(verdict=V.INELIGIBLE)
    for key, run_code, code, call_id, wishes, option, priority, lg_code, persons in rows.values_list(
        *_ENTRY
    ).iterator():
        yield Entry(key, run_code or code, call_id, wishes or [option], priority, lg_code, persons)


# Double applications

_KNOWN = (
    *("id", "person_id", "person__family_name_kana", "person__given_name_kana", "person__date_of_birth"),
    *("person__phone", "person__address"),
)


def doubles(run: SelectionRun) -> list[Double]:
    """Applications of different records that look like one person's, who is still to be drawn; the unsettled first.

    Each person stands there with their first application of the run. Who was found to be a double is excluded and
    gone from here.
    """
    firsts: dict[UUID, Known] = {}
    whose: dict[UUID, UUID] = {}
    for key, person_id, family, given, born, phone, address in (
        submitted(run).exclude(verdict=V.INELIGIBLE).values_list(*_KNOWN).iterator()
    ):
        whose[key] = person_id
        firsts.setdefault(person_id, Known(key, person_id, family + given, born, phone, address))
    found = pairs([*firsts.values(), *_companions(whose)])
    if not found:
        return []
    checks = _checks_by_persons(run)
    rows = _with_persons({key for pair in found for key in pair[:2]})
    shown = [
        Double(
            rows[p.first], rows[p.second], p.alike, checks.get(frozenset((whose[p.first], whose[p.second])))
        )
        for p in found
    ]
    return sorted(shown, key=lambda double: double.check is not None)


def bodies_of_pairs(pairs: Iterable[Double]) -> dict[UUID, dict[UUID, str]]:
    """Which bodies see the people of the calls that these pairs are of: call -> body -> name."""
    keys = {one.call_id for pair in pairs for one in pair[:2]}
    rows = CallBody.objects.filter(call__in=keys, role__in=CallBody.SEES_PEOPLE).select_related("body")
    found: dict[UUID, dict[UUID, str]] = {}
    for row in rows.order_by("role", "id"):
        found.setdefault(row.call_id, {})[row.body_id] = str(row.body)
    return found


_COMPANION = ("application_id", "family_name_kana", "given_name_kana", "date_of_birth")


def _companions(whose: Mapping[UUID, UUID]) -> Iterator[Known]:
    """Who comes along with these applications (id -> person): units come one application a person."""
    calls = Call.objects.filter(max_persons__gt=1, applications__in=list(whose)[:1])
    rows = Companion.objects.filter(application__call__in=calls).order_by("id")
    for key, family, given, born in rows.values_list(*_COMPANION).iterator():
        if key in whose:
            yield Known(key, whose[key], family + given, born, "", "", is_companion=True)


def _with_persons(keys: Collection[UUID]) -> dict[UUID, Application]:
    listed, found = list(keys), {}
    for start in range(0, len(listed), 500):
        rows = Application.objects.filter(pk__in=listed[start : start + 500])
        rows = rows.select_related("person", "call").prefetch_related("companions")
        found.update({row.id: row for row in rows})
    return found


def _checks_by_persons(run: SelectionRun) -> dict[frozenset[UUID], DoubleCheck]:
    rows = DoubleCheck.objects.filter(first__call__selection_run_id=run.pk)
    return {
        frozenset((check.first.person_id, check.second.person_id)): check
        for check in rows.select_related("first", "second", "checked_by")
    }


# Why


def explanation(application: Application, language: str) -> list[str]:
    """Why this application got what it got, in sentences for its person; nothing before the announcement.

    `language`: a language of the house; all but English read Japanese.
    """
    if application.announced_at is None or not application.explanation:
        return []
    runs = SelectionRun.objects.filter(calls=application.call_id)
    titles, merged = runs.values_list("titles", "merged_classes").first() or ({}, [])
    english = language.startswith("en")
    named = {code: pair[1] if english else pair[0] for code, pair in titles.items()}
    read = from_json(application.run_code or application.code, application.explanation)
    number, *wishes = sentences(read, named, "en" if english else "ja")
    said = _class_said(application, english, dict(merged))
    return [number, *([said] if said else []), *wishes]


def _class_said(application: Application, english: bool, merged: dict[int, int]) -> str:
    rules = list(application.call.priority_rules.all())
    classed = Classed(application.priority, application.class_evidence)
    code = classed.evidence if isinstance(classed.evidence, str) else ""
    with translation.override("en" if english else "ja"):
        return class_text(
            rules,
            classed,
            english=english,
            names=names_of([code], "en" if english else "ja") if code else {},
            merged=merged.get(classed.number),
        )


# What is public


def public_run(run: SelectionRun) -> dict[str, Any]:
    """What anyone may know of a run now, ready for JSON.

    Before the announcement: code, state (a draw that was not announced counts as frozen), calls, rules and their hash,
    the source of the public value, place and witnesses of a public draw (name and affiliation: the only names here),
    titles of the classes, list_hash, entry_count, frozen_at, corrections. After it: all that
    `engines.selection.bundle.verify` needs, titles, excluded, merged_classes, beacon: no list together with its value before the people concerned have heard. A run of the first format is shown in that format.
    """
    after = run.state == R.ANNOUNCED
    if after and run.first_format:
        return {**run.first_format, "announced_at": _iso(run.announced_at), "corrections": _corrections(run)}
    shown = _before(run)
    return shown | _after(run) if after else shown


def _before(run: SelectionRun) -> dict[str, Any]:
    successor = corrected_by(run) if run.state == R.VOIDED else None
    calls = calls_of(successor or run)
    return {
        "code": run.code,
        "state": R.FROZEN.value if run.state == R.DRAWN else run.state,
        "title": run.title,
        "title_en": run.title_en,
        "calls": [
            {"call": f"{c.council.slug}/{c.code}", "title": c.title, "title_en": c.title_en} for c in calls
        ],
        "seed_kind": run.seed_kind,
        "seed_source": run.seed_source,
        "seed_source_en": run.seed_source_en,
        "drand_round": run.drand_round,
        "draws_at": _iso(run.draws_at),
        "check_days": run.check_days,
        "is_public_draw": run.is_public_draw,
        "draw_place": run.draw_place,
        "draw_place_en": run.draw_place_en,
        "witnesses": [{"name": each.name, "affiliation": each.affiliation} for each in run.witnesses.all()],
        "class_titles": run.class_titles,
        "rules": run.rules,
        "rules_hash": run.rules_hash,
        "rules_at": _iso(run.rules_at),
        "list_hash": run.list_hash,
        "entry_count": entry_count(run),
        "frozen_at": _iso(run.frozen_at),
        "voided_at": _iso(run.voided_at),
        "corrects": run.corrects.code if run.corrects else "",
        "corrected_by": successor.code if successor else "",
        "corrections": _corrections(run),
    }


def entry_count(run: SelectionRun) -> int | None:
    """How many codes stand in the frozen list, counted by the database unless it is loaded; None before the freeze."""
    if {"frozen_list", "first_format"} & run.get_deferred_fields():
        lines = Length("frozen_list") - Length(Replace("frozen_list", Value("\n"), Value("")))
        counted = SelectionRun.objects.filter(pk=run.pk).annotate(lines=lines)
        first, number = counted.values_list("first_format__entry_count", "lines").get()
    else:
        first, number = (run.first_format or {}).get("entry_count"), run.frozen_list.count("\n")
    return first or (number - 1 if number else None)


def _after(run: SelectionRun) -> dict[str, Any]:
    return {
        "format": wire.FORMAT,
        "engine": wire.ENGINE,
        "list": run.frozen_list,
        "public_value": run.public_value,
        "seed": run.seed,
        "order": run.order,
        "result": run.result,
        "check": run.complaints,
        "titles": run.titles,
        "excluded": public_reasons(run.excluded),
        "merged_classes": run.merged_classes,
        "beacon": run.beacon,
        "drawn_at": _iso(run.drawn_at),
        "announced_at": _iso(run.announced_at),
    }


def _corrections(run: SelectionRun) -> list[dict[str, Any]]:
    return [
        {"reason": each.reason, "reason_en": each.reason_en, "published_at": _iso(each.published_at)}
        for each in run.corrections.all()
    ]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def letters_to_write(run: SelectionRun) -> QuerySet[Application]:
    """Whom the result of an announced run has still to reach, in the order of their keys."""
    rows = Application.objects.filter(call__selection_run_id=run.pk, announced_at=run.announced_at)
    rows = rows.select_related("call__council", "person")
    return (rows.filter(pk__gt=run.letters_after) if run.letters_after else rows).order_by("pk")


def runs_with_letters() -> list[UUID]:
    """Announced runs of which not everybody has been told."""
    rows = SelectionRun.objects.filter(state=R.ANNOUNCED, letters_at__isnull=True)
    return list(rows.order_by("announced_at", "pk").values_list("pk", flat=True))


def timeline(call: Call, at: datetime) -> list[dict[str, Any]]:
    """The steps of the call for its public page: title and text (lazily translated) and state done, now or next."""
    run = run_of(call) if call.selection in HAS_RUN else None
    found = steps(
        call,
        frozen_at=run.frozen_at if run else None,
        drawn_at=run.drawn_at if run else None,
        announced_at=run.announced_at if run else None,
    )
    return [{"title": step.title, "text": step.text, "state": state_of(step, at)} for step in found]
