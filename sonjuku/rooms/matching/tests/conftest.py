import datetime as dt
from typing import Any, NamedTuple

import pytest

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.rooms.people.models import Account, Body

SOURCE = "12月10日の新聞に載る数"
TEXT = "紹介に同意します。"


class Market(NamedTuple):
    event: MatchingEvent
    lefts: list[MatchingMember]
    rights: list[MatchingMember]


@pytest.fixture
def deadline(at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(days=10)


@pytest.fixture
def make_event(council: Any, secretariat: Actor, deadline: dt.datetime) -> Any:
    def make(**fields: Any) -> MatchingEvent:
        base: dict[str, Any] = {
            "title": "専門家と企業のマッチング", "title_en": "Experts meet firms", "ranks_by": deadline, "seed_source": SOURCE,
            "starts_on": dt.date(2026, 12, 21), "ends_on": dt.date(2027, 2, 19),
        }  # fmt: skip
        return actions.create_event(by=secretariat, council=council, host=council.host, **{**base, **fields})

    return make


@pytest.fixture
def make_market(make_event: Any, make_person: Any, council: Any, secretariat: Actor) -> Any:
    """A prepared event with that many on each side; every member can log in, each firm is a body of its own."""

    def make(lefts: int = 3, rights: int = 3, bounds: Any = None, **fields: Any) -> Market:
        event = make_event(**fields)
        sides: dict[str, list[MatchingMember]] = {Side.LEFT: [], Side.RIGHT: []}
        for side, number in ((Side.LEFT, lefts), (Side.RIGHT, rights)):
            for place in range(number):
                email = f"{side}{place}@example.jp"
                account = Account.objects.create_user(email, "correct horse battery")
                person = make_person(council, account=account, email=email, given_name=f"{side}{place}")
                body, more = None, {}
                if side == Side.RIGHT:
                    body = Body.objects.create(
                        council=council,
                        type=Body.Type.COMPANY,
                        name=f"株式会社{place}",
                        name_en=f"Firm {place}",
                    )
                    more = dict(zip(("least", "most"), (bounds or {}).get(place, (0, 1)), strict=True))
                title = {"title": f"{side} {place}", "title_en": f"{side} {place}", "about": "会計の話"}
                sides[side].append(
                    actions.add_member(
                        by=secretariat, event=event, side=side, person=person, body=body, **title, **more
                    )
                )
        return Market(event, sides[Side.LEFT], sides[Side.RIGHT])

    return make


def as_member(member: MatchingMember, at: dt.datetime) -> Actor:
    return Actor(at=at, role="member", account_id=member.person.account_id)


def hand_in(member: MatchingMember, at: dt.datetime, *groups: Any, **fields: Any) -> MatchingMember:
    """`groups`: members, or lists of members who are equally welcome."""
    ids = [[str(m.id) for m in (g if isinstance(g, list) else [g])] for g in groups]
    options = {"agrees": True, "text": TEXT, **fields}
    return actions.submit_ranks(by=as_member(member, at), member=member, groups=ids, **options)
