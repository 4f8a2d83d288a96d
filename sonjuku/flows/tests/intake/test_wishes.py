"""Ranked wishes and the order over a run's calls, from files."""

from typing import Any

import pytest

from sonjuku.flows import applying, exporting, intake
from sonjuku.flows.tests.conftest import ADULT
from sonjuku.flows.tests.intake.files import HEADER, codes, line
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, ImportBatch, SeatPool, SelectionRun
from sonjuku.rooms.people.models import Person, Tie

RANKED = f"{HEADER},第1希望,第２希望,第三希望"
ORDERED = f"{HEADER},この募集の希望の順"


def row(number: int, *cells: str) -> str:
    return ",".join([line(number), *cells])


@pytest.fixture
def courses(council: Any, make_call: Any, secretariat: Any) -> Any:
    """A call with three ranked courses, open."""

    def make(**fields: Any) -> Call:
        call: Call = make_call(council, selection="ranked", seed_source="12月4日の終値", **fields)
        SeatPool.objects.filter(call=call).delete()
        for number, (option, english) in enumerate((("朝", "Morning"), ("昼", "Noon"), ("夜", "Evening"))):
            SeatPool.objects.create(call=call, option=option, option_en=english, capacity=2, ordinal=number)
        return actions.open_call(by=secretariat, call=call)

    return make


@pytest.fixture
def tours(council: Any, make_call: Any, secretariat: Any) -> list[Call]:
    """Two calls that are drawn together."""
    drafts = [make_call(council, code=f"tour-{n}", title=f"ツアー{n}", seed_source="") for n in (1, 2)]
    actions.create_run(
        by=secretariat, council=council, title="ツアー", calls=drafts, seed_source="12月10日の公開の数"
    )
    return [actions.open_call(by=secretariat, call=Call.objects.get(pk=call.pk)) for call in drafts]


def wishes(call: Call) -> dict[str, list[str]]:
    rows = Application.objects.filter(call=call).select_related("person")
    return {row.person.given_name_kana: row.wishes for row in rows}


# Within a call


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_wishes_come_in_columns(courses: Any, checked: Any, promote: Any, encoding: str) -> None:
    call = courses()
    batch = checked(call, row(1, "夜", "朝", ""), row(2, "Noon", "", "朝"), header=RANKED, encoding=encoding)
    assert codes(batch) == {}
    promote(batch)
    assert wishes(call) == {"アアアイ": ["夜", "朝"], "アアアウ": ["昼", "朝"]}
    assert set(Application.objects.values_list("option", flat=True)) == {"夜", "昼"}


def test_english_headings_are_known(courses: Any, checked: Any, promote: Any) -> None:
    call = courses()
    promote(checked(call, row(1, "Evening", "Noon"), header=f"{HEADER},1st choice,Second choice"))
    assert wishes(call) == {"アアアイ": ["夜", "昼"]}


def test_what_is_wrong_is_told_by_row_and_column(courses: Any, checked: Any, secretariat: Any) -> None:
    batch = checked(
        courses(), row(1, "深夜", "", ""), row(2, "夜", "夜", ""), row(3, "", "朝", ""), row(4, "朝", "昼", "夜"), header=RANKED
    )  # fmt: skip
    assert codes(batch) == {2: [(6, "option")], 3: [(7, "wish_twice")], 4: [(6, "missing")]}
    said = [
        str(fault.message)
        for each in intake.lines_of(batch.rows.filter(number=3), intake.sheet_of(batch, secretariat))
        for fault in each.faults
    ]
    assert said == ["同じ区分を二度選んでいます。希望の順に、違う区分を入力してください。"]


def test_a_file_that_names_one_option_is_one_wish(courses: Any, checked: Any, promote: Any) -> None:
    call = courses()
    promote(checked(call, row(1, "昼"), header=f"{HEADER},区分"))
    assert wishes(call) == {"アアアイ": ["昼"]}


def test_wishes_are_not_proposed_where_nothing_is_ranked(lottery: Any, stage: Any) -> None:
    batch = stage(lottery(), row(1, "夜", "", ""), header=RANKED)
    assert not {target for target in batch.mapping.values() if target.startswith("wish")}


@pytest.mark.parametrize("file_format", ["csv", "csv_cp932", "xlsx"])
def test_what_was_exported_can_be_imported_again(
    courses: Any, checked: Any, promote: Any, secretariat: Any, file_format: str
) -> None:
    call = courses()
    promote(checked(call, row(1, "夜", "朝", "昼"), row(2, "朝", "", ""), header=RANKED))
    columns = [
        column.key for column in exporting.sheet(by=secretariat, call=call, kind="applicants").columns()
    ]
    file = exporting.export(
        by=secretariat, call=call, kind="applicants", columns=columns, purpose="次の年度の試し", file_format=file_format
    )  # fmt: skip
    again = courses(code="again")
    batch = intake.open_file(by=secretariat, call=again, file_name=file.name, data=file.content)
    actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=[])
    intake.check(batch.id, secretariat.at)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert codes(batch) == {}
    promote(batch)
    assert wishes(again) == wishes(call)
    told = ("family_name", "given_name_kana", "date_of_birth", "postal_code", "address", "email", "lg_code")
    both = [
        sorted(Person.objects.filter(applications__call=each).values_list(*told)) for each in (call, again)
    ]
    assert both[0] == both[1]


# Over the calls of a run


def test_the_same_person_in_two_files_has_one_number_and_an_order(
    tours: list[Call], checked: Any, promote: Any
) -> None:
    first, second = tours
    promote(checked(first, row(1, "2"), row(2, "第１希望"), header=ORDERED))
    promote(checked(second, row(1, "1"), row(3, ""), header=ORDERED))
    assert Person.objects.count() == 3
    mine = Application.objects.filter(person__given_name_kana="アアアイ").order_by("call__code")
    assert [each.wish_rank for each in mine] == [2, 1]
    assert {each.run_code for each in mine} == {mine[0].code}
    assert Tie.objects.filter(person=mine[0].person).count() == 1
    stranger = Application.objects.get(person__given_name_kana="アアアエ")
    assert (stranger.run_code, stranger.wish_rank) == (stranger.code, 1)


def test_without_an_order_the_second_call_comes_behind(tours: list[Call], checked: Any, promote: Any) -> None:
    for call in tours:
        promote(checked(call, line(1)))
    assert list(Application.objects.order_by("call__code").values_list("wish_rank", flat=True)) == [1, 2]


def test_the_same_place_twice_and_a_place_that_is_none_are_told(
    tours: list[Call], checked: Any, promote: Any
) -> None:
    promote(checked(tours[0], row(1, "1"), header=ORDERED))
    batch = checked(tours[1], row(1, "1"), row(2, "3"), row(3, "はじめ"), header=ORDERED)
    assert codes(batch) == {2: [(None, "rank_taken")], 3: [(6, "wish_rank")], 4: [(6, "wish_rank")]}


def test_two_rows_of_one_person_by_different_keys_are_one(
    tours: list[Call], checked: Any, secretariat: Any
) -> None:
    profile = {**ADULT, "family_name_kana": "ミホン", "given_name_kana": "アアアイ", "email": "p1@example.jp"}
    applying.enter(
        by=secretariat, call=tours[0], profile=profile, channel="paper", received_at=secretariat.at
    )
    born, mailed = line(1, born="1990-05-05", email=""), line(1, born="", email="p1@example.jp")
    batch = checked(tours[1], born, mailed)
    assert codes(batch) == {3: [(None, "in_file")]}


def test_nobody_is_linked_to_a_call_that_is_drawn_alone(lottery: Any, checked: Any, promote: Any) -> None:
    first, second = lottery(code="one"), lottery(code="two")
    for call in (first, second):
        promote(checked(call, line(1)))
    assert Person.objects.count() == 2
    assert not SelectionRun.objects.filter(is_shared=True).exists()
