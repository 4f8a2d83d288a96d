"""The record of everything one holds of a council: sealed by the council, each member with its own proof."""

import dataclasses
import json

import pytest

from sonjuku.protocols.openbadges import build, endorsing, proofs, records
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award, IssuerKey, StatusList
from sonjuku.rooms.people.models import Body, Person
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(holder):
    return holder[1]


def loaded(person):
    return Person.objects.select_related("council", "account").get(pk=person.pk)


def sealed(me, person):
    return json.loads(json.dumps(actions.learner_record(by=me, person=loaded(person))))


@pytest.fixture
def by_body(council, secretariat, award):
    """A second badge of the same person, signed by a member body."""
    body = Body.objects.filter(council=council).first()
    badge = actions.define_achievement(
        by=secretariat, council=council, title="商工会議所の講座", description="学んだ。", criteria="修了。", issuer_body=body
    )  # fmt: skip
    return actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(award.person.pk)])[0]


def test_the_council_seals_badges_of_all_its_bodies(award, by_body, me, council):
    record = sealed(me, award.person)
    assert records.verify(record, me.at).ok
    assert records.members_of(record) == [award.credential, by_body.credential]
    issuers = [one["issuer"]["id"] for one in records.members_of(record)]
    assert record["issuer"]["id"] == issuers[0] != issuers[1]
    assert record["issuer"]["name"] == council.title
    assert build.belongs_to(record, "holder@example.jp")
    unlisted = {
        check.name
        for one in records.members_of(record)
        for check in proofs.verify(one, me.at).checks
        if not check.ok
    }
    assert unlisted == {"status"}  # which lists answer, not the file


def test_an_endorsement_goes_along(checked, learner, me, secretariat, achievement):
    badge = actions.award_many(by=secretariat, achievement=achievement, claims=[actions.Claim(learner.pk)])[0]
    asked = actions.ask_endorsement(by=me, certificate=checked)
    laid = actions.endorse(by=secretariat, endorsement=asked)
    assert records.members_of(sealed(me, learner)) == [badge.credential, laid.credential]
    found = proofs.verify(laid.credential, me.at, types=(endorsing.ENDORSEMENT,))
    assert [check.name for check in found.checks if not check.ok] == ["status"]
    actions.revoke_endorsement(by=secretariat, endorsement=laid, reason="誤り")
    assert records.members_of(sealed(me, learner)) == [badge.credential]


def test_what_was_revoked_stays_behind(award, by_body, me, secretariat):
    actions.change_status(by=secretariat, award=by_body, kind="revoke", reason="誤り")
    assert records.members_of(sealed(me, award.person)) == [award.credential]


def test_a_suspended_badge_is_in_it_and_its_list_says_so(award, me, secretariat):
    actions.change_status(by=secretariat, award=award, kind="suspend", reason="確認")
    assert records.members_of(sealed(me, award.person)) == [award.credential]


def test_nothing_held_makes_no_record(me, learner):
    with pytest.raises(Refused) as refused:
        actions.learner_record(by=me, person=loaded(learner))
    assert refused.value.code == "nothing_held"


def test_what_a_struck_key_signed_waits_to_be_signed_anew(award, by_body, me, secretariat):
    actions.strike_key(by=secretariat, key=award.issuer_key, reason="もれた")
    assert records.members_of(sealed(me, award.person)) == [by_body.credential]
    actions.resign_next(by=dataclasses.replace(secretariat, role="system"), size=10)
    award.refresh_from_db()
    assert award.credential in records.members_of(sealed(me, award.person))


def test_a_council_that_only_its_bodies_signed_for_gets_its_key(by_body, award, me, secretariat):
    Award.objects.filter(pk=award.pk).delete()
    StatusList.objects.filter(issuer_key__body=None).delete()
    IssuerKey.objects.filter(body=None).delete()
    record = sealed(me, by_body.person)
    assert records.verify(record, me.at).ok
    assert record["issuer"]["id"] == IssuerKey.objects.get(body=None).did
