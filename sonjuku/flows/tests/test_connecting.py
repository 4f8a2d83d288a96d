"""Apps that a holder let in, as the person's data tells them, and what becomes of them."""

import pytest
from oauth2_provider.models import Application

from sonjuku.flows import connecting, erasing, holding
from sonjuku.rooms.credentials.models import WalletConnection
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.toolbox.refusals import Refused


@pytest.fixture
def account(make_account):
    return make_account("holder@example.jp")


@pytest.fixture
def me(account, at):
    return Actor(at=at, role="member", account_id=account.pk)


@pytest.fixture
def person(council, account, make_person):
    return make_person(council, account=account, email=account.email)


@pytest.fixture
def app(db, system):
    return connecting.register_app(
        by=system, metadata={"redirect_uris": ["https://a.example/cb"], "client_name": "アプリ"}
    )[0]


def let_in(by, app, code="code"):
    return connecting.let_in(
        by=by, app=app, redirect_uri="https://a.example/cb", scopes=["b", "a"], code=code
    )


def test_a_second_yes_is_the_same_connection_with_what_was_said_last(person, me, app):
    first = let_in(me, app)
    second = connecting.let_in(
        by=me, app=app, redirect_uri="https://a.example/cb", scopes=["a"], code="other"
    )
    assert (second.pk, second.scopes, second.app_site) == (first.pk, ["a"], "a.example")
    assert second.code_digest != first.code_digest


def test_only_the_person_says_yes_and_only_they_take_it_back(person, me, app, system, secretariat):
    for by in (system, secretariat, Actor(at=me.at)):
        with pytest.raises(Refused, match="not_holder"):
            let_in(by, app)
    row = let_in(me, app)
    with pytest.raises(Refused, match="not_holder"):
        connecting.send_away(by=secretariat, connection=row)
    assert connecting.send_away(by=me, connection=row).withdrawn_at == me.at
    assert connecting.send_away(by=me.now(me.at.replace(hour=5)), connection=row).withdrawn_at == me.at


def test_each_council_that_knows_the_person_hears_of_it(
    person, me, app, council, other_council, account, make_person
):
    make_person(other_council, account=account)
    let_in(me, app)
    told = Entry.objects.filter(verb="wallet_connection.allowed").values_list("council_id", flat=True)
    assert set(told) == {council.pk, other_council.pk}


def test_the_persons_data_tells_it_and_what_a_body_hands_over_does_not(person, me, app):
    let_in(me, app)
    section = next(one for one in holding.holdings(person, me) if one.name == "wallets")
    assert [one.title for one in section.items] == ["アプリ"]
    of_a_call = next(one for one in holding.holdings(person, me, calls=[]) if one.name == "wallets")
    assert of_a_call.items == []


def test_it_goes_with_the_account(person, me, app, system):
    let_in(me, app)
    erasing.drop_person(system, person)
    assert not WalletConnection.objects.exists()
    assert Application.objects.exists(), "the app is nobody's"
