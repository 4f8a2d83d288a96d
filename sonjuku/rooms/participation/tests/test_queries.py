import datetime as dt

import pytest

from sonjuku.rooms.calls.models import CallBody
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import actions, queries
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Body

pytestmark = pytest.mark.django_db


def staff(secretariat, **changes):
    fields = {
        name: getattr(secretariat, name) for name in ("at", "role", "body_id", "council_id", "account_id")
    }
    return Actor(**{**fields, **changes})


def test_a_member_sees_the_own_place_only(place, make_account, at, accepted, secretariat):
    account = make_account()
    place.person.account = account
    place.person.save()
    actions.start(by=secretariat, application=accepted(place.call))
    mine = Actor(at=at, role="member", account_id=account.id)
    assert list(queries.participations_visible_to(mine)) == [place]
    assert {o.participation for o in queries.obligations_visible_to(mine)} == {place}
    stranger = Actor(at=at, role="member", account_id=make_account("other@example.jp").id)
    assert not queries.participations_visible_to(stranger)
    assert not queries.participations_visible_to(Actor(at=at, role="member"))


def test_a_body_sees_people_only_of_calls_on_which_it_has_a_role(place, council, secretariat):
    assert list(queries.participations_visible_to(secretariat)) == [place]
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商店")
    colleague = staff(secretariat, role="body_staff", body_id=firm.id)
    assert not queries.participations_visible_to(colleague)
    assert not queries.occasions_visible_to(colleague)
    supporter = CallBody.objects.create(call=place.call, body=firm, role=CallBody.Role.SUPPORTER)
    assert not queries.participations_visible_to(colleague)
    supporter.role = CallBody.Role.OPERATOR
    supporter.save()
    CallBody.objects.create(call=place.call, body=firm, role=CallBody.Role.CO_HOST)
    assert list(queries.participations_visible_to(colleague)) == [place]


@pytest.mark.parametrize("role", ["reviewer", "school_contact", "prefecture_officer", "public", "guardian"])
def test_other_roles_see_nobody(place, secretariat, role):
    actor = staff(secretariat, role=role)
    assert not queries.participations_visible_to(actor)
    assert not queries.obligations_visible_to(actor)
    assert not queries.occasions_visible_to(actor)


def test_another_councils_desk_sees_nobody(place, other_council, secretariat):
    actor = staff(secretariat, council_id=other_council.id)
    assert not queries.participations_visible_to(actor)


def test_a_ticket_leads_to_its_place_and_a_forged_one_nowhere(place):
    token = queries.token(place)
    assert queries.by_token(token) == place
    plain, _, mark = token.rpartition(".")
    other = "B" if plain[0] == "A" else "A"
    for forged in (f"{other}{plain[1:]}.{mark}", f"{plain}.{mark[:-1]}", plain, "", "…", f"{plain}."):
        assert queries.by_token(forged) is None
    assert str(place.id) not in token


def test_a_ticket_of_an_erased_place_leads_nowhere(place):
    token = queries.token(place)
    place.delete()
    assert queries.by_token(token) is None


def test_a_typed_code_is_found_as_people_type_it_and_in_its_call_only(place, make_call, council):
    Participation.objects.filter(pk=place.pk).update(code="7F3K01")
    for typed in ("7F3K01", "7f3k01", " 7F3-K01 ", "7F3KO1", "７ｆ３ｋ０ｌ"):
        assert queries.by_code(place.call, typed) == place
    assert queries.by_code(place.call, "7F3K02") is None
    assert queries.by_code(make_call(council), "7F3K01") is None


def test_attendance_counts_people_once_by_capacity(call, make_person, secretariat):
    first, second, _third = call.occasions.all()
    crowd = [("participant", 21), ("speaker", 4), ("staff", 7)]
    for capacity, number in crowd:
        for _ in range(number):
            place = actions.walk_in(
                by=secretariat, call=call, person=make_person(call.council), capacity=capacity
            )
            for occasion in (first, second):
                actions.check_in(by=secretariat, occasion=occasion, participation=place, how="list")
    actions.walk_in(by=secretariat, call=call, person=make_person(call.council))
    found = queries.attendance(call)
    assert found == {"participant": 21, "speaker": 4, "staff": 7}
    assert sum(found.values()) >= 30


def test_attendance_of_nobody_is_zero(call):
    assert queries.attendance(call) == {"participant": 0, "speaker": 0, "staff": 0}


def test_todays_occasions_are_counted(place, accepted, secretariat, at):
    other = actions.start(by=secretariat, application=accepted(place.call))
    gone = actions.start(by=secretariat, application=accepted(place.call))
    actions.leave(by=secretariat, participation=gone)
    first, second, _third = place.call.occasions.all()
    actions.check_in(by=secretariat, occasion=first, participation=other, how="code")
    today = queries.occasions_on(secretariat, dt.date(2026, 11, 20))
    assert [(o, o.arrived, o.expected) for o in today] == [(first, 1, 2)]
    assert queries.occasions_after(secretariat, dt.date(2026, 11, 20)).first() == second
    rows = {p: p.arrived_at for p in queries.roll(first)}
    assert rows == {place: None, other: secretariat.at}


def test_an_occasion_that_ends_at_midnight_is_not_tomorrows(call, council, secretariat):
    Occasion.objects.all().delete()
    late = Occasion.objects.create(
        council=council,
        call=call,
        starts_at=dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC),
    )
    assert list(queries.occasions_on(secretariat, dt.date(2026, 11, 20))) == [late]
    assert not queries.occasions_on(secretariat, dt.date(2026, 11, 21))


def test_the_occasion_to_check_in_at_is_todays_then_the_next_then_the_last(call):
    first, second, third = call.occasions.all()
    rows = [first, second, third]
    hour = dt.timedelta(hours=1)
    assert queries.current_occasion(rows, second.starts_at - hour) == second
    assert queries.current_occasion(rows, first.starts_at - dt.timedelta(days=9)) == first
    assert queries.current_occasion(rows, third.ends_at + dt.timedelta(days=9)) == third
    assert queries.current_occasion([], first.starts_at) is None


def test_reminders_are_for_active_places_only(place, accepted, secretariat):
    gone = actions.start(by=secretariat, application=accepted(place.call))
    actions.leave(by=secretariat, participation=gone)
    assert not queries.due_for_reminder(dt.date(2026, 11, 21))
    due = queries.due_for_reminder(dt.date(2026, 11, 22))
    assert [o.participation for o in due] == [place]
    actions.mark_reminded(by=secretariat, obligation=due[0])
    assert not queries.due_for_reminder(dt.date(2026, 11, 22))
