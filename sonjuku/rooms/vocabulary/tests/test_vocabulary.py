from typing import Any

import pytest

from sonjuku.rooms.vocabulary import actions, queries
from sonjuku.rooms.vocabulary.models import Audience, Municipality, Skill, SkillFramework

# The codes of the places in the sources, checked against two published lists.
SEEDS = {
    "352047": "山口県萩市",
    "012084": "北海道北見市",
    "011002": "北海道札幌市",
    "332038": "岡山県津山市",
    "022012": "青森県青森市",
    "022021": "青森県弘前市",
    "022039": "青森県八戸市",
    "022071": "青森県三沢市",
    "422126": "長崎県西海市",
    "242055": "三重県桑名市",
    "122190": "千葉県市原市",
    "010006": "北海道",
    "350001": "山口県",
}


@pytest.fixture
def loaded(system: Any, db: Any) -> dict[str, int]:
    return actions.load_vocabulary(by=system)


def test_the_places_of_the_sources_are_there_by_their_codes(loaded: Any) -> None:
    assert queries.names_of(list(SEEDS)) == SEEDS
    assert queries.name_of("352047", "en") == "Hagi City, Yamaguchi"
    assert queries.name_of("010006", "en") == "Hokkaido"
    assert queries.name_of("999999") == "999999"
    assert queries.prefectures().count() == 47


def test_loading_again_adds_nothing_and_keeps_the_operators_mark(loaded: Any, system: Any) -> None:
    assert SkillFramework.objects.get().verified is False
    SkillFramework.objects.update(verified=True)
    before = [model.objects.count() for model in (Municipality, Audience, Skill)]
    assert actions.load_vocabulary(by=system) == loaded
    assert [model.objects.count() for model in (Municipality, Audience, Skill)] == before
    assert SkillFramework.objects.get().verified is True


def test_the_framework_has_the_published_counts(loaded: Any) -> None:
    skills = Skill.objects.all()
    assert len(skills) == 49
    assert len({skill.category for skill in skills}) == 5
    assert len({skill.subcategory for skill in skills}) == 12
    assert all(skill.title_en for skill in skills)


def test_one_list_of_audiences_covers_citizens_students_workers_and_administration(loaded: Any) -> None:
    tops = set(Audience.objects.filter(parent=None).values_list("code", flat=True))
    assert tops == {"citizen", "student", "worker", "administration"}
    assert set(queries.audience_with_children("worker")) == {"worker", "worker_it", "worker_non_it"}
    assert set(queries.audience_with_children("citizen")) == {"citizen", "child", "adult"}


def test_a_prefecture_covers_its_municipalities_and_not_the_other_way() -> None:
    assert queries.in_area("022071", ["020001"])
    assert not queries.in_area("020001", ["022071"])
    assert not queries.in_area("", ["020001"])
