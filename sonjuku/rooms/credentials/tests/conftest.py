import dataclasses
import datetime as dt
import json
import uuid
from io import BytesIO

import pytest

from sonjuku.protocols.openbadges import build, keys, proofs
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.forms.rules import IncomingFile
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


# Certificates of others


@pytest.fixture
def kind(council, secretariat):
    """A certificate of somebody else that the council lays its own on."""
    return actions.accept_kind(
        by=secretariat, council=council, host=council.host, title="ITパスポート試験", issuer_name="試験の団体",
        is_endorsed=True,
    )  # fmt: skip


@pytest.fixture
def colleague(council, make_staff, secretariat):
    """A second pair of eyes at the same desk."""
    account = make_staff(council, "second@hagi.example.jp", "secretariat")
    return dataclasses.replace(secretariat, account_id=account.id)


@pytest.fixture
def learner(council, holder, make_person):
    """The holder's record in the council."""
    return make_person(council, account=holder[0], email="holder@example.jp")


@pytest.fixture
def outside_key():
    return keys.new_key()


@pytest.fixture
def outside_badge(outside_key, at):
    """The file of a badge of somebody else; `until`: the first instant at which it no longer holds."""

    def make(
        email="holder@example.jp", until=None, achievement="urn:uuid:11111111-1111-4111-8111-111111111111"
    ):
        unsigned = build.achievement_credential(
            id=uuid.uuid4(),
            issuer=build.Issuer(outside_key.did, "試験の団体", "https://issuer.example.jp/"),
            achievement=build.Achievement(achievement, "ITパスポート", "合格した。", "試験に合格すること。"),
            subject=build.HashedEmail(email, "salt"),
            valid_from=at - dt.timedelta(days=30),
            valid_until=until,
        )
        return json.dumps(proofs.sign(unsigned, outside_key, at), ensure_ascii=False).encode()

    return make


@pytest.fixture
def pdf():
    """A scan, fresh each time it is handed in."""

    def make(words=b"certificate"):
        data = b"%PDF-1.4\n" + words + b"\n%%EOF"
        return IncomingFile("certificate.pdf", len(data), BytesIO(data))

    return make


@pytest.fixture
def paper(kind, learner, holder, pdf, at):
    return actions.claim_paper(
        by=holder[1], person=learner, kind=kind, number="IP-2026-001", issued_on=dt.date(2026, 4, 1),
        incoming=pdf(), max_bytes=10_000,
    )  # fmt: skip


@pytest.fixture
def checked(paper, secretariat, colleague):
    actions.check_certificate(by=secretariat, certificate=paper)
    return actions.check_certificate(by=colleague, certificate=paper)
