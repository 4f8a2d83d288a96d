from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident, StableMarriage

from sonjuku.engines.selection.draw import draw_order
from sonjuku.engines.selection.match import Left, Right, flat, match
from sonjuku.engines.selection.match_check import match_findings

SEED = "5eed"
EXPERTS, FIRMS = ("e1", "e2", "e3", "e4", "e5"), ("f1", "f2", "f3")


@st.composite
def rankings(draw, others, ties):
    """Some of the others, in groups."""
    listed = draw(st.permutations(others))[: draw(st.integers(0, len(others)))]
    groups = []
    for code in listed:
        if groups and ties and draw(st.booleans()):
            groups[-1] += (code,)
        else:
            groups.append((code,))
    return tuple(groups)


@st.composite
def events(draw, *, experts=EXPERTS, firms=FIRMS, ties=True, least=False):
    lefts = [Left(code, draw(rankings(firms, ties))) for code in experts]
    rights = []
    for code in firms:
        most = draw(st.integers(0, 3))
        low = draw(st.integers(0, min(most, 2))) if least else 0
        rights.append(Right(code, draw(rankings(experts, ties)), most, low))
    return lefts, rights


def complaints(lefts, rights, done, seed=SEED):
    return match_findings(lefts, rights, seed, done.pairs, done.ceilings)


@given(events())
def test_nobody_is_passed_over(event):
    lefts, rights = event
    done = match(lefts, rights, SEED)
    assert complaints(lefts, rights, done) == []
    assert done.unmet == ()


@given(events(), st.data())
def test_the_order_of_the_input_changes_nothing(event, data):
    lefts, rights = event
    again = match(data.draw(st.permutations(lefts)), data.draw(st.permutations(rights)), SEED)
    assert again.pairs == match(lefts, rights, SEED).pairs


def numbers(lefts, rights):
    order = draw_order([one.code for one in (*lefts, *rights)], SEED)
    return {code: at for at, code in enumerate(order)}


def accepted(lefts, rights):
    """Strict lists in which both sides accept one another, as the other program wants them."""
    number = numbers(lefts, rights)
    left = {one.code: flat(one.ranking, number) for one in lefts}
    right = {one.code: flat(one.ranking, number) for one in rights}
    return (
        {code: [o for o in listed if code in right[o]] for code, listed in left.items()},
        {code: [o for o in listed if code in left[o]] for code, listed in right.items()},
    )


@given(events())
def test_another_program_finds_the_same(event):
    lefts, rights = event
    rights = [right._replace(most=max(right.most, 1)) for right in rights]
    wanted, welcome = accepted(lefts, rights)
    wanted = {code: listed for code, listed in wanted.items() if listed}
    welcome = {code: listed for code, listed in welcome.items() if listed}
    assume(wanted)
    game = HospitalResident.create_from_dictionaries(
        wanted, welcome, {right.code: right.most for right in rights if right.code in welcome}
    )
    theirs = {r.name: h.name for h, residents in game.solve(optimal="resident").items() for r in residents}
    assert match(lefts, rights, SEED).pairs == theirs


def test_the_other_programs_own_examples():
    """From the documentation of `matching`: hospitals and residents, and a marriage."""
    residents = {"A": "C", "S": "CM", "D": "CMG", "L": "MCG", "J": "CGM"}
    hospitals = {"M": "DLSJ", "C": "DASLJ", "G": "DJL"}
    done = match(
        [Left(code, tuple((h,) for h in listed)) for code, listed in residents.items()],
        [Right(code, tuple((r,) for r in listed), 2) for code, listed in hospitals.items()],
        SEED,
    )
    assert done.pairs == {"L": "M", "S": "M", "D": "C", "A": "C", "J": "G"}
    game = HospitalResident.create_from_dictionaries(
        {code: list(listed) for code, listed in residents.items()},
        {code: list(listed) for code, listed in hospitals.items()},
        dict.fromkeys(hospitals, 2),
    )
    theirs = {r.name: h.name for h, found in game.solve(optimal="resident").items() for r in found}
    assert done.pairs == theirs
    suitors, reviewers = {"A": "DEF", "B": "DFE", "C": "FDE"}, {"D": "BCA", "E": "ACB", "F": "CBA"}
    pairs = match(
        [Left(code, tuple((o,) for o in listed)) for code, listed in suitors.items()],
        [Right(code, tuple((o,) for o in listed)) for code, listed in reviewers.items()],
        SEED,
    ).pairs
    marriage = StableMarriage.create_from_dictionaries(
        {code: list(listed) for code, listed in suitors.items()},
        {code: list(listed) for code, listed in reviewers.items()},
    ).solve()
    assert pairs == {suitor.name: reviewer.name for suitor, reviewer in marriage.items()}
    assert pairs == {"A": "E", "B": "D", "C": "F"}


@settings(max_examples=40)
@given(events(experts=EXPERTS[:4]))
def test_among_all_stable_matchings_each_left_gets_the_best(event):
    lefts, rights = event
    wanted, welcome = accepted(lefts, rights)
    most = {right.code: right.most for right in rights}
    best = {}
    for guess in product(*([*listed, None] for listed in wanted.values())):
        pairs = dict(zip(wanted, guess, strict=True))
        if textbook_stable(wanted, welcome, most, pairs):
            for code, got in pairs.items():
                rank = wanted[code].index(got) if got else len(wanted[code])
                best[code] = min(best.get(code, 9), rank)
    pairs = match(lefts, rights, SEED).pairs
    found = {c: wanted[c].index(pairs[c]) if c in pairs else len(wanted[c]) for c in wanted}
    assert found == best


def textbook_stable(wanted, welcome, most, pairs):
    sits = {firm: [e for e, f in pairs.items() if f == firm] for firm in welcome}
    if any(len(sits[firm]) > most[firm] for firm in sits):
        return False
    for expert, listed in wanted.items():
        better = listed[: listed.index(pairs[expert])] if pairs[expert] else listed
        for firm in better:
            behind = [e for e in sits[firm] if welcome[firm].index(e) > welcome[firm].index(expert)]
            if behind or len(sits[firm]) < most[firm]:
                return False
    return True


@given(events(), st.data())
def test_no_left_gains_by_another_list(event, data):
    lefts, rights = event
    who = data.draw(st.integers(0, len(lefts) - 1))
    truth = flat(lefts[who].ranking, numbers(lefts, rights))
    told = list(lefts)
    told[who] = told[who]._replace(ranking=data.draw(rankings(FIRMS, True)))

    def rank(pairs):
        got = pairs.get(lefts[who].code)
        return truth.index(got) if got in truth else len(truth)

    assert rank(match(lefts, rights, SEED).pairs) <= rank(match(told, rights, SEED).pairs)


def test_a_right_may_gain_by_another_list():
    """Why no such promise is made to firms: f1 drops its second choice and gets its first."""
    lefts = [Left("e1", (("f1",), ("f2",))), Left("e2", (("f2",), ("f1",)))]
    f1, f2 = Right("f1", (("e2",), ("e1",))), Right("f2", (("e1",), ("e2",)))
    assert match(lefts, [f1, f2], SEED).pairs == {"e1": "f1", "e2": "f2"}
    assert match(lefts, [f1._replace(ranking=(("e2",),)), f2], SEED).pairs == {"e1": "f2", "e2": "f1"}


def test_ties_go_by_the_published_number():
    first, second = draw_order(["e1", "e2"], SEED)
    both = (("e1", "e2"),)
    lefts = [Left("e1", (("f1",),)), Left("e2", (("f1",),))]
    assert match(lefts, [Right("f1", both)], SEED).pairs == {first: "f1"}
    assert match(lefts, [Right("f1", ((second,), (first,)))], SEED).pairs == {second: "f1"}
    # On the left too: whichever of two equals has the smaller number is asked first.
    near, _ = draw_order(["f1", "f2"], SEED)
    free = [Right("f1", (("e1",),)), Right("f2", (("e1",),))]
    assert match([Left("e1", (("f1", "f2"),))], free, SEED).pairs == {"e1": near}


@given(events(least=True))
def test_with_minimums_nobody_envies_one_who_is_ranked_behind(event):
    lefts, rights = event
    done = match(lefts, rights, SEED)
    assert complaints(lefts, rights, done) == []
    plain = match(lefts, [right._replace(least=0) for right in rights], SEED)

    def lacking(pairs):
        got = list(pairs.values())
        return sum(max(0, right.least - got.count(right.code)) for right in rights)

    assert lacking(done.pairs) <= lacking(plain.pairs)
    assert (lacking(done.pairs) == 0) == (done.unmet == ())
    if lacking(done.pairs) == lacking(plain.pairs):
        assert done.pairs == plain.pairs  # no seat was taken away for nothing


def test_a_minimum_takes_seats_from_the_popular_until_it_is_met():
    """All three like f1 best, which has three seats; f2 needs one."""
    lefts = [Left(code, (("f1",), ("f2",))) for code in EXPERTS[:3]]
    ranked = tuple((code,) for code in EXPERTS[:3])
    done = match(lefts, [Right("f1", ranked, 3), Right("f2", ranked, 3, 1)], SEED)
    assert done.pairs == {"e1": "f1", "e2": "f1", "e3": "f2"}
    assert done.ceilings["f1"] == 2
    assert match_findings(lefts, [Right("f1", ranked, 3), Right("f2", ranked, 3)], SEED, done.pairs, {}) != []


def test_a_minimum_that_nobody_wants_is_named_and_costs_nothing():
    lefts = [Left("e1", (("f1",),)), Left("e2", (("f1",),))]
    rights = [Right("f1", (("e1",), ("e2",)), 2), Right("f2", (("e1",),), 1, 1)]
    done = match(lefts, rights, SEED)
    assert done.pairs == {"e1": "f1", "e2": "f1"}
    assert done.unmet == ("f2",)


LEFTS = [Left("e1", (("f1",), ("f2",))), Left("e2", (("f1",),))]
RIGHTS = [Right("f1", (("e1",), ("e2",))), Right("f2", ())]
OPEN = {"f1": 1, "f2": 1}


@pytest.mark.parametrize(
    ("pairs", "ceilings", "found"),
    [
        ({"e1": "f1"}, OPEN, []),
        ({"e2": "f1"}, OPEN, ["passed_over e1 f1"]),
        ({}, OPEN, ["empty_seat e1 f1", "empty_seat e2 f1"]),
        ({"e1": "f1", "e2": "f1"}, OPEN, ["over_most - f1"]),
        ({"e1": "f2"}, OPEN, ["empty_seat e1 f1", "empty_seat e2 f1", "not_accepted e1 f2"]),
        ({}, {"f1": 0, "f2": 1}, ["bad_ceiling - -"]),
        ({"e1": "f1"}, {"f1": 2, "f2": 1}, ["bad_ceiling - -", "bad_ceiling - f1", "empty_seat e2 f1"]),
    ],
)
def test_the_checker_names_what_is_wrong(pairs, ceilings, found):
    assert match_findings(LEFTS, RIGHTS, SEED, pairs, ceilings) == found


@pytest.mark.parametrize(
    ("lefts", "rights", "reason"),
    [
        ([Left("e 1", ())], [], "bad_name"),
        ([Left("x", ())], [Right("x", ())], "duplicate_name"),
        ([Left("e1", (("f9",),))], [], "unknown_partner"),
        ([Left("e1", (("f1",), ("f1",)))], [Right("f1", ())], "duplicate_name"),
        ([], [Right("f1", (), 1, 2)], "least_over_most"),
        ([], [Right("f1", (), -1)], "bad_count"),
        ([], [Right("f1", (), True)], "bad_count"),
    ],
)
def test_what_is_not_a_matching_is_refused(lefts, rights, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        match(lefts, rights, SEED)


def test_with_minimums_a_left_may_gain_by_another_list():
    """Why the safety of the true order is not promised there: who names f3 alone makes f1's minimum of two
    impossible, so no seat is taken away for it, and keeps f3."""
    lists = {"e1": "231", "e2": "321", "e3": "213", "e4": "321"}
    lefts = [Left(code, tuple((f"f{n}",) for n in listed)) for code, listed in lists.items()]
    rights = [
        Right(code, tuple((f"e{n}",) for n in listed), most, least)
        for code, listed, most, least in (("f1", "1423", 2, 2), ("f2", "3214", 2, 2), ("f3", "1243", 3, 1))
    ]
    honest = match(lefts, rights, SEED)
    assert honest.pairs["e4"] == "f1"
    short = match([*lefts[:3], Left("e4", (("f3",),))], rights, SEED)
    assert short.pairs["e4"] == "f3"
