"""Shared reads about councils, bodies, roles, persons and consents."""

import uuid
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import (
    Body,
    Consent,
    Council,
    Guardian,
    GuardianRule,
    Membership,
    Person,
    Role,
)
from sonjuku.rooms.people.rules import may

# What a person tells about themselves, once, and every council may be given again.
PROFILE_FIELDS = (
    "family_name",
    "given_name",
    "family_name_kana",
    "given_name_kana",
    "display_name",
    "date_of_birth",
    "postal_code",
    "address",
    "lg_code",
    "school_stage",
    "audience_id",
    "employer",
    "email",
    "phone",
    "language",
)

DEFAULT_REQUIRED_UNDER = 18
DEFAULT_REQUIRED_STAGES = (Person.SchoolStage.HIGH.value,)


def council(slug: str) -> Council | None:
    return Council.objects.filter(slug=slug).select_related("parent").first()


def councils() -> QuerySet[Council]:
    return Council.objects.select_related("parent")


def active_on(day: date) -> Q:
    """Role rows whose term includes this day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def roles_of(account: Any, council: Council, day: date) -> list[Role]:
    """The account's roles in the council on that day; a role prepared for later is not there yet."""
    if not getattr(account, "is_authenticated", False):
        return []
    return list(
        Role.objects.filter(active_on(day), account=account, council=council).select_related(
            "body", "council"
        )
    )


def all_roles_of(account: Any, day: date) -> list[Role]:
    """The account's roles in every council on that day."""
    if not getattr(account, "is_authenticated", False):
        return []
    return list(Role.objects.filter(active_on(day), account=account).select_related("body", "council"))


def roles_visible_to(actor: Actor) -> QuerySet[Role]:
    """All roles of the council, past and prepared, for those who see its people; else none."""
    if actor.council_id is None or not may(actor.role, "people.read"):
        return Role.objects.none()
    return Role.objects.filter(council_id=actor.council_id).select_related("body", "account")


def person_of(account: Any, council: Council) -> Person | None:
    if not getattr(account, "is_authenticated", False):
        return None
    return Person.objects.filter(account=account, council=council).first()


def persons_of(account: Any) -> QuerySet[Person]:
    """The account's records, one per council at most."""
    return Person.objects.filter(account=account).select_related("council")


def persons_visible_to(actor: Actor) -> QuerySet[Person]:
    """A member's own records. Staff get none here: they see people only through the rows of their calls."""
    if actor.role == "member" and actor.account_id:
        return Person.objects.filter(account_id=actor.account_id)
    return Person.objects.none()


def latest_profile(account: Any) -> dict[str, Any]:
    """The newest record's PROFILE_FIELDS, to fill in a form of another council; empty for a newcomer."""
    person = Person.objects.filter(account=account).order_by("-created_at", "-id").first()
    return {name: getattr(person, name) for name in PROFILE_FIELDS} if person else {}


def guardian_rule(council: Council, day: date) -> GuardianRule:
    """The rule in force on that day: the council's newest, else the installation's, else under 18 or high school."""
    rows = GuardianRule.objects.filter(Q(council=council) | Q(council__isnull=True), valid_from__lte=day)
    newest = list(rows.order_by("-valid_from", "-id"))
    return (
        next((rule for rule in newest if rule.council_id), None)
        or next(iter(newest), None)
        or GuardianRule(
            valid_from=date.min,
            required_under=DEFAULT_REQUIRED_UNDER,
            required_stages=list(DEFAULT_REQUIRED_STAGES),
        )
    )


def members_on(council: Council, day: date) -> list[Membership]:
    """The memberships that include this day, in the council's order."""
    rows = Membership.objects.filter(council=council, joined_on__lte=day).select_related("body")
    return list(rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)))


def body_types_on(council: Council, day: date) -> list[str]:
    """The types among the members on that day, in the order of their first member."""
    return list(dict.fromkeys(membership.body.type for membership in members_on(council, day)))


def bodies(council: Council) -> QuerySet[Body]:
    return Body.objects.filter(council=council).select_related("parent")


def schools(council: Council) -> QuerySet[Body]:
    return bodies(council).filter(type=Body.Type.HIGH_SCHOOL)


def consent_for(about_id: uuid.UUID, purpose: str) -> Consent | None:
    """The newest consent asked for this row and purpose (an earlier one may have been withdrawn)."""
    return (
        Consent.objects.filter(about_id=about_id, purpose=purpose)
        .select_related("person", "guardian", "council")
        .order_by("-asked_at", "-id")
        .first()
    )


def ties_of(person: Person, lg_code: str) -> set[str]:
    """The kinds of tie (在住, 出身, ゆかり) that this person told of to this area."""
    return set(person.ties.filter(lg_code=lg_code).values_list("kind", flat=True))


def guardian_of(person: Person) -> Guardian | None:
    """The guardian the person named last."""
    return person.guardians.order_by("-created_at", "-id").first()


def guardian_requests(account: Any) -> QuerySet[Consent]:
    """What this account was asked for as a guardian, and what it answered, newest first."""
    rows = Consent.objects.filter(guardian__account=account, purpose=Consent.Purpose.GUARDIAN)
    return rows.filter(withdrawn_at__isnull=True).select_related("person", "council").order_by("-asked_at")


def consents_visible_to(actor: Actor) -> QuerySet[Consent]:
    """A member's own consents, open and answered; none to anyone else here."""
    if actor.role == "member" and actor.account_id:
        return Consent.objects.filter(person__account_id=actor.account_id).select_related("council")
    return Consent.objects.none()


def children_of(council: Council) -> QuerySet[Council]:
    """The municipal councils under a prefecture's council: it reads their aggregates, never their persons."""
    return Council.objects.filter(parent=council)
