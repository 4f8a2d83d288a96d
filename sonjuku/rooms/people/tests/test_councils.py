import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Body, GuardianRule, Role
from sonjuku.toolbox.refusals import Refused

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def administrator(secretariat: Any) -> Actor:
    return Actor(
        at=secretariat.at,
        role="administrator",
        body_id=secretariat.body_id,
        council_id=secretariat.council_id,
        account_id=secretariat.account_id,
    )


def test_a_role_for_april_is_unseen_before(administrator: Any, council: Any, make_account: Any) -> None:
    account = make_account("new@example.jp")
    actions.grant_role(
        by=administrator,
        account=account,
        body=council.host,
        kind="secretariat",
        starts_on=dt.date(2027, 4, 1),
    )
    assert queries.roles_of(account, council, dt.date(2027, 3, 31)) == []
    assert [role.kind for role in queries.roles_of(account, council, dt.date(2027, 4, 1))] == ["secretariat"]


def test_a_role_holds_on_its_last_day_and_not_after(
    administrator: Any, council: Any, make_account: Any
) -> None:
    account = make_account("old@example.jp")
    role = actions.grant_role(
        by=administrator,
        account=account,
        body=council.host,
        kind="secretariat",
        starts_on=dt.date(2026, 4, 1),
    )
    actions.end_role(by=administrator, role=role, on=dt.date(2027, 3, 31))
    assert len(queries.roles_of(account, council, dt.date(2027, 3, 31))) == 1
    assert queries.roles_of(account, council, dt.date(2027, 4, 1)) == []


def test_the_last_administrator_stays_until_the_next_one_is_prepared(
    administrator: Any, council: Any, staff_account: Any, make_account: Any
) -> None:
    role = Role.objects.get(account=staff_account, kind="administrator")
    with pytest.raises(Refused, match="last_administrator"):
        actions.end_role(by=administrator, role=role, on=DAY)
    successor = actions.grant_role(
        by=administrator,
        account=make_account("next@example.jp"),
        body=council.host,
        kind="administrator",
        starts_on=dt.date(2027, 4, 1),
    )
    with pytest.raises(Refused, match="last_administrator"):
        actions.end_role(by=administrator, role=role, on=dt.date(2027, 3, 30))
    actions.end_role(by=administrator, role=role, on=dt.date(2027, 3, 31))
    with pytest.raises(Refused, match="last_administrator"):
        actions.end_role(by=administrator, role=successor, on=dt.date(2027, 3, 31))


def test_a_disabled_account_does_not_count_as_the_other_administrator(
    administrator: Any, council: Any, staff_account: Any, make_account: Any
) -> None:
    actions.grant_role(
        by=administrator,
        account=make_account("gone@example.jp", is_active=False),
        body=council.host,
        kind="administrator",
        starts_on=dt.date(2026, 4, 1),
    )
    role = Role.objects.get(account=staff_account, kind="administrator")
    with pytest.raises(Refused, match="last_administrator"):
        actions.end_role(by=administrator, role=role, on=DAY)


def test_a_prepared_role_that_never_begins_is_removed(
    administrator: Any, council: Any, make_account: Any
) -> None:
    role = actions.grant_role(
        by=administrator,
        account=make_account("new@example.jp"),
        body=council.host,
        kind="reviewer",
        starts_on=dt.date(2027, 4, 1),
    )
    assert actions.end_role(by=administrator, role=role, on=DAY) is None
    assert not Role.objects.filter(pk=role.pk).exists()


def test_the_secretariat_moves_to_another_office_and_both_terms_stay(
    administrator: Any, council: Any, make_account: Any
) -> None:
    old = Body.objects.create(council=council, type="municipality", name="萩市", branch="企業誘致推進課")
    new = Body.objects.create(council=council, type="municipality", name="萩市", branch="商工振興課")
    account = make_account("clerk@example.jp")
    first = actions.grant_role(
        by=administrator, account=account, body=old, kind="secretariat", starts_on=dt.date(2020, 4, 30)
    )
    actions.end_role(by=administrator, role=first, on=dt.date(2027, 3, 31))
    actions.grant_role(
        by=administrator, account=account, body=new, kind="secretariat", starts_on=dt.date(2027, 4, 1)
    )
    bodies = {
        day: [role.body for role in queries.roles_of(account, council, day)]
        for day in (dt.date(2027, 3, 31), dt.date(2027, 4, 1))
    }
    assert bodies == {dt.date(2027, 3, 31): [old], dt.date(2027, 4, 1): [new]}
    assert set(queries.roles_visible_to(administrator).filter(account=account)) == set(
        Role.objects.filter(account=account)
    )
    assert not queries.roles_visible_to(
        Actor(at=administrator.at, role="body_staff", council_id=council.id)
    ).exists()


def test_members_by_date_keep_those_who_left(administrator: Any, council: Any) -> None:
    added = [
        actions.join(
            by=administrator,
            council=council,
            body=actions.add_body(by=administrator, council=council, type="company", name=f"見本{n}社"),
            on=dt.date(2020, 4, 30),
        )
        for n in range(14)
    ]
    assert len(queries.members_on(council, DAY)) == 15
    actions.leave(by=administrator, membership=added[0], on=DAY)
    assert len(queries.members_on(council, DAY)) == 15
    assert len(queries.members_on(council, DAY + dt.timedelta(days=1))) == 14
    assert len(queries.members_on(council, dt.date(2020, 4, 30))) == 15
    assert queries.members_on(council, dt.date(2020, 4, 29)) == []


def test_joining_twice_is_joining_once_and_coming_back_is_a_new_term(
    administrator: Any, council: Any
) -> None:
    body = actions.add_body(by=administrator, council=council, type="university", name="見本大学")
    first = actions.join(by=administrator, council=council, body=body, on=dt.date(2020, 4, 30))
    assert actions.join(by=administrator, council=council, body=body, on=DAY) == first
    actions.leave(by=administrator, membership=first, on=DAY)
    again = actions.join(by=administrator, council=council, body=body, on=DAY + dt.timedelta(days=1))
    assert again != first


def test_a_body_of_another_council_cannot_join(administrator: Any, council: Any, other_council: Any) -> None:
    with pytest.raises(Refused, match="other_council"):
        actions.join(by=administrator, council=council, body=other_council.host, on=DAY)


def test_the_guardian_rule_is_dated_and_the_councils_own_wins(administrator: Any, council: Any) -> None:
    default = queries.guardian_rule(council, DAY)
    assert (default.required_under, default.required_stages) == (18, ["high"])
    GuardianRule.objects.create(valid_from=dt.date(2026, 4, 1), required_under=16, required_stages=[])
    assert queries.guardian_rule(council, DAY).required_under == 16
    actions.set_guardian_rule(
        by=administrator,
        council=council,
        valid_from=dt.date(2027, 4, 1),
        required_under=20,
        required_stages=["high", "junior_high"],
    )
    assert queries.guardian_rule(council, dt.date(2027, 3, 31)).required_under == 16
    assert queries.guardian_rule(council, dt.date(2027, 4, 1)).required_under == 20


@pytest.mark.parametrize("colour", ["#e5b800", "white", "#12345"])
def test_a_colour_that_white_text_cannot_stand_on_is_refused(
    administrator: Any, council: Any, colour: str
) -> None:
    with pytest.raises(Refused, match="colour_contrast"):
        actions.change_council(by=administrator, council=council, colour=colour)
