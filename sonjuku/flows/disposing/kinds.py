"""What each kind of retention rule is about: which rows are due, what keeps one of them for now, how they go."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import erasing
from sonjuku.rooms.calls.actions import batches
from sonjuku.rooms.calls.models import Application, Call, ImportBatch
from sonjuku.rooms.credentials.models import Award, Dossier, Endorsement
from sonjuku.rooms.forms.actions import drop_upload
from sonjuku.rooms.forms.models import Response, Upload
from sonjuku.rooms.journal.actions import record_many
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter, ShortCode
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.rooms.people.models import Consent, Council, DataRequest, Person, ProvisionRecord, RetentionRule
from sonjuku.rooms.people.rules import OPEN_REQUESTS
from sonjuku.toolbox.dates import at_tokyo, day_of, fiscal_year_span
from sonjuku.toolbox.refusals import Refused

K, A, B, P = RetentionRule.Kind, Application.State, ImportBatch.State, Participation.State
Rows = QuerySet[Any]
# What a look at a group says stays for now: reason and condition.
Reasons = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Group:
    """Records that go together: of one council, one call (None: of none), one fiscal year."""

    council: Council
    fiscal_year: int
    call: Call | None = None

    @property
    def span(self) -> Q:
        """Instants of the fiscal year, for rows that say `since`."""
        first, after = fiscal_year_span(self.fiscal_year)
        return Q(since__gte=at_tokyo(first), since__lt=at_tokyo(after))


@dataclass(frozen=True)
class Kind:
    """`sets`: the due rows of a group, each set with its reasons to stay. `drop` erases rows it is given, for good."""

    sets: Callable[[Group, date], list[tuple[Rows, Reasons]]]
    drop: Callable[[Actor, list[Any]], int]
    by_call: bool = True


def _asked(person: str) -> Exists:
    return Exists(DataRequest.objects.filter(person=OuterRef(person), state__in=OPEN_REQUESTS))


REQUEST = _("本人の請求に、まだ答えていない")
UNMET = Obligation.objects.filter(done_at=None, waived_at=None, participation__state=P.ACTIVE)


def _applications(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    """Applications, and places without one (walk-ins, invitations)."""
    call = group.call
    assert call is not None
    unmet = _("参加者がすることが、まだ残っている")
    running = [] if is_over(call, day) else [(_("募集や参加が、まだ終わっていない"), Q(pk__isnull=False))]
    waiting = Q(state__in=[A.SUBMITTED, A.WAITLISTED, A.OFFERED])
    mine = Application.objects.filter(call=call)
    bare = Participation.objects.filter(call=call, application=None)
    return [
        (mine, [
            *running, (_("結果や返事が、まだ決まっていない"), waiting), (REQUEST, _asked("person")),
            (unmet, Exists(UNMET.filter(participation__application=OuterRef("pk")))),
        ]),
        (bare, [
            *running, (REQUEST, _asked("person")), (unmet, Exists(UNMET.filter(participation=OuterRef("pk")))),
        ]),
    ]  # fmt: skip


def is_over(call: Call, day: date) -> bool:
    last = call.ends_on or call.starts_on
    return call.state == Call.State.FINISHED or (
        last is not None and last < day and call.state not in {Call.State.OPEN, Call.State.ANNOUNCED}
    )


def ids_about(application_ids: Any, place_ids: Any) -> list[UUID]:
    """Ids of applications, places and what hangs on them: what answers, files, consents and letters are about."""
    found = {*application_ids, *place_ids}
    found.update(Obligation.objects.filter(participation__in=place_ids).values_list("pk", flat=True))
    found.update(Consent.objects.filter(about_id__in=found).values_list("pk", flat=True))
    return list(found)


def _drop_applications(by: Actor, rows: list[Any]) -> int:
    """With their answers, files, consents, letters, and the places that they led to."""
    applications = [row.pk for row in rows if isinstance(row, Application)]
    places = Participation.objects.filter(
        Q(pk__in=[row.pk for row in rows]) | Q(application__in=applications)
    )
    place_ids = list(places.values_list("pk", flat=True))
    about = ids_about(applications, place_ids)
    handed_in = Q(response__about_id__in=about) | Q(
        pk__in=Obligation.objects.filter(participation__in=place_ids).values("upload")
    )
    for upload in Upload.objects.filter(handed_in):
        drop_upload(by=by, upload=upload)
    record_many(by=by, verb="application.disposed", subjects=rows)
    drop_letters(Letter.objects.filter(about_id__in=about))
    places.delete()
    Application.objects.filter(pk__in=applications).delete()
    Response.objects.filter(about_id__in=about).delete()
    Consent.objects.filter(about_id__in=about).delete()
    return len(rows)


def _uploads(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    about = _about_ids(group)
    rows = Upload.objects.filter(
        Q(response__about_id__in=about) | Q(pk__in=_proofs(group)), person__isnull=False
    )
    assert group.call is not None
    running = (
        [] if is_over(group.call, day) else [(_("募集や参加が、まだ終わっていない"), Q(pk__isnull=False))]
    )
    return [(rows, [*running, (REQUEST, _asked("person"))])]


def _proofs(group: Group) -> Any:
    return Obligation.objects.filter(participation__call=group.call).exclude(upload=None).values("upload")


def _about_ids(group: Group) -> list[UUID]:
    applications = list(Application.objects.filter(call=group.call).values_list("pk", flat=True))
    places = list(Participation.objects.filter(call=group.call).values_list("pk", flat=True))
    return ids_about(applications, places)


def _drop_uploads(by: Actor, rows: list[Any]) -> int:
    for upload in rows:
        drop_upload(by=by, upload=upload)
    return len(rows)


def _letters(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    assert group.call is not None
    about = [group.call.pk, *_about_ids(group)]
    rows = Letter.objects.filter(Q(about_id__in=about) | Q(mailing__about_id=group.call.pk))
    unsent = Q(state__in=[Letter.State.QUEUED, Letter.State.SENDING])
    return [(rows, [(_("まだ送っていない"), unsent), (REQUEST, _asked("person"))])]


def _drop_letters(by: Actor, rows: list[Any]) -> int:
    record_many(by=by, verb="letter.disposed", subjects=rows)
    drop_letters(Letter.objects.filter(pk__in=[row.pk for row in rows]))
    return len(rows)


def drop_letters(letters: Rows) -> None:
    codes = list(letters.exclude(short_code=None).values_list("short_code", flat=True))
    letters.delete()
    ShortCode.objects.filter(pk__in=codes).delete()


def _imports(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    rows = ImportBatch.objects.filter(call=group.call)
    rows = rows.filter(Q(upload__isnull=False) | Q(pk__in=rows.filter(rows__isnull=False).values("pk")))
    return [(rows, [(_("いま登録している途中"), Q(state=B.PROMOTING))])]


def _drop_imports(by: Actor, rows: list[Any]) -> int:
    for batch in rows:
        upload = batch.upload
        if batch.state in {B.DONE, B.CANCELLED}:
            batch.rows.all().delete()
        else:
            batches.cancel(by=by, batch=batch)
        if upload is not None:
            drop_upload(by=by, upload=upload)
    record_many(by=by, verb="batch.disposed", subjects=rows)
    return len(rows)


def persons(council: Council) -> Rows:
    """Those left in no call. `since`: when the last of their applications went, else when they were written down."""
    went = Entry.objects.filter(for_person_id=OuterRef("pk"), verb="application.disposed").order_by()
    last = went.values("for_person_id").annotate(last=Max("at")).values("last")
    rows = Person.objects.filter(council=council).filter(
        ~Exists(Application.objects.filter(person=OuterRef("pk"))),
        ~Exists(Participation.objects.filter(person=OuterRef("pk"))),
    )
    gone = Coalesce(Subquery(last, output_field=DateTimeField()), F("created_at"))
    return rows.annotate(since=Greatest("created_at", gone))


def _persons(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    _first, after = fiscal_year_span(group.fiscal_year)
    reasons: Reasons = [
        (REQUEST, _asked("pk")),
        (_("バッジを持っている"), Exists(Award.objects.filter(person=OuterRef("pk")))),
        (
            _("認定証を持っている"),
            Exists(Endorsement.objects.filter(person=OuterRef("pk"), state=Endorsement.State.ISSUED)),
        ),
        (
            _("実務経験の審査が終わっていない"),
            Exists(Dossier.objects.filter(person=OuterRef("pk"), state=Dossier.State.SUBMITTED)),
        ),
        (_("本人が、そのあともログインしている"), Q(account__last_login__gte=at_tokyo(after))),
    ]
    return [(persons(group.council).filter(group.span), reasons)]


def _drop_persons(by: Actor, rows: list[Any]) -> int:
    """Each under its lock and looked at again: whoever applies at this moment, or stands in a staged file, stays."""
    gone = 0
    for row in rows:
        person = Person.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
        if person is None or not persons(person.council).filter(pk=person.pk).exists():
            continue
        try:
            erasing.check(person, day_of(by.at))
        except Refused:
            continue
        erasing.drop_letters_of(person)
        erasing.drop_person(by, person)
        gone += 1
    return gone


def _provisions(group: Group, day: date) -> list[tuple[Rows, Reasons]]:
    """Records of giving whose last day to be kept was in this fiscal year."""
    first, after = fiscal_year_span(group.fiscal_year)
    rows = ProvisionRecord.objects.filter(
        council=group.council, keep_until__gte=first, keep_until__lt=min(after, day)
    )
    return [(rows, [(REQUEST, _asked("person"))])]


def _drop_provisions(by: Actor, rows: list[Any]) -> int:
    record_many(by=by, verb="provision.disposed", subjects=rows)
    ProvisionRecord.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


KINDS: dict[str, Kind] = {
    K.APPLICATION: Kind(_applications, _drop_applications),
    K.UPLOAD: Kind(_uploads, _drop_uploads),
    K.LETTER: Kind(_letters, _drop_letters),
    K.IMPORT: Kind(_imports, _drop_imports),
    K.PERSON: Kind(_persons, _drop_persons, by_call=False),
    K.PROVISION: Kind(_provisions, _drop_provisions, by_call=False),
}


def erasable(rows: Rows, reasons: Reasons) -> Rows:
    for _reason, condition in reasons:
        rows = rows.filter(~condition) if isinstance(condition, Exists) else rows.exclude(condition)
    return rows


def kept(sets: Iterable[tuple[Rows, Reasons]]) -> list[tuple[Any, int]]:
    """How many stay for each reason; a row with two reasons is counted under both."""
    found: dict[str, list[Any]] = {}
    for rows, reasons in sets:
        for reason, condition in reasons:
            found.setdefault(str(reason), [reason, 0])[1] += rows.filter(condition).count()
    return [(reason, number) for reason, number in found.values() if number]
