"""資格確認, doubles, undoing in public, beacons, who may see a run."""

import datetime as dt
from dataclasses import replace

import pytest

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
    from sonjuku.rooms.calls.actions import public_value

    # The curves have tests of their own, with real beacons.
    monkeypatch.setattr(public_value.drand, "verify", lambda *given: given == (7, "ab", "cd"))
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
