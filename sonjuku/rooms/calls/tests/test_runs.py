"""Runs over several calls: one code and one place per person, doubles, undoing in public."""

import datetime as dt

import pytest

from sonjuku.engines.selection.bundle import verify
from sonjuku.protocols import drand
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.actions.runs import CHANGEABLE
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.rooms.journal.words import field_word
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, freeze, run_of

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code


def state(application):
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def staff(secretariat, after_close):
    return secretariat.now(after_close)


def close_all(by, courses):
    return [actions.close_call(by=by, call=Call.objects.get(pk=course.pk)) for course in courses]


# Preparing and opening


def test_the_first_call_to_open_publishes_the_rules_of_all(programme, secretariat):
    run, courses = programme(4, 5, 6)
    assert [call.code for call in queries.calls_of(run)] == ["course-1", "course-2", "course-3"]
    assert Call.objects.get(pk=courses[2].pk).seed_source == "12月10日の公開の数"
    actions.change_run(by=secretariat, run=run, seed_source="12月11日の公開の数")
    actions.open_call(by=secretariat, call=Call.objects.get(pk=courses[1].pk))
    run.refresh_from_db()
    assert run.state == "published"
    assert run.rules.splitlines()[2:] == [
        "method\tassign", f"run\t{run.code}", "source\t12月11日の公開の数",
        "programme\tp1\t-\t0", "seats\t*\t4", "programme\tp2\t-\t0", "seats\t*\t5",
        "programme\tp3\t-\t0", "seats\t*\t6",
    ]  # fmt: skip
    assert run.titles == {f"p{n}": [f"講座{n}", f"Course {n}"] for n in (1, 2, 3)}
    refused("frozen", actions.change_run, by=secretariat, run=run, seed_source="1月1日の公開の数")
    refused("frozen", actions.set_run_calls, by=secretariat, run=run, calls=courses[:2])
    draft = Call.objects.get(pk=courses[0].pk)
    refused("frozen", actions.set_pools, by=secretariat, call=draft, pools=[{"capacity": 9}])
    refused("held_by_run", actions.change_call, by=secretariat, call=draft, seed_source="別の数")
    assert actions.change_call(by=secretariat, call=draft, venue="公民館").venue == "公民館"


def test_a_run_takes_only_drafts_that_are_drawn_and_in_no_other_run(
    programme, council, make_call, secretariat, opened, other_council
):
    run, courses = programme()
    refused("no_calls", actions.set_run_calls, by=secretariat, run=run, calls=[])
    first_come = make_call(council, selection="first_come")
    refused("not_a_draw", actions.set_run_calls, by=secretariat, run=run, calls=[first_come])
    refused("call_has_opened", actions.set_run_calls, by=secretariat, run=run, calls=[opened(council)])
    refused("other_council", actions.set_run_calls, by=secretariat, run=run, calls=[make_call(other_council)])
    refused(
        "in_another_run", actions.create_run, by=secretariat, council=council, title="別", calls=courses[:1]
    )
    actions.set_run_calls(by=secretariat, run=run, calls=[courses[2], courses[0]])
    assert [call.code for call in queries.calls_of(run)] == ["course-3", "course-1"]
    assert Call.objects.get(pk=courses[1].pk).selection_run is None


def test_a_beacon_run_names_its_round_when_it_opens(council, make_call, secretariat):
    call = make_call(council, seed_source="", seed_kind="drand")
    refused("incomplete", actions.open_call, by=secretariat, call=call)
    actions.change_call(by=secretariat, call=call, draws_at=call.closes_at)
    refused("incomplete", actions.open_call, by=secretariat, call=call)
    draws_at = call.closes_at + dt.timedelta(days=7)
    actions.change_call(by=secretariat, call=call, draws_at=draws_at)
    call = actions.open_call(by=secretariat, call=call)
    run = run_of(call)
    assert drand.time_of(run.drand_round) >= draws_at > drand.time_of(run.drand_round - 1)
    assert f"第 {run.drand_round} ラウンド" in run.rules
    assert Call.objects.get(pk=call.pk).seed_source == run.seed_source


def test_what_may_change_in_a_run_has_words_in_the_journal():
    assert {name for name in CHANGEABLE if field_word("selection.changed", name) == name} == set()


# One code, one place


def test_one_person_has_one_code_in_a_run(programme, open_all, submit, secretariat):
    _run, courses = programme()
    one, two, three = open_all(courses)
    first = submit(one)
    second, stranger = submit(two, person=first.person), submit(two)
    actions.withdraw(by=secretariat, application=first)
    third = submit(three, person=first.person)
    assert {a.run_code for a in (first, second, third)} == {first.code}
    assert [second.wish_rank, third.wish_rank] == [2, 3]
    assert (stranger.run_code, stranger.wish_rank) == (stranger.code, 1)


def test_wishes_are_put_in_order_until_the_close(programme, open_all, submit, secretariat, staff):
    run, courses = programme()
    calls = open_all(courses)
    one, two = submit(calls[0]), None
    two = submit(calls[1], person=one.person)
    refused("not_in_run", actions.reorder_wishes, by=secretariat, applications=[two])
    refused("not_in_run", actions.reorder_wishes, by=secretariat, applications=[two, submit(calls[2])])
    actions.reorder_wishes(by=secretariat, applications=[two, one])
    assert [state(two).wish_rank, state(one).wish_rank] == [1, 2]
    refused("closed", actions.reorder_wishes, by=staff, applications=[one, two])
    close_all(staff, calls)
    assert f"{one.code}\t-\tp2:1,p1:1\n" in freeze(staff, run).frozen_list


def test_nobody_gets_two_places_and_who_has_one_waits_nowhere(programme, open_all, submit, staff):
    run, courses = programme(1, 1, 1)
    calls = open_all(courses)
    people = [submit(calls[0]).person for _ in range(4)]
    for person in people:
        submit(calls[1], person=person)
    close_all(staff, calls)
    run = draw(staff, run)
    assert run.complaints == []
    got = dict(line.split("\t")[:2] for line in run.result.splitlines())
    assert sorted(got.values()) == ["-", "-", "p1", "p2"]
    for code, programme_code in got.items():
        verdicts = dict(Application.objects.filter(run_code=code).values_list("call__code", "verdict"))
        expected = {
            "p1": {"course-1": "selected", "course-2": "not_selected"},
            "p2": {"course-1": "not_selected", "course-2": "selected"},
            "-": {"course-1": "waitlisted", "course-2": "waitlisted"},
        }
        assert verdicts == expected[programme_code]
    numbers = {code: at for at, code in enumerate(run.order.split())}
    waiting = sorted((code for code in got if got[code] == "-"), key=numbers.__getitem__)
    for course in ("course-1", "course-2"):
        line = Application.objects.filter(call__code=course, verdict="waitlisted").order_by("rank")
        assert list(line.values_list("run_code", flat=True)) == waiting
    assert sum(SeatPool.objects.values_list("taken", flat=True)) == 2
    actions.announce(by=staff, run=run)
    assert verify(queries.public_run(SelectionRun.objects.get(pk=run.pk))) == []


def test_who_accepts_a_place_waits_no_longer_elsewhere(programme, open_all, submit, staff):
    run, courses = programme(1, 1)
    calls = open_all(courses)
    people = [submit(calls[0]).person for _ in range(4)]
    for person in people:
        submit(calls[1], person=person)
    close_all(staff, calls)
    run = draw(staff, run)
    actions.announce(by=staff, run=run)
    winner = Application.objects.get(call=calls[0], state="offered")
    [promoted] = actions.decline(by=staff, application=winner).offered
    other = Application.objects.get(call=calls[1], person=promoted.person)
    assert (promoted.call_id, other.state) == (calls[0].pk, "waitlisted")
    # An offer is not yet a place: it is passed by for the second course, not ended there.
    second = Application.objects.get(call=calls[1], state="offered")
    [next_one] = actions.decline(by=staff, application=second).offered
    assert next_one.person_id != promoted.person_id
    actions.confirm(by=staff, application=promoted)
    assert state(other).state == "not_selected"


def test_who_withdrew_the_wish_that_came_true_waits_with_the_others(programme, open_all, submit, staff):
    run, courses = programme(5, 1)
    calls = open_all(courses)
    one = submit(calls[0])
    two = submit(calls[1], person=one.person)
    close_all(staff, calls)
    freeze(staff, run)
    actions.withdraw(by=staff, application=one)
    draw(staff, run_of(calls[0]))
    assert (state(one).verdict, state(two).verdict) == ("", "waitlisted")
    assert SeatPool.objects.get(call=calls[0]).taken == 0
    actions.announce(by=staff, run=run)
    # The seat of the second course was free: the waiting list moves at once.
    assert (state(one).state, state(two).state) == ("withdrawn", "offered")


# Ranked wishes in one call


@pytest.fixture
def ranked(council, make_call, secretariat):
    def make(**capacities):
        call = make_call(council, selection="ranked")
        pools = [
            {"option": option, "option_en": option.title(), "capacity": n} for option, n in capacities.items()
        ]
        actions.set_pools(by=secretariat, call=call, pools=pools)
        return actions.open_call(by=secretariat, call=call)

    return make


def test_ranked_wishes_are_kept_in_order(ranked, submit):
    call = ranked(web=1, ai=2)
    refused("unknown_option", submit, call, wishes=["web", "cloud"])
    refused("duplicate_wish", submit, call, wishes=["web", "web"])
    application = submit(call, wishes=["ai", "web"])
    assert (application.option, application.wishes) == ("ai", ["ai", "web"])
    assert submit(call, option="web").wishes == ["web"]


def test_the_second_wish_is_shown_as_the_option_only_after_the_announcement(ranked, submit, closed, staff):
    call = ranked(web=1, ai=1)
    applications = [submit(call, wishes=["web", "ai"]) for _ in range(3)]
    run = draw(staff, closed(call))
    assert {state(a).option for a in applications} == {"web"}
    assert {state(a).verdict for a in applications} == {"selected", "waitlisted"}
    actions.announce(by=staff, run=run)
    found = sorted((state(a).state, state(a).option) for a in applications)
    assert found == [("offered", "ai"), ("offered", "web"), ("waitlisted", "web")]
    second = next(state(a) for a in applications if state(a).option == "ai")
    said = queries.explanation(second, "ja")
    assert said[0].startswith("抽選番号は3番のうち")
    assert "第1希望の「web」は、席がいっぱい" in said[1]
    assert said[2].startswith("第2希望の「ai」に決まりました。")
    assert queries.explanation(second, "en")[2].startswith("There is a place in Ai (wish 2).")
    # Whoever gives the first wish back makes room for who waits.
    first = next(state(a) for a in applications if (state(a).state, state(a).option) == ("offered", "web"))
    [promoted] = actions.decline(by=staff, application=first).offered
    assert (promoted.option, promoted.seat_pool.option) == ("web", "web")


def test_nothing_is_explained_before_the_announcement(ranked, submit, closed, staff):
    call = ranked(web=1)
    application = submit(call, wishes=["web"])
    run = draw(staff, closed(call))
    assert state(application).explanation is not None
    assert queries.explanation(state(application), "ja") == []
    actions.announce(by=staff, run=run)
    assert len(queries.explanation(state(application), "ja")) == 2


def test_a_held_seat_that_comes_free_goes_to_its_area_first(
    council, make_call, secretariat, submit, closed, staff
):
    call = make_call(council, capacity=1)
    SeatPool.objects.create(call=call, seat_type="市内優先", capacity=1, reserved_for_lg_codes=[HAGI])
    call = actions.open_call(by=secretariat, call=call)
    for _ in range(4):
        submit(call, person={"lg_code": HAGI})
    for _ in range(4):
        submit(call, person={"lg_code": SAPPORO})
    run = draw(staff, closed(call))
    actions.announce(by=staff, run=run)
    for _ in range(3):  # as long as a resident waits
        resident = Application.objects.get(seat_pool__seat_type="市内優先", state="offered")
        assert resident.person.lg_code == HAGI
        actions.decline(by=staff, application=resident)
    while Application.objects.filter(state="waitlisted", person__lg_code=HAGI).exists():
        holder = Application.objects.filter(state="offered").first()
        actions.decline(by=staff, application=holder)
    last = Application.objects.get(seat_pool__seat_type="市内優先", state="offered")
    actions.decline(by=staff, application=last)
    released = Application.objects.get(seat_pool__seat_type="市内優先", state="offered")
    assert released.person.lg_code == SAPPORO
