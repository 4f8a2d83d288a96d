"""A learner with somebody else's badge, two secretaries, two reviewers and a skill map, for test_recognition.py.

Run in the site's environment: `python -m tests.stories.recognition_cast`; the story reads the JSON.
"""

import datetime as dt
import json
import os
import uuid
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    print(json.dumps(_cast(), ensure_ascii=False))


def _cast() -> dict[str, Any]:
    from django.utils import timezone

    from sonjuku.flows import qualifying
    from sonjuku.rooms.credentials import actions
    from sonjuku.rooms.credentials.queries import paths
    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.people.models import Council, Person
    from tests.stories.matching_cast import _account, _session

    now = timezone.now()
    council = Council.objects.get(slug="hagi")
    host = council.memberships.first().body
    learner = _account("certified")
    person = Person.objects.create(
        council=council, account=learner, email=learner.email, family_name="見本", given_name="花子", display_name="はな",
        family_name_kana="ミホン", given_name_kana="ハナコ", date_of_birth=dt.date(1990, 5, 5), lg_code="352047",
    )  # fmt: skip
    desks = [_hired(council, host, f"checker{number}", "secretariat") for number in range(2)]
    judges = [_hired(council, host, f"examiner{number}", "reviewer") for number in range(2)]
    by = Actor(at=now, role="secretariat", body_id=host.id, council_id=council.id, account_id=desks[0].id)
    kind = actions.accept_kind(
        by=by,
        council=council,
        host=host,
        title="データ分析の修了証",
        issuer_name="学習サイト",
        is_endorsed=True,
    )

    def define(title: str) -> Any:
        return actions.define_achievement(
            by=by, council=council, title=title, description="できる。", criteria="すること。"
        )

    courses = [define(f"地域DX講座{number}") for number in range(1, 5)]
    skill_map = actions.make_map(
        by=by, council=council, host=host, title="地域DX人材", achievement=define("地域DX人材")
    )
    items = [actions.NewItem("外の修了証", kinds=[kind])]
    items += [actions.NewItem(one.title, achievements=[one]) for one in courses]
    draft = actions.set_items(by=by, version=paths.draft(skill_map), least=3, items=items)
    qualifying.publish(by=by, version=draft)
    for course in courses[:2]:
        actions.award_many(by=by, achievement=course, claims=[actions.Claim(person.pk)])
    actions.open_route(
        by=by, achievement=courses[3], host=host, guidance="半年以上、業務で使われていること。"
    )
    return {
        "learner": _session(learner), "desks": [_session(one) for one in desks], "judges": [_session(one) for one in judges],
        "badge": _badge(learner.email, now), "course": courses[3].title,
    }  # fmt: skip


def _hired(council: Any, host: Any, name: str, kind: str) -> Any:
    from sonjuku.rooms.people.models import Role
    from tests.stories.matching_cast import _account

    account = _account(name)
    Role.objects.create(
        council=council, body=host, account=account, kind=kind, starts_on=dt.date(2020, 4, 30)
    )
    return account


def _badge(email: str, now: dt.datetime) -> str:
    """The text of a badge that another body gave this address."""
    from sonjuku.protocols.openbadges import build, keys, proofs

    key = keys.new_key()
    unsigned = build.achievement_credential(
        id=uuid.uuid4(), issuer=build.Issuer(key.did, "学習サイト", "https://learn.example.jp/"),
        achievement=build.Achievement("urn:uuid:" + str(uuid.uuid4()), "データ分析 修了", "学んだ。", "修了すること。"),
        subject=build.HashedEmail(email, "salt"), valid_from=now - dt.timedelta(days=9),
    )  # fmt: skip
    return json.dumps(proofs.sign(unsigned, key, now), ensure_ascii=False)


if __name__ == "__main__":
    main()
