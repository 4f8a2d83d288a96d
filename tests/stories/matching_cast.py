"""Twelve experts, nine firms and two secretaries for test_matching_event.py, made by the house's own actions.

Run in the site's environment: `python -m tests.stories.matching_cast open`, later `… rank`; the story reads the JSON.
"""

import datetime as dt
import json
import os
import sys
from random import Random
from typing import Any

import django

PASSWORD = "correct horse battery"
EXPERTS, FIRMS = 12, 9
# Those whom the story itself lets rank, and the one who forgets until the reminder comes.
BY_HAND = {"expert0", "expert1", "firm0"}
LATE = "expert11"


def main(phase: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    print(json.dumps({"open": _open, "rank": _rank}[phase]()))


def _account(name: str) -> Any:
    from allauth.account.models import EmailAddress

    from sonjuku.rooms.people.models import Account

    account = Account.objects.create_user(f"{name}@story.example.jp", PASSWORD, is_demo=True)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def _session(account: Any) -> str:
    from tests.walking import client

    return str(client(account).cookies["sessionid"].value)


def _open() -> dict[str, Any]:
    """A council's event with both sides, its rules published; sessions of the secretaries and of those who rank by hand."""
    from django.utils import timezone

    from sonjuku.flows import introducing
    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.matching import actions
    from sonjuku.rooms.people.models import Body, Council, Role

    now = timezone.now()
    council = Council.objects.get(slug="hagi")
    host = council.memberships.first().body
    desks = [_account(f"desk{number}") for number in range(2)]
    for account in desks:
        Role.objects.create(council=council, body=host, account=account, kind="secretariat", starts_on=dt.date(2020, 4, 30))  # fmt: skip
    by = Actor(at=now, role="secretariat", body_id=host.id, council_id=council.id, account_id=desks[0].id)
    event = actions.create_event(
        by=by, council=council, host=host, title="専門家と企業の出会いの会", title_en="Experts meet firms",
        description="紹介文を読んで、力になれそうな相手から順に並べてください。", ranks_by=now + dt.timedelta(days=9),
        seed_source="12月4日の第500回の当せん番号", seed_source_en="The winning numbers of draw 500 on 4 December",
        starts_on=now.date() + dt.timedelta(days=14),
    )  # fmt: skip
    members = {}
    for number in range(EXPERTS):
        title = f"{['会計の電子化', '在庫の見える化', '通販サイトづくり', '文書の整理'][number % 4]}が得意（{number + 1}）"
        members[f"expert{number}"] = _member(by, event, "left", f"expert{number}", None, title)
    for number in range(FIRMS):
        body = Body.objects.create(council=council, type=Body.Type.COMPANY, name=f"株式会社ものがたり{number}", name_en=f"Story {number} Ltd.")  # fmt: skip
        title = f"{['水産加工', '旅館', '運送', '窯元'][number % 4]}の会社（{number + 1}）"
        members[f"firm{number}"] = _member(by, event, "right", f"firm{number}", body, title)
    introducing.open_event(by=by, event=event)
    return {
        "event": str(event.id), "code": event.code, "desks": [_session(account) for account in desks],
        "members": {name: str(row.id) for name, row in members.items()},
        "titles": {name: row.title for name, row in members.items()},
        "sessions": {name: _session(members[name].person.account) for name in (*BY_HAND, LATE)},
    }  # fmt: skip


def _member(by: Any, event: Any, side: str, name: str, body: Any, title: str) -> Any:
    from sonjuku.rooms.matching import actions
    from sonjuku.rooms.people.models import Person

    account = _account(name)
    person = Person.objects.create(
        council_id=event.council_id, account=account, email=account.email, family_name="物語", given_name=name,
        family_name_kana="モノガタリ", given_name_kana="メイ", phone="0838-00-0000",
    )  # fmt: skip
    about = "現場に足を運んで、いまのやり方から一緒に考えます。"
    return actions.add_member(
        by=by, event=event, side=side, person=person, body=body, title=title, about=about
    )


def _rank() -> dict[str, int]:
    """Everyone but those of the story hands in an order, the same ones in each run."""
    from django.utils import timezone

    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.matching import actions, queries
    from sonjuku.rooms.matching.models import MatchingMember
    from sonjuku.web.member.matching import AGREEMENT

    random, done = Random(2026), 0
    rows = MatchingMember.objects.filter(person__email__endswith="@story.example.jp")
    for row in rows.select_related("event", "person__account").order_by("title"):
        name = row.person.email.split("@")[0]
        if name in BY_HAND or name == LATE:
            continue
        ids = sorted(partner.id for partner in queries.partners(row))
        chosen = random.sample(ids, random.randint(4, len(ids)))
        groups = [chosen[:1], chosen[1:3], *([key] for key in chosen[3:])]
        by = Actor(at=timezone.now(), role="member", account_id=row.person.account_id)
        actions.submit_ranks(by=by, member=row, groups=groups, agrees=True, text=str(AGREEMENT))
        done += 1
    return {"ranked": done}


if __name__ == "__main__":
    main(sys.argv[1])
