"""What somebody did in the areas of the councils: certified, and still to be certified."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import translation

from sonjuku.rooms.calls.models import CallBody
from sonjuku.rooms.credentials.models import ActivityRecord
from sonjuku.rooms.credentials.rules.activities import Activity
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import CheckIn
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.vocabulary import queries as vocabulary


def records_visible_to(actor: Actor) -> QuerySet[ActivityRecord]:
    """The own ones, newest activity first; whoever checked somebody in has the list of the occasion."""
    if actor.role != "member" or not actor.account_id:
        return ActivityRecord.objects.none()
    rows = ActivityRecord.objects.filter(person__account_id=actor.account_id)
    return rows.select_related("council", "person", "issuer_key")


def uncertified(persons: Iterable[Person], at: datetime) -> QuerySet[CheckIn]:
    """Their check-ins at what is over and has no record yet, oldest first, with all that `told` reads."""
    hosts = CallBody.objects.filter(role=CallBody.Role.HOST).select_related("body").order_by("pk")
    rows = CheckIn.objects.filter(
        participation__person__in=persons, occasion__ends_at__lte=at, activity_record=None
    )
    rows = rows.select_related("occasion__call", "participation", "council")
    hosted = Prefetch("occasion__call__bodies", hosts, to_attr="hosts")
    return rows.prefetch_related(hosted).order_by("occasion__starts_at", "pk")


def record_of(check_in: CheckIn) -> ActivityRecord | None:
    return ActivityRecord.objects.filter(check_in=check_in.pk).first()


def told(check_ins: Iterable[CheckIn]) -> list[Activity]:
    """What each check-in of `uncertified` says, in Japanese: these words are signed. The area is the venue's, else the council's."""
    rows = list(check_ins)
    codes = [row.occasion.call.venue_lg_code or row.council.lg_code for row in rows]
    names = vocabulary.names_of(codes)
    with translation.override("ja"):
        return [_told(row, code, names[code]) for row, code in zip(rows, codes, strict=True)]


def _told(row: CheckIn, lg_code: str, area: str) -> Activity:
    occasion, call = row.occasion, row.occasion.call
    page = f"{settings.SITE_URL}/c/{row.council.slug}/"
    host = next(iter(call.hosts), None)  # type: ignore[attr-defined]
    return Activity(
        starts_at=occasion.starts_at, ends_at=occasion.ends_at, lg_code=lg_code, area=area,
        kind=call.get_kind_display(), title=f"{call.title}（{occasion.title}）" if occasion.title else call.title,
        role=row.participation.get_capacity_display(), venue=occasion.venue or call.venue,
        host=host.body.name if host else row.council.title, host_url=f"{page}bodies/{host.body_id}/" if host else page,
        certifier=row.council.title,
    )  # fmt: skip
