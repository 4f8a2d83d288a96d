"""Share links in what a person is told, takes back and has erased."""

import datetime as dt

import pytest

from sonjuku.flows import erasing, holding, ticking, withdrawing
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import ShareLink
from sonjuku.rooms.credentials.queries import shares
from sonjuku.rooms.credentials.rules.shares import KEPT
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.dates import day_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(council, make_account, make_person, secretariat):
    """An award's holder as actor, their record, the award, a link to it and the link's token."""
    account = make_account("holder@example.jp")
    person = make_person(council, account=account, email=account.email)
    badge = actions.define_achievement(
        by=secretariat, council=council, title="基礎", description="学んだ", criteria="出席"
    )
    award = actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(person.pk)])[0]
    me = Actor(at=secretariat.at, role="member", account_id=account.id)
    last = day_of(me.at) + dt.timedelta(days=7)
    return (
        me,
        person,
        award,
        *actions.share(by=me, person=person, award=award, last_day=last, is_printed=True),
    )


def test_taking_the_consent_back_closes_the_link(mine):
    me, _person, _award, link, _token = mine
    withdrawing.withdraw(by=me, consent=consent_for(link.pk, Consent.Purpose.BADGE_PUBLIC))
    link.refresh_from_db()
    assert not link.opens(me.at)


def test_a_link_is_told_without_its_token(mine):
    me, person, award, link, token = mine
    sections = {one.name: one for one in holding.holdings(person, me)}
    [told] = sections["share_links"].items
    facts = {fact.name: fact.value for fact in told.facts}
    assert facts["award"] == award.uri
    assert facts["expires_at"] == link.expires_at.isoformat()
    assert token not in str(facts)
    assert link.token_hash not in str(facts)


def test_a_body_that_answers_for_its_own_calls_tells_nothing_of_links(mine):
    me, person, *_rest = mine
    sections = {one.name: one for one in holding.holdings(person, me, [])}
    assert sections["share_links"].items == []


def test_links_go_with_the_person(mine, secretariat):
    _me, person, *_rest = mine
    erasing.drop_person(secretariat, person)
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("why", ["withdrawn", "over"])
def test_a_link_is_forgotten_a_month_after_its_end_and_so_is_its_consent(mine, why):
    me, person, award, link, _token = mine
    _other, kept = actions.share(by=me, person=person, last_day=day_of(me.at) + KEPT * 2)
    shown = actions.set_visibility(by=me, award=award, visibility="public")
    if why == "withdrawn":
        actions.withdraw_share(by=me, link=link)
    ended = me.at if why == "withdrawn" else link.expires_at
    assert ticking.tick(ended + KEPT - dt.timedelta(seconds=1)).counts["links_forgotten"] == 0
    assert ticking.tick(ended + KEPT).counts["links_forgotten"] == 1
    assert ticking.tick(ended + KEPT).counts["links_forgotten"] == 0
    assert list(shares.share_links_visible_to(me)) == [shares.link_of(kept)]
    assert consent_for(link.pk, Consent.Purpose.BADGE_PUBLIC) is None
    assert consent_for(shown.pk, Consent.Purpose.BADGE_PUBLIC).holds
    told = {one.name: one.items for one in holding.holdings(person, me)}
    assert (len(told["share_links"]), len(told["consents"])) == (1, 2)
    assert Entry.objects.filter(verb="share_link.dropped", for_person_id=person.pk).count() == 1
