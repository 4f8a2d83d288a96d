import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.refusals import Refused

FIELDS = {
    "family_name": " 髙橋󠄁 ",
    "given_name": "花子",
    "family_name_kana": "たかはし",
    "given_name_kana": "ﾊﾅｺ",
    "date_of_birth": dt.date(2009, 5, 1),
    "lg_code": "352047",
}


@pytest.fixture
def member(at: Any, make_account: Any) -> Any:
    account = make_account("hanako@example.jp")
    return account, Actor(at=at, role="member", account_id=account.id)


def test_kana_is_folded_and_the_kanji_stay_as_typed(member: Any, council: Any) -> None:
    account, actor = member
    person = actions.save_profile(by=actor, council=council, account=account, fields=FIELDS)
    person.refresh_from_db()
    assert (person.family_name_kana, person.given_name_kana) == ("タカハシ", "ハナコ")
    assert person.family_name == "髙橋󠄁"
    assert person.email == "hanako@example.jp"


def test_a_reading_in_kanji_is_refused_and_nothing_is_written(member: Any, council: Any) -> None:
    account, actor = member
    with pytest.raises(Refused) as refused:
        actions.save_profile(
            by=actor, council=council, account=account, fields={**FIELDS, "family_name_kana": "高橋"}
        )
    assert refused.value.code == "kana"
    assert not Person.objects.exists()


def test_saving_again_changes_the_one_record_and_journals_names_only(member: Any, council: Any) -> None:
    account, actor = member
    first = actions.save_profile(by=actor, council=council, account=account, fields=FIELDS)
    again = actions.save_profile(
        by=actor, council=council, account=account, fields={**FIELDS, "employer": "見本社"}
    )
    assert again.pk == first.pk
    entry = Entry.objects.get(verb="profile.changed")
    assert entry.field_names == ["employer"]
    assert entry.for_person_id == first.id
    actions.save_profile(by=actor, council=council, account=account, fields=FIELDS)
    assert Entry.objects.filter(verb="profile.changed").count() == 1


def test_each_council_keeps_its_own_record_and_the_newest_fills_the_next_form(
    member: Any, council: Any, other_council: Any
) -> None:
    account, actor = member
    assert queries.latest_profile(account) == {}
    one = actions.save_profile(by=actor, council=council, account=account, fields=FIELDS)
    two = actions.save_profile(
        by=actor, council=other_council, account=account, fields={**FIELDS, "given_name": "ハナ"}
    )
    assert one.pk != two.pk
    assert queries.latest_profile(account)["given_name"] == "ハナ"
    assert queries.person_of(account, council) == one


def test_a_paper_record_is_claimed_once(
    member: Any, council: Any, secretariat: Any, make_account: Any
) -> None:
    account, actor = member
    person = actions.add_person(by=secretariat, council=council, fields=FIELDS)
    assert person.account is None
    actions.claim_person(by=actor, person=person, account=account)
    actions.claim_person(by=actor, person=person, account=account)
    with pytest.raises(Refused, match="claimed"):
        actions.claim_person(by=actor, person=person, account=make_account("other@example.jp"))
    second = actions.add_person(by=secretariat, council=council, fields=FIELDS)
    with pytest.raises(Refused, match="has_record"):
        actions.claim_person(by=actor, person=second, account=account)


def test_staff_of_another_council_write_nothing(secretariat: Any, other_council: Any) -> None:
    with pytest.raises(Refused, match="other_council"):
        actions.add_person(by=secretariat, council=other_council, fields=FIELDS)


def test_a_member_sees_their_own_records_and_staff_see_none_by_office(
    member: Any, council: Any, make_person: Any, secretariat: Any
) -> None:
    account, actor = member
    mine = actions.save_profile(by=actor, council=council, account=account, fields=FIELDS)
    make_person(council)
    assert list(queries.persons_visible_to(actor)) == [mine]
    assert not queries.persons_visible_to(secretariat).exists()
    assert not queries.persons_visible_to(Actor(at=actor.at)).exists()
    assert not queries.persons_visible_to(Actor(at=actor.at, role="member")).exists()


def test_a_tie_is_written_once(member: Any, council: Any, make_person: Any) -> None:
    _account, actor = member
    person = make_person(council)
    for _ in range(2):
        actions.add_tie(by=actor, person=person, kind="origin", lg_code="352047")
    tie = person.ties.get()
    assert tie.since == actor.at
