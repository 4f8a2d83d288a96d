"""Rankings that come in while the list is frozen, and second presses, on the database of DATABASE_URL."""

import datetime as dt
import threading

import pytest
from django.db import connection

from sonjuku.engines.selection import bundle
from sonjuku.flows import introducing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.actions import ranking
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember
from sonjuku.rooms.matching.tests.conftest import (  # noqa: F401 - fixtures found by name
    deadline,
    hand_in,
    make_event,
    make_market,
)
from sonjuku.rooms.people.models import ProvisionRecord
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NUMBER = "12345"


@pytest.fixture
def market(make_market, secretariat, at):  # noqa: F811
    """Everyone on the left likes the first firm, and hands in another order at the last moment."""
    market = make_market(lefts=6, rights=3)
    actions.open_event(by=secretariat, event=market.event)
    for left in market.lefts:
        hand_in(left, at, *market.rights)
    for right in market.rights:
        hand_in(right, at, *market.lefts)
    return market


@pytest.fixture
def second(make_staff, council, at):
    account = make_staff(council, "second@hagi.example.jp")
    return Actor(at=at, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=account.id)  # fmt: skip


def tried(work):
    try:
        work()
    except Refused as refusal:
        return refusal.code
    return "done"


def listed(event):
    """Whom the frozen list names, in their order, by member."""
    lefts, rights = queries.read_back(event)
    codes = {row.code: str(row.id) for row in event.members.all()}
    return {
        codes[one.code]: [[codes[c] for c in group] for group in one.ranking] for one in (*lefts, *rights)
    }


def late(market, secretariat, deadline):  # noqa: F811
    """The freeze and six changes of mind at once; what each came to."""
    moment = deadline - dt.timedelta(seconds=1)
    jobs = [lambda: actions.freeze(by=secretariat.now(deadline), event=market.event)]
    jobs += [lambda left=left: hand_in(left, moment, market.rights[2]) for left in market.lefts]
    return at_once(lambda job: tried(job), jobs)


def test_the_frozen_list_is_what_the_rows_say(market, secretariat, deadline):  # noqa: F811
    codes = late(market, secretariat, deadline)
    assert codes[0] == "done"
    assert set(codes[1:]) <= {"done", "closed"}
    event = MatchingEvent.objects.get()
    rows = {str(row.id): row.ranks for row in MatchingMember.objects.all()}
    found = listed(event)
    assert found.keys() == rows.keys()
    for key, ranks in rows.items():
        assert [sorted(group) for group in found[key]] == [sorted(group) for group in ranks]


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time, lock or none"
)
def test_the_race_is_real(market, secretariat, deadline, monkeypatch):  # noqa: F811
    """Without the event's lock a ranking comes in behind the freeze: rows and list then differ."""
    looked, frozen = threading.Event(), threading.Event()
    real = ranking.lock_member

    def unlocked(by, member):
        row = MatchingMember.objects.select_related("event", "person__account", "body").get(pk=member.pk)
        looked.set()
        frozen.wait(timeout=20)
        return row

    monkeypatch.setattr(ranking, "lock_member", unlocked)
    moment = deadline - dt.timedelta(seconds=1)

    def freeze():
        looked.wait(timeout=20)
        actions.freeze(by=secretariat.now(deadline), event=market.event)
        frozen.set()

    jobs = [freeze, lambda: hand_in(market.lefts[0], moment, market.rights[2])]
    assert at_once(lambda job: tried(job), jobs) == ["done", "done"]
    monkeypatch.setattr(ranking, "lock_member", real)
    row = MatchingMember.objects.get(pk=market.lefts[0].pk)
    assert listed(MatchingEvent.objects.get())[str(row.id)] != row.ranks


def test_two_presses_draw_and_announce_once(market, secretariat, second, deadline):  # noqa: F811
    by, other = secretariat.now(deadline), second.now(deadline)
    actions.freeze(by=by, event=market.event)
    for each in (by, other):
        actions.type_number(by=each, event=market.event, value=NUMBER)
    presses = [lambda each=each: actions.draw(by=each, event=market.event) for each in (by, other) * 3]
    codes = at_once(lambda job: tried(job), presses)
    assert sorted(codes) == ["done", *["stale"] * 5]
    event = MatchingEvent.objects.get()
    assert event.result == bundle.make_bundle(event.rules, event.frozen_list, NUMBER)["result"]
    presses = [
        lambda each=each: introducing.announce(by=each, event=market.event) for each in (by, other) * 3
    ]
    assert set(at_once(lambda job: tried(job), presses)) == {"done"}
    assert Introduction.objects.count() == ProvisionRecord.objects.count() == 3
    assert Letter.objects.filter(kind="introduction").count() == 6
    assert Letter.objects.filter(kind="introduction_none").count() == 3
