from hypothesis import given
from hypothesis import strategies as st

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
from sonjuku.engines.selection.draw import draw_order
from sonjuku.engines.selection.explain import RELEASED, Explainer, Standing
from sonjuku.engines.selection.sentences import sentences
from sonjuku.engines.selection.wire_draw import Unit, order_units, seat_units

SEED = "5eed"
# In the lottery order of this seed, so a is number 1 …
A, B, C, D, E, F = draw_order([f"p{n}" for n in range(6)], SEED)


def applicant(code, *wishes, groups=()):
    return Applicant(code, tuple(Wish(w) if isinstance(w, str) else Wish(*w) for w in wishes), groups)


RULES = Rules((Programme("web", (Seats("town", 1), Seats("", 1))), Programme("ai", (Seats("", 1),))))
APPLICANTS = [
    applicant(A, "web", "ai"), applicant(B, "web", "ai"), applicant(C, "web"),
    applicant(D, "web", groups=("town",)), applicant(E, "web", groups=("town",)), applicant(F),
]  # fmt: skip
TITLES = {"web": "ウェブ講座", "ai": "AI講座", "town": "町民"}
TITLES_EN = {"web": "Web course", "ai": "AI course", "town": "residents"}


def explainer(rules=RULES, applicants=APPLICANTS):
    return Explainer(rules, applicants, SEED, assign(rules, applicants, SEED).places)


def test_the_example_by_hand():
    """The held seat is D's (number 4), the open one A's (1). B goes on to AI, has a place and waits nowhere; C and E wait, C before E."""
    assert assign(RULES, APPLICANTS, SEED).places == {
        A: Place("web", 1), B: Place("ai", 0), D: Place("web", 0)
    }  # fmt: skip
    assert explainer().line("web") == [C, E]
    assert explainer().line("ai") == []


def test_who_got_the_first_wish_hears_so():
    found = explainer().of(A)
    assert (found.number, found.total) == (1, 6)
    assert [reason.outcome for reason in found.reasons] == ["placed", "not_needed"]
    first = found.reasons[0]
    assert [(t.group, t.last, t.outcome) for t in first.tried] == [
        ("town", Standing(1, 4), "not_yours"), ("", Standing(1, 1), "yours")
    ]  # fmt: skip
    assert sentences(found, TITLES) == [
        "抽選番号は6番のうち1番です。",
        "第1希望の「ウェブ講座」に決まりました。どなたでも座れる席で最後に入った方は1番です。",
        "第2希望の「AI講座」は、上の希望に決まったので使いませんでした。",
    ]
    assert sentences(found, TITLES_EN, "en") == [
        "The lottery number is 1 of 6.",
        "There is a place in Web course (wish 1). Seats open to all: the last to get in was number 1.",
        "AI course (wish 2) was not needed, because a better wish came true.",
    ]


def test_who_was_refused_hears_by_whom_and_the_place_in_line():
    assert sentences(explainer().of(C), TITLES)[1] == (
        "第1希望の「ウェブ講座」は、席がいっぱいで入れませんでした。最後に入った方は1番で、あなたは3番でした。"
        "抽選のときの補欠の順番は、1番目でした。"
    )
    assert sentences(explainer().of(C), TITLES_EN, "en")[1] == (
        "Web course (wish 1) was full. The last to get in was number 1; yours was number 3. "
        "The place on the waiting list at the draw was 1."
    )


def test_a_member_is_compared_with_the_seats_that_were_open_to_members():
    (reason,) = explainer().of(E).reasons
    assert [t.outcome for t in reason.tried] == ["taken", "taken"]
    assert reason.last == Standing(1, 4)
    assert reason.waiting == 2


def test_who_wished_for_nothing_hears_that():
    assert sentences(explainer().of(F), TITLES)[1:] == [
        "希望が書かれていなかったので、選考の対象になりませんでした。"
    ]


def test_classes_are_said_where_they_matter():
    rules = Rules((Programme("web", (Seats("", 1),)),))
    people = [applicant(A, ("web", 2)), applicant(B, ("web", 1))]
    assert sentences(explainer(rules, people).of(A), {}, "en")[1] == (
        "web (wish 1) was full. The last to get in was class 1, number 2; yours was class 2, number 1. "
        "The place on the waiting list at the draw was 1."
    )


def test_a_released_seat_and_a_programme_without_seats_are_named():
    rules = Rules((Programme("web", (Seats("town", 1),)), Programme("ai", (Seats("town", 0),))))
    people = [applicant(A, "ai", "web")]
    found = explainer(rules, people).of(A)
    assert found.reasons[1].seat == RELEASED
    assert sentences(found, TITLES)[1:] == [
        "第1希望の「AI講座」には、入れる席がありませんでした。",
        "第2希望の「ウェブ講座」に決まりました。希望者がいなくて開放された席で最後に入った方は1番です。",
    ]


def test_a_regional_cap_is_given_as_the_reason():
    rules = Rules((Programme("web", (Seats("", 3),), "north"),), (Region("north", 1),))
    people = [applicant(A, "web"), applicant(B, "web")]
    (reason,) = explainer(rules, people).of(B).reasons
    assert reason.outcome == "region_full"
    assert explainer(rules, people).next_for("web", {A}) == [B]


def test_a_unit_that_did_not_fit_hears_that():
    """Two seats: A goes in, B stands for two persons, C goes in."""
    units = [Unit(A), Unit(B, 1, 2), Unit(C)]
    going = seat_units(order_units(units, SEED), {u.code: u.persons for u in units}, 2)
    assert going == [A, C]
    rules = Rules((Programme("web", (Seats("", 2),)),))
    people, places = [applicant(u.code, "web") for u in units], {c: Place("web", 0) for c in going}
    run = Explainer(rules, people, SEED, places, {B: 2})
    assert sentences(run.of(B), TITLES)[1] == (
        "第1希望の「ウェブ講座」は、順番が来たときの残りの席に全員では入れなかったため、補欠になりました。"
        "抽選のときの補欠の順番は、1番目でした。"
    )
    assert sentences(run.of(B), TITLES_EN, "en")[1] == (
        "Web course (wish 1) had fewer seats left than persons in this application when its turn came. "
        "The place on the waiting list at the draw was 1."
    )


def test_a_unit_that_was_too_large_is_never_told_that_there_were_no_seats():
    """A stands for two, of two seats; B for two; C comes last: nobody after B gets in, and yet seats were left for neither.
    With three seats one is left when B's turn comes, and C gets it only if C is alone."""
    people = [applicant(code, "web") for code in (A, B, C)]
    order = [
        one.code
        for one in sorted(
            people,
            key=lambda one: Explainer(Rules((Programme("web", ()),)), people, SEED, {}).number[one.code],
        )
    ]
    assert order == [A, B, C]
    persons = {A: 2, B: 2, C: 2}

    def outcomes(seats):
        places = {code: Place("web", 0) for code in seat_units(order, persons, seats)}
        run = Explainer(Rules((Programme("web", (Seats("", seats),)),)), people, SEED, places, persons)
        return [run.of(code).reasons[0].outcome for code in order]

    assert outcomes(2) == ["placed", "full", "full"]
    assert outcomes(3) == ["placed", "did_not_fit", "did_not_fit"]
    assert outcomes(1) == ["did_not_fit"] * 3
    assert outcomes(0) == ["full"] * 3


def test_a_free_seat_is_offered_to_the_right_one():
    """The held seat goes to the next member, the open one to the next in line."""
    run = explainer()
    assert run.next_for("web", set()) == []
    assert run.next_for("web", {D}) == [E]
    assert run.next_for("web", {A}) == [C]
    assert run.next_for("web", {A, B}) == [C]
    assert run.next_for("web", {A, D}) == [C, E]
    assert run.next_for("web", {A, D}, joined={C}) == [E]
    assert run.next_for("web", {A, C, D, E}) == []
    assert run.next_for("ai", {B}) == []


GROUPS = st.sampled_from(("", "town", "school"))


@st.composite
def selections(draw):
    programmes = tuple(
        Programme(code, tuple(draw(st.lists(st.builds(Seats, GROUPS, st.integers(0, 2)), min_size=1, max_size=3))),
                  draw(st.sampled_from(("", "north"))))
        for code in ("x", "y", "z")
    )  # fmt: skip
    known = sorted({seats.group for p in programmes for seats in p.seats} - {""})
    people = [
        Applicant(
            f"p{n}",
            tuple(
                Wish(w, draw(st.integers(1, 2)))
                for w in draw(st.permutations("xyz"))[: draw(st.integers(0, 3))]
            ),
            tuple(g for g in known if draw(st.booleans())),
        )
        for n in range(draw(st.integers(0, 8)))
    ]
    return Rules(programmes, (Region("north", draw(st.integers(0, 5))),)), people


@given(selections())
def test_explanations_agree_with_the_result_and_both_languages_have_words(selection):
    rules, people = selection
    places = assign(rules, people, SEED).places
    assert findings(rules, people, SEED, places) == []
    run = Explainer(rules, people, SEED, places)
    for person in people:
        found = run.of(person.code)
        placed = [r.programme for r in found.reasons if r.outcome == "placed"]
        assert placed == ([places[person.code].programme] if person.code in places else [])
        for reason in found.reasons:
            refused = reason.outcome in ("full", "region_full")
            assert (reason.waiting is not None) == (refused and not placed)
            assert reason.outcome != "did_not_fit"
            if refused and reason.last:
                assert reason.own > reason.last
        for language in ("ja", "en"):
            assert len(sentences(found, {}, language)) == max(len(person.wishes), 1) + 1


@given(selections(), st.data())
def test_the_next_in_line_is_who_the_selection_would_have_taken(selection, data):
    """One programme, no cap: without those who left, the selection itself gives the same seats."""
    rules, people = selection
    rules = Rules((rules.programmes[0]._replace(region=""),))
    known = {seats.group for seats in rules.programmes[0].seats}
    people = [
        p._replace(wishes=tuple(w for w in p.wishes if w.programme == "x"), groups=tuple(g for g in p.groups if g in known))
        for p in people
    ]  # fmt: skip
    first = assign(rules, people, SEED).places
    gone = data.draw(st.sets(st.sampled_from(sorted(first)))) if first else set()
    again = assign(rules, [p for p in people if p.code not in gone], SEED).places
    offered = Explainer(rules, people, SEED, first).next_for("x", gone)
    assert set(again) == (set(first) - gone) | set(offered)
