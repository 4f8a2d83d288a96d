import pytest

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.vocabulary.models import Skill, SkillFramework


@pytest.fixture
def skill(db):
    framework = SkillFramework.objects.create(
        name="デジタルスキル標準 DSS-P", version="1.2", source_url="https://dss.example.jp/"
    )
    return Skill.objects.create(
        framework=framework, code="data-01", title="データ理解・活用", category="データ活用"
    )


@pytest.fixture
def call(make_call, council):
    return make_call(council)


@pytest.fixture
def achievement(call, council, skill, secretariat):
    return actions.define_achievement(
        by=secretariat,
        council=council,
        call=call,
        title="ITパスポート講座 修了",
        title_en="IT Passport course completed",
        description="全8回の講座を修了した。",
        criteria="8回のうち6回以上出席し、アンケートに答えること。",
        skills=[skill],
    )


@pytest.fixture
def completed(call, make_person, secretariat):
    """A place at the end of its course."""

    def make(**person):
        place = participation.walk_in(by=secretariat, call=call, person=make_person(call.council, **person))
        place.state, place.completed_at = Participation.State.COMPLETED, secretariat.at
        place.save()
        return place

    return make


@pytest.fixture
def holder(make_account, at):
    """A person's account and the actor they are when they act for themselves."""
    account = make_account("holder@example.jp")
    return account, Actor(at=at, role="member", account_id=account.id)


@pytest.fixture
def award(achievement, completed, holder, secretariat):
    account, _actor = holder
    return actions.award(by=secretariat, participation=completed(account=account, email="holder@example.jp"))[
        0
    ]
