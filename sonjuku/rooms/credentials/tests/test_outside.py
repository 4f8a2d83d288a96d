"""Certificates of others: a badge by its proof, a paper by two people, and what counts."""

import base64
import dataclasses
import datetime as dt
import hashlib
import json

import pytest

from sonjuku.protocols.openbadges import baking, image
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import OutsideCertificate
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused


def refused(code, action, **values):
    with pytest.raises(Refused) as error:
        action(**values)
    assert error.value.code == code


def claim(holder, learner, kind, data):
    return actions.claim_badge(by=holder[1], person=learner, kind=kind, data=data)


def test_a_badge_that_names_issuer_and_holder_is_checked_by_its_proof(
    holder, learner, kind, outside_badge, outside_key, secretariat, at
):
    actions.change_kind(by=secretariat, kind=kind, issuer_uri=outside_key.did)
    data = outside_badge()
    row = claim(holder, learner, kind, data)
    assert (row.state, row.standing, row.is_holders, row.is_verified) == ("checked", "ok", True, True)
    document = json.loads(data)
    assert (row.badge_uri, row.badge_issuer) == (document["id"], document["issuer"]["id"])
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert row.digest_sri == "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()
    assert row.upload.file.read() == data
    assert queries.credentials_held(learner, dt.date(2026, 11, 20)) == {kind.uri}


@pytest.mark.parametrize("what", ["issuer_unknown", "other_holder", "other_achievement"])
def test_else_a_badge_waits_for_somebody_to_look(
    what, holder, learner, kind, outside_badge, outside_key, secretariat
):
    if what != "issuer_unknown":
        actions.change_kind(by=secretariat, kind=kind, issuer_uri=outside_key.did)
    if what == "other_achievement":
        actions.change_kind(by=secretariat, kind=kind, achievement_uri="urn:uuid:another")
    data = outside_badge(email="somebody@example.jp") if what == "other_holder" else outside_badge()
    row = claim(holder, learner, kind, data)
    assert row.state == "claimed"
    assert queries.credentials_held(learner) == set()
    assert actions.check_certificate(by=secretariat, certificate=row).state == "checked"
    assert queries.credentials_held(learner) == {kind.uri}


def test_a_baked_badge_keeps_the_digest_of_the_credential_inside(holder, learner, kind, outside_badge):
    text = outside_badge().decode()
    row = claim(holder, learner, kind, baking.bake_png(image.badge_png("題", "発行", "#123456"), text))
    assert row.badge_text == text
    assert row.digest_sri == "sha384-" + base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()
    assert row.upload.mime == "image/png"


def test_a_tampered_badge_is_refused_and_nothing_is_kept(holder, learner, kind, outside_badge):
    forged = outside_badge().replace("合格した。".encode(), "首席で合格した。".encode())
    refused("not_genuine", actions.claim_badge, by=holder[1], person=learner, kind=kind, data=forged)
    assert not OutsideCertificate.objects.exists()
    assert not Upload.objects.exists()


def test_an_expired_badge_is_refused(holder, learner, kind, outside_badge, at):
    refused(
        "not_genuine", actions.claim_badge, by=holder[1], person=learner, kind=kind, data=outside_badge(until=at)
    )  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"hello", b"{", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>"])
def test_what_is_no_badge_is_refused(data, holder, learner, kind):
    refused("unreadable", actions.claim_badge, by=holder[1], person=learner, kind=kind, data=data)


def test_a_badge_is_handed_in_once(holder, learner, kind, outside_badge):
    data = outside_badge()
    claim(holder, learner, kind, data)
    refused("already_claimed", actions.claim_badge, by=holder[1], person=learner, kind=kind, data=data)


def test_a_paper_needs_two_pairs_of_eyes(paper, learner, secretariat, colleague):
    first = actions.check_certificate(by=secretariat, certificate=paper)
    assert (first.state, first.first_by_id) == ("claimed", secretariat.account_id)
    refused("same_eyes", actions.check_certificate, by=secretariat, certificate=paper)
    assert queries.credentials_held(learner) == set()
    done = actions.check_certificate(by=colleague, certificate=paper)
    assert (done.state, done.checked_by_id) == ("checked", colleague.account_id)
    assert queries.credentials_held(learner) == {paper.kind.uri}
    refused("wrong_state", actions.check_certificate, by=colleague, certificate=paper)


def test_nobody_checks_their_own(paper, holder, secretariat):
    mine = dataclasses.replace(secretariat, account_id=holder[0].id)
    refused("own_certificate", actions.check_certificate, by=mine, certificate=paper)


def test_only_the_body_that_accepts_it_sees_and_checks_it(paper, council, secretariat):
    body = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    chamber = dataclasses.replace(secretariat, body_id=body.id)
    assert not outside.certificates_visible_to(chamber).exists()
    assert list(outside.certificates_visible_to(secretariat)) == [paper]
    refused("other_body", actions.check_certificate, by=chamber, certificate=paper)


def test_a_certificate_counts_to_the_end_of_its_last_day(checked, learner):
    OutsideCertificate.objects.filter(pk=checked.pk).update(valid_until=dt.date(2026, 12, 31))
    assert queries.credentials_held(learner, dt.date(2026, 12, 31)) == {checked.kind.uri}
    assert queries.credentials_held(learner, dt.date(2027, 1, 1)) == set()


def test_a_refusal_and_a_revocation_say_why(paper, checked, learner, colleague):
    refused("no_reason", actions.revoke_certificate, by=colleague, certificate=checked, reason=" ")
    row = actions.revoke_certificate(by=colleague, certificate=checked, reason="発行者が取り消した")
    assert (row.state, row.reason) == ("revoked", "発行者が取り消した")
    assert queries.credentials_held(learner) == set()


def test_the_same_number_of_somebody_else_is_pointed_out(
    paper, kind, pdf, make_person, make_account, council, at
):
    assert not outside.same_elsewhere(paper)
    account = make_account("other@example.jp")
    other = make_person(council, account=account)
    by = dataclasses.replace(_member(at), account_id=account.id)
    twin = actions.claim_paper(
        by=by, person=other, kind=kind, number="IP-2026-001", issued_on=dt.date(2026, 4, 1), incoming=pdf(b"x"),
        max_bytes=10_000,
    )  # fmt: skip
    assert outside.same_elsewhere(paper)
    assert outside.same_elsewhere(twin)


def _member(at):
    from sonjuku.rooms.journal.models import Actor

    return Actor(at=at, role="member")


def test_dates_that_cannot_be_are_refused(holder, learner, kind, pdf):
    values = {"by": holder[1], "person": learner, "kind": kind, "number": "1", "max_bytes": 10_000}
    refused("in_future", actions.claim_paper, **values, issued_on=dt.date(2026, 11, 21), incoming=pdf())
    refused(
        "bad_days", actions.claim_paper, **values, issued_on=dt.date(2026, 4, 1), valid_until=dt.date(2026, 3, 31),
        incoming=pdf(),
    )  # fmt: skip


def test_nobody_hands_in_for_another(holder, make_person, council, kind, outside_badge):
    other = make_person(council)
    refused("not_own", actions.claim_badge, by=holder[1], person=other, kind=kind, data=outside_badge())


def test_the_holder_takes_it_back_with_its_file(paper, holder, learner, make_account, at):
    stranger = dataclasses.replace(_member(at), account_id=make_account("s@example.jp").id)
    refused("not_own", actions.drop_certificate, by=stranger, certificate=paper)
    actions.drop_certificate(by=holder[1], certificate=paper)
    assert not OutsideCertificate.objects.exists()
    assert not Upload.objects.exists()


def test_a_day_later_a_badge_is_looked_at_again(
    holder, learner, kind, outside_badge, secretariat, system, at
):
    row = claim(holder, learner, kind, outside_badge(until=at + dt.timedelta(days=3)))
    actions.check_certificate(by=secretariat, certificate=row)
    assert actions.look_again(by=system.now(at + dt.timedelta(hours=23))) == 0
    assert actions.look_again(by=system.now(at + dt.timedelta(days=2))) == 0
    row.refresh_from_db()
    assert (row.standing, row.standing_at) == ("ok", at + dt.timedelta(days=2))
    assert actions.look_again(by=system.now(at + dt.timedelta(days=4))) == 1
    row.refresh_from_db()
    assert row.standing == "bad"
    assert not row.is_verified
    assert queries.credentials_held(learner) == set()
    entry = Entry.objects.get(verb="certificate.looked_again")
    assert (entry.for_person_id, entry.council_id) == (learner.id, kind.council_id)


def test_a_kept_text_that_cannot_be_read_any_more_is_unknown_and_never_fine(
    holder, learner, kind, outside_badge, at
):
    row = claim(holder, learner, kind, outside_badge())
    row.badge_text = "unreadable"
    standing, report = outside.look_at(row, at)
    assert standing == "unknown"
    assert report.result == "unknown"
