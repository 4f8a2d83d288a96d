"""A person asks to be erased: what still runs is ended or refused, then every row and file of theirs goes.

What stays, and why, is decision 0012 and `flows.residue`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.asking import tell_erased
from sonjuku.flows.noticing import notify_offered
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application, Call, ImportBatch, ImportRow
from sonjuku.rooms.calls.rules import application_may_move
from sonjuku.rooms.forms.actions import drop_upload
from sonjuku.rooms.forms.models import Response, Upload
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter, ShortCode
from sonjuku.rooms.matching.actions import forget_person
from sonjuku.rooms.matching.models import Introduction, MatchingMember
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.rooms.people.actions import decide_request, drop_account, erase_person
from sonjuku.rooms.people.models import Consent, DataRequest, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

A, B, P = Application.State, ImportBatch.State, Participation.State
STAGED = {B.UPLOADED, B.CHECKING, B.CHECKED, B.PROMOTING}


@writes
def erase(*, by: Actor, request: DataRequest, approval_number: str = "") -> None:
    """Carry out a request for erasure. What still waits for a result is withdrawn, its seat offered on.

    Seats of what is over stay counted, draws stay provable (they hold codes only), a badge's file still verifies. The
    account goes too if nothing is left behind it. Refused: not_erasure, gone, taking_part, import_running, and all
    of people.actions.decide_request.
    """
    if request.kind != DataRequest.Kind.ERASURE:
        raise Refused("not_erasure", _("消去の請求ではありません。"), _("請求の種類を確かめてください。"))
    person = _locked(request)
    check(person, day_of(by.at))
    decide_request(by=by, request=request, done=True, approval_number=approval_number)
    _end_what_waits(by, person)
    drop_letters_of(person)
    tell_erased(by, request, person)
    drop_person(by, person)


def drop_person(by: Actor, person: Person) -> None:
    """Every row and file of a person whose lock the caller holds and whose letters are gone; the account if it leads nowhere."""
    for upload in Upload.objects.filter(Q(person=person) | Q(response__person=person)):
        drop_upload(by=by, upload=upload)
    _drop_staged(by, person)
    forget_person(by=by, person=person)
    account = erase_person(by=by, person=person)
    if account is not None and drop_account(by=by, account=account):
        _end_sessions(account.pk)


def _locked(request: DataRequest) -> Person:
    """The person's row under lock, and before it their calls: in this order whoever applies locks them too."""
    person = None
    if request.person_id is not None:
        for call in Call.objects.filter(applications__person_id=request.person_id).distinct().order_by("pk"):
            calls.lock(call)
        person = Person.objects.select_for_update(of=("self",)).filter(pk=request.person_id).first()
    if person is None:
        raise Refused(
            "gone", _("この人の記録は、すでに消去されています。"), _("請求の一覧を読み直してください。")
        )
    return person


def check(person: Person, day: date) -> None:
    """Refused("taking_part") while the person takes part in something that isn't over, Refused("import_running")
    while a staged file holds a row with their name or address."""
    running = next((place for place in _active(person) if not _is_over(place.call, day)), None)
    if running is not None:
        raise Refused(
            "taking_part",
            format_lazy(_("「{call}」に参加しているため、まだ消去できません。"), call=running.call.title),
            _(
                "先に辞退の手続きをするか、終わるのを待ってください。貸した物があるときは、返却を確かめてください。"
            ),
        )
    if any(staged.batch.state in STAGED for staged in _staged_rows(person)):
        raise Refused(
            "import_running",
            _("取込みの途中のデータに、同じ氏名かメールアドレスの行があります。"),
            _("その取込みを終えるか取りやめてから、もう一度お進みください。"),
        )


def _active(person: Person) -> Iterable[Participation]:
    return Participation.objects.filter(person=person, state=P.ACTIVE).select_related("call")


def _is_over(call: Call, day: date) -> bool:
    last = call.ends_on or call.starts_on
    return call.state == Call.State.FINISHED or (last is not None and last < day)


def _end_what_waits(by: Actor, person: Person) -> None:
    """Withdraw what waits for a result, give back what was offered; those next in line hear of their seats."""
    places = set(Participation.objects.filter(person=person).values_list("application_id", flat=True))
    for application in Application.objects.filter(person=person).select_related("call", "person"):
        if application_may_move(application.state, A.WITHDRAWN):
            notify_offered(by, calls.withdraw(by=by, application=application).offered)
        elif application_may_move(application.state, A.DECLINED) and application.pk not in places:
            notify_offered(by, calls.decline(by=by, application=application).offered)


def drop_letters_of(person: Person) -> None:
    """The person's letters, and those about their rows that went to somebody else (a guardian)."""
    about: set[UUID] = {person.pk}
    for model, path in (
        (Application, "person"), (Participation, "person"), (Obligation, "participation__person"),
        (Consent, "person"), (DataRequest, "person"), (Response, "person"), (MatchingMember, "person"),
    ):  # fmt: skip
        about.update(model._default_manager.filter(**{path: person}).values_list("pk", flat=True))
    # An introduction's letter to the partner names this person.
    met = Q(left__person=person) | Q(right__person=person)
    about.update(Introduction.objects.filter(met).values_list("pk", flat=True))
    letters = Letter.objects.filter(Q(person=person) | Q(about_id__in=about))
    codes = list(letters.exclude(short_code=None).values_list("short_code", flat=True))
    letters.delete()
    ShortCode.objects.filter(pk__in=codes).delete()


def _drop_staged(by: Actor, person: Person) -> None:
    """Rows of files that came in by import, and the files themselves where the import of the person's calls is over."""
    ImportRow.objects.filter(application__person=person).delete()
    ImportRow.objects.filter(pk__in=[row.pk for row in _staged_rows(person)]).delete()
    batches = ImportBatch.objects.filter(call__applications__person=person).exclude(state__in=STAGED)
    for upload in Upload.objects.filter(pk__in=batches.values("upload")):
        drop_upload(by=by, upload=upload)


def _staged_rows(person: Person) -> list[ImportRow]:
    """Rows of the council's imports in which a cell is this person's address, or holds their full name."""
    names = {_squeezed(person.full_name), _squeezed(person.full_name_kana)} - {""}
    rows = ImportRow.objects.filter(batch__council_id=person.council_id).select_related("batch")
    return [row for row in rows.iterator(chunk_size=2000) if _names(row.values, names, person)]


def _names(values: Any, names: set[str], person: Person) -> bool:
    cells = [str(value) for value in (values.values() if isinstance(values, dict) else values)]
    if person.email and any(cell.strip().casefold() == person.email.casefold() for cell in cells):
        return True
    # Family and given name may stand in two columns.
    line = _squeezed("".join(cells))
    return any(name in line for name in names)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _end_sessions(account_id: UUID) -> None:
    """A session keeps the address one logged in with."""
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(account_id):
            session.delete()


def drop_last_letters(*, by: Actor) -> int:
    """Once the word that all is erased has gone out (or cannot), it goes too; returns how many."""
    unsent = {Letter.State.QUEUED, Letter.State.SENDING}
    rows = Letter.objects.filter(kind="request_erased").exclude(state__in=unsent)
    return rows.delete()[0]
