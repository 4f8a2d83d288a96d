"""A holder with two badges, for test_wallet_app.py.

Run in the site's environment: `python -m tests.stories.wallet_cast`; the story reads the JSON.
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
    from sonjuku.rooms.people.models import Council, Person
    from tests.stories.matching_cast import _account, _session

    council = Council.objects.get(slug="hagi")
    holder = _account("app-holder")
    person = Person.objects.create(
        council=council, account=holder, email=holder.email, family_name="見本", given_name="陽子", display_name="ようこ",
        family_name_kana="ミホン", given_name_kana="ヨウコ", date_of_birth=dt.date(1990, 5, 5), lg_code="352047",
    )  # fmt: skip
    by = Actor(at=timezone.now(), role="system", council_id=council.id)
    awards = []
    for title, english in (
        ("データ活用講座 修了", "Data skills course"),
        ("地域DX講座 修了", "Regional DX course"),
    ):
        badge = actions.define_achievement(
            by=by,
            council=council,
            title=title,
            title_en=english,
            description="できる。",
            criteria="6回以上の出席。",
        )
        awards += actions.award_many(by=by, achievement=badge, claims=[actions.Claim(person.pk)])
    return {"email": holder.email, "awards": [str(row.pk) for row in awards], "session": _session(holder)}


if __name__ == "__main__":
    main()
