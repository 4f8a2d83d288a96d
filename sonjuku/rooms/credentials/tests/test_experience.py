"""The experience route: evidence, two reviewers with declared interests, the same badge."""

import dataclasses
import datetime as dt
import json

import pytest

from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award, Dossier
from sonjuku.rooms.credentials.queries import experience
from sonjuku.rooms.credentials.tests.test_outside import refused
from sonjuku.rooms.people.models import Body

WHAT = {
    "what": "商店街の在庫管理を電子化した", "place": "萩市", "starts_on": dt.date(2023, 4, 1), "ends_on": None,
    "statement": "三つの店で使われています。",
}  # fmt: skip


@pytest.fixture
def route(achievement, council, secretariat):
    return actions.open_route(
        by=secretariat, achievement=achievement, host=council.host, guidance="業務で6か月以上使われていること"
    )


@pytest.fixture
def submit(route, learner, holder):
    def make(**fields):
        values = {**WHAT, "person": learner, "links": ["https://example.jp/evidence"], **fields}
        return actions.submit_dossier(by=holder[1], route=route, max_bytes=10_000, **values)

    return make


@pytest.fixture
def dossier(submit, pdf):
    return submit(files=[pdf()])


@pytest.fixture
def reviewers(council, make_staff, secretariat):
    found = []
    for number in range(3):
        account = make_staff(council, f"judge{number}@example.jp", "reviewer")
        found.append(dataclasses.replace(secretariat, role="reviewer", account_id=account.id))
    return found


def judge(reviewer, dossier, is_met, criteria="6か月以上の利用を記録で確かめた"):
    actions.declare_dossier(by=reviewer, dossier=dossier, has_conflict=False)
    return actions.judge_dossier(by=reviewer, dossier=dossier, is_met=is_met, criteria=criteria)


def test_two_reviewers_give_the_same_badge_with_its_route_and_their_criteria(
    dossier, reviewers, achievement, secretariat, learner, at
):
    judge(reviewers[0], dossier, True, "利用の記録を見た")
    refused("not_agreed", actions.award_dossier, by=secretariat, dossier=dossier)
    judge(reviewers[1], dossier, True, "店主の話を聞いた")
    award = actions.award_dossier(by=secretariat, dossier=dossier)
    assert (award.route, award.achievement, award.person) == ("experience", achievement, learner)
    assert queries.verify(queries.wire_text(award).encode(), at).result == "ok"
    subject = award.credential["credentialSubject"]
    assert subject["achievement"]["id"] == achievement.uri
    for word in ("route=experience", "商店街の在庫管理", "利用の記録を見た", "店主の話を聞いた"):
        assert word in award.credential["evidence"][0]["narrative"]
    assert "三つの店" not in json.dumps(award.credential, ensure_ascii=False)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.award) == ("awarded", award)
    refused("wrong_state", actions.award_dossier, by=secretariat, dossier=dossier)


def test_an_interest_is_declared_first_and_takes_the_word_away(dossier, reviewers, secretariat):
    refused(
        "undeclared", actions.judge_dossier, by=reviewers[0], dossier=dossier, is_met=True, criteria="見た"
    )
    actions.declare_dossier(by=reviewers[0], dossier=dossier, has_conflict=True, note="取引先")
    refused("conflict", actions.judge_dossier, by=reviewers[0], dossier=dossier, is_met=True, criteria="見た")
    judge(reviewers[1], dossier, True)
    refused("not_agreed", actions.award_dossier, by=secretariat, dossier=dossier)


def test_an_interest_found_later_takes_back_what_was_said(dossier, reviewers, secretariat):
    judge(reviewers[0], dossier, True)
    judge(reviewers[1], dossier, True)
    actions.declare_dossier(by=reviewers[1], dossier=dossier, has_conflict=True, note="親族だった")
    refused("not_agreed", actions.award_dossier, by=secretariat, dossier=dossier)


def test_where_two_differ_a_third_decides(dossier, reviewers, secretariat):
    judge(reviewers[0], dossier, True)
    judge(reviewers[1], dossier, False)
    refused("not_agreed", actions.award_dossier, by=secretariat, dossier=dossier)
    refused("not_agreed", actions.refuse_dossier, by=secretariat, dossier=dossier, reason="足りない")
    judge(reviewers[2], dossier, False)
    refused("no_reason", actions.refuse_dossier, by=secretariat, dossier=dossier, reason="")
    row = actions.refuse_dossier(by=secretariat, dossier=dossier, reason="利用の期間が分かりません")
    assert row.state == "refused"
    assert not Award.objects.exists()


def test_one_reviewer_twice_is_one_word(dossier, reviewers, secretariat):
    judge(reviewers[0], dossier, True)
    judge(reviewers[0], dossier, True)
    refused("not_agreed", actions.award_dossier, by=secretariat, dossier=dossier)


def test_nobody_reviews_their_own_and_no_other_body_reviews(dossier, reviewers, holder, council):
    mine = dataclasses.replace(reviewers[0], account_id=holder[0].id)
    refused("not_reviewer", actions.declare_dossier, by=mine, dossier=dossier, has_conflict=False)
    body = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    other = dataclasses.replace(reviewers[0], body_id=body.id)
    refused("not_reviewer", actions.declare_dossier, by=other, dossier=dossier, has_conflict=False)
    assert list(experience.dossiers_for_review(reviewers[0])) == [dossier]


def test_the_desk_never_judges(dossier, secretariat):
    refused("not_reviewer", actions.declare_dossier, by=secretariat, dossier=dossier, has_conflict=False)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"links": []}, "no_evidence"),
        ({"links": ["javascript:alert(1)"]}, "bad_link"),
        ({"links": ["https://example.jp/"] * 11}, "too_much"),
        ({"starts_on": dt.date(2027, 1, 1)}, "bad_days"),
        ({"ends_on": dt.date(2023, 3, 31)}, "bad_days"),
    ],
)
def test_what_is_not_taken(submit, fields, code):
    refused(code, submit, **fields)
    assert not Dossier.objects.exists()


def test_one_dossier_for_a_badge_at_a_time(dossier, submit, holder, secretariat):
    refused("already_sent", submit)
    actions.withdraw_dossier(by=holder[1], dossier=dossier)
    assert submit().state == "submitted"


def test_whoever_holds_the_badge_needs_no_dossier(submit, learner, achievement, secretariat):
    actions.award_many(by=secretariat, achievement=achievement, claims=[actions.Claim(learner.pk)])
    refused("already_held", submit)


def test_a_closed_route_takes_no_more(route, submit, secretariat):
    actions.change_route(by=secretariat, route=route, is_open=False)
    refused("not_open", submit)


def test_whose_badge_was_revoked_may_be_recognised_anew_and_only_by_reviewers(
    achievement, learner, submit, reviewers, secretariat, at
):
    give = {"by": secretariat, "achievement": achievement, "claims": [actions.Claim(learner.pk)]}
    [old] = actions.award_many(**give)
    actions.change_status(by=secretariat, award=old, kind="suspend", reason="確認中")
    refused("suspended", submit)
    actions.change_status(by=secretariat, award=old, kind="revoke", reason="名簿の取り違え")
    assert actions.award_many(**give) == [], "no list gives back what was revoked"
    dossier = submit()
    for reviewer in reviewers[:2]:
        judge(reviewer, dossier, True)
    new = actions.award_dossier(by=secretariat, dossier=dossier)
    old.refresh_from_db()
    assert (new.status, new.route, old.status) == ("valid", "experience", "revoked")
    assert [queries.verify(queries.wire_text(each).encode(), at).result for each in (new, old)] == [
        "ok",
        "bad",
    ]
    assert actions.award_many(**give) == []
    refused("already_held", submit)


def test_who_has_the_next_turn(dossier, reviewers):
    for reviewer in reviewers[:2]:
        assert experience.decided([dossier]) == set()
        assert list(experience.unjudged(reviewer)) == [dossier]
        actions.declare_dossier(by=reviewer, dossier=dossier, has_conflict=False)
        assert experience.unjudged(reviewer).exists()
        judge(reviewer, dossier, False)
        assert not experience.unjudged(reviewer).exists()
    actions.declare_dossier(by=reviewers[2], dossier=dossier, has_conflict=True)
    assert not experience.unjudged(reviewers[2]).exists()
    assert experience.decided([dossier]) == {dossier.pk}
    dossier.state = Dossier.State.REFUSED
    assert experience.decided([dossier]) == set()
