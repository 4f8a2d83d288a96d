import datetime as dt

import pytest

from sonjuku.flows import open_data
from sonjuku.flows.calling import clone
from sonjuku.flows.events_in import import_events, preview, read
from sonjuku.flows.tests.test_events_in_cells import GOOD, sheet
from sonjuku.protocols.opendata import COLUMNS, row
from sonjuku.rooms.calls.actions import announce_call, change_call
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.participation.models import Occasion
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import TOKYO


@pytest.fixture
def programme(council, make_call):
    make_call(council)
    return Programme.objects.get()


@pytest.fixture
def bring(council, secretariat, programme):
    return lambda found: import_events(
        by=secretariat, council=council, programme=programme, host=council.host, sheet=found
    )


def tally(steps):
    return [step.become.value for step in steps]


@pytest.mark.django_db
def test_drafts_are_made_and_a_second_time_nothing(council, bring):
    found = sheet(GOOD, GOOD | {"NO": "13", "イベント名": "講演会", "定員": ""})
    assert tally(preview(council, council.host, found)) == ["new", "new"]
    assert Call.objects.filter(source_key__gt="").count() == 0
    assert tally(bring(found)) == ["new", "new"]
    call = Call.objects.get(source_key="352047:12")
    assert (call.state, call.kind, call.code, call.fee_jpy) == ("draft", "event", "event-2026-1", 0)
    assert [pool.capacity for pool in call.seat_pools.all()] == [20]
    assert call.occasions.get().ends_at == dt.datetime(2026, 12, 5, 15, tzinfo=TOKYO)
    assert [(row.body, row.role) for row in call.bodies.all()] == [(council.host, "host")]
    assert tally(bring(sheet(GOOD, GOOD | {"NO": "13", "イベント名": "講演会", "定員": ""}))) == [
        "same",
        "same",
    ]
    assert Occasion.objects.count() == 2


@pytest.mark.django_db
def test_a_draft_follows_its_list_and_a_public_call_does_not(council, bring, secretariat):
    bring(sheet(GOOD, GOOD | {"NO": "13"}))
    second = Call.objects.get(source_key="352047:13")
    announce_call(by=secretariat, call=second)
    change = {"開始時間": "14:00", "定員": "30", "料金(基本)": "500"}
    assert tally(bring(sheet(GOOD | change, GOOD | {"NO": "13"} | change))) == ["changed", "public"]
    first = Call.objects.get(source_key="352047:12")
    assert (first.fee_jpy, first.seat_pools.get().capacity) == (500, 30)
    assert first.occasions.get().starts_at == dt.datetime(2026, 12, 5, 14, tzinfo=TOKYO)
    second.refresh_from_db()
    assert (second.fee_jpy, second.seat_pools.get().capacity) == (0, 20)


@pytest.mark.django_db
def test_a_number_used_again_next_month_is_another_event(bring):
    other = GOOD | {"イベント名": "新年会", "開始日": "2027-01-09", "終了日": ""}
    bring(sheet(GOOD))
    assert tally(bring(sheet(other))) == ["new"]
    assert tally(bring(sheet(other))) == ["same"]
    assert tally(bring(sheet(GOOD))) == ["same"]
    assert Call.objects.filter(source_key__startswith="352047:12").count() == 2


@pytest.mark.django_db
def test_a_renamed_and_a_moved_event_stay_themselves(bring):
    bring(sheet(GOOD))
    assert tally(bring(sheet(GOOD | {"イベント名": "AI体験会"}))) == ["changed"]
    assert tally(bring(sheet(GOOD | {"イベント名": "AI体験会", "開始日": "2026-12-06", "終了日": ""}))) == [
        "changed"
    ]
    call = Call.objects.get(source_key="352047:12")
    assert (call.title, call.starts_on) == ("AI体験会", dt.date(2026, 12, 6))


@pytest.mark.django_db
def test_without_numbers_title_and_day_tell_events_apart(bring):
    bare = GOOD | {"NO": ""}
    assert tally(bring(sheet(bare, bare | {"開始日": "2026-12-06", "終了日": ""}))) == ["new", "new"]
    assert tally(bring(sheet(bare))) == ["same"]


@pytest.mark.django_db
def test_meetings_that_people_entered_stay(bring, secretariat):
    from sonjuku.rooms.participation.actions import add_occasion

    bring(sheet(GOOD))
    call = Call.objects.get(source_key="352047:12")
    first = call.occasions.get()
    add_occasion(
        by=secretariat, call=call, starts_at=first.ends_at, ends_at=first.ends_at + dt.timedelta(hours=1)
    )
    assert tally(bring(sheet(GOOD | {"開始時間": "9:00"}))) == ["same"]
    assert call.occasions.count() == 2


@pytest.mark.django_db
def test_a_wrong_row_keeps_the_whole_file_out(bring):
    with pytest.raises(ValueError, match="sheet_is_wrong"):
        bring(sheet(GOOD, GOOD | {"NO": "13", "開始日": "いつか"}))
    assert not Call.objects.exclude(source_key="").exists()


@pytest.mark.django_db
def test_next_years_copy_does_not_come_from_the_list(bring, secretariat):
    bring(sheet(GOOD))
    copy = clone(by=secretariat, call=Call.objects.get(source_key="352047:12"), code="next")
    assert copy.source_key == ""
    assert tally(bring(sheet(GOOD))) == ["same"]


@pytest.mark.django_db
def test_another_bodys_draft_is_not_touched_and_not_shown(council, bring):
    bring(sheet(GOOD))
    other = Body.objects.create(council=council, type="npo", name="NPO")
    steps = preview(council, other, sheet(GOOD | {"イベント名": "奪った題"}))
    assert tally(steps) == ["others"]
    assert steps[0].call is None


@pytest.mark.django_db
def test_other_councils_lists_are_their_own(council, other_council, bring):
    bring(sheet(GOOD))
    assert tally(preview(other_council, other_council.host, sheet(GOOD))) == ["new"]


@pytest.mark.django_db
def test_our_own_list_comes_back_in(council, other_council, make_call, secretariat, at):
    call = make_call(
        council,
        kind="event",
        title="講座",
        state="open",
        fee_jpy=0,
        venue="市役所",
        starts_on=dt.date(2026, 12, 5),
    )
    change_call(by=secretariat, call=call, summary="学びます")
    out = open_data.events(open_data.public_events(council, at), lambda call: "https://example.jp/")
    found = read(write_csv(map(row, out), COLUMNS))
    assert found.wrong == []
    assert (found.events[0].title, found.events[0].fields["fee_jpy"], found.events[0].fields["venue"]) == (
        "講座",
        0,
        "市役所",
    )
    assert found.events[0].fields["closes_at"] == call.closes_at


@pytest.mark.django_db
def test_known_rows_cost_no_statements(bring, council, django_assert_num_queries):
    for number in (1, 3):
        found = sheet(*[GOOD | {"NO": str(n)} for n in range(number)])
        bring(found)
        with django_assert_num_queries(4):
            preview(council, council.host, found)
