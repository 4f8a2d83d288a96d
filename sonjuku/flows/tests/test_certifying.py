"""Decisions on certificates and dossiers: who is told what, what the person reads of it, what erasure leaves."""

import datetime as dt
from io import BytesIO

import pytest

from sonjuku.flows import certifying, holding
from sonjuku.flows.disposing.kinds import persons
from sonjuku.flows.ticking import tick
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Endorsement
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter


@pytest.fixture
def person(council, make_person, make_account):
    return make_person(council, account=make_account("holder@example.jp"), email="holder@example.jp")


@pytest.fixture
def me(person, at):
    return Actor(at=at, role="member", account_id=person.account_id)


@pytest.fixture
def paper(council, secretariat, person, me):
    kind = actions.accept_kind(
        by=secretariat,
        council=council,
        host=council.host,
        title="試験",
        issuer_name="試験の団体",
        is_endorsed=True,
    )
    data = b"%PDF-1.4\nx\n%%EOF"
    return actions.claim_paper(
        by=me, person=person, kind=kind, number="A-1", issued_on=dt.date(2026, 4, 1), max_bytes=9_999,
        incoming=IncomingFile("a.pdf", len(data), BytesIO(data)),
    )  # fmt: skip


@pytest.fixture
def second(council, make_staff, secretariat, at):
    account = make_staff(council, "second@hagi.example.jp")
    return Actor(
        at=at, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=account.id
    )


def letters():
    return Letter.objects.order_by("created_at", "id")


def test_nobody_is_told_of_a_first_look_and_of_the_second_once(paper, secretariat, second):
    certifying.check_certificate(by=secretariat, certificate=paper)
    assert not letters().exists()
    certifying.check_certificate(by=second, certificate=paper)
    letter = letters().get()
    assert "「試験」" in letter.subject
    assert "確認が済みました" in letter.body
    assert f"/me/certificates/{paper.id}/" in letter.body


def test_a_refusal_goes_out_with_its_reason_in_the_persons_language(paper, person, secretariat):
    person.language = "en"
    person.save()
    certifying.refuse_certificate(by=secretariat, certificate=paper, reason="番号が読めません")
    body = letters().get().body
    assert "It was not accepted." in body
    assert "番号が読めません" in body


def test_each_decision_on_an_endorsement_is_told(paper, me, secretariat, second):
    for by in (secretariat, second):
        certifying.check_certificate(by=by, certificate=paper)
    asked = actions.ask_endorsement(by=me, certificate=paper)
    certifying.refuse_endorsement(by=secretariat, endorsement=asked, reason="資料が足りません")
    later = secretariat.now(secretariat.at + dt.timedelta(minutes=1))
    certifying.endorse(by=later, endorsement=actions.ask_endorsement(by=me, certificate=paper))
    later = later.now(later.at + dt.timedelta(minutes=1))
    certifying.revoke_endorsement(by=later, endorsement=Endorsement.objects.get(), reason="誤り")
    said = [letter.body for letter in letters()]
    assert len(said) == 4
    for body, words in zip(said[1:], ("見送り", "お渡しします", "取り消されました"), strict=True):
        assert words in body


def test_the_person_reads_what_is_held_of_them(paper, person, me):
    section = next(one for one in holding.holdings(person, me) if one.name == "certificates")
    facts = {fact.name: fact.value for fact in section.items[0].facts}
    assert (facts["number"], facts["state"], facts["sha256"]) == ("A-1", "claimed", paper.sha256)
    of_a_call = next(one for one in holding.holdings(person, me, calls=[]) if one.name == "certificates")
    assert of_a_call.items == []


def test_who_waits_for_a_review_or_holds_an_endorsement_is_not_disposed_of(
    paper, person, me, secretariat, second, council
):
    from sonjuku.flows.disposing import kinds

    group = kinds.Group(council, 2026)
    _rows, reasons = kinds._persons(group, dt.date(2030, 4, 1))[0]
    assert person in kinds.erasable(persons(council), reasons)
    for by in (secretariat, second):
        certifying.check_certificate(by=by, certificate=paper)
    certifying.endorse(by=secretariat, endorsement=actions.ask_endorsement(by=me, certificate=paper))
    assert person not in kinds.erasable(persons(council), reasons)


def test_a_letter_about_an_endorsement_that_is_signed_anew_speaks_of_no_badge(
    paper, person, me, secretariat, second, at
):
    for by in (secretariat, second):
        actions.check_certificate(by=by, certificate=paper)
    asked = actions.ask_endorsement(by=me, certificate=paper)
    laid = actions.endorse(by=secretariat, endorsement=asked)
    actions.strike_key(by=secretariat, key=laid.issuer_key, reason="漏えい")
    assert [tick(at).counts["badges_signed_anew"] for _ in range(2)] == [1, 0]
    letter = letters().get()
    assert (letter.kind, letter.person) == ("endorsement_resigned", person)
    assert f"/me/certificates/{paper.id}/" in letter.body
    assert "「試験」に重ねた認定証" in letter.body
    assert "バッジ" not in letter.subject + letter.body
