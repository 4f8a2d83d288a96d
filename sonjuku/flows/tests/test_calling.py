import datetime as dt

import pytest

from sonjuku.flows import calling
from sonjuku.flows.tests.conftest import letters
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.credentials.actions import define_achievement
from sonjuku.rooms.participation.actions import add_occasion, walk_in
from sonjuku.rooms.participation.models import Participation
from sonjuku.toolbox.dates import at_tokyo

pytestmark = pytest.mark.django_db


def test_announced_calls_open_and_close_by_the_clock(council, make_call, secretariat, system, at):
    call = make_call(council, opens_at=at + dt.timedelta(days=1))
    incomplete = make_call(council, opens_at=at + dt.timedelta(days=1), purpose_of_use="")
    for each in (call, incomplete):
        calls.announce_call(by=secretariat, call=each)
    assert calling.open_due(by=system) == []
    assert calling.open_due(by=system.now(at + dt.timedelta(days=1))) == [call]
    incomplete.refresh_from_db()
    assert incomplete.state == "announced"
    assert calling.close_due(by=system.now(call.closes_at)) == [call]
    assert calling.close_due(by=system.now(call.closes_at)) == []


def test_switching_the_mode_tells_everyone_and_keeps_their_places(
    first_come, apply, secretariat, make_person, council
):
    call = first_come(capacity=1)
    holder, waiting = apply(call), apply(call)
    gone = apply(call)
    from sonjuku.flows import confirming

    confirming.withdraw(by=secretariat, application=gone)
    at_the_door = walk_in(by=secretariat, call=call, person=make_person(council)).person
    call = calling.switch_mode(
        by=secretariat, call=call, mode="online", webinar_url="https://example.jp/live"
    )
    told = letters("mode_changed")
    assert {letter.person for letter in told} == {holder.person, waiting.person, at_the_door}
    for letter in told:
        assert "https://example.jp/live" in letter.body
        assert "萩市民館" not in letter.body
    holder.refresh_from_db()
    assert holder.state == "accepted"
    assert Participation.objects.get(application=holder).state == "active"


def test_an_invitation_is_a_letter_with_an_offer(council, make_call, secretariat, make_person):
    call = make_call(council, selection="invitation", seed_source="")
    call = calling.open_call(by=secretariat, call=call)
    guest = make_person(council)
    application = calling.invite(by=secretariat, call=call, person=guest)
    calling.invite(by=secretariat, call=call, person=guest)
    assert application.state == "offered"
    assert letters("staff_message", application).count() == 1


def test_finishing_ends_the_places_too(first_come, apply, secretariat):
    call = first_come()
    apply(call)
    later = secretariat.now(call.closes_at)
    call = calls.close_call(by=later, call=call)
    assert calling.finish_call(by=later, call=call).state == "finished"
    assert Participation.objects.get().state == "ended"


def test_next_years_call_has_its_occasions_on_the_same_weekday(council, make_call, secretariat):
    call = make_call(council)
    saturday = dt.date(2026, 12, 19)
    add_occasion(
        by=secretariat,
        call=call,
        starts_at=at_tokyo(saturday, dt.time(13)),
        ends_at=at_tokyo(saturday, dt.time(15)),
    )
    occasion = calling.clone(by=secretariat, call=call, code="next").occasions.get()
    assert occasion.starts_at == at_tokyo(dt.date(2027, 12, 18), dt.time(13))
    assert dt.date(2027, 12, 18).weekday() == saturday.weekday()


def test_next_years_call_gives_a_badge_of_its_own(council, make_call, secretariat):
    call = make_call(council)
    badge = define_achievement(
        by=secretariat, council=council, call=call, title="修了", title_en="Completed", description="学んだ",
        criteria="6回以上の出席",
    )  # fmt: skip
    copy = calling.clone(by=secretariat, call=call, code="next").achievements.get()
    assert copy.id != badge.id
    assert (copy.title, copy.title_en, copy.criteria) == ("修了", "Completed", "6回以上の出席")
    assert call.achievements.get() == badge
