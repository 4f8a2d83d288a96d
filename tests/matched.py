"""The matching events of tests/world.py: one that takes rankings, one whose pairs are announced."""

import datetime as dt
from typing import Any

from sonjuku.engines.selection import bundle, wire_match
from sonjuku.engines.selection.match import Left, Right
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember
from sonjuku.rooms.people.models import Body, Council, Person


def fill(council: Council, host: Body, chamber: Body, now: dt.datetime) -> dict[Any, Any]:
    """The ids that addresses need. The member ranks; the chamber has nobody who answers for it now."""
    person = Person.objects.get(council=council, email="secret-person@example.jp")
    params: dict[Any, Any] = {}
    for is_over in (False, True):
        since = now - dt.timedelta(days=30 if is_over else 1)
        event = MatchingEvent.objects.create(
            council=council, host=host, title="選び合う会", title_en="Matching event", created_at=since, opens_at=since,
            state="published", ranks_by=since + dt.timedelta(days=10), seed_source="公開の数", seed_source_en="A public number",
            rules_at=since,
        )  # fmt: skip
        both = {
            side: MatchingMember.objects.create(
                council=council, event=event, side=side, person=one, body=body, created_at=since,
                title=title, title_en=title_en, about="紹介の文", about_en="About",
            )
            for side, one, body, title, title_en in (
                ("left", person, None, "会計の専門家", "An accountant"), ("right", None, chamber, "商工会議所", "The chamber"),
            )
        }  # fmt: skip
        left, right = both["left"], both["right"]
        event.rules = bundle.make_rules(
            "match", event.code, event.seed_source, wire_match.rules_lines([Right(right.code, ())])
        )
        params |= {
            ("public:matching_proof", "code"): event.code,
            "introduction_id": _introduced(event, left, right, now) if is_over else None,
        }
        if not is_over:
            params |= {"matching_id": event.id, "matching_member_id": left.id}
        event.save()
    return params


def _introduced(event: MatchingEvent, left: MatchingMember, right: MatchingMember, now: dt.datetime) -> Any:
    for one, partner in ((left, right), (right, left)):
        one.ranks, one.submitted_at, one.title_is_public = [[str(partner.id)]], event.opens_at, True
        one.save()
    lines = wire_match.list_lines([Left(left.code, ((right.code,),))], [Right(right.code, ((left.code,),))])
    made = bundle.make_bundle(event.rules, bundle.make_list(event.rules, lines), "12345")
    event.frozen_list, event.list_hash, event.public_value = made["list"], made["list_hash"], "12345"
    event.seed, event.order, event.result = made["seed"], made["order"], made["result"]
    event.state, event.frozen_at, event.drawn_at, event.announced_at = "announced", now, now, now
    event.titles = {one.code: [one.title, one.title_en] for one in (left, right)}
    row = Introduction.objects.create(
        council=event.council, event=event, left=left, right=right, starts_on=now.date() - dt.timedelta(days=20),
        report_due_on=now.date() - dt.timedelta(days=1), created_at=now,
    )  # fmt: skip
    return row.id
