"""Requests about one's personal data: taken in, checked, answered; and a person's record corrected or erased."""

from datetime import date, time
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.actions.persons import _tidy
from sonjuku.rooms.people.models import (
    Account,
    Body,
    Council,
    DataRequest,
    Guardian,
    Person,
    ProvisionRecord,
    RequestRule,
    Role,
)
from sonjuku.rooms.people.rules import OPEN_REQUESTS, answer_by
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.toolbox.refusals import Refused

S = DataRequest.State
NOON = time(12)
# Free text of a request: it may name its person, so nothing of it outlives them.
WORDS = ("text", "identity_how", "reason")


@writes
def file_request(
    *, by: Actor, person: Person, body: Body, kind: str, text: str, received_on: date | None = None
) -> DataRequest:
    """Take in a request; the same kind again, while the first is open, returns the first.

    `received_on`: the day a paper came in (not after today), else now. The last day to answer is fixed here, by the
    rule of that day. Refused: other_council, not_yet.
    """
    own_council(by, person.council_id)
    today = day_of(by.at)
    received_on = received_on or today
    if body.council_id != person.council_id:
        raise Refused("other_council", _("ほかの協議会の団体です。"), _("この協議会の団体を選んでください。"))
    if received_on > today:
        raise Refused("not_yet", _("届いた日が、今日より後になっています。"), _("日付を確かめてください。"))
    Person.objects.select_for_update().get(pk=person.pk)
    standing = DataRequest.objects.filter(
        person=person, body=body, kind=kind, state__in=OPEN_REQUESTS
    ).first()
    if standing is not None:
        return standing
    request = DataRequest.objects.create(
        council_id=person.council_id,
        body=body,
        person=person,
        kind=kind,
        text=text.strip(),
        received_at=by.at if received_on == today else at_tokyo(received_on, NOON),
        due_on=answer_by(received_on, queries.request_rule(body, kind, received_on).days),
    )
    record(by=by, verb="data_request.received", subject=request, for_person_id=person.id)
    return request


def _reopen(request: DataRequest) -> DataRequest:
    """The locked row, if it still waits for an answer. Refused("request_closed") otherwise."""
    request = (
        DataRequest.objects.select_for_update(of=("self",))
        .select_related("body", "council")
        .get(pk=request.pk)
    )
    if request.state not in OPEN_REQUESTS:
        raise Refused(
            "request_closed",
            _("この請求は、すでに終わっています。"),
            _("ページを読み直して、いまの状態を確かめてください。"),
        )
    return request


@writes
def check_identity(*, by: Actor, request: DataRequest, how: str) -> DataRequest:
    """Note how staff made sure that the request comes from the person. Refused: request_closed, other_council."""
    request = _reopen(request)
    own_council(by, request.council_id)
    request.identity_how, request.identity_checked_at = how.strip(), by.at
    request.state = S.CHECKING
    request.save(update_fields=["identity_how", "identity_checked_at", "state"])
    record(by=by, verb="data_request.identity_checked", subject=request, for_person_id=request.person_id)
    return request


@writes
def decide_request(
    *, by: Actor, request: DataRequest, done: bool, reason: str = "", approval_number: str = ""
) -> DataRequest:
    """Answer a request. Refused: request_closed, identity_missing, reason_missing (a no needs one), other_council."""
    request = _reopen(request)
    own_council(by, request.council_id)
    if request.identity_checked_at is None:
        raise Refused(
            "identity_missing",
            _("本人かどうかを、まだ確かめていません。"),
            _("先に、本人確認の方法を記録してください。"),
        )
    if not done and not reason.strip():
        raise Refused(
            "reason_missing", _("応じない理由がありません。"), _("本人に伝える理由を書いてください。")
        )
    request.state = S.DONE if done else S.REFUSED
    request.reason, request.approval_number = reason.strip(), approval_number.strip()
    request.decided_at, request.decided_by_id = by.at, by.account_id
    request.save(update_fields=["state", "reason", "approval_number", "decided_at", "decided_by"])
    verb = "data_request.met" if done else "data_request.turned_down"
    record(by=by, verb=verb, subject=request, for_person_id=request.person_id)
    return request


@writes
def withdraw_request(*, by: Actor, request: DataRequest) -> DataRequest:
    """The person takes it back. Refused("request_closed") once it is answered; a second time changes nothing."""
    if DataRequest.objects.filter(pk=request.pk, state=S.WITHDRAWN).exists():
        return request
    request = _reopen(request)
    request.state, request.decided_at = S.WITHDRAWN, by.at
    request.save(update_fields=["state", "decided_at"])
    record(by=by, verb="data_request.withdrawn", subject=request, for_person_id=request.person_id)
    return request


@writes
def set_request_rule(
    *,
    by: Actor,
    council: Council,
    for_public_bodies: bool,
    kind: str,
    valid_from: date,
    days: int | None,
    fee_note: str = "",
    basis: str = "",
) -> RequestRule:
    """From that day on; requests that came in earlier keep their last day. The same day again replaces the rule."""
    own_council(by, council.id)
    rule, _created = RequestRule.objects.update_or_create(
        council=council,
        for_public_bodies=for_public_bodies,
        kind=kind,
        valid_from=valid_from,
        defaults={"days": days, "fee_note": fee_note.strip(), "basis": basis.strip()},
    )
    record(by=by, verb="request_rule.set", subject=rule, field_names=["days", "fee_note", "basis"])
    return rule


@writes
def correct_person(*, by: Actor, request: DataRequest, fields: dict[str, Any]) -> list[str]:
    """Correct a person's record as their request asks; returns the names of the changed fields.

    Refused: request_closed, identity_missing, kana, other_council.
    """
    request = _reopen(request)
    own_council(by, request.council_id)
    if request.identity_checked_at is None or request.person_id is None:
        raise Refused(
            "identity_missing",
            _("本人かどうかを、まだ確かめていません。"),
            _("先に、本人確認の方法を記録してください。"),
        )
    person = Person.objects.select_for_update().get(pk=request.person_id)
    changed = update(person, _tidy(fields))
    if changed:
        record(by=by, verb="person.corrected", subject=person, for_person_id=person.id, field_names=changed)
    return changed


# Erasure


@writes
def erase_person(*, by: Actor, person: Person) -> Account | None:
    """Delete a person's record and all that hangs on it, in every room; returns the account that held it.

    Kept: records of giving and receiving (29, 30), which the law wants with the name, and the requests' dates and
    decisions without their words. Each is journalled for this person's id, so that it can be found and named later.
    The caller has ended what still runs and dropped files; it holds the lock on the person.
    """
    own_council(by, person.council_id)
    account, requests = person.account, DataRequest.objects.filter(person=person)
    kept = list(ProvisionRecord.objects.filter(person=person))
    record_many(by=by, verb="provision.kept", subjects=kept)
    record(by=by, verb="person.erased", subject=person, for_person_id=person.id)
    requests.filter(state__in=OPEN_REQUESTS).update(state=S.WITHDRAWN, decided_at=by.at)
    requests.update(**dict.fromkeys(WORDS, ""))
    person.delete()
    return account


@writes
def drop_account(*, by: Actor, account: Account) -> bool:
    """Delete a way to log in that leads to nothing any more. False, and untouched, where anything still needs it."""
    row = Account.objects.select_for_update().filter(pk=account.pk).first()
    if row is None or any(model.objects.filter(account=row).exists() for model in (Person, Role, Guardian)):
        return False
    key = row.pk
    try:
        row.delete()
    except ProtectedError:  # somebody judged applications: their sheets stand
        return False
    record(by=by, verb="account.erased")
    return bool(key)
