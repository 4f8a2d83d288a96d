"""Shared reads of calls and applications. `*_visible_to(actor)` is the only way a page gets rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.query import ModelIterable

from sonjuku.rooms.calls.models import (
    Application,
    Call,
    CallBody,
    EligibilityRule,
    Export,
    ImportBatch,
    Score,
    SeatPool,
    SelectionRun,
)
from sonjuku.rooms.calls.rules import Facts, Missing, missing_to_open, state_of, steps
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent, Council, Person
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.vocabulary.models import Audience, Municipality
from sonjuku.toolbox.lg_code import prefecture_of

PUBLIC_STATES = (
    Call.State.ANNOUNCED,
    Call.State.OPEN,
    Call.State.CLOSED,
    Call.State.DECIDED,
    Call.State.FINISHED,
)
# What only the selecting staff may see before the announcement, and what stands there for everyone else.
SEALED: dict[str, Any] = {
    "verdict": "",
    "verdict_at": None,
    "rank": None,
    "score": None,
    "seat_pool_id": None,
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


# Calls


def _with_role(actor: Actor, roles: Collection[str] = CallBody.Role.values) -> Exists:
    rows = CallBody.objects.filter(call=OuterRef("pk"), role__in=roles)
    return Exists(rows.filter(body_id=actor.body_id) if actor.body_id else rows.none())


def calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """Everyone: calls that are public. Staff also: drafts of their council on which their body has a role."""
    public = Q(state__in=PUBLIC_STATES)
    rows = Call.objects.select_related("council", "programme", "data_controller")
    if may(actor.role, "calls.read") and actor.council_id and actor.body_id:
        return rows.filter(public | (Q(council_id=actor.council_id) & Q(_with_role(actor))))
    return rows.filter(public)


def desk_calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """The calls this actor works on: those of their council on which their body has a role; none for others."""
    if not (may(actor.role, "calls.read") and actor.council_id and actor.body_id):
        return Call.objects.none()
    return Call.objects.filter(_with_role(actor), council_id=actor.council_id).select_related(
        "council", "programme", "data_controller"
    )


def call(council: Council, code: str, actor: Actor) -> Call | None:
    """The call at this address with its form's version, if the actor may see it."""
    rows = calls_visible_to(actor).select_related("form_version").filter(council=council, code=code)
    return with_has_rules(rows).first()


def with_has_rules(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Calls that know whether they have any eligibility rule: `rules_of` then asks only where there are some."""
    return rows.annotate(has_rules=Exists(EligibilityRule.objects.filter(call=OuterRef("pk"))))


def rules_of(call: Call) -> list[EligibilityRule]:
    return list(call.eligibility_rules.all()) if getattr(call, "has_rules", True) else []


def pools(call: Call) -> list[SeatPool]:
    return list(call.seat_pools.all())


def seats_left(call: Call) -> int:
    """Free seats over all pools; those held for a pending offer or consent are not free."""
    sums = call.seat_pools.aggregate(capacity=Sum("capacity", default=0), taken=Sum("taken", default=0))
    return int(sums["capacity"] - sums["taken"])


def with_seats(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Adds `capacity` and `seats_left` over all pools, for lists of calls; None for a call without pools."""
    sums = SeatPool.objects.filter(call=OuterRef("pk")).order_by().values("call")
    return rows.annotate(
        capacity=Subquery(sums.annotate(sum=Sum("capacity")).values("sum")),
        seats_left=Subquery(sums.annotate(sum=Sum(F("capacity") - F("taken"))).values("sum")),
    )


def counts(call: Call) -> dict[str, int]:
    """Applications by state; every state is there."""
    found = dict(call.applications.order_by().values_list("state").annotate(number=Count("id")))
    return {state: found.get(state, 0) for state in Application.State.values}


def still_missing(call: Call) -> list[Missing]:
    """What keeps this call from opening, read from the database as it stands."""
    return missing_to_open(
        call,
        pools=pools(call),
        criteria=list(call.criteria.all()),
        approvals=set(call.approvals.values_list("step", flat=True)),
        has_host=call.bodies.filter(role=CallBody.Role.HOST).exists(),
    )


def due_to_open(at: datetime) -> list[Call]:
    return list(Call.objects.filter(state=Call.State.ANNOUNCED, opens_at__lte=at).order_by("opens_at"))


def due_to_close(at: datetime) -> list[Call]:
    return list(Call.objects.filter(state=Call.State.OPEN, closes_at__lte=at).order_by("closes_at"))


def timeline(call: Call, at: datetime) -> list[dict[str, Any]]:
    """The steps of the call for its public page: title and text (lazily translated) and state done, now or next."""
    run = run_of(call)
    found = steps(
        call,
        frozen_at=run.frozen_at if run else None,
        drawn_at=run.drawn_at if run else None,
        announced_at=run.announced_at if run else None,
    )
    return [{"title": step.title, "text": step.text, "state": state_of(step, at)} for step in found]


# Eligibility


def facts_of(person: Person, credentials: Iterable[str] = ()) -> Facts:
    """What eligibility asks about this person. `credentials`: achievement URIs held, given by a flow."""
    above, audience = set(), person.audience
    while audience is not None and audience.code not in above:
        above.add(audience.code)
        audience = audience.parent
    return Facts(
        date_of_birth=person.date_of_birth,
        lg_code=person.lg_code,
        school_stage=person.school_stage,
        audience=person.audience_id or "",
        credentials=frozenset(credentials),
        audiences=frozenset(above),
    )


def names_in(rules: Iterable[EligibilityRule], lang: str = "ja") -> dict[str, str]:
    """Words for the municipality and audience codes that these rules hold."""
    codes = {code for rule in rules for code in rule.values}
    if not codes:
        return {}
    english = lang.startswith("en")
    names = {a.code: a.title_en if english else a.title for a in Audience.objects.filter(code__in=codes)}
    for place in Municipality.objects.filter(lg_code__in=codes):
        names[place.lg_code] = place.name_en if english and place.name_en else place.name
    return names


# Applications


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
    """What a reviewer scores: submitted applications of reviewed calls of their body. Sealed."""
    if not (may(actor.role, "selection.review") and actor.council_id and actor.body_id):
        return Application.objects.none()
    rows = Application.objects.filter(
        council_id=actor.council_id,
        call__in=_calls_with_people(actor),
        call__selection=Call.Selection.REVIEW,
        state=Application.State.SUBMITTED,
    )
    return _sealed(rows.select_related("call", "call__council"))


def exports_visible_to(actor: Actor) -> QuerySet[Export]:
    """The register of lists that this actor's own body took out."""
    if not (may(actor.role, "applications.read") and actor.council_id and actor.body_id):
        return Export.objects.none()
    rows = Export.objects.filter(council_id=actor.council_id, body_id=actor.body_id)
    return rows.select_related("account")


def _calls_with_people(actor: Actor) -> QuerySet[Call]:
    calls = Call.objects.filter(_with_role(actor, CallBody.SEES_PEOPLE))
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


def waiting_place(application: Application) -> int | None:
    """How many are called before this one, plus one; None when it does not wait."""
    if application.state != Application.State.WAITLISTED or application.rank is None:
        return None
    ahead = Application.objects.filter(
        call_id=application.call_id,
        option=application.option,
        state=Application.State.WAITLISTED,
        rank__lt=application.rank,
    )
    return ahead.count() + 1


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


def sheets(call: Call) -> dict[UUID, list[dict[UUID, int]]]:
    """Score sheets that count, by application id: handed in, without a conflict of interest; criterion id -> points."""
    found: dict[UUID, dict[UUID, dict[UUID, int]]] = {}
    scores = Score.objects.filter(
        review__application__call=call,
        review__submitted_at__isnull=False,
        review__conflict_declared_at__isnull=False,
        review__has_conflict=False,
    ).select_related("review")
    for score in scores:
        sheet = found.setdefault(score.review.application_id, {}).setdefault(score.review_id, {})
        sheet[score.criterion_id] = score.points
    return {application_id: list(by_review.values()) for application_id, by_review in found.items()}


# Proof


def run_of(call: Call) -> SelectionRun | None:
    if call.selection not in {Call.Selection.LOTTERY, Call.Selection.REVIEW}:
        return None
    return SelectionRun.objects.filter(call=call).first()


def proof(call: Call) -> dict[str, Any] | None:
    """What is public about a draw, ready for JSON; None when there is none to show.

    From the freeze on: state "frozen", list_hash, entry_count, seed_source, frozen_at. Only after the announcement also
    the entries, public value, seed, order and winners: from the entries and a public value anyone could work out
    the result before the people concerned hear it.
    """
    run = run_of(call)
    if run is None or not call.uses_draw or run.state == SelectionRun.State.PREPARED or run.frozen_at is None:
        return None
    shown: dict[str, Any] = {
        "call": f"{call.council.slug}/{call.code}",
        "state": "frozen",
        "list_hash": run.list_hash,
        "entry_count": len(run.entries),
        "seed_source": call.seed_source,
        "frozen_at": run.frozen_at.isoformat(),
    }
    if run.state != SelectionRun.State.ANNOUNCED or run.drawn_at is None or run.announced_at is None:
        return shown
    return shown | {
        "state": "announced",
        "entries": run.entries,
        "public_value": run.seed_value,
        "seed": run.seed,
        "seats": run.terms["seats"],
        "pools": run.terms["pools"],
        "order": run.order,
        "winners": run.terms["winners"],
        "drawn_at": run.drawn_at.isoformat(),
        "announced_at": run.announced_at.isoformat(),
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
