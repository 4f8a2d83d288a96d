"""活動の記録: where and when one was there, certified for registers elsewhere (ふるさと住民登録), as credentials and CSV."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import ActivityRecord
from sonjuku.rooms.credentials.queries import activities as queries
from sonjuku.rooms.credentials.rules import activities as rules
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.vocabulary.queries import in_area
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back
from sonjuku.web.member.wallet import own_record

# The file is for offices in Japan: its words don't follow the reader's language.
COLUMNS = (
    "活動日", "全国地方公共団体コード", "地方公共団体名", "活動の種類", "活動の名前", "役割", "会場", "主催",
    "証明した団体", "証明の番号", "証明した日", "取消しの日",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One activity on the page; `record` where it is certified, `is_home` in the municipality where one lives."""

    activity: rules.Activity
    record: ActivityRecord | None
    is_home: bool


@never_cache
@member
def activities(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    persons = list(people.persons_of(request.user))
    held = list(queries.records_visible_to(actor))
    check_ins = list(queries.uncertified(persons, actor.at))
    waiting = list(zip(check_ins, queries.told(check_ins), strict=True))
    groups = []
    for person in persons:
        mine = [one for one in held if one.person_id == person.pk]
        new = [fact for row, fact in waiting if row.participation.person_id == person.pk]
        lines = [_line(person, rules.read(one.credential), one) for one in mine]
        lines += [_line(person, fact, None) for fact in new]
        lines.sort(key=lambda line: line.activity.starts_at, reverse=True)
        if lines:
            holds = any(one.revoked_at is None for one in mine)
            groups.append(
                {"council": person.council, "lines": lines, "new": len(new), "holds": holds, "held": mine}
            )
    return render(request, "member/activities.html", {"groups": groups})


def _line(person: Person, fact: rules.Activity, row: ActivityRecord | None) -> Line:
    home = bool(person.lg_code) and in_area(person.lg_code, [fact.lg_code])
    return Line(fact, row, home)


@never_cache
@member
@require_POST
def certify(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        made = badge_files.sealed_now(
            lambda: actions.certify_activities(by=request.actor, person=own_record(request, slug))  # type: ignore[attr-defined]
        )
    except Refused as error:
        return refused_back(request, error, "member:activities")
    said = ngettext("%d件の活動を証明しました。", "%d件の活動を証明しました。", len(made))
    messages.success(request, said % len(made) if made else _("証明を新しい鍵で作り直しました。"))
    return redirect("member:activities")


@never_cache
@member
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The credential of one activity."""
    row = get_object_or_404(queries.records_visible_to(request.actor), pk=record_id)  # type: ignore[attr-defined]
    return badge_files.document(row.credential, f"activity-{row.pk.hex[-8:]}.json")


@never_cache
@member
def all_records(request: HttpRequest, slug: str) -> HttpResponse:
    """All that one holds of a council, sealed at this moment."""
    actor, person = request.actor, own_record(request, slug)  # type: ignore[attr-defined]
    try:
        made = badge_files.sealed_now(lambda: actions.activity_file(by=actor, person=person))
    except Refused as error:
        return refused_back(request, error, "member:activities")
    return badge_files.document(made, f"activities-{slug}-{day_of(actor.at):%Y%m%d}.json")


@never_cache
@member
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """All that one holds of a council as CSV; what was revoked says so."""
    actor, person = request.actor, own_record(request, slug)  # type: ignore[attr-defined]
    held = queries.records_visible_to(actor).filter(person=person).order_by("starts_at", "pk")
    name = f"activities-{slug}-{day_of(actor.at):%Y%m%d}.csv"
    return badge_files.download(write_csv(_rows(held), COLUMNS), "text/csv; charset=utf-8", name)


def _rows(held: Iterable[ActivityRecord]) -> Iterable[list[Any]]:
    for row in held:
        fact = rules.read(row.credential)
        yield [
            day_of(fact.starts_at), fact.lg_code, fact.area, fact.kind, fact.title, fact.role, fact.venue, fact.host,
            fact.certifier, row.uri, day_of(row.issued_at), day_of(row.revoked_at) if row.revoked_at else None,
        ]  # fmt: skip
