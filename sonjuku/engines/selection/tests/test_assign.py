import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matching.games import HospitalResident

from sonjuku.engines.selection.assign import (
    Applicant,
    Place,
    Programme,
    Region,
    Rules,
    Seats,
    Wish,
    assign,
    findings,
)
from sonjuku.engines.selection.draw import draw, draw_order
from sonjuku.engines.selection.tests.test_explain import selections

SEED = "5eed"
A, B, C, D = draw_order(["p1", "p2", "p3", "p4"], SEED)
OPEN = (Seats("", 1),)


def applicant(code, *wishes, groups=()):
    return Applicant(code, tuple(Wish(w) if isinstance(w, str) else Wish(*w) for w in wishes), groups)


@given(selections(), st.data())
def test_the_order_of_the_input_changes_nothing(selection, data):
    rules, people = selection
    assert assign(rules, data.draw(st.permutations(people)), SEED) == assign(rules, people, SEED)


@given(st.lists(st.integers(1, 3), max_size=12), st.integers(0, 12))
def test_with_one_programme_it_is_the_plain_draw(classes, seats):
    entries = [(f"p{n}", priority) for n, priority in enumerate(classes)]
    rules = Rules((Programme("x", (Seats("", seats),)),))
    places = assign(rules, [applicant(code, ("x", priority)) for code, priority in entries], SEED).places
    assert set(places) == set(draw(entries, SEED, seats).winners)


@st.composite
def open_seats(draw):
    """Programmes with open seats only, classes of their own, as the textbook's hospitals."""
    programmes = tuple(Programme(code, (Seats("", draw(st.integers(1, 3))),)) for code in "xyz")
    people = [
        Applicant(
            f"p{n}",
            tuple(
                Wish(w, draw(st.integers(1, 3)))
                for w in draw(st.permutations("xyz"))[: draw(st.integers(1, 3))]
            ),
            (),
        )
        for n in range(draw(st.integers(1, 9)))
    ]
    return Rules(programmes), people


@given(open_seats())
def test_another_program_finds_the_same(selection):
    """Hospitals rank by class, then by the lottery number; `matching` solves it for the residents."""
    rules, people = selection
    number = {code: at for at, code in enumerate(draw_order([one.code for one in people], SEED))}
    wanted = {one.code: [wish.programme for wish in one.wishes] for one in people}
    lines = {
        programme.code: sorted(
            (wish.priority, number[one.code], one.code)
            for one in people
            for wish in one.wishes
            if wish.programme == programme.code
        )
        for programme in rules.programmes
    }
    game = HospitalResident.create_from_dictionaries(
        wanted,
        {code: [who for _class, _number, who in line] for code, line in lines.items() if line},
        {programme.code: programme.seats[0].size for programme in rules.programmes if lines[programme.code]},
    )
    theirs = {who.name: at.name for at, them in game.solve(optimal="resident").items() for who in them}
    assert {code: place.programme for code, place in assign(rules, people, SEED).places.items()} == theirs


@given(selections(), st.data())
def test_no_applicant_gains_by_changing_one_wish(selection, data):
    """Left out, or moved to another place in the list: by the true list, what comes of it is never better."""
    rules, people = selection
    who = data.draw(st.integers(0, max(len(people) - 1, 0)))
    assume(people and people[who].wishes)
    truth = [wish.programme for wish in people[who].wishes]
    told = list(people[who].wishes)
    wish = told.pop(data.draw(st.integers(0, len(told) - 1)))
    if data.draw(st.booleans()):
        told.insert(data.draw(st.integers(0, len(told))), wish)
    lied = [*people[:who], people[who]._replace(wishes=tuple(told)), *people[who + 1 :]]

    def rank(given_people):
        place = assign(rules, given_people, SEED).places.get(people[who].code)
        return truth.index(place.programme) if place else len(truth)

    assert rank(people) <= rank(lied)


def test_one_number_counts_at_every_programme():
    """The first in order gets the first wish, the next what is left, and so on."""
    rules = Rules((Programme("x", OPEN), Programme("y", OPEN)))
    people = [applicant(code, "x", "y") for code in (A, B, C)]
    assert assign(rules, people, SEED).places == {A: Place("x", 0), B: Place("y", 0)}


def test_a_smaller_class_goes_before_any_number():
    rules = Rules((Programme("x", OPEN), Programme("y", OPEN)))
    people = [applicant(A, ("x", 2), ("y", 1)), applicant(B, ("x", 1), ("y", 1))]
    assert assign(rules, people, SEED).places == {B: Place("x", 0), A: Place("y", 0)}


def test_the_published_order_of_seat_types_decides():
    """A is a member with the best number: held seat first, and B gets the open one; open first, and C, the other
    member, gets the held one."""
    people = [applicant(A, "x", groups=("town",)), applicant(B, "x"), applicant(C, "x", groups=("town",))]
    held, free = Seats("town", 1), Seats("", 1)
    first = assign(Rules((Programme("x", (held, free)),)), people, SEED).places
    assert first == {A: Place("x", 0), B: Place("x", 1)}
    last = assign(Rules((Programme("x", (free, held)),)), people, SEED).places
    assert last == {A: Place("x", 0), C: Place("x", 1)}


def test_a_held_seat_that_nobody_of_the_group_wants_is_released():
    rules = Rules((Programme("x", (Seats("town", 2),)),))
    people = [applicant(A, "x"), applicant(B, "x"), applicant(C, "x", groups=("town",))]
    assert assign(rules, people, SEED).places == {C: Place("x", 0), A: Place("x", 1)}


def test_a_region_deals_its_seats_target_first():
    """Cap 2: y's target of one comes first, though all who want x have better numbers; then one for x."""
    rules = Rules(
        (Programme("x", (Seats("", 2),), "north"), Programme("y", (Seats("", 2),), "north", 1)),
        (Region("north", 2),),
    )
    people = [applicant(A, "x"), applicant(B, "x"), applicant(C, "y"), applicant(D, "y")]
    assert assign(rules, people, SEED).places == {A: Place("x", 0), C: Place("y", 0)}


def test_a_wrong_result_is_put_in_words():
    rules = Rules((Programme("x", OPEN),))
    people = [applicant(A, "x"), applicant(B, "x")]
    assert findings(rules, people, SEED, {A: Place("x", 0)}) == []
    assert findings(rules, people, SEED, {B: Place("x", 0)}) == [f"passed_over {A} x -"]
    assert findings(rules, people, SEED, {"stranger": Place("x", 0)}) == ["not_a_wish stranger x -"]
    assert findings(rules, people, SEED, {A: Place("q", 0)}) == [f"not_a_wish {A} - -"]


X = Programme("x", OPEN)


@pytest.mark.parametrize(
    ("rules", "people", "reason"),
    [
        (Rules((Programme("x y", OPEN),)), [], "bad_name"),
        (Rules((X, X)), [], "duplicate_name"),
        (Rules((Programme("x", ()),)), [], "no_seats"),
        (Rules((Programme("x", (Seats("", -1),)),)), [], "bad_count"),
        (Rules((Programme("x", OPEN, "north"),)), [], "unknown_region"),
        (Rules((Programme("x", OPEN, "north", 2),), (Region("north", 1),)), [], "targets_over_cap"),
        (Rules((Programme("x", tuple(Seats(f"g{n}", 1) for n in range(63))),)), [], "too_many_groups"),
        (Rules((X,)), [applicant("p", "y")], "unknown_programme"),
        (Rules((X,)), [applicant("p", "x", "x")], "duplicate_name"),
        (Rules((X,)), [applicant("p", "x", groups=("town",))], "unknown_group"),
        (Rules((X,)), [applicant("p", ("x", 0))], "bad_class"),
        (Rules((X,)), [applicant("p"), applicant("p")], "duplicate_code"),
    ],
)
def test_rules_that_say_nothing_clear_are_refused(rules, people, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        assign(rules, people, SEED)
