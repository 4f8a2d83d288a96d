"""What Aomori's meetups and monitor rounds need (003)."""

import datetime as dt

import pytest
from django.utils import timezone

from sonjuku.flows import attending, calling
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.events import queries as events
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation import queries as participations
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.dates import TOKYO, at_tokyo, day_of, format_date, format_datetime, wareki, weekday_ja
from sonjuku.toolbox.refusals import Refused

YEAR_2024 = "#交流しようぜ2024"
TOKYO_HOME = {"lg_code": "131130"}


def test_003_03_a_series_groups_its_events(aomori, client, read):
    page = client.get("/c/aomori/calls/", {"series": YEAR_2024})
    found = {call.code for call in page.context["page_obj"].object_list}
    assert found == {
        "koryu-2024-roppongi",
        "koryu-2024-ueno",
        "koryu-2024-misawa",
        "koryu-2024-hirosaki",
        "koryu-2024-hachinohe",
        "koryu-2024-aomori",
    }
    assert "?series=%23%E4%BA%A4%E6%B5%81" in read("/c/aomori/calls/koryu-2024-ueno/")


def test_003_03_the_banner_shows_the_next_date_of_a_series(aomori, call_of, read, now):
    tokyo, hachinohe = (call_of(aomori, code).occasions.get() for code in ("koryu-tokyo", "koryu-hachinohe"))
    words = read("/c/aomori/")
    assert "次の催し" in words
    assert format_datetime(tokyo.starts_at) in words
    assert format_datetime(hachinohe.starts_at) not in words
    series = "#交流しようぜ（見本）"
    assert events.next_in_series(aomori, series, now) == tokyo
    assert events.next_in_series(aomori, series, tokyo.starts_at + dt.timedelta(minutes=1)) == hachinohe
    assert events.next_in_series(aomori, series, hachinohe.ends_at) is None


def test_003_03_the_second_of_november_2024_was_a_saturday(aomori, call_of, read):
    ueno = call_of(aomori, "koryu-2024-ueno")
    assert ueno.starts_on == dt.date(2024, 11, 2)
    assert weekday_ja(ueno.starts_on) == "土"
    assert wareki(ueno.starts_on) == "令和6年11月2日(土)"
    assert "2024年11月2日（土）" in read("/c/aomori/calls/koryu-2024-ueno/")
    assert call_of(aomori, "koryu-2024-roppongi").period_note == "2024年8月"


def test_003_04_attendance_is_counted_by_role(aomori, call_of, apply, desk, person_of, officer, log_in):
    call = call_of(aomori, "koryu-tokyo")
    occasion = call.occasions.get()
    by = desk(aomori)
    places = [Participation.objects.get(application=apply(call, profile=TOKYO_HOME)) for _ in range(26)]
    places += [
        participation.walk_in(by=by, call=call, person=person_of(aomori, lg_code="022012"), capacity=capacity)
        for capacity in ["speaker"] * 3 + ["staff"] * 2
    ]
    absent = Participation.objects.get(application=apply(call, profile=TOKYO_HOME))
    for place in places:
        attending.check_in(by=by.now(occasion.starts_at), occasion=occasion, participation=place, how="list")
        attending.check_in(by=by.now(occasion.starts_at), occasion=occasion, participation=place, how="qr")
    assert absent.check_ins.count() == 0
    came = participations.attendance(call)
    assert came == {"participant": 26, "speaker": 3, "staff": 2}
    assert sum(came.values()) >= 30

    account, *_ = officer(aomori, Body.objects.get(council=aomori, type="npo"))
    context = log_in(account).get("/c/aomori/desk/calls/koryu-tokyo/figures/").context
    assert context["came_total"] == 31
    assert dict(context["came"]) == {"参加者": 26, "講師・登壇者": 3, "運営スタッフ": 2}


def test_003_05_applications_close_as_the_day_before_ends(aomori, call_of, apply, read):
    call = call_of(aomori, "koryu-tokyo")
    the_day = call.starts_on
    day_before = the_day - dt.timedelta(days=1)
    last_second = dt.datetime.combine(day_before, dt.time(23, 59, 59), TOKYO)
    assert apply(call, at=last_second, profile=TOKYO_HOME).state == Application.State.ACCEPTED
    for late in (at_tokyo(the_day), at_tokyo(the_day) + dt.timedelta(microseconds=1)):
        with pytest.raises(Refused) as refused:
            apply(call, at=late, profile=TOKYO_HOME)
        assert refused.value.code == "closed"
    assert f"{format_date(day_before)}まで" in str(refused.value.message)
    assert f"{format_date(day_before)}まで" in read("/c/aomori/calls/koryu-tokyo/")


def test_003_05_it_held_in_2024_too(aomori, call_of):
    assert call_of(aomori, "koryu-2024-ueno").closes_at == dt.datetime(2024, 11, 2, tzinfo=TOKYO)


def shifted(day: dt.date) -> dt.date:
    """The same weekday nearest to the same date a year later."""
    a_year_on = day.replace(year=day.year + 1, day=min(day.day, 28)) + dt.timedelta(days=max(0, day.day - 28))
    return min(
        (a_year_on + dt.timedelta(days=n) for n in range(-3, 4)),
        key=lambda d: (d.weekday() != day.weekday(), d),
    )


def test_003_19_last_years_event_is_cloned_into_the_next_fiscal_year(aomori, call_of, desk):
    ueno = call_of(aomori, "koryu-2024-ueno")
    years = ueno.programme.years
    assert not years.filter(fiscal_year=2025).exists()
    clone = calling.clone(by=desk(aomori), call=ueno, code="koryu-2025-ueno")
    assert (clone.state, clone.cloned_from) == ("draft", ueno)
    # 2 November 2024 was a Saturday; so is 1 November 2025, in the fiscal year 令和7年度.
    assert clone.starts_on == clone.ends_on == dt.date(2025, 11, 1)
    assert clone.starts_on.weekday() == ueno.starts_on.weekday()
    assert clone.closes_at == dt.datetime(2025, 11, 1, tzinfo=TOKYO)
    assert years.filter(fiscal_year=2025).count() == 1
    assert {(row.body, row.role) for row in clone.bodies.all()} == {
        (row.body, row.role) for row in ueno.bodies.all()
    }
    ueno.refresh_from_db()
    assert (ueno.state, ueno.starts_on) == ("finished", dt.date(2024, 11, 2))


def test_003_19_terms_form_dates_and_duties_come_along(aomori, call_of, desk):
    round_one = call_of(aomori, "monitor-winter")
    clone = calling.clone(by=desk(aomori), call=round_one, code="monitor-next")
    for name in ("starts_on", "ends_on", "result_on"):
        assert getattr(clone, name) == shifted(getattr(round_one, name))
    for name in ("opens_at", "closes_at"):
        before, after = getattr(round_one, name), getattr(clone, name)
        assert timezone.localtime(after).time() == timezone.localtime(before).time()
        assert day_of(after) == shifted(day_of(before))
    assert day_of(clone.occasions.get().starts_at) == shifted(day_of(round_one.occasions.get().starts_at))
    survey = clone.obligation_rules.get(kind="answer")
    assert survey.due_on == shifted(round_one.obligation_rules.get(kind="answer").due_on)
    assert [pool.capacity for pool in clone.seat_pools.all()] == [6, 6]
    assert {rule.kind for rule in clone.eligibility_rules.all()} == {"residence_out", "age"}
    assert clone.form_version != round_one.form_version
    assert clone.form_version.frozen_at is None
    assert [q.title for q in clone.form_version.questions.all()] == [
        q.title for q in round_one.form_version.questions.all()
    ]
    # What is this year's business is asked anew.
    assert clone.seed_source == ""
    assert clone.frozen_at is None
