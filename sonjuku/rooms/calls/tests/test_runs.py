"""Runs over several calls: one code and one place per person, doubles, undoing in public."""

import datetime as dt
from dataclasses import replace

import pytest

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call, SeatPool, SelectionRun
from sonjuku.rooms.calls.rules import freezes_from
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, freeze, run_of, settle, type_twice

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


@pytest.fixture
def programme(council, make_call, secretariat):
    """A run over three courses that are still drafts, one place each."""

    def make(*capacities, **fields):
        courses = [
            make_call(
                council,
                capacity=capacity,
                code=f"course-{at}",
                title=f"講座{at}",
                title_en=f"Course {at}",
                **fields,
            )
            for at, capacity in enumerate(capacities or (1, 1, 1), start=1)
        ]
        run = actions.create_run(
            by=secretariat, council=council, title="三つの講座", title_en="Three courses", calls=courses,
            seed_source="12月10日の公開の数", seed_source_en="A number of 10 December", check_days=0,
        )  # fmt: skip
        return run, courses

    return make


@pytest.fixture
def open_all(secretariat):
    def make(courses):
        return [actions.open_call(by=secretariat, call=Call.objects.get(pk=course.pk)) for course in courses]

    return make


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
    drand = pytest.importorskip("sonjuku.protocols.drand")
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


# 資格確認


def test_the_list_waits_for_the_days_of_checking(council, opened, submit, closed, secretariat):
    call = opened(council, check_days=3)
    submit(call)
    call = closed(call)
    # Closed on Wednesday 25 November: Thursday, Friday, Monday.
    opens = freezes_from(call.closes_at, 3)
    assert opens == dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)
    early = secretariat.now(opens - dt.timedelta(seconds=1))
    refused("check_running", actions.freeze_list, by=early, run=run_of(call))
    assert actions.freeze_list(by=secretariat.now(opens), run=run_of(call)).state == "frozen"


def test_no_list_is_frozen_once_the_number_is_out(council, opened, submit, closed, secretariat):
    call = opened(council, draws_at=dt.datetime(2026, 12, 4, 6, tzinfo=dt.UTC))
    submit(call)
    call = closed(call)
    run = run_of(call)
    refused("too_late", actions.freeze_list, by=secretariat.now(run.draws_at), run=run)


def test_a_seat_that_is_gone_stops_the_freeze(council, opened, submit, closed, staff):
    call = closed(opened(council, capacity=3))
    SeatPool.objects.filter(call=call).update(taken=1)
    refused("seats_changed", actions.freeze_list, by=staff, run=run_of(call))


TARO = {
    "family_name_kana": "ハギ", "given_name_kana": "タロウ", "date_of_birth": dt.date(2000, 1, 2),
    "phone": "090-1234-5678", "address": "萩市江向510番地",
}  # fmt: skip


def other(**fields):
    return {
        "family_name_kana": "ナガト", "given_name_kana": "ジロウ", "date_of_birth": dt.date(1999, 9, 9), **fields
    }  # fmt: skip


def test_doubles_are_found_by_name_phone_and_address(council, opened, submit):
    call = opened(council)
    first = submit(call, person=TARO)
    same_name = submit(call, person=other(**{name: TARO[name] for name in list(TARO)[:3]}))
    same_phone = submit(call, person=other(phone="０９０１２３４５６７８"))
    same_house = submit(call, person=other(given_name_kana="サブロウ", address="萩市江向 ５１０"))
    submit(call, person=other(given_name_kana="シロウ", phone="090-0000-1111", address="長門市1-2-3"))
    found = {(d.first.pk, d.second.pk): d.alike for d in queries.doubles(run_of(call))}
    assert found == {
        (first.pk, same_name.pk): ("name",),
        (first.pk, same_phone.pk): ("phone",),
        (first.pk, same_house.pk): ("address",),
    }


def test_a_double_is_settled_before_the_freeze(council, opened, submit, closed, staff):
    call = opened(council)
    first, second, child = (
        submit(call, person=TARO),
        submit(call, person=TARO),
        submit(call, person=other(phone=TARO["phone"])),
    )
    call = closed(call)
    run = run_of(call)
    refused("doubles_open", actions.freeze_list, by=staff, run=run)
    settling = {"by": staff, "run": run, "first": first, "second": second}
    refused("keep_missing", actions.settle_double, **settling, is_same_person=True)
    refused("keep_missing", actions.settle_double, **settling, is_same_person=True, keep=child)
    actions.settle_double(**settling, is_same_person=True, keep=first)
    assert (state(second).verdict, state(second).ineligible_reasons) == ("ineligible", ["double"])
    # Their child has the same telephone: of the double nothing is asked any more.
    [left] = queries.doubles(run)
    assert {left.first, left.second} == {first, child}
    refused("doubles_open", actions.freeze_list, by=staff, run=run)
    settle(staff, run)
    [settled] = queries.doubles(run)
    assert settled.check is not None
    assert settled.check.is_same_person is False
    run = actions.freeze_list(by=staff, run=run)
    assert run.excluded == {"double": 1}
    assert run.frozen_list.count("\n") == 3
    refused("stale", actions.settle_double, **settling, is_same_person=False)


def test_one_person_in_two_calls_is_no_double(programme, open_all, submit):
    run, courses = programme()
    calls = open_all(courses)
    one = submit(calls[0], person=TARO)
    submit(calls[1], person=one.person)
    assert queries.doubles(run) == []
    again = submit(calls[2], person=TARO)
    [double] = queries.doubles(run)
    assert (double.first, double.second) == (one, again)


# Undoing in public


def test_a_frozen_run_is_undone_only_by_a_published_reason(council, opened, submit, closed, staff):
    call = opened(council, capacity=1)
    applications = [submit(call) for _ in range(3)]
    call = closed(call)
    double = actions.exclude(by=staff, application=applications[2], reason="二重の申込みのため")
    old = draw(staff, call)
    refused("incomplete", actions.void, by=staff, run=old, reason=" ", seed_source="12月18日の公開の数")
    refused(
        "same_source", actions.void, by=staff, run=old, reason="数の読み違い", seed_source=old.seed_source
    )
    refused("seed_missing", actions.void, by=staff, run=old, reason="数の読み違い")
    assert SeatPool.objects.get(call=call).taken == 1
    new = actions.void(
        by=staff, run=old, reason="公開の数を読み違えました。", seed_source="12月18日の公開の数"
    )
    old.refresh_from_db()
    assert (old.state, new.state, new.corrects_id) == ("voided", "published", old.pk)
    assert Call.objects.get(pk=call.pk).seed_source == "12月18日の公開の数"
    assert [state(a).verdict for a in applications] == ["", "", "ineligible"]
    assert (state(applications[0]).rank, SeatPool.objects.get(call=call).taken) == (None, 0)
    assert state(double).ineligible_reasons == ["二重の申込みのため"]
    shown = queries.public_run(old)
    assert (shown["state"], shown["corrected_by"]) == ("voided", new.code)
    assert shown["corrections"][0]["reason"] == "公開の数を読み違えました。"
    assert not {"list", "order", "seed", "result"} & set(shown)
    again = draw(staff, new, "7")
    assert (again.seed != old.seed, again.list_hash != old.list_hash) == (True, True)
    actions.announce(by=staff, run=again)
    refused("stale", actions.void, by=staff, run=again, reason="やり直し", seed_source="別の数")
    refused("stale", actions.void, by=staff, run=old, reason="やり直し", seed_source="別の数")


def test_a_correction_stays_on_the_page_and_changes_nothing(
    council, opened, submit, closed, staff, make_call, secretariat
):
    draft = make_call(council)
    run = actions.create_run(by=secretariat, council=council, title="準備", calls=[draft], seed_source="数")
    refused("stale", actions.correct, by=staff, run=run, reason="早すぎる")
    call = opened(council)
    submit(call)
    run = draw(staff, closed(call))
    actions.announce(by=staff, run=run)
    before = queries.public_run(run_of(call))
    actions.correct(
        by=staff, run=run, reason="立会人の所属を誤記しました。", reason_en="A witness's office was wrong."
    )
    after = queries.public_run(run_of(call))
    assert [each["reason"] for each in after.pop("corrections")] == ["立会人の所属を誤記しました。"]
    assert before.pop("corrections") == []
    assert after == before


def test_witnesses_are_named_until_the_announcement(council, opened, submit, closed, staff):
    call = opened(council)
    submit(call)
    run = run_of(closed(call))
    actions.set_witnesses(by=staff, run=run, witnesses=[("立会 一郎", "商工会議所"), (" ", "")])
    assert [(w.name, w.affiliation) for w in run.witnesses.all()] == [("立会 一郎", "商工会議所")]
    run = draw(staff, run)
    actions.announce(by=staff, run=run)
    refused("stale", actions.set_witnesses, by=staff, run=run, witnesses=[])


def test_an_unfair_result_is_never_kept(council, opened, submit, closed, staff, monkeypatch):
    from sonjuku.engines.selection import bundle

    call = opened(council)
    application = submit(call)
    run = freeze(staff, closed(call))
    type_twice(staff, run)
    monkeypatch.setattr(
        bundle.METHODS["draw"], "complaints", lambda *_texts: ["passed_over somebody"], raising=False
    )
    refused("unfair", actions.draw, by=staff, run=run)
    run.refresh_from_db()
    assert (run.state, run.seed, state(application).verdict) == ("frozen", "", "")


# Beacons


def test_a_beacon_is_verified_and_of_the_named_round(council, opened, submit, closed, staff, monkeypatch):
    from sonjuku.rooms.calls.actions import drawing

    class Beacons:
        @staticmethod
        def verify(number, signature, randomness):
            return (number, signature, randomness) == (7, "ab", "cd")

    monkeypatch.setattr(drawing, "beacons", lambda: Beacons)
    call = opened(council)
    submit(call)
    run = run_of(closed(call))
    SelectionRun.objects.filter(pk=run.pk).update(seed_kind="drand", drand_round=7)
    good = {"round": 7, "signature": "AB ", "randomness": "cd"}
    refused("not_frozen", actions.put_beacon, by=staff, run=run, beacon=good)
    freeze(staff, run)
    refused("other_kind", actions.type_number, by=staff, run=run, value="1")
    refused("numbers_missing", actions.draw, by=staff, run=run)
    refused("other_round", actions.put_beacon, by=staff, run=run, beacon={**good, "round": 8})
    refused("bad_beacon", actions.put_beacon, by=staff, run=run, beacon={**good, "signature": "ac"})
    actions.put_beacon(by=staff, run=run, beacon=good)
    drawn = actions.draw(by=staff, run=run)
    assert (drawn.public_value, drawn.beacon) == ("cd", {"round": 7, "signature": "ab", "randomness": "cd"})


# Who may see a run


def test_staff_of_other_bodies_and_councils_see_no_run(
    programme, secretariat, other_council, make_staff, council
):
    run, _courses = programme()
    assert list(queries.runs_visible_to(secretariat)) == [run]
    assert not queries.runs_visible_to(replace(secretariat, role="reviewer")).exists()
    assert not queries.runs_visible_to(replace(secretariat, council_id=other_council.id)).exists()
    elsewhere = replace(secretariat, body_id=other_council.host.id)
    assert not queries.runs_visible_to(elsewhere).exists()
