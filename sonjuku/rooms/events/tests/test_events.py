import datetime as dt
import io

import pytest

from sonjuku.rooms.events import actions, queries
from sonjuku.rooms.events.models import BoothSlot, SlotBooking
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation.models import Occasion
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.dates import at_tokyo, weekday_ja
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def booth(make_call, council, secretariat):
    """Our booth at the city's festival, hosted by another body."""
    city = Body.objects.create(council=council, type=Body.Type.MUNICIPALITY, name="見本市")
    return actions.set_booth(
        by=secretariat, call=make_call(council), host_event="見本まつり", host_body=city, place="中央公園"
    )


@pytest.fixture
def add_slot(booth, at, secretariat):
    def add(capacity, hours=1):
        start = at + hours * HOUR
        return actions.add_slot(
            by=secretariat, booth=booth, starts_at=start, ends_at=start + HOUR, capacity=capacity
        )

    return add


@pytest.fixture
def place(booth, make_person, secretariat):
    def make():
        return participation.walk_in(by=secretariat, call=booth.call, person=make_person(booth.council))

    return make


@pytest.fixture
def talk(make_call, council, secretariat, at):
    call = make_call(council)
    return participation.add_occasion(by=secretariat, call=call, starts_at=at, ends_at=at + HOUR)


def refused(code, action, **arguments):
    with pytest.raises(Refused) as caught:
        action(**arguments)
    assert caught.value.code == code


@pytest.mark.django_db
def test_we_exhibit_at_an_event_that_another_body_hosts(booth, council):
    found = queries.booth_of(booth.call)
    assert found.host_body.name == "見本市"
    assert found.host_body != council.host


@pytest.mark.django_db
def test_a_booking_takes_one_seat_once(add_slot, place, secretariat):
    slot, someone = add_slot(2), place()
    first = actions.book_slot(by=secretariat, slot=slot, participation=someone)
    assert actions.book_slot(by=secretariat, slot=slot, participation=someone) == first
    assert [s.left for s in queries.slots(slot.booth)] == [1]
    assert queries.slot_of(someone) == slot


@pytest.mark.django_db
def test_a_full_slot_is_refused_and_the_earlier_booking_stays(add_slot, place, secretariat):
    full, other = add_slot(1), add_slot(3, hours=2)
    actions.book_slot(by=secretariat, slot=full, participation=place())
    someone = place()
    actions.book_slot(by=secretariat, slot=other, participation=someone)
    refused("slot_full", actions.book_slot, by=secretariat, slot=full, participation=someone)
    assert queries.slot_of(someone) == other


@pytest.mark.django_db
def test_moving_to_another_slot_frees_the_first(add_slot, place, secretariat):
    first, second, someone = add_slot(1), add_slot(1, hours=2), place()
    actions.book_slot(by=secretariat, slot=first, participation=someone)
    actions.book_slot(by=secretariat, slot=second, participation=someone)
    assert [s.taken for s in BoothSlot.objects.all()] == [0, 1]
    assert actions.release_slot(by=secretariat, participation=someone)
    assert not actions.release_slot(by=secretariat, participation=someone)
    assert [s.taken for s in BoothSlot.objects.all()] == [0, 0]


@pytest.mark.django_db
def test_what_may_not_be_booked_is_refused(add_slot, place, make_call, council, make_person, secretariat):
    slot, someone = add_slot(1), place()
    late = secretariat.now(slot.starts_at)
    refused("slot_over", actions.book_slot, by=late, slot=slot, participation=someone)
    elsewhere = participation.walk_in(by=secretariat, call=make_call(council), person=make_person(council))
    refused("other_call", actions.book_slot, by=secretariat, slot=slot, participation=elsewhere)
    participation.leave(by=secretariat, participation=someone)
    refused("not_taking_part", actions.book_slot, by=secretariat, slot=slot, participation=someone)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_slot_is_never_oversold(add_slot, place, secretariat):
    slot, crowd = add_slot(5), [place() for _ in range(16)]

    def book(someone):
        try:
            actions.book_slot(by=secretariat, slot=slot, participation=someone)
        except Refused as error:
            return error.code
        return "booked"

    assert sorted(at_once(book, crowd)) == ["booked"] * 5 + ["slot_full"] * 11
    assert SlotBooking.objects.filter(slot=slot).count() == 5
    slot.refresh_from_db()
    assert slot.taken == 5


@pytest.fixture
def series(make_call, council):
    """#交流しようぜ2024: Roppongi in August, Ueno on 2 November."""
    occasions = []
    for day in (dt.date(2024, 8, 24), dt.date(2024, 11, 2)):
        call = make_call(council, series="#交流しようぜ2024", state="finished")
        start = at_tokyo(day, dt.time(15))
        occasions.append(
            Occasion.objects.create(council=council, call=call, starts_at=start, ends_at=start + 3 * HOUR)
        )
    return occasions


@pytest.mark.django_db
def test_a_series_names_its_next_date(council, other_council, series):
    _roppongi, ueno = series
    name = "#交流しようぜ2024"
    assert queries.days_of_series(council, name) == [dt.date(2024, 8, 24), dt.date(2024, 11, 2)]
    assert weekday_ja(queries.days_of_series(council, name)[1]) == "土"
    assert queries.next_in_series(council, name, at_tokyo(dt.date(2024, 9, 1))) == ueno
    assert queries.next_in_series(council, name, ueno.starts_at) == ueno
    assert queries.next_in_series(council, name, ueno.starts_at + HOUR) is None
    assert queries.next_in_series(other_council, name, at_tokyo(dt.date(2024, 1, 1))) is None


@pytest.mark.django_db
def test_a_draft_is_not_announced_as_the_next_date(council, series):
    _roppongi, ueno = series
    ueno.call.state = "draft"
    ueno.call.save()
    assert queries.next_in_series(council, "#交流しようぜ2024", at_tokyo(dt.date(2024, 9, 1))) is None


@pytest.mark.django_db
def test_calls_outside_a_series_are_no_series(council, make_call, at):
    Occasion.objects.create(
        council=council, call=make_call(council), starts_at=at + HOUR, ends_at=at + 2 * HOUR
    )
    assert queries.next_in_series(council, "", at) is None


@pytest.mark.django_db
def test_speakers_stand_in_the_order_of_the_programme(series, secretariat):
    occasion = series[0]
    actions.add_speaker(by=secretariat, occasion=occasion, name="二番目", ordinal=2)
    actions.add_speaker(
        by=secretariat, occasion=occasion, name="一番目", ordinal=1, talk_title="地域のデータ"
    )
    actions.add_speaker(by=secretariat, occasion=occasion, name="三番目")
    assert [s.name for s in queries.programme_order(occasion)] == ["一番目", "二番目", "三番目"]


@pytest.mark.django_db
def test_speakers_are_replaced_in_the_order_given(talk, secretariat):
    first = actions.set_speakers(by=secretariat, occasion=talk, speakers=[{"name": "甲"}, {"name": "乙"}])
    again = actions.set_speakers(by=secretariat, occasion=talk, speakers=[{"name": "甲"}, {"name": "乙"}])
    assert again == first
    actions.set_speakers(by=secretariat, occasion=talk, speakers=[{"name": "乙"}])
    assert [speaker.name for speaker in queries.programme_order(talk)] == ["乙"]


@pytest.mark.django_db
def test_a_material_is_the_councils_file_and_goes_with_it(talk, secretariat):
    data = b"%PDF-1.4\n%%EOF\n"

    def add(name, data):
        return actions.add_material(
            by=secretariat,
            occasion=talk,
            title="資料",
            incoming=IncomingFile(name, len(data), io.BytesIO(data)),
            max_bytes=1000,
        )

    material = add("talk.pdf", data)
    assert (material.upload.person, material.upload.council_id) == (None, talk.council_id)
    assert list(queries.materials(talk.call, talk.ends_at)) == [material]
    assert not queries.materials(talk.call, talk.ends_at - dt.timedelta(seconds=1)).exists()
    actions.remove_material(by=secretariat, material=material)
    assert not Upload.objects.exists()
    refused("file_type", add, name="talk.pdf", data=b"MZ no pdf")
