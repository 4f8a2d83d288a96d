"""Somebody with two badges, one of them from a member body, and somebody with none: for a story about wallets.

Run in the site's environment: `python -m tests.stories.wallet_cast NAME`; the story reads the JSON.
"""

import datetime as dt
import json
import os
import sys
from typing import Any

import django

TITLES = ("データ活用講座 修了", "地域のくらしを支えるデジタル案内人")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    print(json.dumps(_cast(sys.argv[1]), ensure_ascii=False))


def _cast(name: str) -> dict[str, Any]:
    from django.utils import timezone

    from sonjuku.rooms.credentials import actions
    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.people.models import Council, Person
    from tests.stories.matching_cast import _account, _session

    council = Council.objects.get(slug="hagi")
    host = council.memberships.first().body
    by = Actor(at=timezone.now(), role="secretariat", body_id=host.id, council_id=council.id)
    holder = _account(f"{name}-holder")
    person = Person.objects.create(
        council=council, account=holder, email=holder.email, family_name="見本", given_name="花子", display_name="はな",
        family_name_kana="ミホン", given_name_kana="ハナコ", date_of_birth=dt.date(1990, 5, 5), lg_code="352047",
    )  # fmt: skip
    awards = []
    for title, body, route in zip(TITLES, (None, host), ("course", "experience"), strict=True):
        badge = actions.define_achievement(
            by=by, council=council, title=title, issuer_body=body, description="データを読み解き、人に伝えられる。",
            criteria="全8回の講座のうち6回以上に出席し、最後の発表をすること。",
        )  # fmt: skip
        awards += actions.award_many(by=by, achievement=badge, claims=[actions.Claim(person.pk)], route=route)
    return {
        "holder": _session(holder), "email": holder.email, "awards": [str(row.pk) for row in awards],
        "newcomer": _session(_account(f"{name}-newcomer")),
    }  # fmt: skip


if __name__ == "__main__":
    main()
