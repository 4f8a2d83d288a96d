"""認定証 over certificates of others: what it says, who may see it, what becomes of it when the base goes."""

import dataclasses
import datetime as dt
import json
import uuid

import pytest

from sonjuku.protocols.openbadges import endorsing, status
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.credentials.rules.outside import carries
from sonjuku.rooms.credentials.tests.test_outside import refused
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def asked(checked, holder):
    return actions.ask_endorsement(by=holder[1], certificate=checked)


@pytest.fixture
def laid(asked, secretariat):
    return actions.endorse(by=secretariat, endorsement=asked)


@pytest.fixture
def badge(holder, learner, kind, outside_badge, secretariat, at):
    row = actions.claim_badge(
        by=holder[1], person=learner, kind=kind, data=outside_badge(until=at + dt.timedelta(days=3))
    )
    return actions.check_certificate(by=secretariat, certificate=row)


def verdict(document, at):
    return queries.verify(json.dumps(document, ensure_ascii=False).encode(), at).result


def test_over_a_paper_it_names_issuer_number_date_and_file_and_no_person(laid, checked, learner, at):
    document = laid.credential
    assert verdict(document, at) == "ok"
    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert document["id"] == laid.uri
    assert document["credentialSubject"]["id"] == checked.uri
    said = json.dumps(document, ensure_ascii=False)
    for word in ("試験の団体", "IP-2026-001", "2026-04-01", checked.sha256):
        assert word in said
    for word in (learner.family_name, learner.given_name, "holder@example.jp"):
        assert word not in said
    with checked.upload.file.open() as file:
        assert endorsing.reason_against(document, checked.uri, file.read()) == ""


def test_over_a_badge_it_names_its_id_and_its_very_bytes(badge, holder, secretariat, at):
    laid = actions.endorse(
        by=secretariat, endorsement=actions.ask_endorsement(by=holder[1], certificate=badge)
    )
    assert verdict(laid.credential, at) == "ok"
    text, uri = badge.badge_text.encode(), json.loads(badge.badge_text)["id"]
    assert laid.credential["relatedResource"][0]["digestSRI"] == endorsing.digest(text)
    assert endorsing.reason_against(laid.credential, uri, text) == ""
    assert endorsing.reason_against(laid.credential, "urn:uuid:another", text) == "other_id"
    assert endorsing.reason_against(laid.credential, uri, b"other bytes") == "other_file"


def test_only_the_holder_asks_and_only_for_what_is_checked_and_offered(
    paper, holder, secretariat, colleague, kind
):
    refused("not_checked", actions.ask_endorsement, by=holder[1], certificate=paper)
    actions.check_certificate(by=secretariat, certificate=paper)
    actions.check_certificate(by=colleague, certificate=paper)
    refused("not_own", actions.ask_endorsement, by=secretariat, certificate=paper)
    actions.change_kind(by=secretariat, kind=kind, is_endorsed=False)
    refused("not_offered", actions.ask_endorsement, by=holder[1], certificate=paper)


def test_a_no_has_a_reason_and_can_be_asked_again(asked, holder, secretariat):
    refused("no_reason", actions.refuse_endorsement, by=secretariat, endorsement=asked, reason="")
    actions.refuse_endorsement(by=secretariat, endorsement=asked, reason="番号が読めません")
    again = actions.ask_endorsement(by=holder[1], certificate=asked.certificate)
    assert (again.pk, again.state, again.reason) == (asked.pk, "asked", "")


def test_it_is_not_laid_on_what_no_longer_verifies(badge, holder, secretariat, at):
    asked = actions.ask_endorsement(by=holder[1], certificate=badge)
    later = secretariat.now(at + dt.timedelta(days=4))
    refused("base_fails", actions.endorse, by=later, endorsement=asked)
    asked.refresh_from_db()
    assert asked.credential is None


def test_it_is_not_laid_on_what_could_not_be_checked(badge, holder, secretariat, monkeypatch):
    asked = actions.ask_endorsement(by=holder[1], certificate=badge)
    monkeypatch.setattr("sonjuku.rooms.credentials.actions.layers.standing_now", lambda *_args: "unknown")
    refused("base_fails", actions.endorse, by=secretariat, endorsement=asked)


def test_whoever_holds_it_does_not_decide_it(asked, holder, secretariat):
    mine = dataclasses.replace(secretariat, account_id=holder[0].id)
    refused("own_certificate", actions.endorse, by=mine, endorsement=asked)


def test_a_revoked_base_no_longer_carries_its_layer(laid, checked, colleague):
    assert carries(checked, DAY).result == "ok"
    row = actions.revoke_certificate(by=colleague, certificate=checked, reason="取消しの知らせ")
    assert carries(row, DAY).result == "bad"


def test_a_base_that_ran_out_or_fails_or_could_not_be_checked_says_which(badge):
    assert carries(badge, DAY).result == "ok"
    assert carries(badge, DAY + dt.timedelta(days=30)).result == "bad"
    badge.standing = "unknown"
    assert carries(badge, DAY).result == "unknown"
    badge.standing = "bad"
    assert carries(badge, DAY).result == "bad"


def test_only_the_holder_shows_it_and_each_time_with_a_consent(laid, holder, secretariat, learner, at):
    anyone = Actor(at=at)
    assert outside.shown_endorsement(laid.id, anyone) is None
    refused("not_holder", actions.show_endorsement, by=secretariat, endorsement=laid, visibility="public")
    actions.show_endorsement(by=holder[1], endorsement=laid, visibility="public")
    assert outside.shown_endorsement(laid.id, anyone) == laid
    consent = Consent.objects.get(about_id=laid.id)
    assert consent.holds
    actions.show_endorsement(by=holder[1], endorsement=laid, visibility="private")
    consent.refresh_from_db()
    assert not consent.holds
    assert outside.shown_endorsement(laid.id, anyone) is None


def test_an_endorsement_is_no_base_for_another(laid, holder, learner, kind):
    data = json.dumps(laid.credential).encode()
    with pytest.raises(Refused) as error:
        actions.claim_badge(by=holder[1], person=learner, kind=kind, data=data)
    assert error.value.code == "no_id"


def test_the_verify_page_knows_the_council_that_laid_it(laid, council, at):
    report = queries.verify(json.dumps(laid.credential).encode(), at)
    assert (report.result, report.council) == ("ok", council)


def test_a_badge_of_our_own_below_is_flagged_once_it_is_revoked(award, holder, kind, secretariat, at):
    """Our lists are read: a base of ours that holds is fine, one that was revoked or suspended is not."""
    text = queries.wire_text(award).encode()
    base = actions.claim_badge(by=holder[1], person=award.person, kind=kind, data=text)
    base = actions.check_certificate(by=secretariat, certificate=base)
    assert base.standing == "ok"
    laid = actions.endorse(
        by=secretariat, endorsement=actions.ask_endorsement(by=holder[1], certificate=base)
    )
    actions.change_status(by=secretariat, award=award, kind="suspend", reason="確認中")
    assert outside.standing_now(base, at) == "bad"
    actions.change_status(by=secretariat, award=award, kind="reinstate", reason="確かめた")
    assert outside.standing_now(base, at) == "ok"
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="別の人に渡していた")
    base.standing = outside.standing_now(base, at)
    assert carries(base, DAY).result == "bad"
    assert laid.credential is not None


def test_an_endorsement_that_was_taken_back_says_so_where_its_file_is_checked(laid, secretariat, at):
    file = json.dumps(laid.credential).encode()
    assert queries.verify(file, at).result == "ok"
    actions.revoke_endorsement(by=secretariat, endorsement=laid, reason="取り違え")
    found = {one.name: one.result for one in queries.verify(file, at).findings}
    assert (found["proof"], found["status"]) == ("ok", "bad")


def told(credential, council, at):
    """What the list that it names says, as others read it."""
    url = credential["credentialStatus"]["statusListCredential"]
    row = queries.status_list(council, uuid.UUID(url.split("/")[-2]), "revocation")
    return status.status_of(credential, {url: row.revocation}, at)


def test_it_has_a_place_in_a_list_that_says_when_it_was_taken_back(laid, council, secretariat, at):
    assert told(laid.credential, council, at) == ""
    before = verdict(laid.credential, at)
    actions.revoke_endorsement(by=secretariat, endorsement=laid, reason="取り違え")
    assert told(laid.credential, council, at) == "revoked"
    assert (before, verdict(laid.credential, at)) == ("ok", "bad")


def test_what_a_struck_key_signed_is_signed_anew_unless_it_was_taken_back(laid, council, secretariat, at):
    old = laid.credential
    new = actions.strike_key(by=secretariat, key=laid.issuer_key, reason="漏えい")
    assert told(old, council, at) == "revoked"
    [row] = actions.resign_endorsements(by=secretariat.now(at + dt.timedelta(days=3)), size=5)
    at += dt.timedelta(days=3)
    row.refresh_from_db()
    kept = ("id", "name", "validFrom", "credentialSubject", "relatedResource", "evidence")
    assert [row.credential[name] for name in kept] == [old[name] for name in kept]
    assert (row.issuer_key, told(row.credential, council, at)) == (new, "")
    assert [verdict(each, at) for each in (old, row.credential)] == ["bad", "ok"]
    assert actions.resign_endorsements(by=secretariat, size=5) == []
    actions.revoke_endorsement(by=secretariat, endorsement=row, reason="取り違え")
    actions.strike_key(by=secretariat, key=new, reason="漏えい")
    assert actions.resign_endorsements(by=secretariat, size=5) == []
