"""What a run publishes, decided without a database."""

import datetime as dt
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines.selection.assign import Applicant, Seats, Wish
from sonjuku.engines.selection.explain import Explanation, Reason, Standing, Tried
from sonjuku.rooms.calls.models import Call, SeatPool
from sonjuku.rooms.calls.rules import (
    Entrant,
    Entry,
    Known,
    allocate_next,
    applicants_of,
    counted_reasons,
    freezes_from,
    from_json,
    layout_of,
    merged_classes,
    pairs,
    public_reasons,
    read_list,
    read_rules,
    rules_text,
    titles_of,
    to_json,
    with_classes,
)
from sonjuku.rooms.calls.rules import list_text as list_text_of
from sonjuku.rooms.calls.rules.doubles import CROWD
from sonjuku.rooms.calls.rules.places import Seats as PoolSeats

HAGI, ABU, NAGATO = "352047", "355020", "352110"


def in_class(number, *codes):
    return [Applicant(code, (Wish("p1", number),)) for code in codes]


def people(count, start=0):
    return [f"c{n}" for n in range(start, start + count)]


# Classes


def test_a_small_class_joins_the_one_before_it_and_the_first_the_next():
    five, four = people(5), people(4, 100)
    assert merged_classes(in_class(1, *five) + in_class(9, *people(5, 50))) == {}
    assert merged_classes(in_class(1, *five) + in_class(9, *four)) == {9: 1}
    assert merged_classes(in_class(1, *four) + in_class(9, *five)) == {1: 9}
    assert merged_classes(in_class(1, *four)) == {}
    assert merged_classes([]) == {}


def test_three_classes_are_merged_from_the_last():
    found = in_class(1, *people(2)) + in_class(2, *people(2, 10)) + in_class(3, *people(9, 20))
    assert merged_classes(found) == {2: 3, 1: 3}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_no_class_of_fewer_than_five_is_published(sizes):
    found = [
        one for number, size in enumerate(sizes, 1) for one in in_class(number, *people(size, number * 100))
    ]
    merged = with_classes(found, merged_classes(found))
    shown = {}
    for applicant in merged:
        shown.setdefault(applicant.wishes[0].priority, []).append(applicant.code)
    assert len(merged) == len(found)
    assert len(shown) <= 1 or min(map(len, shown.values())) >= 5
    # Merging never turns the order of two people round.
    before = {a.code: a.wishes[0].priority for a in found}
    after = {a.code: a.wishes[0].priority for a in merged}
    for one in before:
        for other in before:
            assert not (before[one] < before[other] and after[one] > after[other])


def test_reasons_of_few_are_counted_together():
    reasons = [["age"]] * 6 + [["residence_in", "age"]] * 2 + [["二重の申込み"]] * 3 + [[]]
    counts = counted_reasons(reasons)
    assert counts == {"age": 6, "residence_in": 2, "staff": 4}
    assert public_reasons(counts) == {"age": 6, "other": 6}
    assert public_reasons({}) == {}


# What is published


def call_with(selection="lottery", title="講座", **fields):
    return Call(id=uuid4(), selection=selection, title=title, title_en="Course", **fields)


def pool(option="", seat_type="", areas=(), capacity=3, taken=0):
    return SeatPool(
        id=uuid4(), option=option, option_en=option and f"{option} (en)", seat_type=seat_type,
        reserved_for_lg_codes=list(areas), capacity=capacity, taken=taken,
    )  # fmt: skip


def test_one_plain_call_is_a_draw_and_all_else_an_assignment():
    plain, ranked = call_with(), call_with("ranked")
    assert layout_of([plain], {plain.id: [pool()]}).method == "draw"
    assert layout_of([ranked], {ranked.id: [pool()]}).method == "assign"
    assert layout_of([plain], {plain.id: [pool("a"), pool("b")]}).method == "assign"
    assert layout_of([plain], {plain.id: [pool(areas=[HAGI])]}).method == "assign"
    assert layout_of([plain, ranked], {plain.id: [pool()], ranked.id: [pool()]}).method == "assign"


def test_held_seats_stand_before_open_ones_and_areas_have_one_name():
    one, two = call_with(title="一"), call_with(title="二")
    pools = {
        one.id: [pool("web"), pool("web", "市内優先", [HAGI, ABU], 2), pool("ai", capacity=5, taken=1)],
        two.id: [pool(seat_type="阿武町優先", areas=[ABU, HAGI]), pool(seat_type="長門", areas=[NAGATO])],
    }
    layout = layout_of([one, two], pools)
    text = rules_text(layout, run_code="7F3K-22QX", source="公開の数")
    method, rules = read_rules(text)
    assert method == "assign"
    assert [(p.code, p.seats) for p in rules.programmes] == [
        ("p1", (Seats("g1", 2), Seats("", 3))),
        ("p2", (Seats("", 4),)),
        ("p3", (Seats("g1", 3), Seats("g2", 3))),
    ]
    assert titles_of(layout, [one, two]) == {
        "p1": ["一 web", "Course: web (en)"], "p2": ["一 ai", "Course: ai (en)"], "p3": ["二", "Course"],
        "g1": ["市内優先", "市内優先"], "g2": ["長門", "長門"],
    }  # fmt: skip
    entries = [
        Entry(uuid4(), "B-1", two.id, [""], 1, HAGI), Entry(uuid4(), "A-1", one.id, ["ai", "web"], 9, NAGATO),
        Entry(uuid4(), "B-1", one.id, ["ai"], 1, HAGI),
    ]  # fmt: skip
    listed = list_text_of(text, method, applicants_of(layout, entries))
    # A-1 lives where seats are held, but asks for none of those.
    assert listed.splitlines()[1:] == ["A-1\t-\tp2:9,p1:9", "B-1\tg1\tp3:1,p2:1"]
    assert [a.code for a in read_list(listed, method)] == ["A-1", "B-1"]


def test_an_explanation_is_read_back_as_it_was():
    tried = (Tried("g1", 2, Standing(1, 4), "not_yours"), Tried("", 0, None, "taken"))
    reasons = (
        Reason("p1", 1, Standing(9, 12), "full", "", tried, 3),
        Reason("p2", 2, Standing(9, 12), "placed", "", (), None),
    )
    explanation = Explanation("A-1", 12, 30, reasons)
    assert from_json("A-1", to_json(explanation)) == explanation


# The waiting list


def seats(option, free, areas=()):
    return PoolSeats(uuid4(), option, free, list(areas))


def test_a_free_seat_goes_to_the_first_in_line_who_wishes_it():
    web, ai = seats("web", 1), seats("ai", 1)
    line = [
        Entrant("a", wishes=("cloud",)),
        Entrant("b", wishes=("ai", "web")),
        Entrant("c", wishes=("ai",)),
        Entrant("d", wishes=("web",)),
    ]
    assert allocate_next(line, [web, ai]) == {"b": ai.id, "d": web.id}


def test_a_held_seat_is_released_only_when_nobody_of_its_area_waits():
    def line():
        return [Entrant("out", "", "131130"), Entrant("in", "", HAGI)]

    held = seats("", 1, [HAGI])
    assert allocate_next(line(), [held]) == {"in": held.id}
    held = seats("", 1, [HAGI])
    assert allocate_next(line()[:1], [held]) == {"out": held.id}
    held, full = seats("", 1, [HAGI]), seats("", 0)
    assert allocate_next(line()[:1], [full, held]) == {"out": held.id}
    assert allocate_next([], [seats("", 2)]) == {}


# Doubles


def known(number, kana="", born=None, phone="", address=""):
    return Known(UUID(int=number), UUID(int=1000 + number), kana, born, phone, address)


def test_nothing_known_is_nothing_alike():
    rows = [
        known(1, "", dt.date(2000, 1, 1), "000-0000-0000"),
        known(2, "", dt.date(2000, 1, 1), "000-0000-0000"),
    ]
    assert pairs(rows) == []
    assert pairs([known(1, "ハギ タロウ"), known(2, "ハギ タロウ")]) == []


def test_a_pair_stands_once_with_all_that_is_alike():
    born = dt.date(2000, 1, 1)
    rows = [known(2, "ハギタロウ", born, "0838-25-1234"), known(1, "ﾊｷﾞ ﾀﾛｳ", born, "0838 25 1234")]
    [pair] = pairs(rows)
    assert (pair.first, pair.second, pair.alike) == (UUID(int=2), UUID(int=1), ("name", "phone"))


def test_a_dormitory_is_no_crowd_of_pairs():
    rows = [
        known(n, f"ハギ{n:03}", dt.date(2000, 1, 1), address="萩市江向510番地 寮") for n in range(CROWD + 1)
    ]
    assert len(pairs(rows)) == CROWD
    assert len(pairs(rows[:CROWD])) == CROWD * (CROWD - 1) // 2


def test_days_of_checking_begin_after_the_day_of_the_close():
    # Closed at the end of Friday 20 November 2026; Monday is a holiday.
    closes_at = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
    assert freezes_from(closes_at, 0) == closes_at
    assert freezes_from(closes_at, 1) == dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)
    assert freezes_from(closes_at, 3) == dt.datetime(2026, 11, 26, 15, tzinfo=dt.UTC)
