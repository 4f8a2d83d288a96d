"""Which places a council counts by, what it has released, and what others reported. Released rows are public."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.rooms.talent.models import Gain, Release, ReleasedCell, ReleasedFigure, ReportedTotal
from sonjuku.rooms.talent.rules import Area, Place, Shown, area, next_quarter, quarters_due, total_of
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.toolbox.lg_code import prefecture_of

CONSENTED = (Award.Visibility.COUNCIL, Award.Visibility.PUBLIC)


def area_groups(council: Council) -> QuerySet[AreaGroup]:
    return AreaGroup.objects.filter(council=council)


def area_of(council: Council) -> Area:
    """The council's own municipalities (all of a prefecture for a prefecture's council) in its groups as they are now."""
    own = [council.lg_code]
    if council.lg_code and council.lg_code == prefecture_of(council.lg_code):
        own = list(vocabulary.municipalities(council.lg_code).values_list("lg_code", flat=True))
    return area(own=own, groups=[(group.id, group.lg_codes) for group in area_groups(council)])


def quarters_due_of(council: Council, at: datetime) -> list[date]:
    """The finished quarters whose numbers this council has not released yet."""
    released = Release.objects.filter(council=council).aggregate(newest=Max("quarter_on"))["newest"]
    first = [
        Award.objects.filter(council=council).aggregate(at=Min("issued_at"))["at"],
        Application.objects.filter(council=council).aggregate(at=Min("submitted_at"))["at"],
    ]
    earliest = min((day_of(when) for when in first if when), default=None)
    return quarters_due(today=day_of(at), released=released, earliest=earliest)


def councils_due(quarter_on: date) -> QuerySet[Council]:
    """The councils that have not released this quarter."""
    return Council.objects.exclude(releases__quarter_on=quarter_on)


# What is counted (for the action that releases; never for a page)


def new_gains(council: Council, quarter_on: date) -> dict[uuid.UUID, tuple[frozenset[uuid.UUID], str]]:
    """Person to the skills of awards signed before the quarter's end, shown by consent now and never counted before,
    and the person's municipality. A consent that comes late counts here, in the first quarter that sees it."""
    rows = Award.objects.filter(
        council=council,
        visibility__in=CONSENTED,
        revoked_at__isnull=True,
        issued_at__lt=at_tokyo(next_quarter(quarter_on)),
        achievement__skills__isnull=False,
    ).values_list("person_id", "person__lg_code", "achievement__skills")
    counted = set(Gain.objects.filter(council=council).values_list("person_id", "skill_id"))
    skills: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    homes = {}
    for person, lg_code, skill in rows.order_by():
        if (person, skill) not in counted:
            skills[person].add(skill)
            homes[person] = lg_code
    return {person: (frozenset(found), homes[person]) for person, found in skills.items()}


def applications_in(council: Council, quarter_on: date) -> dict[uuid.UUID, tuple[int, str]]:
    """Person to how many applications they sent in the quarter, and their municipality; drafts are none."""
    rows = (
        Application.objects.filter(
            council=council,
            submitted_at__gte=at_tokyo(quarter_on),
            submitted_at__lt=at_tokyo(next_quarter(quarter_on)),
        )
        .exclude(state=Application.State.DRAFT)
        .order_by()
        .values_list("person_id", "person__lg_code")
        .annotate(number=Count("id"))
    )
    return {person: (number, lg_code) for person, lg_code, number in rows}


def completed_until(council: Council, quarter_on: date) -> int:
    """People who had completed anything when the quarter ended."""
    rows = Participation.objects.filter(
        council=council,
        state=Participation.State.COMPLETED,
        completed_at__lt=at_tokyo(next_quarter(quarter_on)),
    )
    return rows.aggregate(number=Count("person", distinct=True))["number"] or 0


# What is public


def releases(council: Council) -> QuerySet[Release]:
    """Newest first."""
    return Release.objects.filter(council=council)


def cells(council: Council) -> QuerySet[ReleasedCell]:
    """Every cell the council has released, oldest quarter first; hidden numbers are null in the table itself."""
    rows = ReleasedCell.objects.filter(release__council=council).select_related(
        "release", "skill", "area_group"
    )
    return rows.order_by(
        "release__quarter_on", "skill__ordinal", "area_group__ordinal", "area_group__slug", "lg_code", "id"
    )


def skill_table(
    releases: Iterable[Release], group: uuid.UUID | None = None
) -> dict[uuid.UUID, dict[Place, Shown]]:
    """By skill and place, the sums of what these releases show: groups and loose places, or one group's municipalities.
    One query."""
    inside = Q(area_group=group) if group else Q(lg_code="") | Q(area_group__isnull=True)
    rows = ReleasedCell.objects.filter(inside, release__in=list(releases)).order_by()
    found: dict[uuid.UUID, dict[Place, Shown]] = defaultdict(dict)
    for row in rows.values("skill_id", "area_group_id", "lg_code").annotate(
        total=Sum("number"), open=Count("id", filter=Q(number__isnull=True) | Q(is_at_least=True))
    ):
        is_hidden = row["total"] is None or (row["open"] and not row["total"])
        cell = Shown(None) if is_hidden else Shown(row["total"], bool(row["open"]))
        found[row["skill_id"]][Place(row["area_group_id"], row["lg_code"])] = cell
    return found


def sums(
    councils: Collection[Council], measures: Collection[str]
) -> dict[tuple[uuid.UUID, str], list[tuple[date, Place, Shown]]]:
    """The released figures by council and measure: quarter, place and number. One query."""
    found: dict[tuple[uuid.UUID, str], list[tuple[date, Place, Shown]]] = defaultdict(list)
    rows = ReleasedFigure.objects.filter(release__council__in=councils, measure__in=measures)
    for row in rows.select_related("release").order_by("release__quarter_on"):
        cell = (
            row.release.quarter_on,
            Place(row.area_group_id, row.lg_code),
            Shown(row.number, row.is_at_least),
        )
        found[row.release.council_id, row.measure].append(cell)
    return found


def by_place(rows: Iterable[tuple[Place, Shown]]) -> Mapping[Place, Shown]:
    """Sums of published numbers alone, place by place."""
    found: dict[Place, list[Shown]] = defaultdict(list)
    for place, number in rows:
        found[place].append(number)
    return {place: total_of(parts) for place, parts in found.items()}


def reported(council: Council, quarter_on: date | None = None) -> QuerySet[ReportedTotal]:
    rows = ReportedTotal.objects.filter(council=council).select_related("skill")
    return rows.filter(quarter_on=quarter_on) if quarter_on else rows
