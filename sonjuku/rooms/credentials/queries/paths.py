"""Skill maps: which are in force, who meets them, what a person still needs and where it is given."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import (
    Achievement,
    Award,
    Qualification,
    SkillMap,
    SkillMapItem,
    SkillMapVersion,
)
from sonjuku.rooms.credentials.queries import good_certificates, held_by, holding_awards
from sonjuku.rooms.credentials.rules.paths import Item, Requirement, standing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.vocabulary.models import Skill

_ITEMS = Prefetch("items", SkillMapItem.objects.prefetch_related("achievements__skills__framework", "kinds"))


def maps_visible_to(actor: Actor) -> QuerySet[SkillMap]:
    """Staff: the maps that their body keeps."""
    if not (may(actor.role, "calls.write") and actor.council_id and actor.body_id):
        return SkillMap.objects.none()
    rows = SkillMap.objects.filter(council_id=actor.council_id, host_id=actor.body_id)
    return rows.select_related("achievement", "host", "council")


def versions(skill_map: SkillMap) -> QuerySet[SkillMapVersion]:
    """All versions, newest first, with their items."""
    return skill_map.versions.prefetch_related(_ITEMS)


def current(skill_map: SkillMap) -> SkillMapVersion | None:
    """The newest published version, with its items."""
    return versions(skill_map).exclude(published_at=None).first()


def draft(skill_map: SkillMap) -> SkillMapVersion | None:
    return versions(skill_map).filter(published_at=None).first()


def in_force(councils: Iterable[Council] | None = None) -> list[SkillMapVersion]:
    """The newest published version of every map that isn't closed, with map, badge and items; by title."""
    rows = SkillMapVersion.objects.exclude(published_at=None).filter(skill_map__closed_at=None)
    if councils is not None:
        rows = rows.filter(skill_map__council__in=councils)
    rows = rows.select_related("skill_map__achievement", "skill_map__council").prefetch_related(_ITEMS)
    newest: dict[uuid.UUID, SkillMapVersion] = {}
    for row in rows.order_by("skill_map__title", "skill_map_id", "number"):
        newest[row.skill_map_id] = row
    return list(newest.values())


def uris_of(item: SkillMapItem) -> frozenset[str]:
    """Whatever meets the item: needs what it names loaded."""
    return frozenset({one.uri for one in item.achievements.all()} | {one.uri for one in item.kinds.all()})


def requirement(version: SkillMapVersion) -> Requirement:
    """The version for `rules.paths`; an item's key is its id. Needs its items with what they name."""
    items = [Item(str(item.id), uris_of(item), item.is_required) for item in version.items.all()]
    return Requirement(items, version.least)


def qualifying(version: SkillMapVersion, day: date) -> list[uuid.UUID]:
    """Ids of the council's persons who meet the version on that day and never had its badge; sorted.

    Whoever had it and lost it doesn't get it back by itself.
    """
    asked = requirement(version)
    council = version.skill_map.council_id
    mine = Q(achievement__in=[a.pk for item in version.items.all() for a in item.achievements.all()])
    certified = [kind.pk for item in version.items.all() for kind in item.kinds.all()]
    found = set(holding_awards().filter(mine, person__council=council).values_list("person_id", flat=True))
    checked = good_certificates(day).filter(kind__in=certified, person__council=council)
    found |= set(checked.values_list("person_id", flat=True))
    has = Award.objects.filter(achievement=version.skill_map.achievement_id)
    found -= set(has.values_list("person_id", flat=True))
    held = held_by(found, day)
    return sorted(key for key in found if standing(asked, held[key]).is_met)


def qualified(skill_map: SkillMap) -> dict[int, int]:
    """How many were awarded under each version, by its number: they keep it whatever comes later."""
    rows = Qualification.objects.filter(version__skill_map=skill_map).values_list(
        "version__number", flat=True
    )
    counted: dict[int, int] = {}
    for number in rows.order_by("version__number"):
        counted[number] = counted.get(number, 0) + 1
    return counted


def open_calls(achievements: Iterable[Achievement], at: datetime) -> dict[uuid.UUID, Call]:
    """The call that gives each achievement and takes applications at this moment, by achievement id."""
    rows = Call.objects.filter(
        achievements__in=list(achievements), state=Call.State.OPEN, opens_at__lte=at, closes_at__gt=at
    ).exclude(selection=Call.Selection.INVITATION)
    found: dict[uuid.UUID, Call] = {}
    for call in rows.select_related("council").prefetch_related("achievements").distinct():
        for achievement in call.achievements.all():
            found[achievement.pk] = call
    return found


@dataclass(frozen=True)
class SkillShare:
    """Of the map's badges that teach this skill, how many a person holds."""

    skill: Skill
    held: int
    all: int

    @property
    def percent(self) -> int:
        return 100 * self.held // self.all


def skills_of(version: SkillMapVersion, held: set[str]) -> Sequence[SkillShare]:
    """For each skill, of the map's items that teach it how many are met; in the order of the framework."""
    taught: dict[Skill, set[uuid.UUID]] = {}
    met = {item.pk for item in version.items.all() if uris_of(item) & held}
    for item in version.items.all():
        for skill in (skill for one in item.achievements.all() for skill in one.skills.all()):
            taught.setdefault(skill, set()).add(item.pk)
    ordered = sorted(taught.items(), key=lambda pair: (pair[0].framework.name, pair[0].code))
    return [SkillShare(skill, len(keys & met), len(keys)) for skill, keys in ordered]
