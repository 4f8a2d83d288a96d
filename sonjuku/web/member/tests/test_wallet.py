"""The wallet: everything one holds, whether it holds, who sees it, and how to carry it away."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.protocols.openbadges import reading, records, vcjwt
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import (
    Award,
    CertificateKind,
    Endorsement,
    OutsideCertificate,
    ShareLink,
)
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.dates import day_of

pytestmark = pytest.mark.django_db
WALLET = "/me/badges/"


@pytest.fixture
def give(council, secretariat, adult):
    def make(title="講座 修了", person=None):
        badge = actions.define_achievement(
            by=secretariat, council=council, title=title, description="学んだ。", criteria="出席すること。"
        )
        to = person or adult.person
        return actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(to.pk)])[0]

    return make


@pytest.fixture
def certify(council, adult):
    """A checked certificate of others, with an issued endorsement on it."""

    def make(number):
        now = timezone.now()
        kind, _new = CertificateKind.objects.get_or_create(
            council=council, host=council.host, title="試験", issuer_name="団体", defaults={"created_at": now}
        )
        row = OutsideCertificate.objects.create(
            council=council, person=adult.person, kind=kind, form="paper", state="checked", title=f"試験{number}",
            number=str(number), issued_on=now.date(), sha256="0" * 64, created_at=now,
        )  # fmt: skip
        Endorsement.objects.create(
            council=council, person=adult.person, certificate=row, state="issued", credential={}, created_at=now,
            issued_at=now,
        )  # fmt: skip

    return make


@pytest.fixture
def browser(log_in, adult):
    return log_in(adult)


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def as_holder(adult):
    return Actor(at=timezone.now(), role="member", account_id=adult.id)


def test_an_empty_wallet_shows_the_way_to_a_first_badge(browser, open_call, council, secretariat):
    call = open_call(title="はじめての講座")
    actions.define_achievement(
        by=secretariat, council=council, call=call, title="基礎", description="学んだ", criteria="出席"
    )
    text = words(browser.get(WALLET))
    assert "まだバッジはありません" in text
    assert "はじめのバッジまでの道" in text
    assert reverse("public:call", args=[council.slug, call.code]) in text


def test_each_badge_says_whether_it_holds_and_who_sees_it(browser, give, secretariat):
    give("よい")
    held, gone = give("止まった"), give("消えた")
    Award.objects.filter(pk=held.pk).update(visibility="public")
    actions.change_status(by=secretariat, award=held, kind="suspend", reason="確認")
    actions.change_status(by=secretariat, award=gone, kind="revoke", reason="誤り")
    text = words(browser.get(WALLET))
    cards = dict(re.findall(r"<h3><a[^>]*>(.*?)</a></h3>(.*?)</article>", text))
    assert ("有効" in cards["よい"], "自分だけ" in cards["よい"]) == (True, True)
    assert ("一時停止" in cards["止まった"], "公開" in cards["止まった"]) == (True, True)
    assert "失効" in cards["消えた"]
    for kind in ("png", "svg", "jwt", "json"):
        assert f"/badges/{held.pk}.{kind}" in cards["止まった"]


def test_another_persons_things_are_not_in_it(browser, give, make_person, council, make_account):
    give("他人のバッジ", person=make_person(council, account=make_account("other@example.jp")))
    assert "他人のバッジ" not in words(browser.get(WALLET))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_wallet_asks_a_fixed_number_of_queries(
    browser, give, certify, adult, django_assert_max_num_queries, rows
):
    for number in range(rows):
        award = give(f"バッジ{number}")
        certify(number)
        actions.share(by=as_holder(adult), person=adult.person, award=award, last_day=day_of(timezone.now()))
    with django_assert_max_num_queries(8):
        assert browser.get(WALLET).status_code == 200


def test_the_record_holds_every_badge_and_is_the_holders_alone(
    browser, give, council, log_in, make_account, client
):
    awards = [give("一"), give("二")]
    address = reverse("member:record", args=[council.slug])
    response = browser.get(address)
    document = reading.read_any(response.content)
    assert response["Content-Disposition"].startswith('attachment; filename="record-')
    assert "no-store" in response["Cache-Control"]
    assert records.verify(document, timezone.now()).ok
    assert records.members_of(document) == [award.credential for award in awards]
    assert client.get(address).status_code == 302
    assert log_in(make_account("other@example.jp")).get(address).status_code == 404


def test_without_a_badge_there_is_no_record(browser, council):
    response = browser.get(reverse("member:record", args=[council.slug]), follow=True)
    assert "持ち出せるバッジがありません" in words(response)


def test_the_token_is_the_same_badge_signed_for_wallets(browser, give):
    award = give()
    response = browser.get(reverse("public:badge_jwt", args=[award.pk]))
    assert response["Content-Type"] == "application/vc+jwt"
    assert response["Content-Disposition"].endswith('.jwt"')
    verification, document = vcjwt.verify(response.content.decode(), timezone.now())
    assert {check.name for check in verification.checks if not check.ok} <= {"status"}
    assert document["id"] == award.uri


@pytest.mark.parametrize("address", ["member:badge", "public:badge"])
def test_each_page_of_a_badge_says_which_file_is_for_what(browser, give, address):
    award = give()
    text = words(browser.get(reverse(address, args=[award.pk])))
    for kind, said in (
        ("png", "SNSで送る"),
        ("svg", "印刷に"),
        ("jwt", "ウォレットアプリ"),
        ("json", "手もとに残す"),
    ):
        assert f'/badges/{award.pk}.{kind}"' in text
        assert said in text


def test_a_key_that_signs_no_more_is_said_in_plain_words(browser, give, secretariat):
    award = give()
    actions.strike_key(by=secretariat, key=award.issuer_key, reason="もれた")
    response = browser.get(reverse("public:badge_jwt", args=[award.pk]))
    assert response.status_code == 409
    assert "署名できません" in words(response)


# Links


def share(browser, award, **data):
    return browser.post(reverse("member:share_badge", args=[award.pk]), {"days": "7", **data})


def test_a_new_link_is_shown_once_and_can_be_taken_back(browser, give):
    award = give()
    made = share(browser, award)
    address = made.context["address"]
    assert address in words(made)
    assert address.rsplit("/", 2)[1] not in words(browser.get(WALLET))
    path = address.partition("://")[2].partition("/")[2]
    assert browser.get(f"/{path}").status_code == 200
    link = ShareLink.objects.get()
    assert browser.get(reverse("member:share_withdraw", args=[link.pk])).status_code == 405
    browser.post(reverse("member:share_withdraw", args=[link.pk]))
    assert browser.get(f"/{path}").status_code == 410
    assert "いま使えるリンク" not in words(browser.get(WALLET))


def test_the_holder_chooses_the_last_day(browser, give):
    award = give()
    today = timezone.localdate()
    for data, days in (({"days": "7"}, 7), ({"days": "90"}, 90), ({"days": "own", "until": today}, 0)):
        made = share(browser, award, **data)
        assert made.context["link"].last_day == today + dt.timedelta(days=days)
    for wrong in ({"days": "own"}, {"days": "8"}, {"days": "own", "until": today + dt.timedelta(days=400)}):
        assert share(browser, award, **wrong).status_code == 422
    assert ShareLink.objects.count() == 3


def test_nobody_shares_or_takes_back_what_is_anothers(browser, give, log_in, make_account):
    award = give()
    share(browser, award)
    other = log_in(make_account("other@example.jp"))
    assert share(other, award).status_code == 404
    link = ShareLink.objects.get()
    assert other.post(reverse("member:share_withdraw", args=[link.pk])).status_code == 404
    link.refresh_from_db()
    assert link.withdrawn_at is None
