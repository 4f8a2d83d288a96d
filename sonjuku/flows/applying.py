"""Someone applies: on the page in one go, or on paper that staff enter for them. All or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import guarding
from sonjuku.flows.noticing import notify_receipt
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions import Fellow
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import REAPPLY_FROM, Facts, words
from sonjuku.rooms.credentials.queries import credentials_held
from sonjuku.rooms.forms.actions import save_response
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import new_key, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.actions import start
from sonjuku.rooms.people.actions import accept_terms, add_person, add_tie, save_profile, take_consent
from sonjuku.rooms.people.models import Account, Consent, Person, Tie
from sonjuku.rooms.people.queries import guardian_rule
from sonjuku.rooms.people.rules import needs_guardian
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.lg_code import same_area
from sonjuku.toolbox.refusals import Refused

Uploads = Mapping[str, Sequence[IncomingFile]]
A = Application.State
SCHOOL_TEXT = "学校の担当者が、この申込みの受付・結果・参加・修了の状態を見ることに同意します。"


@writes
def apply(
    *,
    by: Actor,
    call: Call,
    account: Account,
    profile: dict[str, Any],
    consents: Collection[str],
    values: Mapping[str, Any] | None = None,
    uploads: Uploads | None = None,
    guardian: dict[str, str] | None = None,
    option: str = "",
    wishes: Sequence[str] = (),
    referral: str = "",
    ties: Iterable[tuple[str, str]] = (),
    terms: Collection[UUID] | None = None,
    companions: Sequence[Fellow] = (),
) -> Application:
    """One person applies for themselves; sending twice gives the first application and changes nothing.

    `consents` holds the Consent.Purpose values that were ticked and must include "application". `guardian` (name,
    relation, email, phone) is needed of whoever needs a guardian (see `guardian_needed`). `ties`: (Tie.Kind, lg_code).
    `wishes`: options, best first, where they are ranked. `companions` take part too; "companions" among the consents says
    that they agree. `terms`: the versions of the council's terms that the page asked for (None: it asked for none).
    Refused: consent_missing, companions_unasked, terms_changed, guardian_needed, same_address, and all of
    calls.actions.submit.
    """
    # The page's council may know already that it has no rule about guardians.
    told, call = call, calls.lock(call)
    earlier = queries.application_of(call, account)
    if earlier is not None and earlier.state not in REAPPLY_FROM:
        return earlier
    _check_agreed(consents, companions)
    if told.form_version_id == call.form_version_id and told.form_version and call.form_version:
        told.form_version.form = call.form_version.form
        call.form_version = told.form_version
    person = save_profile(by=by, council=call.council, account=account, fields=profile)
    if terms is not None:
        accept_terms(by=by, person=person, agreed=terms)
    minor = guardian_needed(told, person, by.at)
    if minor and guardian is None:
        raise _guardian_needed(call)
    application_id = earlier.id if earlier else new_key()
    if earlier is not None:
        calls.forget_answers(by=by, application=earlier)
    application = calls.submit(
        by=by,
        call=call,
        person=person,
        facts=_facts(call, person),
        response=_response(by, call, person, application_id, values or {}, uploads or {}),
        option=option,
        wishes=wishes,
        needs_guardian=minor,
        referral=referral,
        application_id=application_id,
        is_first=earlier is None,
        companions=companions,
    )
    _consents(by, application, consents, Consent.Channel.WEB)
    _ties(by, call, person, ties)
    return _finish(by, application, **_ask_guardian(by, application, guardian))


def _check_agreed(consents: Collection[str], companions: Sequence[Fellow]) -> None:
    if Consent.Purpose.APPLICATION not in consents:
        raise Refused(
            "consent_missing",
            _("個人情報の取扱いへの同意がまだです。"),
            _("内容をお読みになり、同意するときは印を付けてください。"),
        )
    if companions and Consent.Purpose.COMPANIONS not in consents:
        raise Refused(
            "companions_unasked",
            _("一緒に参加する人の同意を確かめていません。"),
            _("全員に確かめてから、印を付けてください。"),
        )


@writes
def enter(
    *,
    by: Actor,
    call: Call,
    profile: dict[str, Any],
    channel: str,
    received_at: datetime,
    deadline_by: str = "",
    values: Mapping[str, Any] | None = None,
    uploads: Uploads | None = None,
    guardian: dict[str, str] | None = None,
    guardian_paper: bool = False,
    option: str = "",
    wishes: Sequence[str] = (),
    wish_rank: int | None = None,
    referral: str = "",
    person: Person | None = None,
    entry_id: UUID | None = None,
    companions: Sequence[Fellow] = (),
) -> Application:
    """代理入力: staff enter what came by paper, FAX, counter or phone, under the same rules.

    `received_at` (arrival, or the postmark's day with `deadline_by` "postmark") decides about the deadline.
    `guardian_paper`: the guardian's signed consent was on the paper. A new person record is made unless `person` is
    given (who applied to another call of the same run). `wish_rank`: as calls.actions.submit. `entry_id` (any UUID the
    page made) lets a doubled submit return the first entry.
    Refused: guardian_needed, and all of calls.actions.submit.
    """
    call = calls.lock(call)
    entry_id = entry_id or uuid7()
    done = Application.objects.filter(pk=entry_id, call=call).select_related("call", "person").first()
    if done is not None:
        return done
    person = person or add_person(by=by, council=call.council, fields=profile)
    minor = guardian_needed(call, person, by.at)
    if minor and guardian is None:
        raise _guardian_needed(call)
    application = calls.submit(
        by=by,
        call=call,
        person=person,
        facts=_facts(call, person),
        response=_response(by, call, person, entry_id, values or {}, uploads or {}),
        option=option,
        wishes=wishes,
        wish_rank=wish_rank,
        channel=channel,
        received_at=received_at,
        deadline_by=deadline_by,
        entered_by=Account.objects.get(pk=by.account_id) if by.account_id else None,
        needs_guardian=minor,
        referral=referral,
        application_id=entry_id,
        companions=companions,
    )
    if application.id != entry_id:
        raise Refused(
            "already_applied",
            format_lazy(_("この方の{noun}は、すでに受け付けています。"), noun=words(call).noun),
            format_lazy(_("受付番号 {code} を確かめてください。"), code=application.code),
        )
    agreed = [Consent.Purpose.APPLICATION, Consent.Purpose.COMPANIONS]
    _consents(by, application, agreed, Consent.Channel.PAPER)
    _ties(by, call, person, ())
    if minor and guardian is not None and guardian_paper:
        guarding.ask(by=by, application=application, guardian=guardian, signed_paper=True)
        return _finish(by, calls.accept_held(by=by, application=application))
    return _finish(by, application, **_ask_guardian(by, application, guardian))


def guardian_needed(call: Call, person: Person, at: datetime) -> bool:
    """Whether this person's application needs a guardian's consent on that day, by age or school stage."""
    rule = guardian_rule(call.council, day_of(at))
    return needs_guardian(
        date_of_birth=person.date_of_birth,
        school_stage=person.school_stage,
        day=day_of(at),
        required_under=rule.required_under,
        required_stages=rule.required_stages,
    )


def _facts(call: Call, person: Person) -> Facts:
    """What the call's rules are asked about; credentials are looked up only where there is any rule."""
    return queries.facts_of(person, credentials_held(person) if queries.rules_of(call) else set())


def _guardian_needed(call: Call) -> Refused:
    return Refused(
        "guardian_needed",
        format_lazy(_("この{noun}には、保護者の同意が必要です。"), noun=words(call).noun),
        _("保護者の方のお名前と連絡先を入力してください。"),
    )


def _response(
    by: Actor, call: Call, person: Person, about_id: UUID, values: Mapping[str, Any], uploads: Uploads
) -> Response | None:
    if call.form_version is None:
        return None
    return save_response(
        by=by, version=call.form_version, person=person, about_id=about_id, values=values, uploads=uploads
    )


def _consents(by: Actor, application: Application, purposes: Collection[str], channel: str) -> None:
    """Write down what the applicant agreed to, in the words of the call; not for companions where nobody comes along."""
    others = {Consent.Purpose.GUARDIAN, *([Consent.Purpose.COMPANIONS] if application.persons == 1 else [])}
    for purpose in sorted(set(purposes) - others):
        take_consent(
            by=by,
            person=application.person,
            purpose=purpose,
            about_id=application.id,
            channel=channel,
            **_wording(purpose, application),
        )


def _wording(purpose: str, application: Application) -> dict[str, Any]:
    if purpose == Consent.Purpose.COMPANIONS:
        return guarding.companions_wording(application.call)
    said, school = guarding.wording(application.call), application.person.school
    if purpose != Consent.Purpose.SCHOOL_STATUS or school is None:
        return said
    return {**said, "text": SCHOOL_TEXT, "receivers": [school.name], "items": ["申込みの状態"]}


def _ties(by: Actor, call: Call, person: Person, ties: Iterable[tuple[str, str]]) -> None:
    for kind, lg_code in ties:
        add_tie(by=by, person=person, kind=kind, lg_code=lg_code)
    if person.lg_code and same_area(person.lg_code, [call.council.lg_code]):
        add_tie(by=by, person=person, kind=Tie.Kind.RESIDENT, lg_code=person.lg_code)


def _ask_guardian(by: Actor, application: Application, guardian: dict[str, str] | None) -> dict[str, Any]:
    """Ask the guardian of a minor; gives what the receipt says about it."""
    if guardian is None or not application.needs_guardian:
        return {}
    return {"guardian_due": guarding.ask(by=by, application=application, guardian=guardian).due_at}


def _finish(by: Actor, application: Application, **context: Any) -> Application:
    if application.state == A.ACCEPTED:
        start(by=by, application=application)
    notify_receipt(by, application, **context)
    return application
