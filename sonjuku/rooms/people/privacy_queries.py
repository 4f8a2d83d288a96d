"""Shared reads about keeping, giving and disposing of personal data, and about a council's terms."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import (
    AccessibilityStatement,
    Council,
    Disposal,
    Person,
    ProvisionRecord,
    RetentionRule,
    TermsVersion,
)
from sonjuku.rooms.people.rules import PROVISION_YEARS, may


def retention_rules(council: Council) -> dict[tuple[str, UUID | None], RetentionRule]:
    """The council's rules by (kind, call); a rule without a call holds for every call that has none of its own."""
    return {(rule.kind, rule.call_id): rule for rule in RetentionRule.objects.filter(council=council)}


def disposals_visible_to(actor: Actor) -> QuerySet[Disposal]:
    """The council's proposals and records of disposal, counts only; the flow narrows them to its body's calls."""
    if not (actor.council_id and actor.body_id and may(actor.role, "privacy.write")):
        return Disposal.objects.none()
    return Disposal.objects.filter(council_id=actor.council_id)


def settled(council: Council, day: date) -> set[tuple[str, UUID | None, int]]:
    """(kind, call, fiscal year) of what is approved, done, or kept longer than this day."""
    rows = Disposal.objects.filter(council=council).exclude(state=Disposal.State.PROPOSED)
    rows = rows.exclude(state=Disposal.State.KEPT, due_on__lte=day)
    return set(rows.values_list("kind", "call_id", "fiscal_year"))


def provisions_visible_to(actor: Actor) -> QuerySet[ProvisionRecord]:
    """What the actor's own body gave (29) and what it was given (30); no other body's records."""
    if not (actor.council_id and actor.body_id and may(actor.role, "privacy.write")):
        return ProvisionRecord.objects.none()
    mine = Q(from_body_id=actor.body_id) | Q(to_body_id=actor.body_id)
    rows = ProvisionRecord.objects.filter(mine, council_id=actor.council_id)
    return rows.select_related("from_body", "to_body").order_by("-given_at", "id")


def provision_years(council: Council) -> int:
    """How many years a record of giving is kept: the council's rule, else what the house begins with."""
    rule = RetentionRule.objects.filter(
        council=council, kind=RetentionRule.Kind.PROVISION, call_id__isnull=True
    ).first()
    return rule.years if rule else PROVISION_YEARS


# Terms


def terms_in_force(council: Council, day: date) -> dict[str, TermsVersion]:
    """The version in force on that day by kind; a kind without one is not there."""
    if not getattr(council, "has_terms", True):
        return {}
    rows = TermsVersion.objects.filter(council=council, valid_from__lte=day)
    return {row.kind: row for row in rows.order_by("valid_from", "number")}


def terms_history(council: Council, kind: str, day: date) -> QuerySet[TermsVersion]:
    """What was ever in force, the newest first; drafts are nobody's business."""
    rows = TermsVersion.objects.filter(council=council, kind=kind, valid_from__lte=day)
    return rows.order_by("-valid_from", "-number")


def terms_to_accept(council: Council, person: Person | None, day: date) -> list[TermsVersion]:
    """What is in force and this person (None: a newcomer) has not accepted yet."""
    rows = terms_in_force(council, day)
    if person is None or not rows:
        return list(rows.values())
    accepted = set(person.terms_acceptances.values_list("version_id", flat=True))
    return [row for row in rows.values() if row.pk not in accepted]


def terms_visible_to(actor: Actor) -> QuerySet[TermsVersion]:
    """All versions of the council, drafts too, for its desk."""
    if actor.council_id is None or not may(actor.role, "privacy.write"):
        return TermsVersion.objects.none()
    return TermsVersion.objects.filter(council_id=actor.council_id).order_by("kind", "-number")


def accessibility(council: Council) -> AccessibilityStatement:
    """What the council says; one that says that nothing was tested yet, where it said nothing."""
    found = AccessibilityStatement.objects.filter(council=council).first()
    return found or AccessibilityStatement(council=council)
