"""Links that a holder gives away: one badge or all, for a while, until taken back."""

import datetime as dt

import pytest
from django.conf import settings

from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.credentials.queries import shares
from sonjuku.rooms.credentials.rules.shares import LONGEST, MOST_OPEN
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.dates import TOKYO, day_of
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(holder):
    return holder[1]


@pytest.fixture
def give(award, me):
    def make(award=award, days=7, **fields):
        return actions.share(
            by=me, person=fields.pop("person", None) or award.person, award=award,
            last_day=day_of(me.at) + dt.timedelta(days=days), **fields,
        )  # fmt: skip

    return make


def test_a_link_opens_until_its_last_day_is_over(give, me):
    link, _token = give(days=7)
    end = dt.datetime.combine(day_of(me.at) + dt.timedelta(days=8), dt.time(), TOKYO)
    assert link.opens(end - dt.timedelta(seconds=1))
    assert not link.opens(end)


def test_only_a_hash_of_a_long_random_token_is_kept(give):
    pairs = [give() for _ in range(3)]
    assert len({token for _link, token in pairs}) == 3
    for link, token in pairs:
        assert len(token) * 6 >= 128  # base64 characters carry six bits each
        stored = ShareLink.objects.filter(pk=link.pk).values().get()
        assert not any(token in str(value) for value in stored.values())
        assert shares.link_of(token) == link
    assert shares.link_of("somebody's guess") is None


@pytest.mark.parametrize("days", [-1, LONGEST.days + 1])
def test_a_link_ends_within_a_year_and_not_before_it_begins(give, days):
    with pytest.raises(Refused) as refused:
        give(days=days)
    assert refused.value.code == "bad_end"


def test_the_holder_alone_makes_and_takes_back(give, award, me, secretariat, make_account):
    link, _token = give()
    stranger = Actor(at=me.at, role="member", account_id=make_account("stranger@example.jp").id)
    for by in (stranger, secretariat, Actor(at=me.at)):
        with pytest.raises(Refused, match="not_own"):
            actions.share(by=by, person=award.person, award=award, last_day=day_of(me.at))
        with pytest.raises(Refused, match="not_own"):
            actions.withdraw_share(by=by, link=link)
    assert not shares.share_links_visible_to(secretariat).exists()
    assert not shares.share_links_visible_to(stranger).exists()
    assert list(shares.open_links(me)) == [link]


def test_a_badge_of_somebody_else_is_not_shared(give, completed, secretariat, award):
    other = actions.award(by=secretariat, participation=completed())[0]
    with pytest.raises(Refused) as refused:
        give(award=other, person=award.person)
    assert refused.value.code == "not_own"


def test_a_link_is_a_recorded_consent_and_so_is_its_end(give, me):
    link, _token = give()
    consent = consent_for(link.pk, Consent.Purpose.BADGE_PUBLIC)
    assert consent.holds
    actions.withdraw_share(by=me, link=link)
    actions.withdraw_share(by=me, link=link)
    consent.refresh_from_db()
    assert not consent.holds
    verbs = Entry.objects.filter(subject_id=link.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["share_link.created", "share_link.withdrawn"]
    assert not shares.open_links(me).exists()


def test_there_is_an_end_to_how_many_are_open(give, award, me):
    link, _token = give()
    copies = [
        ShareLink(
            council_id=link.council_id, person=award.person, token_hash=str(number), created_at=me.at, expires_at=link.expires_at
        )
        for number in range(MOST_OPEN - 1)
    ]  # fmt: skip
    ShareLink.objects.bulk_create(copies)
    with pytest.raises(Refused) as refused:
        give()
    assert refused.value.code == "too_many"
    actions.withdraw_share(by=me, link=copies[0])
    give()


def test_a_link_to_everything_shows_what_comes_later_too(give, award, me, achievement, secretariat, council):
    link, _token = give(award=None, person=award.person)
    assert list(shares.awards_behind(link)) == [award]
    later = actions.define_achievement(
        by=secretariat, council=council, title="次", description="次", criteria="次"
    )
    second = actions.award_many(by=secretariat, achievement=later, claims=[actions.Claim(award.person.pk)])[0]
    assert set(shares.awards_behind(link)) == {award, second}
    assert list(shares.awards_behind(give()[0])) == [award]


# The link's address on the verify page


def look(path, at):
    report = queries.verify(f"{settings.SITE_URL}{path}".encode(), at)
    return report.result if report.is_read else [str(found.code) for found in report.findings]


def test_a_link_to_a_badge_that_nobody_else_sees_can_be_verified_until_it_ends(give, award, me):
    link, token = give()
    assert award.visibility == Award.Visibility.PRIVATE
    paths = [f"/b/{token}/", f"/b/{token}", f"/en/b/{token}/", f"/ja-easy/b/{token}/{award.pk}/", f"/b/{token}/{award.pk}.png"]  # fmt: skip
    assert [look(path, me.at) for path in paths] == ["ok"] * len(paths)
    assert [look(path, link.expires_at) for path in paths] == [["link_over"]] * len(paths)
    actions.withdraw_share(by=me, link=link)
    assert [look(path, me.at) for path in paths] == [["link_over"]] * len(paths)


def test_a_link_to_everything_is_verified_one_by_one(give, award, me):
    _link, token = give(award=None, person=award.person)
    assert [look(f"/b/{token}/{end}", me.at) for end in ("", "record.json")] == [["link_to_many"]] * 2
    assert look(f"/b/{token}/{award.pk}/", me.at) == "ok"


def test_only_the_token_opens_a_badge_that_nobody_else_sees(give, award, me, completed, secretariat):
    link, token = give()
    other = actions.award(by=secretariat, participation=completed())[0]
    closed = [
        f"/b/{token[:-1]}/", f"/b/{token}a/", f"/b/{link.token_hash}/", f"/b/{link.pk}/", f"/b//{award.pk}/",
        f"/b/{token[:-1]}/{award.pk}/", f"/b/{token}/{other.pk}/", f"/b/{token}/endorsements/{award.pk}.json",
        f"/badges/{award.pk}/", f"/c/b/{token}/", f"/b/{token}\0/", f"/b/{token}/x",
    ]  # fmt: skip
    assert [look(path, me.at) for path in closed] == [["no_such_page"]] * len(closed)
    assert queries.verify(f"https://elsewhere.example/b/{token}/".encode(), me.at).result == "unknown"


def test_an_endorsement_is_verified_by_a_link_to_everything(checked, holder, secretariat, achievement):
    me, person = holder[1], checked.person
    laid = actions.endorse(by=secretariat, endorsement=actions.ask_endorsement(by=me, certificate=checked))
    badge = actions.award_many(by=secretariat, achievement=achievement, claims=[actions.Claim(person.pk)])[0]
    links = [actions.share(by=me, person=person, award=one, last_day=day_of(me.at)) for one in (badge, None)]
    looks = [look(f"/b/{token}/endorsements/{laid.pk}.json", me.at) for _link, token in links]
    assert looks == [["no_such_page"], "ok"]
