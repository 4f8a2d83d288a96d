"""A council with three badges, for test_outlives.py: one shown to nobody yet and one revoked, both of a did:web, one of a body.

Run in the site's environment: `python -m tests.stories.kept_cast`; the story reads the JSON.
"""

import datetime as dt
import json
import os
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    print(json.dumps(_cast(), ensure_ascii=False))


def _cast() -> dict[str, Any]:
    from django.utils import timezone

    from sonjuku.rooms.credentials import actions
    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.people.models import Body, Council, Membership, Person
    from tests.stories.matching_cast import _account, _session

    now = timezone.now()
    council = Council.objects.create(
        slug="hagi", title="萩地域人材育成協議会", title_en="Hagi Council", lg_code="352047"
    )
    host = Body.objects.create(council=council, type=Body.Type.COUNCIL, name=council.title)
    Membership.objects.create(council=council, body=host, joined_on=dt.date(2020, 4, 30))
    by = Actor(at=now, role="secretariat", body_id=host.id, council_id=council.id)
    school = Body.objects.create(
        council=council, type=Body.Type.COMPANY, name="学びの会社", name_en="Learning Ltd"
    )

    def give(name: str, body: Any, naming: str) -> Any:
        account = _account(name)
        person = Person.objects.create(
            council=council, account=account, email=account.email, family_name="見本", given_name=name, display_name=name,
            family_name_kana="ミホン", given_name_kana="ミホン", lg_code="352047",
        )  # fmt: skip
        key = actions.ensure_key(by=by, council=council, body=body)
        actions.set_naming(by=by, key=key, naming=naming)
        badge = actions.define_achievement(
            by=by, council=council, title=f"地域データ案内人（{name}）", title_en=f"Guide to local data ({name})",
            description="地域のデータを読み解き、人に説明できる。", description_en="Reads local data and explains it.",
            criteria="三つの講座を修了すること。", criteria_en="Complete three courses.", issuer_body=body,
        )  # fmt: skip
        award = actions.award_many(by=by, achievement=badge, claims=[actions.Claim(person.pk)])[0]
        holder = Actor(at=now, role="member", account_id=account.id)
        if name != "はな":
            actions.set_visibility(by=holder, award=award, visibility="public")
        return award, account

    good, account = give("はな", None, "web")
    revoked, _ = give("とり", None, "web")
    actions.change_status(by=by, award=revoked, kind="revoke", reason="取り違え")
    plain, _ = give("つき", school, "key")
    return {
        "holder": _session(account), "good": str(good.pk), "revoked": str(revoked.pk), "plain": str(plain.pk),
        "did": good.credential["issuer"]["id"],
    }  # fmt: skip


if __name__ == "__main__":
    main()
