"""Shared reads of calls: who sees which, their seats and terms. `*_visible_to(actor)` is the only way a page gets rows."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from sonjuku.rooms.calls.models import Application, Call, CallBody, EligibilityRule, PriorityRule, SeatPool
from sonjuku.rooms.calls.rules import Facts, Missing, missing_to_open
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council, Person
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.vocabulary.models import Audience, Municipality

PUBLIC_STATES = (
    Call.State.ANNOUNCED,
    Call.State.OPEN,
    Call.State.CLOSED,
    Call.State.DECIDED,
    Call.State.FINISHED,
)


def with_role(actor: Actor, roles: Collection[str] = CallBody.Role.values) -> Exists:
    rows = CallBody.objects.filter(call=OuterRef("pk"), role__in=roles)
    return Exists(rows.filter(body_id=actor.body_id) if actor.body_id else rows.none())


def calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """Everyone: calls that are public. Staff also: drafts of their council on which their body has a role."""
    public = Q(state__in=PUBLIC_STATES)
    rows = Call.objects.select_related("council", "programme", "data_controller")
    if may(actor.role, "calls.read") and actor.council_id and actor.body_id:
        return rows.filter(public | (Q(council_id=actor.council_id) & Q(with_role(actor))))
    return rows.filter(public)


def desk_calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """The calls this actor works on: those of their council on which their body has a role; none for others."""
    if not (may(actor.role, "calls.read") and actor.council_id and actor.body_id):
        return Call.objects.none()
    return Call.objects.filter(with_role(actor), council_id=actor.council_id).select_related(
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
        rules=list(call.eligibility_rules.all()),
        classes=list(call.priority_rules.all()),
        approvals=set(call.approvals.values_list("step", flat=True)),
        has_host=call.bodies.filter(role=CallBody.Role.HOST).exists(),
    )


def due_to_open(at: datetime) -> list[Call]:
    return list(Call.objects.filter(state=Call.State.ANNOUNCED, opens_at__lte=at).order_by("opens_at"))


def due_to_close(at: datetime) -> list[Call]:
    return list(Call.objects.filter(state=Call.State.OPEN, closes_at__lte=at).order_by("closes_at"))


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


def has_review(call: Call) -> bool:
    """Whether reviewers hand in sheets for this call; see rules.is_reviewed."""
    return call.selection == Call.Selection.REVIEW or Call.objects.filter(with_score(), pk=call.pk).exists()


def with_score() -> Q:
    """Calls whose draw asks for points of a review."""
    of_call = {"call": OuterRef("pk"), "kind": EligibilityRule.Kind.SCORE}
    return Q(Exists(EligibilityRule.objects.filter(**of_call))) | Q(
        Exists(PriorityRule.objects.filter(**of_call))
    )


def names_in(rules: Iterable[EligibilityRule | PriorityRule], lang: str = "ja") -> dict[str, str]:
    """Words for the municipality and audience codes that these rules hold."""
    return names_of({code for rule in rules for code in rule.values}, lang)


def names_of(codes: Collection[str], lang: str = "ja") -> dict[str, str]:
    """Words for codes of municipalities and audiences."""
    if not codes:
        return {}
    english = lang.startswith("en")
    names = {a.code: a.title_en if english else a.title for a in Audience.objects.filter(code__in=codes)}
    for place in Municipality.objects.filter(lg_code__in=codes):
        names[place.lg_code] = place.name_en if english and place.name_en else place.name
    return names
