"""Applications of several persons: a seat each, all of them or none."""

import pytest

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.actions import Fellow
from sonjuku.rooms.calls.actions.many import Arrival, submit_many
from sonjuku.rooms.calls.models import Application, Companion, SeatPool
from sonjuku.rooms.calls.rules import (
    Entrant,
    Seats,
    allocate,
    least_waiting,
    missing_to_open,
    pools_with_room,
)
from sonjuku.rooms.calls.rules.doubles import Known, pairs
from sonjuku.toolbox.ids import uuid7
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, freeze, run_of

pytestmark = pytest.mark.django_db

ALONG = [
    Fellow("見本", f"連れ{n}", "ミホン", f"ツレ{kana}") for n, kana in enumerate("アイウエオカキクケ", 1)
]


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code


def counted(call):
    """Every seat taken has its person: what is held is what the pool says."""
    held = call.applications.filter(seat_pool__isnull=False)
    assert call.seat_pools.get().taken == sum(held.values_list("persons", flat=True))
    for application in call.applications.all():
        assert application.persons == 1 + application.companions.count()
    return call.seat_pools.get().taken


def states(*applications):
    return [Application.objects.get(pk=each.pk).state for each in applications]


@pytest.fixture
def unit(submit):
    def make(call, persons, **fields):
        return submit(call, companions=ALONG[: persons - 1], **fields)

    return make


@pytest.fixture
def staff(secretariat, after_close):
    return secretariat.now(after_close)


# Rules


def test_a_unit_that_does_not_fit_is_passed_by_and_never_split():
    pool = Seats(uuid7(), "", 4)
    line = [Entrant("A", persons=3), Entrant("B", persons=2), Entrant("C")]
    assert allocate(line, [pool]) == {"A": pool.id, "C": pool.id}
    assert pool.free == 0


def test_a_newcomer_leaves_the_seats_that_are_enough_for_somebody_who_waits():
    pool = Seats(uuid7(), "", 2)
    for waits, comes, may in ((3, 1, True), (3, 2, True), (2, 1, False), (3, 3, False), (1, 1, False)):
        least = least_waiting([Entrant("W", persons=waits)], [pool])
        assert bool(pools_with_room(Entrant("N", persons=comes), [pool], least)) == may


@pytest.mark.parametrize(
    ("selection", "pools", "fine"),
    [
        ("lottery", [{}], True),
        ("first_come", [{"option": "午前"}, {"option": "午後"}], True),
        ("lottery", [{"option": "午前"}, {"option": "午後"}], False),
        ("lottery", [{"reserved_for_lg_codes": ["352047"]}], False),
        ("ranked", [{}], False),
        ("review", [{}], False),
        ("invitation", [{}], False),
    ],
)
def test_units_come_only_where_seats_are_filled_down_one_line(make_call, council, selection, pools, fine):
    call = make_call(council, selection=selection, max_persons=2)
    rows = [SeatPool(call=call, capacity=5, **fields) for fields in pools]
    told = [one.field for one in missing_to_open(call, pools=rows)]
    assert ("max_persons" in told) != fine
    call.max_persons = 1
    assert "max_persons" not in [one.field for one in missing_to_open(call, pools=rows)]


def test_a_unit_larger_than_the_call_is_refused_at_the_opening(make_call, council):
    call = make_call(council, selection="first_come", max_persons=4)
    told = [one.field for one in missing_to_open(call, pools=[SeatPool(call=call, capacity=3)])]
    assert "max_persons" in told


def test_units_are_not_drawn_together_with_other_calls(make_call, council, secretariat):
    units, others = make_call(council, max_persons=2), make_call(council, code="other")
    refused(
        "takes_units",
        actions.create_run,
        by=secretariat,
        council=council,
        title="二つ",
        calls=[units, others],
    )
    actions.create_run(by=secretariat, council=council, title="一つ", calls=[others])
    refused("held_by_run", actions.change_call, by=secretariat, call=others, max_persons=2)


# First come


def test_first_come_takes_a_seat_per_person(first_come, unit):
    call = first_come(capacity=5, max_persons=3)
    first, second, third, fourth = (unit(call, size) for size in (3, 3, 1, 1))
    assert states(first, second, third, fourth) == ["accepted", "waitlisted", "accepted", "accepted"]
    assert counted(call) == 5
    assert list(first.companions.values_list("given_name", "ordinal")) == [("連れ1", 1), ("連れ2", 2)]


def test_too_many_persons_are_refused_and_nothing_is_written(first_come, unit):
    call = first_come(capacity=20, max_persons=2)
    refused("too_many_persons", unit, call, 3)
    assert not Application.objects.exists()
    assert not Companion.objects.exists()


def test_freed_seats_go_to_the_next_who_fit(first_come, unit, system):
    """Four seats: two units of two. One leaves: the three who wait first don't fit, the two behind them do."""
    call = first_come(capacity=4, max_persons=3)
    first, _second, three, two = (unit(call, size) for size in (2, 2, 3, 2))
    change = actions.decline(by=system, application=first)
    assert [one.pk for one in change.offered] == [two.pk]
    assert states(three, two) == ["waitlisted", "offered"]
    assert counted(call) == 4
    # An offer of two lapses: their seats come back, and nobody is left whom they are enough for.
    lapsed, offered = actions.lapse_offers(by=system.now(change.offered[0].confirm_by), call=call)
    assert ([one.pk for one in lapsed], offered, counted(call)) == ([two.pk], [], 2)
    # Who comes now takes what is too little for those who wait.
    assert unit(call, 2).state == "accepted"
    assert counted(call) == 4


def test_who_withdraws_and_comes_back_names_anew(first_come, unit, system, submit):
    call = first_come(capacity=3, max_persons=3)
    application = unit(call, 3)
    actions.decline(by=system, application=application)
    assert counted(call) == 0
    assert application.companions.count() == 2  # what was told stays with the application that ended
    waiting = unit(call, 3)
    other = unit(call, 2)
    actions.withdraw(by=system, application=other)
    again = submit(call, person=other.person, companions=ALONG[:1])
    assert (again.pk, again.persons, again.companions.count()) == (other.pk, 2, 1)
    assert states(waiting, again) == ["accepted", "waitlisted"]
    alone = actions.withdraw(by=system, application=again).application
    alone = submit(call, person=alone.person)
    assert (alone.persons, alone.companions.count(), counted(call)) == (1, 0, 3)


def test_many_at_once_sit_as_one_after_the_other(first_come, unit, make_person, secretariat):
    sizes = [2, 3, 1, 2, 1, 3, 1]
    one_by_one, at_once = (first_come(capacity=6, max_persons=3, code=code) for code in ("single", "bulk"))
    singles = [unit(one_by_one, size) for size in sizes]
    arrivals = [
        Arrival(uuid7(), make_person(at_once.council), secretariat.at, companions=ALONG[: size - 1])
        for size in sizes
    ]
    many = submit_many(by=secretariat, call=at_once, arrivals=arrivals)
    assert states(*many) == states(*singles)
    assert counted(at_once) == counted(one_by_one)
    crowd = [Arrival(uuid7(), make_person(at_once.council), secretariat.at, companions=ALONG[:3])]
    refused("too_many_persons", submit_many, by=secretariat, call=at_once, arrivals=crowd)


# A draw


@pytest.fixture
def drawn_units(council, opened, unit, closed, staff):
    """Sizes by code, and the run, drawn but not announced."""

    def make(sizes, capacity):
        call = opened(council, capacity=capacity, max_persons=3)
        applications = [unit(call, size) for size in sizes]
        call = closed(call)
        return call, applications, draw(staff, call)

    return make


def walked(run, sizes, seats):
    """Who gets in, by the published order alone."""
    going = set()
    for code in run.order.split():
        if sizes[code] <= seats:
            going.add(code)
            seats -= sizes[code]
    return going


def test_a_draw_gives_seats_down_its_order_to_who_fits(drawn_units, staff):
    call, applications, run = drawn_units([3, 1, 2, 3, 2, 1, 3, 2], 7)
    sizes = {one.code: one.persons for one in applications}
    lines = [line.split("\t") for line in run.frozen_list.splitlines()[1:]]
    assert {code: int(*rest) if rest else 1 for code, _class, *rest in lines} == sizes
    going = walked(run, sizes, 7)
    selected = call.applications.filter(verdict="selected")
    assert set(selected.values_list("code", flat=True)) == going
    assert counted(call) == sum(sizes[code] for code in going) <= 7
    actions.announce(by=staff, run=run)
    public = queries.public_run(run_of(call))
    assert verify(public) == []
    assert counted(call) <= 7


def test_a_unit_passed_by_hears_that_it_did_not_fit(drawn_units, staff):
    call, _applications, run = drawn_units([3, 3, 3], 5)
    actions.announce(by=staff, run=run)
    told = {}
    for one in call.applications.all():
        told.setdefault(one.state, []).append(" ".join(queries.explanation(one, "ja")))
    assert all("全員では入れなかった" in each for each in told["waitlisted"])
    assert len(told["waitlisted"]) == 2
    assert "決まりました" in told["offered"][0]


def test_the_waiting_list_of_a_draw_goes_on_to_who_fits(drawn_units, staff):
    """Whoever declines frees their seats; in the order of the draw, those who fit are asked."""
    call, applications, run = drawn_units([2, 3, 3, 1, 2, 3, 1, 2], 6)
    actions.announce(by=staff, run=run)
    sizes = {one.code: one.persons for one in applications}
    for _ in range(6):
        holder = call.applications.filter(state="offered").order_by("rank").first()
        line = list(
            call.applications.filter(state="waitlisted").order_by("rank").values_list("code", flat=True)
        )
        free = 6 - counted(call) + holder.persons
        expected = []
        for code in line:
            if sizes[code] <= free:
                expected.append(code)
                free -= sizes[code]
        change = actions.decline(by=staff, application=holder)
        assert [one.code for one in change.offered] == expected
        assert counted(call) == 6 - free


def test_a_void_draw_gives_all_seats_back(drawn_units, staff):
    call, _applications, run = drawn_units([3, 2, 1, 3], 6)
    assert counted(call) > 0
    actions.void(by=staff, run=run, reason="数が違いました。", seed_source="つぎの数")
    assert counted(call) == 0
    assert freeze(staff, call).frozen_list.count("\t") > 0


def test_a_rehearsal_counts_people(council, opened, unit, closed):
    call = opened(council, capacity=4, max_persons=3)
    for size in (3, 3, 3):
        unit(call, size)
    counts = actions.rehearse(run=run_of(closed(call)))
    assert (counts["entries"], counts["persons"], counts["winners"], counts["waiting"]) == (3, 9, 3, 6)


# Doubles


def known(key, kana, born=None, along=False, person=None):
    return Known(key, person or uuid7(), kana, born, "", "", is_companion=along)


def test_somebody_in_two_units_is_a_double(at):
    a, b, c = uuid7(), uuid7(), uuid7()
    day = at.date()
    rows = [known(a, "ミホンタロウ", day), known(b, "ミホンハナコ", day), known(c, "ベツノヒト", day)]
    # Each brings the other; c brings somebody of the same name who was born on another day.
    along = [
        known(a, "ミホンハナコ", None, True),
        known(b, "ミホン タロウ", day, True),
        known(c, "ミホンハナコ", day.replace(year=1950), True),
    ]
    found = {(one.first, one.second): one.alike for one in pairs([*rows, *along])}
    # What nobody told is asked: the companion of a without a birth date may be that of c.
    assert found == {(a, b): ("companion",), (a, c): ("companion",)}


def test_staff_see_who_stands_in_two_applications(council, opened, submit, closed):
    call = opened(council, capacity=4, max_persons=2)
    names = {"family_name_kana": "ミホン", "given_name_kana": "ハナコ"}
    hanako = submit(call, person=names)
    submit(call, person={"family_name_kana": "ベツ", "given_name_kana": "ジン"})
    taro = submit(
        call,
        person={"family_name_kana": "ミホン", "given_name_kana": "タロウ"},
        companions=[Fellow("見本", "花子", "ミホン", "ハナコ")],
    )
    [double] = queries.doubles(run_of(closed(call)))
    assert {double.first.pk, double.second.pk} == {hanako.pk, taro.pk}
    assert double.alike == ("companion",)
