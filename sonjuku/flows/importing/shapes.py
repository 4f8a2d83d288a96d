"""What a council's file may say (docs/operate/import-council.md says it in words)."""

from django.db import models

from sonjuku.flows.importing.checking import (
    Field,
    Shape,
    choice,
    clock,
    close,
    day,
    flag,
    instant,
    listed,
    many,
    number,
    one,
    place,
    ref,
    slug,
    text,
)
from sonjuku.rooms.calls.models import (
    MOST_PERSONS,
    Call,
    CallBody,
    EligibilityRule,
    PriorityRule,
    PublishedSelection,
)
from sonjuku.rooms.credentials.models import Achievement
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.participation.models import ObligationRule
from sonjuku.rooms.people.models import Body, Council


class StartState(models.TextChoices):
    """Where an imported call begins. What lies in the past comes in as finished."""

    DRAFT = Call.State.DRAFT.value, Call.State.DRAFT.label
    ANNOUNCED = Call.State.ANNOUNCED.value, Call.State.ANNOUNCED.label
    OPEN = Call.State.OPEN.value, Call.State.OPEN.label
    FINISHED = Call.State.FINISHED.value, Call.State.FINISHED.label


def both(name: str, limit: int, limit_en: int, required: bool = False) -> dict[str, Field]:
    return {name: text(limit, required), f"{name}_en": text(limit_en)}


LONG = 5000
CONTACT: Shape = {
    **both("contact_office", 120, 160),
    "contact_phone": text(30),
    **both("contact_hours", 80, 80),
}
COUNCIL: Shape = {
    "slug": slug(required=True),
    **both("title", 100, 140, required=True),
    **both("short_title", 40, 60),
    **both("catchphrase", 120, 160),
    **both("description", LONG, LONG),
    "lg_code": place(required=True),
    "parent": ref("councils"),
    "founded_on": day(),
    "colour": text(7),
    "pattern": choice(Council.Pattern),
    **CONTACT,
    "contact_email": text(254),
}
BODY: Shape = {
    "key": slug(required=True),
    "type": choice(Body.Type, required=True),
    **both("name", 120, 160, required=True),
    "branch": text(80),
    "establishment": text(20),
    "parent": ref("bodies"),
    "brand_names": listed(text(60)),
    "lg_code": place(),
    "url": text(200),
    "member_from": day(),
    "member_until": day(),
}
AREA: Shape = {
    "slug": slug(required=True),
    **both("title", 80, 120, required=True),
    "lg_codes": listed(place(), required=True),
}
LINE: Shape = {
    "slug": slug(required=True),
    **both("title", 100, 140, required=True),
    "is_provisional": flag(),
}
YEAR: Shape = {
    "fiscal_year": number(1989, 2100, required=True),
    "title": text(160),
    "funding": text(120),
    "commissioner": text(120),
    "contractor": ref("bodies"),
    "reported_applications": number(),
    "note": text(LONG),
}
PROGRAMME: Shape = {
    "slug": slug(required=True, limit=60),
    "line": ref("lines", required=True),
    **both("title", 120, 160, required=True),
    "is_provisional": flag(),
    **both("summary", LONG, LONG),
    "catchphrase": text(120),
    "audiences": listed(ref("audiences"), required=True),
    "predecessor": ref("programmes"),
    "years": many(YEAR, unique="fiscal_year"),
}
PARTY: Shape = {
    "body": ref("bodies", required=True),
    "role_text": text(LONG, required=True),
    "covers": listed(text(60)),
    "representative_title": text(60),
    "representative_name": text(60),
    "representative_on": day(),
}
AGREEMENT: Shape = {
    "slug": slug(required=True, limit=60),
    **both("title", 160, 200, required=True),
    "summary": text(LONG),
    "signed_on": day(required=True),
    "starts_on": day(),
    "ends_on": day(),
    "ends_provisionally": flag(),
    "renews": ref("agreements"),
    "parties": many(PARTY),
    "matters": listed(text(120)),
}
OPTION: Shape = {"value": slug(required=True), **both("title", 120, 160, required=True)}
SHOW_IF: Shape = {
    "question": slug(required=True),
    "op": choice(Question.ShowIfOp, required=True),
    "value": text(120),
}
QUESTION: Shape = {
    "key": slug(required=True),
    "kind": choice(Question.Kind, required=True),
    **both("title", 300, 300, required=True),
    **both("help_text", LONG, LONG),
    "required": flag(),
    "minimum": number(-1_000_000),
    "maximum": number(-1_000_000),
    "options": many(OPTION, unique="value"),
    "show_if": one(SHOW_IF),
    "is_sensitive": flag(),
}
FORM: Shape = {
    **both("title", 120, 160, required=True),
    "questions": many(QUESTION, required=True, unique="key"),
}
CALL_BODY: Shape = {"body": ref("bodies", required=True), "role": choice(CallBody.Role, required=True)}
POOL: Shape = {
    **both("option", 80, 120),
    **both("seat_type", 80, 120),
    "reserved_for": listed(place()),
    "capacity": number(1, 100_000, required=True),
}
RULE: Shape = {
    "kind": choice(EligibilityRule.Kind, required=True),
    "as_of": day(),
    "minimum": number(0, 30_000),
    "maximum": number(0, 150),
    "values": listed(text(80)),
}
CLASS: Shape = {
    **RULE,
    **both("title", 80, 120, required=True),
    "kind": choice(PriorityRule.Kind, required=True),
}
CRITERION: Shape = {
    **both("title", 140, 180, required=True),
    "weight": number(1, 100),
    "maximum": number(1, 100),
}
SPEAKER: Shape = {
    **both("name", 120, 160, required=True),
    **both("affiliation", 160, 200),
    **both("talk_title", 200, 240),
    "from": clock(),
}
OCCASION: Shape = {
    "day": day(required=True),
    "from": clock(required=True),
    "to": clock(required=True),
    **both("title", 140, 180),
    **both("venue", 140, 180),
    "speakers": many(SPEAKER),
}
OBLIGATION: Shape = {
    "kind": choice(ObligationRule.Kind, required=True),
    **both("title", 140, 180, required=True),
    "sessions": number(1, 1000),
    "form": one(FORM),
    "due_on": day(),
    "remind_days": number(0, 365),
}
ACHIEVEMENT: Shape = {
    "type": choice(Achievement.Type),
    **both("title", 120, 160, required=True),
    **both("description", LONG, LONG, required=True),
    **both("criteria", LONG, LONG, required=True),
    "skills": listed(ref("skills")),
}
SLOT: Shape = {
    "day": day(required=True),
    "from": clock(required=True),
    "to": clock(required=True),
    "capacity": number(1, 1000, required=True),
}
BOOTH: Shape = {
    **both("host_event", 160, 200, required=True),
    "host_body": ref("bodies", required=True),
    "place": text(120),
    "slots": many(SLOT, required=True),
}
CALL: Shape = {
    "code": slug(required=True),
    "programme": ref("programmes", required=True),
    "agreement": ref("agreements"),
    "state": choice(StartState),
    "kind": choice(Call.Kind, required=True),
    "noun": choice(Call.Noun),
    **both("title", 140, 180, required=True),
    **both("summary", LONG, LONG),
    "series": text(80),
    "audiences": listed(ref("audiences")),
    "opens_at": instant(),
    "closes_at": close(),
    "starts_on": day(),
    "ends_on": day(),
    "period_note": text(200),
    "result_on": day(),
    "result_immediate": flag(),
    "confirm_days": number(1, 60),
    "consent_days": number(1, 60),
    "consent_late": choice(Call.ConsentLate),
    "mode": choice(Call.Mode),
    **both("venue", 140, 180),
    "venue_address": text(200),
    "venue_lg_code": place(),
    "webinar_url": text(200),
    "fee_jpy": number(),
    **both("fee_note", 200, 200),
    **both("purpose_of_use", LONG, LONG),
    "data_controller": ref("bodies"),
    **CONTACT,
    "selection": choice(Call.Selection),
    **both("seed_source", 200, 240),
    "seed_kind": choice(PublishedSelection.SeedKind),
    "draws_at": instant(),
    "check_days": number(0, 60),
    "once_per_year": flag(),
    "min_reviewers": number(1, 20),
    "max_persons": number(1, MOST_PERSONS),
    "is_restricted": flag(),
    "restriction_reason": text(LONG),
    "restriction_approver": text(80),
    "historic_applications": number(),
    "bodies": many(CALL_BODY),
    "pools": many(POOL),
    "eligibility": many(RULE),
    "classes": many(CLASS),
    "criteria": many(CRITERION),
    "form": one(FORM),
    "occasions": many(OCCASION),
    "obligations": many(OBLIGATION),
    "achievements": many(ACHIEVEMENT),
    "booth": one(BOOTH),
}
FILE: Shape = {
    "council": one(COUNCIL, required=True),
    "bodies": many(BODY, required=True, unique="key"),
    "areas": many(AREA, unique="slug"),
    "lines": many(LINE, unique="slug"),
    "programmes": many(PROGRAMME, unique="slug"),
    "agreements": many(AGREEMENT, unique="slug"),
    "calls": many(CALL, unique="code"),
}
# Where the file itself names what other places refer to.
KEYS = {"bodies": "key", "lines": "slug", "programmes": "slug", "agreements": "slug"}
