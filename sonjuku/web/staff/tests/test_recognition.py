"""The pages of 認定 at the desk: what they cost, whose they are, what a reviewer may see."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import CertificateKind, Dossier, ExperienceRoute, OutsideCertificate
from sonjuku.rooms.journal.models import Entry
from sonjuku.web.actors import DEMO_CAST


def logged_in(client, account):
    client.force_login(account)
    session = client.session
    session[DEMO_CAST] = "staff"
    session.save()
    return client


@pytest.fixture
def browser(client, staff_account):
    return logged_in(client, staff_account)


@pytest.fixture
def kind(council):
    return CertificateKind.objects.create(
        council=council, host=council.host, title="試験", issuer_name="団体", created_at=timezone.now()
    )


@pytest.fixture
def certify(council, kind, make_person):
    def make():
        return OutsideCertificate.objects.create(
            council=council, person=make_person(council), kind=kind, form="paper", title="試験", number="1",
            issued_on=dt.date(2026, 4, 1), sha256="0" * 64, created_at=timezone.now(),
        )  # fmt: skip

    return make


@pytest.fixture
def route(council, secretariat):
    achievement = actions.define_achievement(
        by=secretariat, council=council, title="実践者", description="した。", criteria="すること。"
    )
    return ExperienceRoute.objects.create(
        council=council,
        host=council.host,
        achievement=achievement,
        guidance="見る",
        created_at=timezone.now(),
    )


@pytest.fixture
def apply(council, route, make_person):
    def make():
        return Dossier.objects.create(
            council=council, person=make_person(council), route=route, what="電子化", place="店",
            starts_on=dt.date(2023, 4, 1), statement="説明", links=["https://example.jp/"], created_at=timezone.now(),
        )  # fmt: skip

    return make


@pytest.mark.parametrize("page", ["certificates", "dossiers", "certificate_kinds"])
def test_more_rows_ask_no_more_questions(
    page, browser, certify, apply, council, django_assert_max_num_queries
):
    address = reverse(f"staff:{page}", args=[council.slug])
    certify(), apply()
    browser.get(address)
    with django_assert_max_num_queries(25) as one:
        browser.get(address)
    for _number in range(2):
        certify(), apply()
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert browser.get(address).status_code == 200


def test_looking_at_a_certificate_leaves_a_trace(browser, certify, council):
    row = certify()
    assert browser.get(reverse("staff:certificate", args=[council.slug, row.id])).status_code == 200
    entry = Entry.objects.get(verb="certificate.viewed")
    assert (entry.subject_id, entry.for_person_id) == (row.id, row.person_id)


def test_a_reason_is_asked_for_before_a_refusal(browser, certify, council):
    row = certify()
    address = reverse("staff:certificate_action", args=[council.slug, row.id, "refuse"])
    page = browser.post(address, {"reason": ""})
    assert page.status_code == 200
    assert "理由" in page.content.decode()
    row.refresh_from_db()
    assert row.state == "claimed"


def test_a_kind_with_an_achievement_needs_its_issuer(browser, council):
    address = reverse("staff:certificate_kind_new", args=[council.slug])
    data = {"title": "試験", "issuer_name": "団体", "achievement_uri": "urn:uuid:1"}
    assert "発行者の番号も入力してください" in browser.post(address, data).content.decode()
    assert not CertificateKind.objects.exists()
    assert browser.post(address, {**data, "issuer_uri": "did:key:z6Mk"}).status_code == 302
    assert CertificateKind.objects.get().host == council.host


def test_the_first_page_says_what_waits(browser, certify, council):
    certify()
    page = browser.get(reverse("staff:home", args=[council.slug])).content.decode()
    assert "ほかで受けた証明の確認 1 件" in page


def test_a_judged_dossier_waits_for_the_desk_and_an_unjudged_for_each_reviewer(
    browser, apply, council, make_staff
):
    judged, _unjudged = apply(), apply()
    reviewers = [make_staff(council, f"judge{number}@example.jp", "reviewer") for number in range(2)]
    for reviewer in reviewers:
        judged.reviews.create(
            reviewer=reviewer, is_met=True, criteria="記録", declared_at=timezone.now(), decided_at=timezone.now()
        )  # fmt: skip
    home = reverse("staff:home", args=[council.slug])
    assert "判断がそろった実務経験 1 件" in browser.get(home).content.decode()
    listed = browser.get(reverse("staff:dossiers", args=[council.slug])).content.decode()
    assert listed.count("判断がそろいました") == 1
    page = logged_in(browser, reviewers[0]).get(home).content.decode()
    assert "審査を待っている実務経験 1 件" in page


def test_a_certificate_waits_for_the_desk_not_for_its_holder(browser, certify, council):
    certify()
    page = browser.get("/en" + reverse("staff:certificates", args=[council.slug])).content.decode()
    assert "Waiting for a check" in page
    assert "for you to confirm" not in page
