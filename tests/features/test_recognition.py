"""What Hokkaido's working group asks of certificates, layers, experience and skill maps (001), and Hagi of an examination (000)."""

import datetime as dt
import json
import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sonjuku.flows import certifying, qualifying, ticking
from sonjuku.protocols.openbadges import build, keys, proofs
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import NewItem
from sonjuku.rooms.credentials.models import Award, Dossier, Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body, Role
from tests.features.conftest import PROFILE

PDF = b"%PDF-1.4\ncertificate\n%%EOF"


@pytest.fixture
def host(hokkaido):
    return Body.objects.get(council=hokkaido, name="北海道")


@pytest.fixture
def two(hokkaido, host, officer):
    """Two members of the prefecture's staff: account and actor of each."""
    return [officer(hokkaido, host)[:2] for _ in range(2)]


@pytest.fixture
def learner(hokkaido, member, person_of):
    """A person of the council, with their account and actor."""
    account, by = member()
    return person_of(hokkaido, account=account, email=account.email), account, by


@pytest.fixture
def kind(hokkaido, host, two):
    return actions.accept_kind(
        by=two[0][1], council=hokkaido, host=host, title="データ分析 eラーニング修了証", issuer_name="学習サイト",
        issuer_name_en="Learning site", is_endorsed=True,
    )  # fmt: skip


@pytest.fixture
def badge_file(now):
    """An Open Badge of somebody else for an address; `until` its end."""
    key = keys.new_key()

    def make(email, until=None):
        unsigned = build.achievement_credential(
            id=uuid.uuid4(), issuer=build.Issuer(key.did, "学習サイト", "https://learn.example.jp/"),
            achievement=build.Achievement("urn:uuid:" + str(uuid.uuid4()), "データ分析", "学んだ。", "修了すること。"),
            subject=build.HashedEmail(email, "salt"), valid_from=now - dt.timedelta(days=9), valid_until=until,
        )  # fmt: skip
        return json.dumps(proofs.sign(unsigned, key, now), ensure_ascii=False).encode()

    return make


@pytest.fixture
def paper(learner, kind, now):
    person, _account, by = learner
    return actions.claim_paper(
        by=by, person=person, kind=kind, number="DA-2022-77", issued_on=now.date() - dt.timedelta(days=30),
        valid_until=now.date() + dt.timedelta(days=300), incoming=IncomingFile("a.pdf", len(PDF), BytesIO(PDF)), max_bytes=9_999,
    )  # fmt: skip


@pytest.fixture
def checked(paper, two):
    for _account, by in two:
        row = certifying.check_certificate(by=by, certificate=paper)
    return row


def define(hokkaido, by, title, call=None):
    return actions.define_achievement(
        by=by, council=hokkaido, title=title, description="した。", criteria="すること。", call=call
    )


def post(browser, address, **data):
    response = browser.post(address, data)
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def test_000_20_the_real_result_is_reported_with_its_number_and_a_verified_flag(
    hokkaido, kind, learner, two, log_in, now
):
    person, account, _by = learner
    browser = log_in(account)
    scan = SimpleUploadedFile("scan.pdf", PDF)
    post(
        browser, reverse("member:certificate_new", args=["hokkaido"]), kind=kind.pk, form="paper",
        number="IP-2026-001", issued_on=(now.date() - dt.timedelta(days=3)).isoformat(), file=scan,
    )  # fmt: skip
    row = OutsideCertificate.objects.get()
    assert (row.number, row.is_verified, row.person) == ("IP-2026-001", False, person)
    for account_of, _actor in two:
        post(log_in(account_of), reverse("staff:certificate_action", args=["hokkaido", row.id, "check"]))
    row.refresh_from_db()
    assert row.is_verified
    assert "確認済み" in browser.get(reverse("member:certificate", args=[row.id])).content.decode()
    assert Letter.objects.filter(kind="proof_answered", person=person).count() == 1


def test_001_22_the_desk_sees_issuer_and_validity_and_filters_the_certified_only(
    hokkaido, checked, two, apply, call_of, log_in
):
    call = call_of(hokkaido, "dx-experts")
    values = {"record": "支援の実績（見本）", "fields": ["data"], "vendor": "no"}
    certified, other = apply(call, values=values), apply(call, values=values)
    OutsideCertificate.objects.filter(pk=checked.pk).update(person=certified.person)
    desk = log_in(two[0][0])
    address = reverse("staff:applications_of", args=["hokkaido", "dx-experts"])
    everybody = desk.get(address).content.decode()
    assert certified.code in everybody
    assert other.code in everybody
    only = desk.get(address, {"certified": "yes"}).content.decode()
    assert certified.code in only
    assert other.code not in only
    page = desk.get(reverse("staff:application", args=["hokkaido", certified.id])).content.decode()
    assert "学習サイト" in page
    assert str(checked.valid_until.year) in page
    OutsideCertificate.objects.filter(pk=checked.pk).update(valid_until=checked.issued_on)
    assert certified.code not in desk.get(address, {"certified": "yes"}).content.decode()


def test_001_33_the_prefecture_lays_its_own_on_an_outside_certificate(checked, learner, two, log_in):
    person, account, _by = learner
    post(log_in(account), reverse("member:certificate_action", args=[checked.id, "ask"]))
    post(log_in(two[0][0]), reverse("staff:certificate_action", args=["hokkaido", checked.id, "endorse"]))
    laid = Endorsement.objects.get()
    said = json.dumps(laid.credential, ensure_ascii=False)
    for fact in ("学習サイト", "DA-2022-77", checked.issued_on.isoformat(), checked.sha256):
        assert fact in said
    assert person.family_name not in said


def test_001_33_the_page_shows_both_layers_and_flags_a_revoked_base(checked, learner, two, log_in):
    _person, account, by = learner
    laid = actions.ask_endorsement(by=by, certificate=checked)
    laid = certifying.endorse(by=two[0][1], endorsement=laid)
    address, stranger = reverse("public:endorsement", args=[laid.id]), Client()
    assert stranger.get(address).status_code == 404
    post(log_in(account), reverse("member:certificate", args=[checked.id]), visibility="public")
    page = stranger.get(address).content.decode()
    for words in ("上の層", "下の層", "北海道", "学習サイト", checked.title):
        assert words in page
    assert "根拠になりません" not in page
    data = {"text": stranger.get(reverse("public:endorsement_json", args=[laid.id])).content.decode()}
    assert "本物" in stranger.post(reverse("public:verify"), data).content.decode()
    revoke = reverse("staff:certificate_action", args=["hokkaido", checked.id, "revoke"])
    post(log_in(two[0][0]), revoke, reason="発行者から取消しの知らせ")
    page = stranger.get(address).content.decode()
    assert "発行者が取り消しました" in page
    assert "発行者が取消し" in page
    assert "確認済み" not in page
    assert "根拠になりません" in page


def test_001_33_a_badge_below_is_verified_on_every_view_and_by_the_worker(
    hokkaido, learner, kind, two, badge_file, now, monkeypatch
):
    person, account, by = learner
    ends = now + dt.timedelta(days=2)
    row = certifying.claim_badge(by=by, person=person, kind=kind, data=badge_file(account.email, ends))
    row = certifying.check_certificate(by=two[0][1], certificate=row)
    laid = certifying.endorse(by=two[0][1], endorsement=actions.ask_endorsement(by=by, certificate=row))
    actions.show_endorsement(by=by, endorsement=laid, visibility="public")
    address = reverse("public:endorsement", args=[laid.id])
    assert "いまも確認に通ります" in Client().get(address).content.decode()
    with monkeypatch.context() as patched:
        patched.setattr("sonjuku.rooms.credentials.queries.outside.standing_of", lambda *_a, **_k: "unknown")
        page = Client().get(address).content.decode()
        assert "いまは確かめられませんでした" in page
        assert "いまも確認に通ります" not in page
    report = ticking.tick(now + dt.timedelta(days=3))
    assert report.counts["certificates_looked_at"] == 1
    row.refresh_from_db()
    assert row.standing == "bad"


def test_001_34_experience_gives_the_same_badge_after_two_reviewers(
    hokkaido, host, learner, two, officer, log_in, now
):
    person, account, _by = learner
    badge = define(hokkaido, two[0][1], "データ活用の実践者")
    route = actions.open_route(
        by=two[0][1], achievement=badge, host=host, guidance="半年以上使われていること"
    )
    data = {
        "route": route.pk, "what": "在庫管理の電子化", "place": "商店街", "starts_on": "2023-04-01",
        "statement": "三店で使われている", "links": "https://example.jp/case", "file_1": SimpleUploadedFile("case.pdf", PDF),
    }  # fmt: skip
    post(log_in(account), reverse("member:dossier_new", args=["hokkaido"]), **data)
    dossier = Dossier.objects.get()
    assert dossier.files.count() == 1
    judges = [officer(hokkaido, host, Role.Kind.REVIEWER)[0] for _ in range(2)]
    address = reverse("staff:dossier_review", args=["hokkaido", dossier.id])
    for judge in judges:
        browser = log_in(judge)
        before = browser.get(address).content.decode()
        assert "三店で使われている" not in before
        post(browser, address, has_conflict="no", note="")
        page = browser.get(address).content.decode()
        assert "三店で使われている" in page
        assert person.family_name not in page
        assert browser.get(reverse("member:file", args=[dossier.files.get().upload_id])).status_code == 200
        assert not Award.objects.exists()
        post(browser, address, is_met="yes", criteria="利用の記録で確かめた", comment="")
    desk = log_in(two[0][0])
    post(desk, reverse("staff:dossier_action", args=["hokkaido", dossier.id, "award"]))
    award = Award.objects.get()
    assert (award.achievement, award.person, award.route) == (badge, person, "experience")
    assert "利用の記録で確かめた" in award.credential["evidence"][0]["narrative"]
    assert Letter.objects.filter(kind="badge_awarded", person=person).count() == 1


@pytest.fixture
def skill_map(hokkaido, host, two, kind, call_of):
    """Any two of three courses, and the outside certificate; the first course is open for applications."""
    by = two[0][1]
    call = call_of(hokkaido, "dx-experts")
    courses = [define(hokkaido, by, f"地域DX講座{name}", call if name == "A" else None) for name in "ABC"]
    row = actions.make_map(
        by=by, council=hokkaido, host=host, title="地域DX人材", achievement=define(hokkaido, by, "地域DX人材")
    )
    items = [NewItem("外の修了証", is_required=True, kinds=[kind])]
    items += [NewItem(one.title, achievements=[one]) for one in courses]
    draft = actions.set_items(by=by, version=paths.draft(row), least=2, items=items)
    qualifying.publish(by=by, version=draft)
    return row, courses


def give(by, person, *courses):
    for course in courses:
        actions.award_many(by=by, achievement=course, claims=[actions.Claim(person.pk)])


def test_001_36_progress_has_a_percentage_and_says_what_it_counts(hokkaido, skill_map, learner, two, log_in):
    person, account, _by = learner
    give(two[0][1], person, skill_map[1][1])
    page = log_in(account).get(reverse("public:skill_maps", args=["hokkaido"])).content.decode()
    assert "3のうち1（33%）" in page
    assert "バッジに必要な数のうち、もう持っている数" in page
    assert "このうち、あと1つです" in page
    home = log_in(account).get(reverse("member:home")).content.decode()
    assert "3のうち1（33%）" in home


def test_001_37_a_newcomer_sees_a_way_of_at_most_three_steps(hokkaido, skill_map, member, log_in):
    account, _by = member()
    page = log_in(account).get(reverse("public:skill_maps", args=["hokkaido"]))
    steps = page.context["way"]
    assert 0 < len(steps) <= 3
    assert "はじめのバッジまでの道" in page.content.decode()
    assert steps[0]["link"]["url"].startswith("/c/hokkaido/calls/")
    assert "はじめのバッジまでの道" in log_in(account).get(reverse("member:home")).content.decode()


def test_001_49_any_two_of_three_and_the_certificate_give_the_badge_by_themselves(
    skill_map, learner, checked, two, now
):
    person, _account, _by = learner
    row, courses = skill_map
    give(two[0][1], person, courses[0])
    assert qualifying.qualify_due(by=two[0][1]) == 0
    give(two[0][1], person, courses[2])
    assert ticking.tick(now).counts["maps_met"] == 1
    assert ticking.tick(now).counts["maps_met"] == 0
    award = Award.objects.get(achievement=row.achievement)
    assert (award.person, award.route) == (person, "rule")
    assert Letter.objects.filter(kind="badge_awarded", person=person).count() == 1


def test_001_49_the_last_certificate_gives_it_at_once(skill_map, learner, paper, two):
    person, _account, _by = learner
    row, courses = skill_map
    give(two[0][1], person, *courses[:2])
    for _account_of, by in two:
        assert not Award.objects.filter(achievement=row.achievement).exists()
        certifying.check_certificate(by=by, certificate=paper)
    assert Award.objects.filter(achievement=row.achievement, person=person).exists()


def test_001_49_the_page_says_what_is_missing_and_where_it_is_given(skill_map, learner, log_in):
    _person, account, _by = learner
    page = log_in(account).get(reverse("public:skill_maps", args=["hokkaido"])).content.decode()
    assert "地域DX講座A" in page
    assert reverse("public:call", args=["hokkaido", "dx-experts"]) in page
    assert reverse("member:certificate_new", args=["hokkaido"]) in page
    assert "いま受け付けている募集はありません" in page


def test_001_49_who_earned_it_under_the_old_version_has_it_before_the_new_one(
    hokkaido, skill_map, learner, checked, two, log_in
):
    person, _account, _by = learner
    row, courses = skill_map
    give(two[0][1], person, *courses[:2])
    desk, address = log_in(two[0][0]), reverse("staff:skill_map", args=["hokkaido", row.id])
    draft = actions.new_version(by=two[0][1], skill_map=row)
    hard = define(hokkaido, two[0][1], "とても難しい講座")
    actions.set_items(
        by=two[0][1], version=draft, least=0, items=[NewItem("難関", is_required=True, achievements=[hard])]
    )
    assert desk.get(address).context["would"] == 0
    assert desk.get(address).context["due"] == 1
    post(desk, reverse("staff:skill_map_action", args=["hokkaido", row.id, "publish"]))
    assert Award.objects.filter(achievement=row.achievement, person=person).exists()
    shown = desk.get(address).context
    assert [(version.number, number) for version, number in shown["versions"]] == [(2, 0), (1, 1)]


def test_001_49_the_desk_makes_a_map_on_its_own_pages(hokkaido, two, kind, log_in):
    desk = log_in(two[0][0])
    made = post(desk, reverse("staff:skill_map_new", args=["hokkaido"]), title="現場DX人材")
    course = define(hokkaido, two[0][1], "現場講座")
    data = {
        "least": 0, "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0, "form-0-title": "講座", "form-0-is_required": "on",
        "form-0-achievements": [course.pk], "form-1-title": "修了証", "form-1-is_required": "on", "form-1-kinds": [kind.pk],
    }  # fmt: skip
    home = post(desk, made["Location"], **data)["Location"]
    page = desk.get(home)
    assert page.context["would"] == 0
    post(desk, home + "do/publish/")
    row = desk.get(home).context["row"]
    assert row.achievement.title == "現場DX人材"
    asked = paths.requirement(paths.current(row))
    assert (len(asked.required), asked.least) == (2, 0)
    assert PROFILE["family_name"] not in page.content.decode()
