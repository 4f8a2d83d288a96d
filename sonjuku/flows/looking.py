"""Who looked at a person's data, for which body, in which role and what for: the journal in plain words."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application, Call, Export
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Person, Role
from sonjuku.rooms.people.rules import MACHINE

# A name in a list leaves no trace here; whoever opens, prints, takes out or is given one's record does.
LOOKS: dict[str, Any] = {
    "application.viewed": _("申込みの内容を開きました"),
    "application.printed": _("受付票を印刷用に開きました"),
    "application.handed_over": _("引継書に氏名を載せました"),
    "applications.exported": _("名簿をファイルに書き出しました"),
    "upload.opened": _("提出したファイルを開きました"),
    "letter.viewed": _("あなたへのお知らせを開きました"),
    "person.disclosed": _("開示のためのファイルを作りました"),
    "person.corrected": _("登録情報を直しました"),
    "data_request.viewed": _("個人情報の請求を開きました"),
    "api.read": _("外部のシステムが読み取りました"),
    "provision.recorded": _("ほかの団体に渡しました"),
}
ROLES: dict[str, Any] = {**dict(Role.Kind.choices), MACHINE: _("外部のシステム")}
PLACE, EXPORT = "participation.participation", "calls.export"
OWN = ("member", "guardian", "public", "system")


class Look(NamedTuple):
    """One look in words: `call` is what it was about (None for the record itself), `body` who stood behind it,
    `purpose` what staff wrote down for a list they took out ("" else: then the call's own purpose holds)."""

    at: Any
    what: Any
    role: Any
    body: Body | None
    call: Call | None
    purpose: str


def looks_at(person: Person) -> QuerySet[Entry]:
    """What others did with this person's data, newest first; what the person did themselves is not in it."""
    seen = Q(verb__in=LOOKS) | Q(verb__endswith=".exported") | Q(verb__endswith=".viewed")
    return Entry.objects.filter(seen, for_person_id=person.id).exclude(actor_role__in=OWN)


def in_words(entries: Iterable[Entry]) -> list[Look]:
    """A fixed number of queries, however many entries."""
    entries = list(entries)
    bodies = Body.objects.in_bulk([entry.actor_body_id for entry in entries if entry.actor_body_id])
    calls = _calls(entries)
    exports = [entry.subject_id for entry in entries if entry.subject_kind == EXPORT and entry.subject_id]
    purposes: dict[UUID | None, str] = dict(
        Export.objects.filter(pk__in=exports).values_list("pk", "purpose")
    )
    return [
        Look(
            entry.at,
            LOOKS.get(entry.verb, _("あなたの情報を開きました")),
            ROLES.get(entry.actor_role, ""),
            bodies.get(entry.actor_body_id),
            calls.get(entry.subject_id),
            purposes.get(entry.subject_id, ""),
        )
        for entry in entries
    ]


def _calls(entries: list[Entry]) -> dict[UUID | None, Call]:
    """The call that each subject belongs to, by the subject's id."""
    ids: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.subject_id:
            ids.setdefault(entry.subject_kind, set()).add(entry.subject_id)
    # A file and a letter are about a row; rows and calls are about themselves.
    about = {
        key: key for kind in ("calls.application", "calls.call", PLACE, EXPORT) for key in ids.get(kind, ())
    }
    files = Upload.objects.filter(pk__in=ids.get("forms.upload", ())).values_list("pk", "response__about_id")
    letters = Letter.objects.filter(pk__in=ids.get("letters.letter", ())).values_list("pk", "about_id")
    about |= {key: row for key, row in (*files, *letters) if row is not None}
    rows = set(about.values())
    calls = {key: key for key in rows}
    calls |= dict(Application.objects.filter(pk__in=rows).values_list("pk", "call"))
    calls |= dict(Export.objects.filter(pk__in=rows).values_list("pk", "call"))
    calls |= dict(Participation.objects.filter(pk__in=rows).values_list("pk", "call"))
    found = Call.objects.in_bulk(calls.values())
    return {key: found[calls[row]] for key, row in about.items() if calls[row] in found}
