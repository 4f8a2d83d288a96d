"""Skill maps in the database: drafts, versions, who is awarded and keeps it."""

import dataclasses
import datetime as dt

import pytest

from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.actions import NewItem
from sonjuku.rooms.credentials.models import Award, Qualification
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.credentials.tests.test_outside import refused
from sonjuku.rooms.people.models import Body

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def define(council, secretariat):
    """A badge that belongs to no call."""

    def make(title):
        return actions.define_achievement(
            by=secretariat, council=council, title=title, description="した。", criteria="すること。"
        )

    return make


@pytest.fixture
def courses(define):
    return [define(f"講座{name}") for name in "ABC"]


@pytest.fixture
def give(secretariat):
    def make(person, *achievements):
        for achievement in achievements:
            actions.award_many(by=secretariat, achievement=achievement, claims=[actions.Claim(person.pk)])

    return make


@pytest.fixture
def skill_map(council, secretariat, define):
    return actions.make_map(
        by=secretariat,
        council=council,
        host=council.host,
        title="地域DX人材",
        achievement=define("地域DX人材"),
    )


@pytest.fixture
def published(skill_map, courses, kind, secretariat):
    """The certificate, and any two of three courses."""
    items = [NewItem("試験", is_required=True, kinds=[kind])]
    items += [NewItem(one.title, achievements=[one]) for one in courses]
    draft = actions.set_items(by=secretariat, version=paths.draft(skill_map), least=2, items=items)
    actions.publish_version(by=secretariat, version=draft)
    return paths.current(skill_map)


def test_a_map_awards_whoever_has_the_certificate_and_two_courses(
    published, courses, learner, give, checked, secretariat, system
):
    give(learner, courses[0])
    assert paths.qualifying(published, DAY) == []
    assert actions.qualify(by=system, version=published, person_id=learner.id) is None
    give(learner, courses[2])
    assert paths.qualifying(published, DAY) == [learner.id]
    award = actions.qualify(by=system, version=published, person_id=learner.id)
    assert (award.route, award.achievement) == ("rule", published.skill_map.achievement)
    assert "第1版" in award.credential["evidence"][0]["narrative"]
    row = Qualification.objects.get()
    assert (row.version, row.award, row.at) == (published, award, system.at)
    assert row.used == sorted([checked.kind.uri, courses[0].uri, courses[2].uri])
    assert paths.qualifying(published, DAY) == []
    assert actions.qualify(by=system, version=published, person_id=learner.id) is None


def test_an_unchecked_certificate_does_not_count(published, courses, learner, give, paper, system):
    give(learner, *courses)
    assert actions.qualify(by=system, version=published, person_id=learner.id) is None


def test_a_stricter_version_takes_nothing_away(
    published,
    skill_map,
    courses,
    kind,
    learner,
    give,
    checked,
    secretariat,
    system,
    make_person,
    council,
    define,
):
    give(learner, *courses[:2])
    award = actions.qualify(by=system, version=published, person_id=learner.id)
    draft = actions.new_version(by=secretariat, skill_map=skill_map)
    assert (draft.number, draft.least, draft.items.count()) == (2, 2, 4)
    hard = define("とても難しい講座")
    actions.set_items(
        by=secretariat,
        version=draft,
        least=0,
        items=[NewItem("新しい条件", is_required=True, achievements=[hard])],
    )
    actions.publish_version(by=secretariat, version=draft)
    assert Award.objects.filter(pk=award.pk).exists()
    assert paths.qualified(skill_map) == {1: 1}
    newcomer = make_person(council)
    give(newcomer, *courses)
    now = paths.current(skill_map)
    assert now.number == 2
    assert paths.qualifying(now, DAY) == []
    give(newcomer, hard)
    assert paths.qualifying(now, DAY) == [newcomer.id]


def test_a_published_version_is_never_edited(published, secretariat):
    refused("published", actions.set_items, by=secretariat, version=published, least=1, items=[])
    refused("published", actions.publish_version, by=secretariat, version=published)


def test_there_is_one_draft_at_a_time(published, skill_map, secretariat):
    one = actions.new_version(by=secretariat, skill_map=skill_map)
    assert actions.new_version(by=secretariat, skill_map=skill_map) == one


def test_what_cannot_be_met_is_not_published(skill_map, secretariat, courses):
    draft = paths.draft(skill_map)
    refused("empty", actions.publish_version, by=secretariat, version=draft)
    actions.set_items(by=secretariat, version=draft, least=2, items=[NewItem("A", achievements=courses[:1])])
    refused("too_many", actions.publish_version, by=secretariat, version=draft)
    own = NewItem("自分", is_required=True, achievements=[skill_map.achievement])
    actions.set_items(by=secretariat, version=draft, least=0, items=[own])
    refused("circle", actions.publish_version, by=secretariat, version=draft)


def test_a_closed_map_awards_nobody_new(published, skill_map, secretariat):
    actions.close_map(by=secretariat, skill_map=skill_map)
    assert paths.in_force() == []


def test_only_the_body_that_keeps_a_map_changes_it(published, skill_map, council, secretariat, other_council):
    body = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    chamber = dataclasses.replace(secretariat, body_id=body.id)
    refused("other_body", actions.new_version, by=chamber, skill_map=skill_map)
    assert not paths.maps_visible_to(chamber).exists()
    assert list(paths.maps_visible_to(secretariat)) == [skill_map]


def test_skills_are_counted_over_the_items_that_teach_them(published, courses, skill, learner, give, checked):
    for course in courses[:2]:
        course.skills.add(skill)
    give(learner, courses[0])
    shares = paths.skills_of(paths.current(published.skill_map), queries.credentials_held(learner, DAY))
    assert [(share.skill, share.held, share.all, share.percent) for share in shares] == [(skill, 1, 2, 50)]


def test_whom_a_map_awards_is_found_in_few_questions(
    published, courses, kind, give, make_person, council, django_assert_max_num_queries
):
    for _number in range(4):
        give(make_person(council), *courses)
    with django_assert_max_num_queries(6):
        paths.qualifying(published, DAY)


@pytest.mark.parametrize("change", ["revoke", "suspend"])
def test_a_badge_that_no_longer_holds_meets_nothing(
    change, published, courses, learner, give, checked, secretariat, system
):
    give(learner, courses[0], courses[2])
    lost = Award.objects.get(achievement=courses[0])
    actions.change_status(by=secretariat, award=lost, kind=change, reason="確認のため")
    assert courses[0].uri not in queries.credentials_held(learner, DAY)
    assert paths.qualifying(published, DAY) == []
    assert actions.qualify(by=system, version=published, person_id=learner.id) is None
    if change == "suspend":
        actions.change_status(by=secretariat, award=lost, kind="reinstate", reason="確かめた")
        assert paths.qualifying(published, DAY) == [learner.id]


def test_whoever_lost_the_badge_of_a_map_does_not_get_it_back_by_itself(
    published, courses, learner, give, checked, secretariat, system
):
    give(learner, courses[0], courses[2])
    award = actions.qualify(by=system, version=published, person_id=learner.id)
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="取り違え")
    assert paths.qualifying(published, DAY) == []
    assert actions.qualify(by=system, version=published, person_id=learner.id) is None
    assert queries.credentials_held(learner, DAY) == {checked.kind.uri, courses[0].uri, courses[2].uri}
