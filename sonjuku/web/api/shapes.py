"""What goes in and out, as pydantic models: OpenAPI is made from these."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,40}$")]
# No control characters: a database refuses NUL, and a list shows none.
Line = Annotated[str, StringConstraints(max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]
Limit = Annotated[int, Field(ge=1, le=100)]

CallState = Literal["announced", "open", "closed", "decided", "finished"]
CallKind = Literal["course", "event", "trial", "tour", "loan", "project", "support"]
Selection = Literal["first_come", "lottery", "ranked", "review", "invitation"]
Channel = Literal["paper", "fax", "counter", "phone"]
# The words of the models, checked against them in tests/test_api.py.
ApplicationState = Literal[
    "submitted", "ineligible", "not_selected", "waitlisted", "offered", "accepted", "declined", "lapsed", "withdrawn"
]  # fmt: skip
PlaceState = Literal["active", "completed", "withdrawn", "ended"]
LetterState = Literal["queued", "sending", "sent", "failed", "held", "bounced", "handed", "dropped"]


class Problem(Schema):
    """What went wrong (`code` stays the same for ever), why, and what to do; `fields` by name where input was wrong."""

    code: str
    message: str
    next_step: str
    fields: dict[str, list[str]] = {}


class Council(Schema):
    slug: str
    title: str
    title_en: str
    lg_code: str
    founded_on: date | None
    url: str


class Programme(Schema):
    slug: str
    title: str
    title_en: str


class PublicCall(Schema):
    council: str
    code: str
    kind: CallKind
    state: CallState
    title: str
    title_en: str
    summary: str
    summary_en: str
    audiences: list[str]
    opens_at: datetime | None
    closes_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    period_note: str
    result_on: date | None
    webinar_status: Literal["on_site", "online", "hybrid"]
    venue: str
    venue_en: str
    venue_address: str
    venue_lg_code: str
    fee_jpy: int | None
    fee_note: str
    selection: Selection
    capacity: int | None
    seats_left: int | None
    max_persons: int
    url: str


class Councils(Schema):
    items: list[Council]
    next: UUID | None


class Programmes(Schema):
    items: list[Programme]


class Calls(Schema):
    items: list[PublicCall]
    next: UUID | None


class MapRelease(Schema):
    quarter_on: date
    released_at: datetime


class MapCell(Schema):
    """People who gained a skill in a quarter; `number` null is hidden, `at_least` means that a part of it is."""

    quarter_on: date
    skill: str
    area: str
    lg_code: str
    number: int | None
    at_least: bool


class TalentMap(Schema):
    council: str
    is_demo: bool
    counted: str
    releases: list[MapRelease]
    cells: list[MapCell]


class Events(Schema):
    """GIF 2.3 events; names with `x_` are ours."""

    items: list[dict[str, Any]]


class Answer(Schema):
    key: str
    title: str
    value: Any
    text: str


class ApplicationOut(Schema):
    """`wishes`: options, best first; `wish_rank`: the place of this call among those that are drawn together with it."""

    code: str
    call: str
    state: ApplicationState
    persons: int
    option: str
    wishes: list[str]
    wish_rank: int
    channel: Literal["web", "paper", "fax", "counter", "phone", "import"]
    submitted_at: datetime | None
    answers: list[Answer]


class Applications(Schema):
    items: list[ApplicationOut]
    next: UUID | None


class Place(Schema):
    id: UUID
    call: str
    application: str | None
    capacity: Literal["participant", "speaker", "staff"]
    state: PlaceState
    started_at: datetime
    completed_at: datetime | None
    ended_at: datetime | None


class Places(Schema):
    items: list[Place]
    next: UUID | None


class LetterOut(Schema):
    id: UUID
    kind: str
    state: LetterState
    application: str | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


class Letters(Schema):
    items: list[LetterOut]
    next: UUID | None


class Strict(Schema):
    """An unknown name is an error: a misspelt field must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class DraftIn(Strict):
    programme: Slug
    title: Title
    title_en: Line = ""
    summary: Words = ""
    summary_en: Words = ""
    kind: CallKind
    selection: Selection
    starts_on: date | None = None
    ends_on: date | None = None
    venue: Line = ""
    fee_jpy: Annotated[int, Field(ge=0, le=10_000_000)] | None = None


class Draft(Schema):
    code: str
    state: Literal["draft"]
    url: str


class PersonIn(Strict):
    family_name: Line
    given_name: Line
    family_name_kana: Line
    given_name_kana: Line
    date_of_birth: date | None = None
    postal_code: Line = ""
    address: Line = ""
    lg_code: Line = ""
    school_stage: Literal["none", "elementary", "junior_high", "high", "college"] = "none"
    audience: Line = ""
    employer: Line = ""
    email: Line = ""
    phone: Line = ""


class GuardianIn(Strict):
    name: Line
    relation: Line
    email: Line = ""
    phone: Line = ""
    signed_paper: bool = False


class CompanionIn(Strict):
    """Somebody who takes part with the applicant; a call says how many may come."""

    family_name: Line
    given_name: Line
    family_name_kana: Line
    given_name_kana: Line
    date_of_birth: date | None = None


AnswerIn = bool | Annotated[int, Field(ge=-(10**12), le=10**12)] | Words | list[Words] | dict[Line, Words]


class ApplicationIn(Strict):
    """One application that came on paper, by fax, over the counter or by phone."""

    call: Slug
    channel: Channel
    received_at: AwareDatetime
    deadline_by: Literal["arrival", "postmark"] = "arrival"
    consented: Literal[True]
    person: PersonIn
    guardian: GuardianIn | None = None
    option: Line = ""
    companions: Annotated[list[CompanionIn], Field(max_length=9)] = []
    # 第1希望…: options, best first, of a call with ranked wishes; there `option` alone is the only wish.
    wishes: Annotated[list[Line], Field(max_length=10)] = []
    # For a call that is drawn together with others: its place among the person's wishes, and whether the person has applied
    # to another of them (the receipt code of that application) or only looks like somebody who has.
    wish_rank: Annotated[int, Field(ge=1, le=99)] | None = None
    same_person_as: Line = ""
    is_another_person: bool = False
    answers: Annotated[dict[Slug, AnswerIn], Field(max_length=200)] = {}


class Received(Schema):
    code: str
    call: str
    state: ApplicationState


VerifyResult = Literal["ok", "bad", "unknown"]


class Finding(Schema):
    """One thing that was looked at; `unknown` means that it could not be checked. `code` stays the same for ever."""

    name: str
    result: VerifyResult
    code: str
    title: str
    text: str


class CouncilName(Schema):
    slug: str
    title: str


class MissingAddress(Schema):
    """An outside address that could not be read, and why."""

    address: str
    code: str
    text: str


class VerifiedOne(Schema):
    """One credential. `claims` are its own words; `issuer_known`: a council of this site, or one whose certificates
    `councils` accept, or nobody known here."""

    kind: Literal["badge", "badge_2", "endorsement", "record", "none"]
    result: VerifyResult
    verdict: str
    headline: str
    issuer_known: Literal["council", "accepted", "no"]
    councils: list[CouncilName]
    findings: list[Finding]
    not_checked: list[str]
    claims: dict[str, str]


class VerifiedLayer(VerifiedOne):
    layer: Literal["endorsement", "member"]


class Verified(VerifiedOne):
    layers: list[VerifiedLayer]
    layers_left_out: int
    missing: list[MissingAddress]
