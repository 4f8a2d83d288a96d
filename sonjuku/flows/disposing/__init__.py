"""保存期間と廃棄: what is due is proposed, a person approves it, then it goes batch by batch. Nothing goes unapproved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sonjuku.flows.disposing import kinds
from sonjuku.flows.disposing.kinds import KINDS, Group
from sonjuku.flows.residue import LABELS
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.calls.rules.years import fiscal_year_of
from sonjuku.rooms.forms.models import Answer, Upload
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import CheckIn, Participation
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people.models import Consent, Council, Disposal, ProvisionRecord, RetentionRule
from sonjuku.rooms.people.rules import disposal_day
from sonjuku.toolbox.dates import at_tokyo, day_of, fiscal_year

K = RetentionRule.Kind
# Rows of one transaction, and how many transactions one tick does.
BATCH, BATCHES = 100, 20


@dataclass(frozen=True)
class Due:
    kind: str
    group: Group
    due_on: date


# Proposing


def propose_due(*, by: Actor) -> int:
    """Propose what is due, once a day over all workers; returns how many proposals are new."""
    today = at_tokyo(day_of(by.at))
    if Entry.objects.filter(council_id__isnull=True, verb="disposals.looked_for", at__gte=today).exists():
        return 0
    found = sum(propose(by=by, council=council) for council in Council.objects.all())
    record(by=by, verb="disposals.looked_for")
    return found


def propose(*, by: Actor, council: Council) -> int:
    """What is due in one council today; a second time finds nothing new."""
    day = day_of(by.at)
    settled = privacy_queries.settled(council, day)
    new = 0
    for due in due_on(council, day):
        call = due.group.call
        if (due.kind, call.pk if call else None, due.group.fiscal_year) in settled:
            continue
        sets = KINDS[due.kind].sets(due.group, day)
        new += people.propose_disposal(
            by=by, council=council, kind=due.kind, fiscal_year=due.group.fiscal_year, due_on=due.due_on,
            rows=sum(kinds.erasable(*one).count() for one in sets),
            call_id=call.pk if call else None, call_title=call.title if call else "",
        )  # fmt: skip
    return new


def due_on(council: Council, day: date) -> Iterator[Due]:
    """Every group whose time is up on that day, by the council's rules; a kind without a rule is never due."""
    rules = privacy_queries.retention_rules(council)
    for call in Call.objects.filter(council=council).order_by("pk") if rules else ():
        year = fiscal_year_of(call)
        for kind in [k for k, one in KINDS.items() if one.by_call]:
            rule = rules.get((kind, call.pk)) or rules.get((kind, None))
            if rule is None or year is None or (last := disposal_day(year, rule.years)) > day:
                continue
            yield Due(kind, Group(council, year, call), last)
    if rule := rules.get((K.PERSON, None)):
        since = kinds.persons(council).order_by().values_list("since", flat=True)
        yield from _years(K.PERSON, council, {fiscal_year(day_of(at)) for at in since}, rule.years, day)
    kept = ProvisionRecord.objects.filter(council=council, keep_until__lt=day).order_by()
    until = set(kept.values_list("keep_until", flat=True))
    yield from _years(K.PROVISION, council, {fiscal_year(last) for last in until}, 0, day)


def _years(kind: str, council: Council, years: set[int], kept: int, day: date) -> Iterator[Due]:
    for year in sorted(years):
        if disposal_day(year, kept) <= day:
            yield Due(kind, Group(council, year), disposal_day(year, kept))


# Looking


def disposals_of(actor: Actor) -> QuerySet[Disposal]:
    """What this actor's body may decide on: of calls whose people it sees, and of no call."""
    if actor.body_id is None:
        return Disposal.objects.none()
    mine = Call.objects.filter(bodies__body_id=actor.body_id, bodies__role__in=CallBody.SEES_PEOPLE)
    rows = privacy_queries.disposals_visible_to(actor)
    return rows.filter(Q(call_id__isnull=True) | Q(call_id__in=mine.values("pk")))


@dataclass(frozen=True)
class Preview:
    """`rows` would go now; `parts` is what goes with them; `kept` stays for now, by reason."""

    rows: int
    parts: list[tuple[Any, int]]
    kept: list[tuple[Any, int]]


def preview(disposal: Disposal, day: date) -> Preview:
    """Counts only. Empty once the call is gone."""
    group = _group(disposal)
    if group is None:
        return Preview(0, [], [])
    sets = KINDS[disposal.kind].sets(group, day)
    going = [kinds.erasable(*one) for one in sets]
    parts = _parts(going) if disposal.kind == K.APPLICATION else []
    return Preview(sum(rows.count() for rows in going), parts, kinds.kept(sets))


def _parts(going: list[QuerySet[Any]]) -> list[tuple[Any, int]]:
    applications = [
        pk for rows in going if rows.model is Application for pk in rows.values_list("pk", flat=True)
    ]
    bare = [pk for rows in going if rows.model is Participation for pk in rows.values_list("pk", flat=True)]
    places = list(
        Participation.objects.filter(Q(pk__in=bare) | Q(application__in=applications)).values_list(
            "pk", flat=True
        )
    )
    about = kinds.ids_about(applications, places)
    found: list[tuple[Any, QuerySet[Any]]] = [
        (Participation, Participation.objects.filter(pk__in=places)),
        (Answer, Answer.objects.filter(response__about_id__in=about)),
        (Upload, Upload.objects.filter(response__about_id__in=about)),
        (Consent, Consent.objects.filter(about_id__in=about)),
        (CheckIn, CheckIn.objects.filter(participation__in=places)),
        (Letter, Letter.objects.filter(about_id__in=about)),
    ]
    return [(LABELS[model._meta.label_lower], rows.count()) for model, rows in found]


def _group(disposal: Disposal) -> Group | None:
    call = Call.objects.filter(pk=disposal.call_id).first() if disposal.call_id else None
    if call is None and disposal.call_id:
        return None
    return Group(disposal.council, disposal.fiscal_year, call)


# Carrying out


def dispose_due(*, by: Actor) -> int:
    """Go on with what is approved, a bounded number of batches; returns how many rows went."""
    went, left = 0, BATCHES
    for disposal in Disposal.objects.filter(state=Disposal.State.APPROVED).select_related("council"):
        number, used = carry_out(by=by, disposal=disposal, batches=left)
        went, left = went + number, left - used
        if left <= 0:
            break
    return went


def carry_out(*, by: Actor, disposal: Disposal, batches: int = BATCHES) -> tuple[int, int]:
    """Erase an approved group, each batch in its own transaction: killed anywhere, the next call goes on from there.

    What has a reason to stay stays, and goes under the same approval once the reason is gone. Returns rows and batches.
    """
    group = _group(disposal)
    if group is None:
        people.finish_disposal(by=by, disposal=disposal)
        return 0, 0
    went = used = 0
    for number, (rows, reasons) in enumerate(KINDS[disposal.kind].sets(group, day_of(by.at))):
        ids = list(kinds.erasable(rows, reasons).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            if used >= batches:
                return went, used
            went += _batch(by=by, disposal=disposal, number=number, ids=ids[start : start + BATCH])
            used += 1
    finish(by=by, disposal=disposal)
    return went, used


@writes
def _batch(*, by: Actor, disposal: Disposal, number: int, ids: list[UUID]) -> int:
    """One transaction: the approval still stands, the rows are still there and have no reason to stay."""
    row = people.lock_approved(disposal)
    group = _group(row) if row else None
    if row is None or group is None:
        return 0
    if group.call is not None:
        calls.lock(group.call)
    kind = KINDS[row.kind]
    rows = list(kinds.erasable(*kind.sets(group, day_of(by.at))[number]).filter(pk__in=ids))
    gone = kind.drop(by, rows)
    if gone:
        people.note_erased(by=by, disposal=row, number=gone)
    return gone


@writes
def finish(*, by: Actor, disposal: Disposal) -> bool:
    """Done when no row of the group is left, also none that had a reason to stay."""
    row = people.lock_approved(disposal)
    group = _group(row) if row else None
    if row is None:
        return False
    if group and any(rows.exists() for rows, _reasons in KINDS[row.kind].sets(group, day_of(by.at))):
        return False
    return people.finish_disposal(by=by, disposal=row)
