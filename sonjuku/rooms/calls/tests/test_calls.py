import datetime as dt

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.forms.models import Form, FormVersion
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


def refused(code, action, /, **kwargs):
    with pytest.raises(Refused) as caught:
        action(**kwargs)
    assert caught.value.code == code
    return caught.value


def test_opening_freezes_form_and_terms(council, make_call, secretariat, at):
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込書"))
    call = make_call(council, form_version=version)
    opened = actions.open_call(by=secretariat, call=call)
    version.refresh_from_db()
    assert (opened.state, opened.frozen_at, version.frozen_at) == ("open", at, at)
    refused("frozen", actions.change_call, by=secretariat, call=opened, fee_jpy=1000)
    refused("frozen", actions.set_pools, by=secretariat, call=opened, pools=[{"capacity": 9}])
    refused("frozen", actions.set_criteria, by=secretariat, call=opened, criteria=[])
    refused("frozen", actions.set_rules, by=secretariat, call=opened, rules=[])
    changed = actions.change_call(by=secretariat, call=opened, contact_phone="0838-00-1111")
    assert changed.contact_phone == "0838-00-1111"


def test_opening_again_changes_nothing(council, make_call, secretariat):
    call = actions.open_call(by=secretariat, call=make_call(council))
    actions.open_call(by=secretariat, call=call)
    assert Entry.objects.filter(verb="call.opened").count() == 1


def test_an_incomplete_call_does_not_open_and_says_what_is_missing(council, make_call, secretariat):
    call = make_call(council, purpose_of_use="", fee_jpy=None)
    refusal = refused("incomplete", actions.open_call, by=secretariat, call=call)
    assert "利用目的" in str(refusal.message)
    assert "参加費" in str(refusal.message)
    call.refresh_from_db()
    assert call.state == "draft"


def test_approval_is_recorded_by_step(council, make_call, secretariat):
    call = make_call(council, asks_approval=True)
    refused("incomplete", actions.open_call, by=secretariat, call=call)
    actions.record_approval(
        by=secretariat, call=call, step="open", number="萩企第12号", decided_on=dt.date(2026, 11, 1)
    )
    assert actions.open_call(by=secretariat, call=call).state == "open"


def test_a_restricted_call_opens_only_with_reason_and_approver(council, make_call, secretariat):
    call = make_call(council, is_restricted=True)
    refused("incomplete", actions.open_call, by=secretariat, call=call)
    call = actions.change_call(
        by=secretariat,
        call=call,
        restriction_reason="公募の時間がないため",
        restriction_approver="商工観光部長",
    )
    assert actions.open_call(by=secretariat, call=call).state == "open"


def test_announced_is_visible_and_not_open(council, make_call, secretariat, submit, at):
    call = make_call(council, opens_at=at + dt.timedelta(days=2))
    assert queries.call(council, call.code, Actor(at=at)) is None
    call = actions.announce_call(by=secretariat, call=call)
    assert queries.call(council, call.code, Actor(at=at)) == call
    refused("not_open", submit, call=call)
    refused("too_early", actions.open_call, by=secretariat, call=call)
    assert queries.due_to_open(at) == []
    assert queries.due_to_open(at + dt.timedelta(days=2)) == [call]


def test_a_call_closes_at_its_close_and_not_before(council, opened, secretariat, after_close):
    call = opened(council)
    just_before = after_close - dt.timedelta(seconds=1)
    refused("too_early", actions.close_call, by=secretariat.now(just_before), call=call)
    assert queries.due_to_close(just_before) == []
    assert queries.due_to_close(after_close) == [call]
    assert actions.close_call(by=secretariat.now(after_close), call=call).state == "closed"
    refused("stale", actions.open_call, by=secretariat, call=call)


def test_another_council_changes_nothing(council, other_council, make_call, secretariat, make_person, submit):
    theirs = make_call(other_council, state="open")
    refused("other_council", actions.open_call, by=secretariat, call=theirs)
    refused("other_council", actions.change_call, by=secretariat, call=theirs, title="x")
    refused("other_council", actions.create_call, by=secretariat, council=council, programme=theirs.programme)
    refused("other_council", submit, call=theirs, person=make_person(council))


def test_creating_gives_the_actors_body_its_role(council, make_call, secretariat):
    programme = make_call(council).programme
    call = actions.create_call(
        by=secretariat, council=council, programme=programme, code="new", kind="event", title="催し"
    )
    assert [(b.body, b.role) for b in call.bodies.all()] == [(council.host, "host")]
    assert call in queries.desk_calls_visible_to(secretariat)
    refused(
        "code_taken",
        actions.create_call,
        by=secretariat,
        council=council,
        programme=programme,
        code="new",
        kind="event",
        title="別",
    )
    with pytest.raises(ValueError, match="state"):
        actions.change_call(by=secretariat, call=call, state="open")


def test_cloning_keeps_weekdays_and_starts_anew(council, make_call, secretariat):
    source = make_call(
        council,
        opens_at=at_tokyo(dt.date(2026, 11, 2)),
        closes_at=at_tokyo(dt.date(2026, 11, 30), dt.time(17)),
        state="finished",
        starts_on=dt.date(2026, 12, 14),
    )
    source.seat_pools.update(taken=2)
    actions.record_approval(
        by=secretariat, call=source, step="open", number="1", decided_on=dt.date(2026, 11, 1)
    )
    source.eligibility_rules.create(kind="age", minimum=15, as_of=dt.date(2026, 4, 1))
    clone = actions.clone_call(by=secretariat, call=source, code="next")
    assert (clone.state, clone.cloned_from, clone.frozen_at, clone.seed_source) == ("draft", source, None, "")
    # Mondays stay Mondays: 2 November 2026 -> 1 November 2027, 30 November -> 29 November.
    assert clone.opens_at == at_tokyo(dt.date(2027, 11, 1))
    assert clone.closes_at == at_tokyo(dt.date(2027, 11, 29), dt.time(17))
    assert clone.starts_on == dt.date(2027, 12, 13)
    assert clone.starts_on.weekday() == source.starts_on.weekday()
    assert list(clone.seat_pools.values_list("capacity", "taken")) == [(3, 0)]
    assert clone.approvals.count() == 0
    assert clone.eligibility_rules.get().as_of.year == 2027
    assert clone.bodies.get().body == council.host


def test_switching_the_mode_keeps_every_place(first_come, secretariat, submit):
    call = first_come()
    application = submit(call)
    call = actions.switch_mode(
        by=secretariat, call=call, mode="online", webinar_url="https://example.jp/live"
    )
    application.refresh_from_db()
    assert (call.webinar_status, application.state) == ("online", "accepted")
    call = actions.switch_mode(by=secretariat, call=call, mode="on_site")
    assert call.venue == "萩市民館"


def test_finishing_ends_who_still_waits(first_come, secretariat, submit, closed, after_close):
    call = first_come(capacity=1)
    accepted, waiting = submit(call), submit(call)
    call = closed(call)
    actions.finish_call(by=secretariat.now(after_close), call=call)
    accepted.refresh_from_db()
    waiting.refresh_from_db()
    assert (accepted.state, waiting.state) == ("accepted", "not_selected")


def test_an_undecided_lottery_cannot_be_finished(council, opened, secretariat, submit, closed, after_close):
    call = opened(council)
    submit(call)
    refused("undecided", actions.finish_call, by=secretariat.now(after_close), call=closed(call))


def test_the_timeline_marks_what_is_on_now(council, opened, at, after_close):
    call = opened(council)

    def states(moment):
        return [(str(step["title"]), step["state"]) for step in queries.timeline(call, moment)]

    assert states(at) == [
        ("受付", "now"),
        ("受付番号の一覧を固定", "next"),
        ("公開の数で抽選", "next"),
        ("結果のお知らせ", "next"),
        ("実施期間", "next"),
    ]
    assert states(after_close)[0] == ("受付", "done")


def test_the_day_of_publication_and_the_day_of_the_last_change(make_call, council, secretariat, at):
    call = make_call(council, opens_at=at + dt.timedelta(days=1))
    actions.change_call(by=secretariat, call=call, title="下書きのうちの直し")
    call.refresh_from_db()
    assert (call.published_at, call.updated_at) == (None, None)

    actions.announce_call(by=secretariat, call=call)
    call.refresh_from_db()
    assert (call.published_at, call.updated_at) == (at, None)
    days = [at + dt.timedelta(days=n) for n in range(1, 7)]
    actions.open_call(by=secretariat.now(days[0]), call=call)
    call.refresh_from_db()
    assert (call.published_at, call.updated_at) == (at, None)

    actions.change_call(by=secretariat.now(days[1]), call=call, historic_applications=338)
    actions.change_call(by=secretariat.now(days[1]), call=call, contact_phone=call.contact_phone)
    call.refresh_from_db()
    assert call.updated_at is None
    changes = [
        lambda by: actions.change_call(by=by, call=call, contact_phone="0838-11-1111"),
        lambda by: actions.set_bodies(by=by, call=call, bodies=[(council.host, "host")]),
        lambda by: actions.set_audiences(by=by, call=call, audiences=[]),
        lambda by: actions.switch_mode(by=by, call=call, mode="online"),
    ]
    for day, change in zip(days[2:], changes, strict=True):
        change(secretariat.now(day))
        call.refresh_from_db()
        assert call.updated_at == day
    assert call.published_at == at


def test_a_clone_is_a_page_of_its_own(opened, council, secretariat):
    call = opened(council)
    actions.change_call(by=secretariat, call=call, contact_phone="0838-11-1111")
    clone = actions.clone_call(by=secretariat, call=call, code="next-year")
    assert (clone.published_at, clone.updated_at) == (None, None)
