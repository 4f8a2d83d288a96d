"""A guardian's consent: asked by letter or QR, answered without a login, overdue, refused."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.noticing import facts_for, notify, notify_confirmed, notify_offered
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.calls.rules import answer_until, consent_due, words
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.participation.actions import start
from sonjuku.rooms.people.actions import answer_consent, ask_consent, name_guardian, withdraw_consent
from sonjuku.rooms.people.models import Consent, Guardian
from sonjuku.rooms.people.queries import consent_for, guardian_requests
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.refusals import Refused

A = Application.State
SALT = "guardian"
REMIND_BEFORE = timedelta(days=2)
COMPANIONS_TEXT = "一緒に参加する人の全員（未成年のときは保護者）から、個人情報を渡すことの同意を得ました。"
COMPANION_ITEMS = ["氏名", "フリガナ", "生年月日"]
ITEMS = ["氏名", "フリガナ", "生年月日", "住所", "連絡先", "在学の状況", "申込みの回答"]


def link(consent: Consent) -> str:
    """The path a guardian opens without a login; signed, so nobody can guess another one."""
    return f"/g/{signing.dumps(consent.id.hex, salt=SALT)}/"


def find(token: str) -> Consent | None:
    """The consent a link stands for; None for a forged link or one that no longer counts."""
    try:
        consent_id = UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError):
        return None
    rows = Consent.objects.select_related("person", "guardian", "council")
    return rows.filter(pk=consent_id, purpose=Consent.Purpose.GUARDIAN, withdrawn_at__isnull=True).first()


def application_of(consent: Consent) -> Application | None:
    """The application that a consent was asked for."""
    rows = Application.objects.select_related("call__council", "call__data_controller", "person")
    return rows.filter(pk=consent.about_id).first() if consent.about_id else None


def asked_of(account: Any) -> list[tuple[Consent, Application]]:
    """What this account was asked as a guardian, newest first, each with the application it is about."""
    consents = list(guardian_requests(account))
    rows = Application.objects.filter(pk__in=[consent.about_id for consent in consents]).select_related(
        "call"
    )
    found = {row.pk: row for row in rows}
    return [(consent, found[consent.about_id]) for consent in consents if consent.about_id in found]


def receivers(call: Call) -> list[str]:
    """The bodies that see the people of a call, by name."""
    rows = call.bodies.filter(role__in=CallBody.SEES_PEOPLE).select_related("body")
    return sorted({str(row.body) for row in rows})


def wording(call: Call) -> dict[str, Any]:
    """What a consent says for this call: text, its version, receivers and items."""
    controller = str(call.data_controller or call.council)
    return {
        "text": "\n".join([f"取り扱う団体：{controller}", f"利用目的：{call.purpose_of_use}"]),
        "text_version": f"{call.code} {call.frozen_at or call.opens_at:%Y-%m-%d}",
        "receivers": receivers(call),
        "items": ITEMS,
    }


def companions_wording(call: Call) -> dict[str, Any]:
    """What an applicant says for those who come along, children of theirs too."""
    said = wording(call)
    return {**said, "text": f"{COMPANIONS_TEXT}\n{said['text']}", "items": COMPANION_ITEMS}


@writes
def ask(
    *, by: Actor, application: Application, guardian: dict[str, str], signed_paper: bool = False
) -> Consent:
    """Ask the named guardian (`name`, `relation`, `email`, `phone`) and write to them.

    Without e-mail the letter is held for print and `link` goes into a QR. An earlier request that was not consented to
    stands down. `signed_paper`: staff hold the signed consent, so it is recorded as given and nobody is written to.
    """
    named = name_guardian(by=by, person=application.person, **guardian)
    earlier = consent_for(application.id, Consent.Purpose.GUARDIAN)
    if earlier is not None and not earlier.holds:
        withdraw_consent(by=by, consent=earlier)
    consent = ask_consent(
        by=by,
        person=application.person,
        purpose=Consent.Purpose.GUARDIAN,
        about_id=application.id,
        due_at=consent_due(application.call, by.at),
        guardian=named,
        **wording(application.call),
    )
    if signed_paper:
        paper, checked = Consent.Channel.PAPER, Guardian.Checked.PAPER
        return answer_consent(by=by, consent=consent, given=True, channel=paper, checked=checked)
    if consent.given_at is None:
        _write_to(by, consent, application, "guardian_request")
    return consent


def write_request(by: Actor, consent: Consent, application: Application) -> None:
    """The letter that asks a guardian; a second time changes nothing."""
    _write_to(by, consent, application, "guardian_request")


def _write_to(by: Actor, consent: Consent, application: Application, kind: str) -> None:
    guardian = consent.guardian
    queue(
        by=by,
        council=application.call.council,
        kind=kind,
        context={
            **facts_for(application.call, application),
            "person_name": application.person.full_name,
            "guardian_name": guardian.name if guardian else "",
            "due_at": consent.due_at,
        },
        path=link(consent),
        key=f"{kind}:{consent.id}",
        to_address=guardian.email if guardian else "",
        language=application.person.language,
        about_id=application.id,
    )


@writes
def answer(
    *,
    by: Actor,
    consent: Consent,
    given: bool,
    channel: str,
    checked: str = "",
    name: str = "",
    relation: str = "",
) -> Consent:
    """Record a guardian's yes or no and what follows: a held seat is taken up, or goes to whoever waits.

    The same answer again changes nothing. Staff may enter a signed paper (channel "paper") that came in time until a
    list is frozen. Refused: consent_overdue, application_ended, consent_answered.
    """
    application = application_of(consent)
    if application is None:
        return answer_consent(by=by, consent=consent, given=given, channel=channel, checked=checked)
    calls.lock(application.call)
    application.refresh_from_db()
    consent.refresh_from_db()
    if consent.given_at is None and consent.refused_at is None:
        _check_time(by, consent, application, channel)
    consent = answer_consent(
        by=by, consent=consent, given=given, channel=channel, checked=checked, name=name, relation=relation
    )
    if given:
        before, application = application.state, calls.accept_held(by=by, application=application)
        notify(by, application, "guardian_answered", given=True)
        if application.state == A.ACCEPTED and before != A.ACCEPTED:
            start(by=by, application=application)
            notify_confirmed(by, application)
        return consent
    change = calls.end_without_guardian(by=by, application=application, overdue=False)
    notify(by, change.application, "guardian_answered", given=False)
    notify_offered(by, change.offered)
    return consent


def _check_time(by: Actor, consent: Consent, application: Application, channel: str) -> None:
    if application.state in Application.ENDED:
        raise Refused(
            "application_ended",
            format_lazy(_("この{noun}はもう終わっています。"), noun=words(application.call).noun),
            _("お心当たりのことがあれば、問合せ先にご連絡ください。"),
        )
    on_paper = channel == Consent.Channel.PAPER and may(by.role, "applications.write")
    if on_paper or application.state != A.SUBMITTED or consent.due_at is None:
        return
    until = answer_until(application.call, due_at=consent.due_at, holds_seat=application.call.is_immediate)
    if by.at >= until:
        raise Refused(
            "consent_overdue",
            _("お答えの期限が過ぎました。"),
            _("ご事情があるときは、問合せ先にご連絡ください。"),
        )


def lapse_overdue(*, by: Actor) -> list[Application]:
    """End first-come applications whose seat waited for a guardian past the due date, one transaction each."""
    late = Consent.objects.filter(
        purpose=Consent.Purpose.GUARDIAN,
        due_at__lte=by.at,
        given_at__isnull=True,
        refused_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    held = Application.objects.filter(
        id__in=late.values("about_id"),
        state=A.SUBMITTED,
        seat_pool__isnull=False,
        call__selection=Call.Selection.FIRST_COME,
    )
    found = [_lapse(by, application) for application in held.select_related("call__council", "person")]
    return [application for application in found if application is not None]


@writes
def _lapse(by: Actor, application: Application) -> Application | None:
    calls.lock(application.call)
    if not queries.guardian_missing(application):
        return None
    change = calls.end_without_guardian(by=by, application=application, overdue=True)
    if change.application.state != A.LAPSED:
        return None
    consent = consent_for(application.id, Consent.Purpose.GUARDIAN)
    notify(
        by,
        change.application,
        "consent_overdue",
        due_at=consent.due_at if consent else None,
        outcome=_("お取りしていた席は、次の方にお回ししました。"),
    )
    notify_offered(by, change.offered)
    return change.application


def remind(*, by: Actor) -> int:
    """Write once more to guardians whose answer is due within two days; returns how many are waited for."""
    rows = Consent.objects.filter(
        purpose=Consent.Purpose.GUARDIAN,
        due_at__gt=by.at,
        due_at__lte=by.at + REMIND_BEFORE,
        asked_at__lt=by.at - REMIND_BEFORE,
        given_at__isnull=True,
        refused_at__isnull=True,
        withdrawn_at__isnull=True,
    ).select_related("guardian", "person")
    count = 0
    for consent in rows:
        application = application_of(consent)
        if application is not None and application.state not in Application.ENDED:
            _write_to(by, consent, application, "guardian_reminder")
            count += 1
    return count
