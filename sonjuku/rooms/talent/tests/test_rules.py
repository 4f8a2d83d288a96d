import datetime as dt
from itertools import product

import pytest

from sonjuku.rooms.talent import rules
from sonjuku.rooms.talent.rules import COUNCIL, OUTSIDE, Area, Place, Shown

G = "group"
AREA = Area(((G, ("355020", "352110")),), ("352047",))
SMALL = {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("day", "quarter", "following", "before"),
    [
        ("2026-01-01", "2026-01-01", "2026-04-01", "2025-10-01"),
        ("2026-03-31", "2026-01-01", "2026-04-01", "2025-10-01"),
        ("2026-06-30", "2026-04-01", "2026-07-01", "2026-01-01"),
        ("2026-12-31", "2026-10-01", "2027-01-01", "2026-07-01"),
    ],
)
def test_quarters(day, quarter, following, before):
    first = rules.quarter_of(dt.date.fromisoformat(day))
    assert first.isoformat() == quarter
    assert rules.next_quarter(first).isoformat() == following
    assert rules.previous_quarter(first).isoformat() == before


def test_quarters_due():
    def due(**known):
        return [q.isoformat()[:7] for q in rules.quarters_due(today=dt.date(2026, 11, 20), **known)]

    assert due(released=None, earliest=None) == ["2026-07"]
    assert due(released=None, earliest=dt.date(2026, 2, 3)) == ["2026-01", "2026-04", "2026-07"]
    assert due(released=None, earliest=dt.date(2026, 11, 3)) == ["2026-07"]
    assert due(released=dt.date(2026, 4, 1), earliest=dt.date(2020, 1, 1)) == ["2026-07"]
    assert due(released=dt.date(2026, 7, 1), earliest=dt.date(2020, 1, 1)) == []
    assert len(due(released=None, earliest=dt.date(1990, 1, 1))) == 40


def test_an_area_counts_wards_to_their_city_and_each_place_once():
    found = rules.area(
        own=["011002", "011011", "012025"], groups=[(1, ["011029", "013030"]), (2, ["013030"]), (3, [])]
    )
    assert found == Area(((1, ("011002", "013030")),), ("012025",))
    assert found.places()[OUTSIDE] == Place(None, OUTSIDE)


def people(number, code, *skills):
    return {f"{code}{skills}{n}": (frozenset(skills), code) for n in range(number)}


def test_people_are_counted_where_they_live_and_elsewhere_is_one_place():
    gained = (
        people(6, "352047", "a") | people(5, "131130", "a") | people(5, "", "a") | people(3, "355020", "a")
    )
    gained |= people(4, "352110", "a")
    cells, holders = rules.skill_cells(AREA, gained)
    assert {place: cell.number for (_skill, place), cell in cells.items()} == {
        COUNCIL: 23, Place(G, ""): 7, Place(G, "355020"): None, Place(G, "352110"): None,
        Place(None, "352047"): 6, Place(None, OUTSIDE): 10,
    }  # fmt: skip
    assert holders == Shown(23)


def test_skills_that_come_together_are_not_set_off_against_each_other():
    """Seven gained a, five of them b too: shown side by side, 7 and 5 would say that two have a alone."""
    gained = people(5, "352047", "a", "b") | people(2, "352047", "a")
    cells, _holders = rules.skill_cells(AREA, gained)
    assert cells["b", Place(None, "352047")] == Shown(5)
    assert cells["a", Place(None, "352047")] == Shown(5, True)


def test_applications_and_people_do_not_give_each_other_away():
    once = dict.fromkeys(range(9), (1, "352047"))
    total, table = rules.applicant_figures(AREA, once)
    assert (total, table[COUNCIL], table[Place(None, "352047")]) == (Shown(9), Shown(9), Shown(9))
    twice = once | {0: (3, "352047")}
    total, table = rules.applicant_figures(AREA, twice)
    assert (total, table[COUNCIL]) == (Shown(9, True), Shown(9))
    often = dict.fromkeys(range(9), (2, "352047"))
    assert rules.applicant_figures(AREA, often)[0] == Shown(18)
    assert rules.applicant_figures(AREA, {1: (2, "352047")})[0] == Shown(None)


def test_no_table_of_applicants_gives_a_number_away():
    """Every table of five kinds of people: sums of parts and the repeats, in each class of what is released."""
    small = Area(((G, ("355020", "352110")),), ())
    classes = {}
    for counts in product(range(6), range(6), range(6), range(7)):
        homes = [
            code for code, n in zip(("355020", "352110", "131130"), counts, strict=False) for _ in range(n)
        ]
        if counts[3] and not homes:
            continue
        applications = {n: (1 + (counts[3] if n == 0 else 0), code) for n, code in enumerate(homes)}
        total, table = rules.applicant_figures(small, applications)
        classes.setdefault((total, *table.items()), []).append(counts)
    for tables in classes.values():
        for chosen in product((0, 1), repeat=4):
            sums = {sum(n for n, is_in in zip(t, chosen, strict=True) if is_in) for t in tables}
            assert len(sums) > 1 or not sums & SMALL


@pytest.mark.parametrize(("number", "shown"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (37, 35)])
def test_steps_of_five(number, shown):
    assert rules.in_steps(number).number == shown


def test_margins_are_sums_of_what_is_shown():
    assert rules.total_of([Shown(5), Shown(7)]) == Shown(12)
    assert rules.total_of([Shown(5), Shown(None)]) == Shown(5, True)
    assert rules.total_of([Shown(None), Shown(0)]) == Shown(None)
    assert rules.total_of([Shown(0), Shown(0)]) == Shown(0)


def test_growth_is_said_from_five_more():
    assert rules.grows(Shown(30), Shown(35))
    assert not rules.grows(Shown(30), Shown(34))
    assert rules.grows(Shown(0), Shown(5))
    assert not rules.grows(Shown(None), Shown(30))
    assert not rules.grows(Shown(30, True), Shown(40))
    assert not rules.grows(Shown(30), Shown(None))
