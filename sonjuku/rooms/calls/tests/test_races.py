"""64 people at 50 places at once, on the database of DATABASE_URL. The first test shows that the race is real."""

import time
from typing import Any

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.actions import Fellow, _shared, applications, waiting
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE, PLACES = 64, 50
PAUSE = 0.02


def tally(call: Call) -> dict[str, int]:
    return {state: number for state, number in queries.counts(call).items() if number}


@pytest.fixture
def crowd(first_come: Any, make_person: Any, council: Any) -> tuple[Call, list[Any]]:
    return first_come(capacity=PLACES), [make_person(council) for _ in range(PEOPLE)]


def test_without_the_lock_too_many_get_a_place(crowd: Any, system: Any, monkeypatch: Any) -> None:
    call, people = crowd

    def take_unlocked(pool_id: Any, _persons: int) -> bool:
        pool = SeatPool.objects.get(pk=pool_id)
        time.sleep(PAUSE)
        if pool.taken == pool.capacity:
            return False
        SeatPool.objects.filter(pk=pool_id).update(taken=pool.taken + 1)
        return True

    monkeypatch.setattr(applications, "lock", lambda call: Call.objects.get(pk=call.pk))
    monkeypatch.setattr(waiting, "take", take_unlocked)
    # No lock: on SQLite no transaction around check and write, on PostgreSQL no row lock.
    submit = actions.submit.__wrapped__

    def apply(person: Any) -> Any:
        return submit(by=system, call=call, person=person, facts=queries.facts_of(person))

    at_once(apply, people)
    assert tally(call)["accepted"] > PLACES


def test_64_at_once_for_50_places_sell_exactly_50(crowd: Any, system: Any, monkeypatch: Any) -> None:
    call, people = crowd

    def take_slowly(pool_id: Any, persons: int) -> bool:
        time.sleep(PAUSE)
        return _shared.take(pool_id, persons)

    # As slow between check and write as above: the lock alone makes the difference.
    monkeypatch.setattr(waiting, "take", take_slowly)

    def apply(person: Any) -> Any:
        return actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person))

    at_once(apply, people)
    assert tally(call) == {"accepted": PLACES, "waitlisted": PEOPLE - PLACES}
    assert call.seat_pools.get().taken == PLACES
    ranks = call.applications.filter(state="waitlisted").values_list("rank", flat=True)
    assert sorted(ranks) == list(range(1, PEOPLE - PLACES + 1))


def test_one_person_clicking_eight_times_applies_once(crowd: Any, system: Any) -> None:
    call, people = crowd

    def apply(_number: int) -> Any:
        person = people[0]
        return actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person)).id

    assert len(set(at_once(apply, range(8)))) == 1
    assert (Application.objects.count(), call.seat_pools.get().taken) == (1, 1)


def test_no_place_is_lost_and_nobody_passes_those_who_wait(
    first_come: Any, make_person: Any, council: Any, system: Any
) -> None:
    """Half give their place back while newcomers arrive: freed seats go down the list, newcomers go behind it."""
    call = first_come(capacity=10)

    def submit(person: Any) -> Application:
        return actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person))

    holders = [submit(make_person(council)) for _ in range(10)]
    queue = [submit(make_person(council)) for _ in range(12)]
    newcomers = [make_person(council) for _ in range(10)]

    def act(item: Any) -> Any:
        if isinstance(item, Application):
            return actions.decline(by=system, application=item)
        return submit(item)

    mixed = [each for pair in zip(holders, newcomers, strict=True) for each in pair]
    at_once(act, mixed)
    offered = set(call.applications.filter(state="offered").values_list("id", flat=True))
    assert offered == {a.id for a in queue[:10]}
    assert tally(call) == {"declined": 10, "offered": 10, "waitlisted": 12}
    assert call.seat_pools.get().taken == 10
    last_in_queue = Application.objects.get(pk=queue[-1].pk).rank
    assert all(
        a.rank > last_in_queue for a in Application.objects.filter(person__in=newcomers, state="waitlisted")
    )


def test_ticks_at_once_lapse_an_offer_and_pass_it_on_once(
    first_come: Any, make_person: Any, council: Any, system: Any
) -> None:
    call = first_come(capacity=1)

    def submit() -> Application:
        person = make_person(council)
        return actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person))

    holder, _first, second = submit(), submit(), submit()
    [offer] = actions.decline(by=system, application=holder).offered
    due = system.now(offer.confirm_by)
    lapsed = at_once(lambda _n: actions.lapse_due(by=due), range(6))
    assert sum(len(each) for each in lapsed) == 1
    second.refresh_from_db()
    assert (second.state, call.seat_pools.get().taken) == ("offered", 1)


def test_the_database_itself_refuses_a_seat_too_many(first_come: Any) -> None:
    from django.db import IntegrityError

    call = first_come(capacity=2)
    pool = call.seat_pools.get()
    assert [_shared.take(pool.id, 1) for _ in range(3)] == [True, True, False]
    with pytest.raises(IntegrityError):
        SeatPool.objects.filter(pk=pool.pk).update(taken=3)


def test_units_for_the_last_seats_never_oversell(
    first_come: Any, make_person: Any, council: Any, system: Any
) -> None:
    """Units of one to three for 20 seats, while three of those who came first give theirs back."""
    call = first_come(capacity=20, max_persons=3)

    def submit(size: int) -> Application:
        person = make_person(council)
        fellows = [Fellow("見本", "花", "ミホン", "ハナ")] * (size - 1)
        return actions.submit(
            by=system, call=call, person=person, facts=queries.facts_of(person), companions=fellows
        )

    holders = [submit(2) for _ in range(3)]

    def act(item: Any) -> Any:
        return actions.decline(by=system, application=item) if isinstance(item, Application) else submit(item)

    at_once(act, [*holders, *[1, 2, 3] * 6])
    held = call.applications.filter(state__in=Application.HOLDS_SEAT)
    pool = call.seat_pools.get()
    assert pool.taken == sum(held.values_list("persons", flat=True)) <= 20
    # Nobody waits whom the seats left would be enough for.
    waiting = call.applications.filter(state="waitlisted").values_list("persons", flat=True)
    assert waiting
    assert min(waiting) > 20 - pool.taken
