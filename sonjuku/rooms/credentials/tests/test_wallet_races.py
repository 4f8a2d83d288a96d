"""Two wallets at one offer, two proofs with one number: on the database of DATABASE_URL."""

import pytest

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import SpentNonce, WalletConnection, WalletOffer
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HANDS = 6


@pytest.fixture
def award(council, secretariat, make_person, holder):
    badge = actions.define_achievement(
        by=secretariat, council=council, title="証", description="証", criteria="証"
    )
    person = make_person(council, account=holder[0], email="holder@example.jp")
    [row] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(person.pk)])
    return row


def test_one_of_many_wallets_gets_the_offer(award, holder):
    offered = actions.offer_award(by=holder[1], award=award)
    tokens = at_once(
        lambda _n: actions.redeem_offer(by=holder[1], code=offered.code, pin=offered.pin), range(HANDS)
    )
    assert len([token for token in tokens if token]) == 1


def test_a_wallet_that_asks_twice_at_once_gets_one_badge(award, holder):
    offered = actions.offer_award(by=holder[1], award=award)
    actions.redeem_offer(by=holder[1], code=offered.code, pin=offered.pin)
    offer = WalletOffer.objects.get()

    def ask(_hand):
        try:
            return bool(
                actions.put_in_wallet(by=holder[1], offer=offer, form="jwt_vc_json", holder="did:key:z6Mk")
            )
        except Refused as refused:
            return refused.code

    assert sorted(map(str, at_once(ask, range(HANDS)))) == [*["True"], *["already_given"] * (HANDS - 1)]


def test_guessers_at_once_have_five_tries_between_them(award, holder):
    offered = actions.offer_award(by=holder[1], award=award)
    wrong = [f"{(int(offered.pin) + n) % 1_000_000:06}" for n in range(1, HANDS + 1)]
    at_once(lambda pin: actions.redeem_offer(by=holder[1], code=offered.code, pin=pin), wrong)
    assert WalletOffer.objects.get().tries == 5
    assert actions.redeem_offer(by=holder[1], code=offered.code, pin=offered.pin) == ""


def test_a_number_is_spent_once(holder):
    by = holder[1]
    nonce = actions.fresh_nonce(by)
    assert sorted(at_once(lambda _n: actions.spend_nonce(by=by, nonce=nonce), range(HANDS))) == [False] * (
        HANDS - 1
    ) + [True]
    assert SpentNonce.objects.count() == 1


def test_an_app_is_let_in_once_however_often_yes_is_pressed(holder):
    account, by = holder

    def press(number):
        return actions.connect_wallet(
            by=Actor(at=by.at, role="member", account_id=account.pk), client_id="app", name="アプリ", site="app.example",
            scopes=["a"], code=str(number), text_version="1",
        )  # fmt: skip

    at_once(press, range(HANDS))
    assert WalletConnection.objects.count() == 1
