import datetime as dt

import pytest

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.people.models import AreaGroup
from sonjuku.rooms.vocabulary.models import Municipality, Skill, SkillFramework

# The fixture `at` is 20 November 2026: the newest finished quarter is July to September.
QUARTER = dt.date(2026, 7, 1)
HAGI, ABU, NAGATO = "352047", "355020", "352110"
IN_QUARTER = dt.datetime(2026, 8, 10, 3, tzinfo=dt.UTC)


@pytest.fixture
def skills(db):
    framework = SkillFramework.objects.create(name="標準", version="1")
    return [
        Skill.objects.create(
            framework=framework, code=f"s-{n}", title=f"スキル{n}", category="分野", ordinal=n
        )
        for n in range(3)
    ]


@pytest.fixture
def places(db, council):
    """Hagi stands alone; Abu and Nagato are one group."""
    Municipality.objects.bulk_create(
        Municipality(lg_code=code, prefecture="山口県", name=name, name_en=english)
        for code, name, english in (
            ("352047", "萩市", "Hagi City"), (ABU, "阿武町", "Abu Town"), (NAGATO, "長門市", "Nagato City"),
        )
    )  # fmt: skip
    return AreaGroup.objects.create(
        council=council, slug="north", title="北浦", title_en="North", lg_codes=[ABU, NAGATO]
    )


@pytest.fixture
def key(council):
    return IssuerKey.objects.create(
        council=council, did="did:key:z6MkMap", private_key=b"x", created_at=IN_QUARTER
    )


@pytest.fixture
def hold(council, make_person, key):
    """So many people of a place who show a badge for these skills."""
    made = {}

    def give(number, lg_code, skills, *, issued_at=IN_QUARTER, visibility="council", people=None):
        name = "、".join(sorted(skill.code for skill in skills))
        if name not in made:
            made[name] = Achievement.objects.create(
                council=council, title=name, description="x", criteria="x"
            )
            made[name].skills.set(skills)
        people = people or [make_person(council, lg_code=lg_code) for _ in range(number)]
        return [
            Award.objects.create(
                council=council, achievement=made[name], person=person, issuer_key=key, visibility=visibility,
                credential={}, issued_at=issued_at,
            )
            for person in people
        ]  # fmt: skip

    return give


@pytest.fixture
def applied(council, make_call, make_person):
    """So many applications of people from a place, sent in the quarter."""
    call = make_call(council)

    def apply(number, lg_code, *, at=IN_QUARTER, to=None, people=None):
        people = people or [make_person(council, lg_code=lg_code) for _ in range(number)]
        return [
            Application.objects.create(
                council=council, call=to or call, person=p, state="submitted", submitted_at=at
            )
            for p in people
        ]

    return apply
