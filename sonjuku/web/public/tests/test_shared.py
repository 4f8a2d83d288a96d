"""What a share link opens, and that it closes."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.protocols.openbadges import reading, records
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.toolbox.dates import day_of

pytestmark = pytest.mark.django_db
FILES = ("png", "svg", "jwt", "json")


@pytest.fixture
def holder(make_account):
    return make_account("holder@example.jp")


@pytest.fixture
def give(council, make_person, holder, secretariat):
    person = make_person(council, account=holder, display_name="はなこ", email="holder@example.jp")

    def make(title="講座 修了"):
        badge = actions.define_achievement(
            by=secretariat, council=council, title=title, description="学んだ。", criteria="出席すること。"
        )
        return actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(person.pk)])[0]

    return make


@pytest.fixture
def share(holder):
    """(link, token) of a link to one badge, or with `person` to all."""

    def make(award=None, person=None):
        by = Actor(at=timezone.now(), role="member", account_id=holder.id)
        return actions.share(by=by, person=person or award.person, award=award, last_day=day_of(by.at))

    return make


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def addresses(token, award, *, all_of):
    found = [reverse("public:shared", args=[token]), reverse("public:shared_badge", args=[token, award.pk])]
    found += [reverse("public:shared_file", args=[token, award.pk, kind]) for kind in FILES]
    return found + ([reverse("public:shared_record", args=[token])] if all_of else [])


def test_a_private_badge_opens_by_its_link_verified_and_with_its_files(client, give, share):
    award = give()
    assert award.visibility == Award.Visibility.PRIVATE
    _link, token = share(award)
    response = client.get(reverse("public:shared", args=[token]))
    text = words(response)
    assert "はなこ" in text
    assert "いま確かめました。本物で、有効です。" in text
    assert award.person.full_name not in text
    for kind in FILES:
        file = client.get(reverse("public:shared_file", args=[token, award.pk, kind]))
        assert file.status_code == 200
        if kind != "jwt":
            assert reading.read_any(file.content) == award.credential


def test_a_link_leaves_no_trace(client, give, share):
    award = give()
    _link, token = share(award=None, person=award.person)
    entries = Entry.objects.count()
    for address in addresses(token, award, all_of=True):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]
    assert Entry.objects.count() == entries
    assert ShareLink.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("why", ["withdrawn", "over"])
def test_a_link_that_is_over_opens_nothing_and_says_so(client, give, share, holder, why):
    award = give()
    link, token = share(award=None, person=award.person)
    if why == "withdrawn":
        by = Actor(at=timezone.now(), role="member", account_id=holder.id)
        actions.withdraw_share(by=by, link=link)
    else:
        before = timezone.now() - dt.timedelta(days=2)
        ShareLink.objects.update(created_at=before, expires_at=before + dt.timedelta(days=1))
    said = {"withdrawn": "持ち主が取り消しました。", "over": "期限が過ぎました。"}[why]
    for address in addresses(token, award, all_of=True):
        response = client.get(address)
        assert response.status_code == 410
        assert said in words(response)
        assert "はなこ" not in words(response)
        assert response["Referrer-Policy"] == "no-referrer"


def test_a_guessed_token_is_not_found(client, give, share):
    award = give()
    link, token = share(award)
    for guess in (token[:-1], token + "a", link.token_hash, str(link.pk)):
        assert client.get(reverse("public:shared", args=[guess])).status_code == 404


def test_a_link_to_one_badge_opens_no_other(client, give, share):
    award, other = give(), give("別の講座")
    _link, token = share(award)
    closed = [
        reverse("public:shared_badge", args=[token, other.pk]), reverse("public:shared_record", args=[token]),
        *(reverse("public:shared_file", args=[token, other.pk, kind]) for kind in FILES),
        reverse("public:shared_file", args=[token, award.pk, "exe"]),
    ]  # fmt: skip
    assert [client.get(address).status_code for address in closed] == [404] * len(closed)


def test_a_revoked_badge_is_called_so_by_the_link_too(client, give, share, secretariat):
    award = give()
    _link, token = share(award)
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="誤り")
    text = words(client.get(reverse("public:shared", args=[token])))
    assert "本物で、有効です" not in text
    assert "このバッジは、失効しています。" in text


def test_the_record_by_link_is_what_the_holder_has(client, give, share):
    awards = [give("一"), give("二")]
    _link, token = share(award=None, person=awards[0].person)
    document = reading.read_any(client.get(reverse("public:shared_record", args=[token])).content)
    assert records.verify(document, timezone.now()).ok
    assert records.members_of(document) == [award.credential for award in awards]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_shared_list_asks_a_fixed_number_of_queries(
    client, give, share, django_assert_max_num_queries, rows
):
    awards = [give(f"講座{number}") for number in range(rows)]
    _link, token = share(award=None, person=awards[0].person)
    with django_assert_max_num_queries(5):
        client.get(reverse("public:shared", args=[token]))


def test_only_reading_is_possible(client, give, share):
    award = give()
    _link, token = share(award)
    assert client.post(reverse("public:shared", args=[token])).status_code == 405
