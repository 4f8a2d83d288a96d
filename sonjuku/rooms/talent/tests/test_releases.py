import datetime as dt

import pytest

from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.talent import actions, queries
from sonjuku.rooms.talent.models import Gain, Release, ReleasedCell, ReportedTotal
from sonjuku.rooms.talent.tests.conftest import ABU, HAGI, IN_QUARTER, NAGATO, QUARTER
from sonjuku.toolbox.refusals import Refused

NEXT = dt.date(2026, 10, 1)


def cells(release, skill):
    return {(c.area_group_id, c.lg_code): c.number for c in release.cells.filter(skill=skill)}


def figure(release, measure):
    row = release.figures.get(measure=measure, area_group=None, lg_code="")
    return row.number, row.is_at_least


@pytest.fixture
def release(council, system, places):
    def make(quarter_on=QUARTER, by=system):
        return actions.release(by=by, council=council, quarter_on=quarter_on)

    return make


def test_only_consented_badges_are_counted(release, hold, skills, places):
    hold(6, HAGI, skills[:1])
    hold(9, HAGI, skills[1:2], visibility="private")
    hold(5, ABU, skills[:1], visibility="public")
    row = release()
    assert cells(row, skills[0]) == {
        (None, ""): 11, (places.id, ""): 5, (places.id, ABU): 5, (places.id, NAGATO): 0, (None, HAGI): 6,
        (None, "000000"): 0,
    }  # fmt: skip
    assert not row.cells.filter(skill=skills[1]).exists()
    assert figure(row, "holders") == (11, False)


def test_what_is_released_stays_whatever_happens_later(release, hold, skills):
    awards = hold(6, HAGI, skills[:1])
    before = cells(release(), skills[0])
    Award.objects.filter(pk__in=[award.pk for award in awards[:3]]).update(visibility="private")
    Person.objects.filter(pk=awards[3].person_id).delete()
    hold(3, HAGI, skills[:1])
    assert cells(release(), skills[0]) == before
    assert Release.objects.count() == 1


def test_a_late_consent_counts_in_the_quarter_that_first_sees_it(release, hold, skills, system):
    late = hold(7, HAGI, skills[:1], visibility="private")
    release()
    Award.objects.filter(pk__in=[award.pk for award in late]).update(visibility="council")
    row = release(NEXT, system.now(dt.datetime(2027, 1, 5, tzinfo=dt.UTC)))
    assert cells(row, skills[0])[None, HAGI] == 7


def test_nobody_is_counted_twice_for_one_skill(release, hold, skills, system):
    awards = hold(6, HAGI, skills[:1])
    release()
    again = [award.person for award in awards]
    hold(0, HAGI, skills[:2], people=again, issued_at=dt.datetime(2026, 10, 9, tzinfo=dt.UTC))
    row = release(NEXT, system.now(dt.datetime(2027, 1, 5, tzinfo=dt.UTC)))
    assert not row.cells.filter(skill=skills[0]).exists()
    assert cells(row, skills[1])[None, HAGI] == 6
    assert Gain.objects.count() == 12


def test_hidden_numbers_are_in_no_row(release, hold, skills, places):
    hold(3, HAGI, skills[:1])
    hold(3, ABU, skills[:1])
    row = release()
    found = cells(row, skills[0])
    # Hagi, the group and elsewhere together have six: each of them may have from one to four.
    assert found.pop((None, "")) == 6
    assert set(found.values()) == {None}
    assert not ReleasedCell.objects.filter(number__gt=0, number__lt=5).exists()


def test_applicants_by_area_and_their_applications(release, applied, council, make_call, places):
    first = applied(6, HAGI)
    applied(2, ABU)
    applied(4, NAGATO)
    applied(5, "131130")
    applied(0, HAGI, to=make_call(council), people=[row.person for row in first])
    applied(4, HAGI, at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC))
    row = release()
    table = {(c.area_group_id, c.lg_code): c.number for c in row.figures.filter(measure="applicants")}
    assert table == {
        (None, ""): 17, (None, HAGI): 6, (None, "000000"): 5, (places.id, ""): 6, (places.id, ABU): None,
        (places.id, NAGATO): None,
    }  # fmt: skip
    assert figure(row, "applications") == (23, False)


def test_the_quarter_ends_at_midnight_in_tokyo(release, applied):
    applied(5, HAGI, at=dt.datetime(2026, 9, 30, 14, 59, tzinfo=dt.UTC))
    applied(7, HAGI, at=dt.datetime(2026, 9, 30, 15, 0, tzinfo=dt.UTC))
    assert figure(release(), "applicants") == (5, False)


def test_completions_come_in_steps_of_five(release, council, make_call, make_person):
    from sonjuku.rooms.participation.models import Participation

    call = make_call(council)
    for _ in range(8):
        Participation.objects.create(
            council=council, call=call, person=make_person(council), state="completed", started_at=IN_QUARTER,
            completed_at=IN_QUARTER,
        )  # fmt: skip
    assert figure(release(), "completed") == (5, True)


def test_a_running_or_a_passed_quarter_is_refused(release, system):
    with pytest.raises(Refused) as refused:
        release(NEXT)
    assert refused.value.code == "quarter_runs"
    release()
    with pytest.raises(Refused) as refused:
        release(dt.date(2026, 4, 1))
    assert refused.value.code == "quarter_passed"


def test_a_release_takes_the_same_statements_for_more_people(
    council, system, hold, skills, places, django_assert_max_num_queries
):
    hold(30, HAGI, skills[:2])
    with django_assert_max_num_queries(24):
        actions.release(by=system, council=council, quarter_on=QUARTER)


def test_reported_totals_replace_their_like_and_are_never_added(council, secretariat, skills):
    def row(number, skill=None, lg_code=ABU):
        return {
            "lg_code": lg_code, "skill_id": skill, "quarter_on": QUARTER, "number": number, "source": "阿武町報告"
        }  # fmt: skip

    assert actions.keep_reported(by=secretariat, council=council, rows=[row(12), row(7, skills[0].id)]) == 2
    assert actions.keep_reported(by=secretariat, council=council, rows=[row(14)]) == 1
    kept = {(r.skill_id, r.number) for r in queries.reported(council)}
    assert kept == {(None, 14), (skills[0].id, 7)}
    assert not ReleasedCell.objects.exists()


def test_reported_totals_of_another_council_are_refused(other_council, secretariat):
    with pytest.raises(Refused):
        actions.keep_reported(by=secretariat, council=other_council, rows=[])
    assert not ReportedTotal.objects.exists()
