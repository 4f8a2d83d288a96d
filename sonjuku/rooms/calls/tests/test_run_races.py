"""Presses at once on one run: a list is frozen once, drawn once, and nothing comes in behind it."""

import time
from dataclasses import replace
from typing import Any

import pytest

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.actions import applications, drawing, freezing
from sonjuku.rooms.calls.models import Application, SeatPool, SelectionRun
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people import actions as people
from sonjuku.toolbox.refusals import Refused
from tests.drawing import freeze, run_of, settle, type_twice, typists
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PAUSE = 0.05


@pytest.fixture
def staff(secretariat: Any, after_close: Any) -> Any:
    return secretariat.now(after_close)


@pytest.fixture
def lottery(council: Any, opened: Any, submit: Any, closed: Any, staff: Any) -> Any:
    """A closed lottery with ten applications for four places, nothing left to settle."""
    call = opened(council, capacity=4)
    for _ in range(10):
        submit(call)
    call = closed(call)
    settle(staff, run_of(call))
    return call


def tried(action: Any) -> Any:
    try:
        return action()
    except Refused as refused:
        return refused.code


def test_without_the_lock_a_run_is_drawn_twice(lottery: Any, staff: Any, monkeypatch: Any) -> None:
    """The race is real: two who read "frozen" both write a result and take seats."""
    run = freeze(staff, lottery)
    type_twice(staff, run)
    decide = drawing._decide
    # Else the database itself refuses the fifth seat.
    SeatPool.objects.update(capacity=100)

    def unlocked(run: Any) -> Any:
        fresh = SelectionRun.objects.get(pk=run.pk)
        time.sleep(PAUSE)
        return fresh, queries.calls_of(fresh)

    def slowly(*args: Any) -> None:
        time.sleep(PAUSE)
        decide(*args)

    monkeypatch.setattr(drawing, "lock_run", unlocked)
    monkeypatch.setattr(drawing, "_decide", slowly)
    draw = actions.draw.__wrapped__
    found = at_once(lambda _n: tried(lambda: draw(by=staff, run=run) and "drawn"), range(4))
    assert found.count("drawn") > 1
    assert SeatPool.objects.get().taken > Application.objects.filter(verdict="selected").count()


def test_eight_presses_draw_once(lottery: Any, staff: Any) -> None:
    run = freeze(staff, lottery)
    type_twice(staff, run)
    found = at_once(lambda _n: tried(lambda: actions.draw(by=staff, run=run) and "drawn"), range(8))
    assert sorted(found) == ["already_drawn"] * 7 + ["drawn"]
    assert SeatPool.objects.get().taken == Application.objects.filter(verdict="selected").count() == 4
    assert Entry.objects.filter(verb="selection.drawn").count() == 1


def test_announcing_at_once_announces_once(lottery: Any, staff: Any) -> None:
    run = freeze(staff, lottery)
    type_twice(staff, run)
    actions.draw(by=staff, run=run)
    assert sorted(at_once(lambda _n: actions.announce(by=staff, run=run), range(6))) == [0] * 5 + [10]
    assert Application.objects.filter(state="offered").count() == 4


def _paper(call: Any, person: Any, staff: Any) -> Any:
    return actions.submit(
        by=staff, call=call, person=person, facts=queries.facts_of(person), channel="paper", received_at=call.opens_at
    )  # fmt: skip


def _in_the_list(run: SelectionRun) -> set[str]:
    return {line.split("\t")[0] for line in run.frozen_list.splitlines()[1:]}


def test_without_the_lock_late_paper_is_lost_behind_the_list(
    lottery: Any, staff: Any, make_person: Any, council: Any, monkeypatch: Any
) -> None:
    """The race is real: an entry that looked before the freeze and wrote after it stands in no list."""
    run, judge = run_of(lottery), freezing.sort_out
    person = make_person(council, given_name_kana="オソイ")

    def slowly(calls: Any) -> Any:
        found = judge(calls)
        time.sleep(10 * PAUSE)
        return found

    monkeypatch.setattr(freezing, "sort_out", slowly)
    monkeypatch.setattr(
        freezing, "lock_run", lambda run: (SelectionRun.objects.get(pk=run.pk), queries.calls_of(run))
    )
    monkeypatch.setattr(freezing, "rules_text", lambda *_a, **_k: run.rules)
    monkeypatch.setattr(applications, "lock", lambda call: type(call).objects.get(pk=call.pk))
    submit, freeze_list = actions.submit.__wrapped__, actions.freeze_list.__wrapped__

    def act(what: str) -> Any:
        if what == "freeze":
            return freeze_list(by=staff, run=run)
        time.sleep(4 * PAUSE)
        return submit(
            by=staff, call=lottery, person=person, facts=queries.facts_of(person), channel="paper", received_at=lottery.opens_at
        )  # fmt: skip

    frozen, late = at_once(act, ["freeze", "submit"])
    assert late.code not in _in_the_list(frozen)


def test_withdrawals_and_late_paper_during_the_freeze_agree_with_the_list(
    lottery: Any, staff: Any, make_person: Any, council: Any
) -> None:
    run = run_of(lottery)
    leaving = list(Application.objects.order_by("code")[:3])
    coming = [make_person(council, given_name_kana=f"オソイ{n}", date_of_birth=None) for n in range(3)]

    def act(item: Any) -> Any:
        if item == "freeze":
            return tried(lambda: actions.freeze_list(by=staff, run=run))
        if isinstance(item, Application):
            return actions.withdraw(by=staff, application=item).application
        return tried(lambda: _paper(lottery, item, staff))

    mixed = [leaving[0], coming[0], "freeze", leaving[1], coming[1], "freeze", leaving[2], coming[2]]
    found = at_once(act, mixed)
    run.refresh_from_db()
    assert run.state == "frozen"
    listed = _in_the_list(run)
    taken = {one.code for one in found if isinstance(one, Application) and one.channel == "paper"}
    assert taken <= listed
    refused = [one for one in found if one == "list_frozen"]
    assert len(taken) + len(refused) == 3
    # A withdrawal after the freeze leaves the list as it is; one before it is not in the list.
    for one in Application.objects.filter(state="submitted"):
        assert one.code in listed
    type_twice(staff, run)
    drawn = actions.draw(by=staff, run=run)
    assert drawn.complaints == []


def test_two_accounts_typing_at_once_leave_a_row_each(lottery: Any, staff: Any) -> None:
    run = freeze(staff, lottery)
    hands = [hand for hand in typists(staff) for _ in range(4)]
    at_once(lambda hand: actions.type_number(by=hand, run=run, value="77"), hands)
    assert list(run.typed_numbers.values_list("value", flat=True)) == ["77", "77"]


def test_one_person_at_two_courses_at_once_has_one_code(
    programme: Any, open_all: Any, make_person: Any, council: Any, system: Any
) -> None:
    _run, courses = programme(5, 5, 5)
    opened_calls = open_all(courses)
    person = make_person(council)

    def submit(call: Any) -> Application:
        return actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person))

    found = at_once(submit, opened_calls)
    assert len({a.run_code for a in found}) == 1
    assert sorted(a.wish_rank for a in found) == [1, 2, 3]


def test_confirming_and_declining_over_a_run_never_locks_up(
    programme: Any, open_all: Any, make_person: Any, council: Any, system: Any, staff: Any
) -> None:
    run, courses = programme(2, 2, 2)
    opened_calls = open_all(courses)
    for number in range(12):
        person = make_person(council, given_name_kana=f"ヒト{number}")
        for call in opened_calls:
            actions.submit(by=system, call=call, person=person, facts=queries.facts_of(person))
    for call in opened_calls:
        actions.close_call(by=staff, call=call)
    run.refresh_from_db()
    run = freeze(staff, run)
    type_twice(staff, run)
    actions.draw(by=staff, run=run)
    actions.announce(by=staff, run=run)
    offers = list(Application.objects.filter(state="offered").order_by("code"))
    assert len(offers) == 6

    def answer(item: Any) -> Any:
        number, offer = item
        act = actions.confirm if number % 2 else actions.decline
        return act(by=replace(staff), application=offer)

    at_once(answer, enumerate(offers))
    for pool in SeatPool.objects.filter(call__selection_run=run):
        held = Application.objects.filter(seat_pool=pool, state__in=["offered", "accepted"]).count()
        assert pool.taken == held <= pool.capacity
    placed = Application.objects.filter(state__in=["offered", "accepted"]).values_list("person_id", flat=True)
    assert len(placed) == len(set(placed))


def test_withdrawals_late_edits_and_paper_while_it_is_drawn_change_nothing(
    lottery: Any, staff: Any, make_person: Any, make_account: Any, council: Any
) -> None:
    """Whoever leaves keeps the place in the order but no seat; what a person corrects is not what was frozen."""
    run = freeze(staff, lottery)
    before = (run.frozen_list, run.list_hash)
    type_twice(staff, run)
    rows = list(Application.objects.select_related("person").order_by("code"))
    for number, row in enumerate(rows[3:6]):
        row.person.account = make_account(f"mover{number}@example.jp")
        row.person.save()
    coming = [make_person(council, given_name_kana=f"オソイ{n}") for n in range(2)]

    def act(item: tuple[str, Any]) -> Any:
        what, who = item
        if what == "draw":
            return tried(lambda: actions.draw(by=staff, run=run) and "drawn")
        if what == "leave":
            return actions.withdraw(by=staff, application=who).application.state
        if what == "move":
            fields = {"lg_code": "011002", "date_of_birth": "2019-04-02", "family_name_kana": "ウツリ"}
            return people.save_profile(by=staff, council=council, account=who, fields=fields).lg_code
        return tried(lambda: _paper(lottery, who, staff))

    leaving = [("leave", row) for row in rows[:3]]
    moving = [("move", row.person.account) for row in rows[3:6]]
    mixed = [
        leaving[0], moving[0], ("draw", 1), ("paper", coming[0]), leaving[1], moving[1], ("draw", 2),
        ("paper", coming[1]), leaving[2], moving[2],
    ]  # fmt: skip
    found = at_once(act, mixed)
    assert sorted((found[2], found[6])) == ["already_drawn", "drawn"]
    assert found[3] == found[7] == "list_frozen"
    run = SelectionRun.objects.get(pk=run.pk)
    assert (run.frozen_list, run.list_hash) == before
    held = Application.objects.filter(seat_pool__isnull=False)
    assert SeatPool.objects.get().taken == held.count() <= 4
    assert not held.filter(state="withdrawn").exists()
    actions.announce(by=staff, run=run)
    assert verify(queries.public_run(SelectionRun.objects.get(pk=run.pk))) == []
    assert SeatPool.objects.get().taken == Application.objects.filter(state="offered").count() == 4
    movers = Application.objects.filter(pk__in=[row.pk for row in rows[3:6]])
    assert set(movers.values_list("state", flat=True)) <= {"offered", "waitlisted"}
