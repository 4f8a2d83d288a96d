"""Shared reads of applications. `*_visible_to(actor)` is the only way a page gets rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.query import ModelIterable

from sonjuku.rooms.calls.models import (
    Application,
    Call,
    CallBody,
    Companion,
    Export,
    ImportBatch,
    Score,
    SelectionRun,
)
from sonjuku.rooms.calls.queries.calls import with_role, with_score
from sonjuku.rooms.calls.rules import fiscal_year_of, score_of
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent, Person
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.lg_code import prefecture_of

# What only the selecting staff may see before the announcement, and what stands there for everyone else.
SEALED: dict[str, Any] = {
    "verdict": "",
    "verdict_at": None,
    "rank": None,
    "score": None,
    "seat_pool_id": None,
    "explanation": None,
    "class_evidence": None,
    "priority": 0,
    "decision_note": "",
}


class _SealedRows(ModelIterable):
    def __iter__(self) -> Iterator[Application]:
        for row in super().__iter__():
            if row.announced_at is None:
                # Set in __dict__: a field that was not loaded must not be fetched later.
                row.__dict__.update(SEALED, ineligible_reasons=[])
            yield row


def _sealed(rows: QuerySet[Application]) -> QuerySet[Application]:
    """The same rows with the verdict blanked in memory until it is announced; never save such a row whole."""
    rows = rows.all()
    rows._iterable_class = _SealedRows  # type: ignore[attr-defined]
    return rows


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """Members: their own, the verdict sealed until announced. Staff: calls of their council on which their body
    hosts, co-hosts or operates. School contacts: pupils who consented, sealed. Everyone else: none."""
    rows = Application.objects.select_related("call", "call__council", "person")
    if actor.role == "member" and actor.account_id:
        return _sealed(rows.filter(person__account_id=actor.account_id))
    if not (actor.council_id and actor.body_id):
        return rows.none()
    mine = rows.filter(council_id=actor.council_id)
    if may(actor.role, "applications.read"):
        shared = mine.filter(call__in=_calls_with_people(actor))
        return shared if may(actor.role, "selection.run") else _sealed(shared)
    if may(actor.role, "school.read"):
        return _sealed(mine.filter(_school_consent(), person__school_id=actor.body_id))
    return rows.none()


def applications_for_review(actor: Actor) -> QuerySet[Application]:
    """What a reviewer scores: submitted applications of reviewed calls of their body; of a draw that asks for points,
    between the close and the freeze. Sealed."""
    if not (may(actor.role, "selection.review") and actor.council_id and actor.body_id):
        return Application.objects.none()
    rows = Application.objects.filter(
        council_id=actor.council_id,
        call__in=_calls_with_people(actor).filter(_reviewed_now()),
        state=Application.State.SUBMITTED,
    )
    return _sealed(rows.select_related("call", "call__council"))


def _reviewed_now() -> Q:
    """A draw's reviewers work while its list may still change."""
    before_freeze = Q(selection_run__state__in=[SelectionRun.State.PREPARED, SelectionRun.State.PUBLISHED])
    is_drawn = Q(selection__in=[Call.Selection.LOTTERY, Call.Selection.RANKED], state=Call.State.CLOSED)
    return Q(selection=Call.Selection.REVIEW) | (is_drawn & before_freeze & with_score())


def exports_visible_to(actor: Actor) -> QuerySet[Export]:
    """The register of lists that this actor's own body took out."""
    if not (may(actor.role, "applications.read") and actor.council_id and actor.body_id):
        return Export.objects.none()
    rows = Export.objects.filter(council_id=actor.council_id, body_id=actor.body_id)
    return rows.select_related("account")


def _calls_with_people(actor: Actor) -> QuerySet[Call]:
    calls = Call.objects.filter(with_role(actor, CallBody.SEES_PEOPLE))
    return calls.filter(council_id=actor.council_id) if actor.council_id else calls.none()


def _school_consent() -> Exists:
    return Exists(
        Consent.objects.filter(
            Q(about_id__isnull=True) | Q(about_id=OuterRef("pk")),
            person_id=OuterRef("person_id"),
            purpose=Consent.Purpose.SCHOOL_STATUS,
            given_at__isnull=False,
            withdrawn_at__isnull=True,
        )
    )


def application_of(call: Call, account: Any) -> Application | None:
    """The account's application to this call in whatever state, verdict sealed; None for strangers."""
    if not getattr(account, "is_authenticated", False):
        return None
    return _sealed(Application.objects.filter(call=call, person__account=account)).first()


def companions_of(application: Application) -> list[Companion]:
    """Who takes part together with the applicant; asked only where somebody does."""
    return list(application.companions.all()) if application.persons > 1 else []


def guardian_missing(application: Application) -> bool:
    """Whether a guardian's consent is needed and does not stand."""
    if not application.needs_guardian:
        return False
    return not Consent.objects.filter(
        about_id=application.id,
        purpose=Consent.Purpose.GUARDIAN,
        given_at__isnull=False,
        withdrawn_at__isnull=True,
    ).exists()


def without_guardian(call: Call) -> set[UUID]:
    """Ids of the call's applications that need a guardian's consent and have none."""
    needing = set(call.applications.filter(needs_guardian=True).values_list("id", flat=True))
    given = Consent.objects.filter(
        about_id__in=needing,
        purpose=Consent.Purpose.GUARDIAN,
        given_at__isnull=False,
        withdrawn_at__isnull=True,
    )
    return needing - set(given.values_list("about_id", flat=True))


def had_place_this_year(call: Call, person: Person | None = None) -> set[UUID]:
    """Persons (or this one) who have accepted a place of another call of the same programme in the same fiscal year.

    Nobody unless the call says once per year.
    """
    if not call.once_per_year:
        return set()
    others = Call.objects.filter(programme_id=call.programme_id).exclude(pk=call.pk)
    year = fiscal_year_of(call)
    same = [other.pk for other in others if fiscal_year_of(other) == year]
    rows = Application.objects.filter(call__in=same, state=Application.State.ACCEPTED)
    if person is not None:
        rows = rows.filter(person=person)
    return set(rows.values_list("person_id", flat=True))


def had_place(call: Call) -> set[UUID]:
    """Persons who have accepted a place of another call of the same programme, in any year."""
    rows = Application.objects.filter(call__programme_id=call.programme_id, state=Application.State.ACCEPTED)
    return set(rows.exclude(call=call).values_list("person_id", flat=True))


def unchecked(call: Call) -> QuerySet[Application]:
    """Proxy entries that no second person has compared with the paper."""
    return call.applications.exclude(channel=Application.Channel.WEB).filter(checked_at__isnull=True)


def offers_due(at: datetime) -> QuerySet[Application]:
    return Application.objects.filter(state=Application.State.OFFERED, confirm_by__lte=at)


def by_area(call: Call) -> dict[str, int]:
    """Applications from inside and outside the area, and where that is not known."""
    rows = call.applications.exclude(state=Application.State.DRAFT).order_by()
    found = dict(rows.values_list("out_of_area").annotate(number=Count("id")))
    return {
        "in_area": found.get(False, 0),
        "out_of_area": found.get(True, 0),
        "unknown": found.get(None, 0),
    }


def by_prefecture(call: Call) -> dict[str, int]:
    """Applications by the applicant's prefecture (its six-digit code; "" where not known), most first."""
    homes = call.applications.exclude(state=Application.State.DRAFT).values_list("person__lg_code", flat=True)
    found = Counter(prefecture_of(code) if code else "" for code in homes)
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


def scores(call: Call) -> dict[UUID, Decimal]:
    """Points of the applications that enough reviewers have scored, by id.

    Sheets count that were handed in without a conflict of interest; there must be the call's number of them.
    """
    found: dict[UUID, dict[UUID, dict[UUID, int]]] = {}
    rows = Score.objects.filter(
        review__application__call=call,
        review__submitted_at__isnull=False,
        review__conflict_declared_at__isnull=False,
        review__has_conflict=False,
    )
    for key, review_id, criterion_id, points in rows.values_list(
        "review__application_id", "review_id", "criterion_id", "points"
    ).iterator():
        found.setdefault(key, {}).setdefault(review_id, {})[criterion_id] = points
    criteria, needed = list(call.criteria.all()), max(call.min_reviewers, 1)
    return {
        key: score_of(list(sheets.values()), criteria)
        for key, sheets in found.items()
        if len(sheets) >= needed
    }


def batches_visible_to(actor: Actor) -> QuerySet[ImportBatch]:
    """Files of applications to the calls whose people this actor's body sees; none for others."""
    if not (may(actor.role, "applications.write") and actor.council_id and actor.body_id):
        return ImportBatch.objects.none()
    rows = ImportBatch.objects.filter(council_id=actor.council_id, call__in=_calls_with_people(actor))
    return rows.select_related("call__council", "account")


def next_rank(call: Call) -> int:
    """The place at the end of the waiting list."""
    last = call.applications.order_by(F("rank").desc(nulls_last=True)).values_list("rank", flat=True).first()
    return (last or 0) + 1
