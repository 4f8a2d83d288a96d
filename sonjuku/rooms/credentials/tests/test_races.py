"""Many desks at once at one badge, one key, one list: on the database of DATABASE_URL."""

import pytest

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Award, AwardBatch, IssuerKey, StatusChange, StatusList
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HANDS = 6


@pytest.fixture
def badge(council, secretariat):
    return actions.define_achievement(
        by=secretariat, council=council, title="証", description="証", criteria="証"
    )


def code_of(work):
    try:
        work()
    except Refused as refused:
        return refused.code
    return "done"


def test_every_badge_has_a_place_of_its_own(badge, council, secretariat, make_person):
    persons = [make_person(council) for _ in range(HANDS)]
    at_once(lambda p: actions.award_many(by=secretariat, achievement=badge, claims=[Claim(p.pk)]), persons)
    places = set(Award.objects.values_list("status_list", "status_index"))
    assert len(places) == HANDS
    assert StatusList.objects.count() == 1
    assert StatusList.objects.get().taken == HANDS
    assert IssuerKey.objects.count() == 1


def test_one_person_is_awarded_once(badge, council, secretariat, make_person):
    person = make_person(council)
    made = at_once(
        lambda _n: actions.award_many(by=secretariat, achievement=badge, claims=[Claim(person.pk)]),
        range(HANDS),
    )
    assert sorted(map(len, made)) == [*[0] * (HANDS - 1), 1]
    assert Award.objects.count() == 1


def test_one_batch_however_many_press_and_two_workers_share_it(badge, council, secretariat, make_person):
    claims = [Claim(make_person(council).pk) for _ in range(HANDS)]

    def start(_hand):
        return code_of(lambda: actions.start_batch(by=secretariat, achievement=badge, claims=claims))

    assert sorted(at_once(start, range(HANDS))) == [*["batch_running"] * (HANDS - 1), "done"]
    batch = AwardBatch.objects.get()
    at_once(lambda _n: actions.award_next(by=secretariat, batch=batch, size=2), range(HANDS))
    batch.refresh_from_db()
    assert (batch.state, batch.issued, Award.objects.count()) == ("done", HANDS, HANDS)


def test_one_of_two_verdicts_counts(badge, council, secretariat, make_person):
    [award] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(make_person(council).pk)])

    def press(_hand):
        return code_of(lambda: actions.change_status(by=secretariat, award=award, kind="revoke", reason="x"))

    assert sorted(at_once(press, range(HANDS))) == ["done", *["no_such_change"] * (HANDS - 1)]
    assert StatusChange.objects.count() == 1


def test_a_key_struck_out_while_badges_are_signed_leaves_none_of_its_own(
    badge, council, secretariat, make_person
):
    persons = [make_person(council) for _ in range(HANDS)]
    key = actions.ensure_key(by=secretariat, council=council)

    def work(person):
        if person is None:
            return actions.strike_key(by=secretariat, key=key, reason="漏えい")
        return actions.award_many(by=secretariat, achievement=badge, claims=[Claim(person.pk)])

    at_once(work, [*persons[:3], None, *persons[3:]])
    while actions.resign_next(by=secretariat, size=2):
        pass
    assert Award.objects.count() == HANDS
    assert not Award.objects.filter(issuer_key=key).exists()
    assert IssuerKey.objects.filter(retired_at__isnull=True).count() == 1
