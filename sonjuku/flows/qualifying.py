"""Skill maps at work: whoever meets one is awarded, at once or by the tick, and hears of it."""

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award, SkillMapVersion
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import day_of


def qualify(*, by: Actor, person: Person) -> list[Award]:
    """Award every map of the council that the person meets now; a badge so won may meet the next map."""
    versions, awarded = paths.in_force([person.council]), list[Award]()
    while new := [
        award for version in versions if (award := _qualify(by=by, version=version, person=person))
    ]:
        awarded += new
    return awarded


def qualify_due(*, by: Actor) -> int:
    """All maps in force, everybody who meets one and holds nothing of it yet; returns how many were awarded."""
    return sum(give_due(by=by, version=version) for version in paths.in_force())


def give_due(*, by: Actor, version: SkillMapVersion) -> int:
    """Award whoever meets this version now, one transaction each: a stop in the middle loses nothing."""
    due = Person.objects.select_related("council", "account")
    found = due.filter(pk__in=paths.qualifying(version, day_of(by.at))).order_by("pk")
    return sum(_qualify(by=by, version=version, person=person) is not None for person in found)


def publish(*, by: Actor, version: SkillMapVersion) -> SkillMapVersion:
    """Give what the version in force has earned by now, then put the new one in force. See actions.publish_version."""
    before = paths.current(version.skill_map)
    if before is not None:
        give_due(by=by, version=before)
    return actions.publish_version(by=by, version=version)


@writes
def _qualify(*, by: Actor, version: SkillMapVersion, person: Person) -> Award | None:
    award = actions.qualify(by=by, version=version, person_id=person.id)
    if award is not None:
        tell_award(by=by, award=award)
    return award


def tell_award(*, by: Actor, award: Award) -> None:
    """The letter of a badge that came by another way than a call."""
    achievement = award.achievement
    letters.queue(
        by=by, council=award.council, kind="badge_awarded", person=award.person, path=f"/me/badges/{award.id}/",
        key=f"badge_awarded:{award.id}", about_id=award.id,
        context={"badge_title": achievement.title, "badge_title_en": achievement.title_en},
    )  # fmt: skip
