import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused


@pytest.fixture
def guardian_actor(at: Any) -> Actor:
    return Actor(at=at, role="guardian")


@pytest.fixture
def ask(council: Any, make_person: Any, at: Any) -> Any:
    person = make_person(council, date_of_birth=dt.date(2009, 5, 1))
    about_id = uuid7()
    by = Actor(at=at, role="member")
    guardian = actions.name_guardian(
        by=by, person=person, name="見本 親", relation="母", email="oya@example.jp", phone=""
    )

    def ask(**fields: Any) -> Consent:
        base = {
            "by": by,
            "person": person,
            "purpose": "guardian",
            "about_id": about_id,
            "text": "受講に同意します。",
            "text_version": "2026-11",
            "receivers": ["萩グローバルIT人材育成協議会"],
            "items": ["氏名", "連絡先"],
            "due_at": at + dt.timedelta(days=7),
            "guardian": guardian,
        }
        return actions.ask_consent(**{**base, **fields})

    return ask


def test_the_guardian_has_another_address_than_the_minor(council: Any, make_person: Any, at: Any) -> None:
    person = make_person(council, email="taro@example.jp")
    with pytest.raises(Refused, match="same_address"):
        actions.name_guardian(
            by=Actor(at=at, role="member"),
            person=person,
            name="見本 親",
            relation="父",
            email="Taro+oya@example.jp",
            phone="",
        )
    assert not person.guardians.exists()


def test_asking_twice_is_asking_once(ask: Any) -> None:
    assert ask().pk == ask().pk
    assert Entry.objects.filter(verb="consent.asked").count() == 1


def test_yes_holds_says_who_when_and_how_and_cannot_be_turned(ask: Any, guardian_actor: Any) -> None:
    consent = actions.answer_consent(
        by=guardian_actor, consent=ask(), given=True, channel="mail", name="見本 母", relation="母"
    )
    assert consent.holds
    assert (consent.given_by, consent.given_at, consent.channel) == ("guardian", guardian_actor.at, "mail")
    consent.guardian.refresh_from_db()
    assert (consent.guardian.checked, consent.guardian.name) == ("declared", "見本 母")
    actions.answer_consent(by=guardian_actor, consent=consent, given=True, channel="qr")
    with pytest.raises(Refused, match="consent_answered"):
        actions.answer_consent(by=guardian_actor, consent=consent, given=False, channel="qr")
    assert Entry.objects.filter(verb="consent.given").count() == 1


def test_no_is_an_answer(ask: Any, guardian_actor: Any, at: Any) -> None:
    consent = actions.answer_consent(by=guardian_actor, consent=ask(), given=False, channel="mail")
    assert not consent.holds
    assert not consent.is_overdue(at + dt.timedelta(days=30))
    with pytest.raises(Refused, match="consent_answered"):
        actions.answer_consent(by=guardian_actor, consent=consent, given=True, channel="mail")


def test_a_signed_paper_names_the_staff_member_who_entered_it(ask: Any, secretariat: Any) -> None:
    consent = actions.answer_consent(
        by=secretariat, consent=ask(), given=True, channel="paper", checked="paper"
    )
    assert consent.entered_by == secretariat.account_id
    consent.guardian.refresh_from_db()
    assert (consent.guardian.checked, consent.guardian.checked_by) == ("paper", secretariat.account_id)


def test_a_withdrawal_ends_it_keeps_it_and_lets_it_be_asked_anew(ask: Any, guardian_actor: Any) -> None:
    consent = actions.answer_consent(by=guardian_actor, consent=ask(), given=True, channel="mail")
    ended = actions.withdraw_consent(by=guardian_actor, consent=consent)
    actions.withdraw_consent(by=guardian_actor.now(guardian_actor.at + dt.timedelta(days=1)), consent=consent)
    assert not ended.holds
    assert Consent.objects.get(pk=consent.pk).withdrawn_at == guardian_actor.at
    with pytest.raises(Refused, match="consent_withdrawn"):
        actions.answer_consent(by=guardian_actor, consent=consent, given=True, channel="mail")
    later = Actor(at=guardian_actor.at + dt.timedelta(days=1), role="member")
    anew = ask(by=later)
    assert anew.pk != consent.pk
    assert queries.consent_for(consent.about_id, "guardian") == anew


def test_an_unanswered_consent_is_overdue_from_its_due_instant_on(ask: Any, at: Any) -> None:
    consent = ask(due_at=at)
    assert consent.is_overdue(at)
    assert not consent.is_overdue(at - dt.timedelta(microseconds=1))


def test_a_guardians_account_finds_what_it_was_asked_and_nothing_that_was_withdrawn(
    ask: Any, guardian_actor: Any, make_account: Any
) -> None:
    consent = ask()
    account = make_account("oya@example.jp")
    assert not queries.guardian_requests(account).exists()
    consent.guardian.account = account
    consent.guardian.save()
    assert list(queries.guardian_requests(account)) == [consent]
    actions.withdraw_consent(by=guardian_actor, consent=consent)
    assert not queries.guardian_requests(account).exists()
