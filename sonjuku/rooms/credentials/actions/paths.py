"""Making a skill map, publishing its versions, awarding who meets one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.actions._shared import hold_row, own_host, refuse_if
from sonjuku.rooms.credentials.actions.awards import Claim, award_many
from sonjuku.rooms.credentials.models import (
    Achievement,
    Award,
    CertificateKind,
    Qualification,
    Route,
    SkillMap,
    SkillMapItem,
    SkillMapVersion,
)
from sonjuku.rooms.credentials.queries import credentials_held
from sonjuku.rooms.credentials.queries.paths import draft, requirement, versions
from sonjuku.rooms.credentials.rules.paths import problem, standing, used
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council, Person
from sonjuku.toolbox.dates import day_of

_PROBLEMS = {
    "empty": _("必要なものが、まだ一つもありません。"),
    "no_credential": _("どのバッジや証明で満たすのかが決まっていない項目があります。"),
    "same_twice": _("同じバッジや証明が、二つの項目に入っています。"),
    "too_many": _("「いくつか」の数が、選べる項目の数より多くなっています。"),
    "useless": _("選べる項目がありますが、いくつ必要かが 0 になっています。"),
}


@dataclass(frozen=True)
class NewItem:
    """An item as the desk writes it; at least one of `achievements` and `kinds` before it is published."""

    title: str
    title_en: str = ""
    is_required: bool = False
    achievements: Sequence[Achievement] = field(default_factory=list)
    kinds: Sequence[CertificateKind] = field(default_factory=list)


@writes
def make_map(
    *, by: Actor, council: Council, host: Body, title: str, achievement: Achievement, **fields: Any
) -> SkillMap:
    """A map with an empty first draft. `fields`: title_en, description, description_en. Refused: other_body, other_council."""
    own_host(by, host)
    _of_council(council, host, achievement)
    row = SkillMap.objects.create(
        council=council, host=host, title=title, achievement=achievement, created_at=by.at, **fields
    )
    SkillMapVersion.objects.create(skill_map=row)
    record(by=by, verb="skill_map.created", subject=row)
    return row


@writes
def change_map(*, by: Actor, skill_map: SkillMap, **fields: Any) -> SkillMap:
    """Words only; the badge stays, for people were told of it once a version is out. Refused: published, other_body."""
    row: SkillMap = hold_row(skill_map, "host", "council")
    own_host(by, row.host)
    new = fields.get("achievement", row.achievement)
    _of_council(row.council, new)
    refuse_if(
        new.pk != row.achievement_id and row.versions.exclude(published_at=None).exists(), "published",
        _("公開したスキルマップのバッジは、替えられません。"), _("新しいスキルマップを作ってください。"),
    )  # fmt: skip
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    record(by=by, verb="skill_map.changed", subject=row, field_names=fields)
    return row


@writes
def set_items(
    *, by: Actor, version: SkillMapVersion, least: int, items: Sequence[NewItem]
) -> SkillMapVersion:
    """Write a draft anew. Refused: published, other_body, other_council."""
    row = _draft(by, version)
    row.items.all().delete()
    for ordinal, new in enumerate(items, 1):
        _of_council(row.skill_map.council, *new.achievements, *new.kinds)
        item = SkillMapItem.objects.create(
            version=row, ordinal=ordinal, title=new.title, title_en=new.title_en, is_required=new.is_required
        )
        item.achievements.set(new.achievements)
        item.kinds.set(new.kinds)
    row.least = least
    row.save(update_fields=["least"])
    record(by=by, verb="skill_map.items_set", subject=row.skill_map)
    return row


@writes
def new_version(*, by: Actor, skill_map: SkillMap) -> SkillMapVersion:
    """The draft, or a new one that begins as a copy of the newest version."""
    row: SkillMap = hold_row(skill_map, "host")
    own_host(by, row.host)
    present = draft(row)
    if present is not None:
        return present
    newest = versions(row)[0]
    copy = SkillMapVersion.objects.create(skill_map=row, number=newest.number + 1, least=newest.least)
    items = [
        NewItem(one.title, one.title_en, one.is_required, list(one.achievements.all()), list(one.kinds.all()))
        for one in newest.items.all()
    ]
    record(by=by, verb="skill_map.version_added", subject=row)
    return set_items(by=by, version=copy, least=newest.least, items=items)


@writes
def publish_version(*, by: Actor, version: SkillMapVersion) -> SkillMapVersion:
    """From now on this version decides. Whoever was awarded keeps it. Refused: published, other_body, and `rules.paths.problem`.

    Badges that the version before already earned are given first: `flows.qualifying.publish`.
    """
    row = _draft(by, version)
    refuse_if(
        row.skill_map.closed_at is not None, "closed", _("このスキルマップは終わっています。"), _("新しいスキルマップを作ってください。")
    )  # fmt: skip
    asked = requirement(versions(row.skill_map).get(pk=row.pk))
    wrong = problem(asked)
    refuse_if(bool(wrong), wrong, _PROBLEMS.get(wrong), _("項目を直してから、もう一度公開してください。"))
    refuse_if(
        any(row.skill_map.achievement.uri in item.uris for item in asked.items), "circle",
        _("このスキルマップで渡すバッジが、その条件にも入っています。"), _("条件から外してください。"),
    )  # fmt: skip
    row.published_at, row.published_by_id = by.at, by.account_id
    row.save(update_fields=["published_at", "published_by"])
    record(by=by, verb="skill_map.published", subject=row.skill_map)
    return row


@writes
def close_map(*, by: Actor, skill_map: SkillMap) -> SkillMap:
    """Nobody new is awarded; what was given stays."""
    row: SkillMap = hold_row(skill_map, "host")
    own_host(by, row.host)
    if row.closed_at is None:
        row.closed_at = by.at
        row.save(update_fields=["closed_at"])
        record(by=by, verb="skill_map.closed", subject=row)
    return row


@writes
def qualify(*, by: Actor, version: SkillMapVersion, person_id: UUID) -> Award | None:
    """Award the map's badge if the person meets this version at this moment; None if not, or if they had it before."""
    person = Person.objects.select_for_update(of=("self",)).select_related("account").get(pk=person_id)
    skill_map = version.skill_map
    if Award.objects.filter(person=person, achievement=skill_map.achievement_id).exists():
        return None
    asked, held = requirement(version), credentials_held(person, day_of(by.at))
    if not standing(asked, held).is_met:
        return None
    [award] = award_many(
        by=by, achievement=skill_map.achievement, claims=[Claim(person.pk)], route=Route.RULE,
        narrative=f"受け取り方：スキルマップ「{skill_map.title}」第{version.number}版の条件（route=rule）",
    )  # fmt: skip
    Qualification.objects.create(
        council_id=skill_map.council_id,
        version=version,
        person=person,
        award=award,
        used=used(asked, held),
        at=by.at,
    )
    record(
        by=by,
        verb="skill_map.met",
        subject=skill_map,
        council_id=skill_map.council_id,
        for_person_id=person.id,
    )
    return award


def _draft(by: Actor, version: SkillMapVersion) -> SkillMapVersion:
    row: SkillMapVersion = hold_row(
        version, "skill_map__host", "skill_map__council", "skill_map__achievement"
    )
    own_host(by, row.skill_map.host)
    refuse_if(
        row.published_at is not None, "published",
        _("公開した版は、変えられません。"), _("新しい版を作ってください。"),
    )  # fmt: skip
    return row


def _of_council(council: Council, *rows: Any) -> None:
    refuse_if(
        any(row.council_id != council.id for row in rows), "other_council",
        _("ほかの協議会のものは選べません。"), _("この協議会のものを選んでください。"),
    )  # fmt: skip
