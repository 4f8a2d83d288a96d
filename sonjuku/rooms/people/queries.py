"""Shared reads about councils, bodies, roles, persons and consents."""

import hmac
import uuid
from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.models import (
    ApiToken,
    Body,
    Consent,
    Council,
    DataRequest,
    Guardian,
    GuardianRule,
    Membership,
    Person,
    RequestRule,
    Role,
    TermsVersion,
)
from sonjuku.rooms.people.rules import OPEN_REQUESTS, TOKEN_PREFIX, may, token_hash
from sonjuku.toolbox.dates import day_of

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
# What the law sets for public bodies until an operator sets another; for private bodies it names no number of days.
DEFAULT_PUBLIC_DAYS = 30
DEFAULT_PUBLIC_BASIS = "個人情報保護法第83条・第94条・第102条"
DEFAULT_PRIVATE_BASIS = "個人情報保護法第33条〜第35条（遅滞なく）"
DEFAULT_REQUIRED_STAGES = (Person.SchoolStage.HIGH.value,)


def council(slug: str) -> Council | None:
    """The council at this address; it knows whether it ever set a rule about guardians or terms (`has_…`)."""
    rows = Council.objects.filter(slug=slug).select_related("parent")
    return rows.annotate(**_ever_set("pk")).first()


def council_with_record(slug: str, account: Any) -> tuple[Council | None, Person | None]:
    """`council` with the account's record there, if it has one: mostly in one query."""
    rows = Person.objects.filter(council__slug=slug, account=account).select_related("council__parent")
    person = rows.annotate(**_ever_set("council_id")).first()
    if person is None:
        return council(slug), None
    for name in _ever_set("council_id"):
        setattr(person.council, name, getattr(person, name))
    return person.council, person


@cache
def _ever_set(council_id: str) -> dict[str, Exists]:
    """What most councils lack is not asked for again."""
    rules = GuardianRule.objects.filter(Q(council=OuterRef(council_id)) | Q(council__isnull=True))
    terms = TermsVersion.objects.filter(council=OuterRef(council_id))
    return {"has_guardian_rule": Exists(rules), "has_terms": Exists(terms)}


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
    if not getattr(council, "has_guardian_rule", True):
        return _house_guardian_rule()
    rows = GuardianRule.objects.filter(Q(council=council) | Q(council__isnull=True), valid_from__lte=day)
    newest = list(rows.order_by("-valid_from", "-id"))
    return (
        next((rule for rule in newest if rule.council_id), None)
        or next(iter(newest), None)
        or _house_guardian_rule()
    )


def _house_guardian_rule() -> GuardianRule:
    return GuardianRule(
        valid_from=date.min,
        required_under=DEFAULT_REQUIRED_UNDER,
        required_stages=list(DEFAULT_REQUIRED_STAGES),
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


def api_tokens_visible_to(actor: Actor) -> QuerySet[ApiToken]:
    """All tokens of the council, those too that no longer work, for whoever looks after its machines."""
    if actor.council_id is None or not may(actor.role, "machines.write"):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(council_id=actor.council_id).select_related("body", "created_by")


def token_of(secret: str, at: datetime) -> ApiToken | None:
    """The token that these characters are, if it works at this instant."""
    if not secret.startswith(TOKEN_PREFIX):
        return None
    wanted = token_hash(secret)
    row = ApiToken.objects.filter(token_hash=wanted).select_related("council", "body").first()
    if row is None or not hmac.compare_digest(row.token_hash, wanted) or not row.is_active(at, day_of(at)):
        return None
    return row


def administrators(council: Council, day: date) -> list[Any]:
    """The active accounts that hold the council's administration on that day."""
    return _holders(council, day, [Role.Kind.ADMINISTRATOR])


def office(council: Council, day: date) -> list[Any]:
    """The active accounts of the secretariat on that day, its administrators too."""
    return _holders(council, day, [Role.Kind.ADMINISTRATOR, Role.Kind.SECRETARIAT])


def _holders(council: Council, day: date, kinds: Collection[str]) -> list[Any]:
    roles = Role.objects.filter(active_on(day), council=council, kind__in=kinds)
    return list(
        {
            r.account_id: r.account for r in roles.filter(account__is_active=True).select_related("account")
        }.values()
    )


# Requests about personal data


def requests_visible_to(actor: Actor) -> QuerySet[DataRequest]:
    """A member's own requests; for the desk those that its body has to answer, never another body's."""
    rows = DataRequest.objects.select_related("body", "person", "council")
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    if not (actor.council_id and actor.body_id and may(actor.role, "privacy.write")):
        return rows.none()
    return rows.filter(council_id=actor.council_id, body_id=actor.body_id)


def open_requests(actor: Actor) -> QuerySet[DataRequest]:
    """What still waits for an answer, the nearest last day first, those without one last."""
    rows = requests_visible_to(actor).filter(state__in=OPEN_REQUESTS)
    return rows.order_by(F("due_on").asc(nulls_last=True), "received_at", "id")


def request_rules(council: Council, day: date) -> dict[tuple[bool, str], RequestRule]:
    """The rule in force on that day by (public body?, kind): the council's newest, else the installation's, else ours."""
    rows = RequestRule.objects.filter(Q(council=council) | Q(council__isnull=True), valid_from__lte=day)
    newest: dict[tuple[bool, str], RequestRule] = {}
    for rule in rows.order_by("valid_from", "id"):
        key = (rule.for_public_bodies, rule.kind)
        standing = newest.get(key)
        if standing is None or rule.council_id or not standing.council_id:
            newest[key] = rule
    return {
        (public, kind): newest.get((public, kind)) or _house_rule(public, kind)
        for public in (False, True)
        for kind in DataRequest.Kind.values
    }


def _house_rule(public: bool, kind: str) -> RequestRule:
    return RequestRule(
        for_public_bodies=public,
        kind=kind,
        days=DEFAULT_PUBLIC_DAYS if public else None,
        basis=DEFAULT_PUBLIC_BASIS if public else DEFAULT_PRIVATE_BASIS,
        valid_from=date.min,
    )


def request_rule(body: Body, kind: str, day: date) -> RequestRule:
    """How long this body has to answer this kind of request that comes in on that day."""
    return request_rules(body.council, day)[body.is_public, kind]


def answering_bodies(council: Council, day: date) -> list[Body]:
    """The bodies at whose desk somebody may take requests on that day, the council's own body first."""
    desks = Role.objects.filter(
        active_on(day), council=council, kind__in=(Role.Kind.ADMINISTRATOR, Role.Kind.SECRETARIAT)
    )
    found = Body.objects.filter(pk__in=desks.values("body")).select_related("council")
    return sorted(found, key=lambda body: (body.type != Body.Type.COUNCIL, body.name))


def erased_person_of(request: DataRequest) -> uuid.UUID | None:
    """Whose request this was, where that person has been erased: the journal alone still knows the id."""
    ids = Entry.objects.filter(subject_id=request.pk, for_person_id__isnull=False).values("for_person_id")
    erased = Entry.objects.filter(verb="person.erased", council_id=request.council_id, for_person_id__in=ids)
    return erased.values_list("for_person_id", flat=True).first()
