import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest

from sonjuku.engines.selection.bundle import verify
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, SeatPool
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, freeze, run_of, type_twice, typists

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code


@pytest.fixture
def staff(secretariat, after_close):
    return secretariat.now(after_close)


@pytest.fixture
def lottery(council, opened, submit, closed):
    """A closed lottery with `number` applications for `capacity` places."""

    def make(number, capacity=3, **fields):
        call = opened(council, capacity=capacity, **fields)
        applications = [submit(call) for _ in range(number)]
        return closed(call), applications

    return make


def by_code(applications):
    return {a.code: Application.objects.get(pk=a.pk) for a in applications}


def announce(by, call):
    return actions.announce(by=by, run=run_of(call))


def order_of(run):
    return run.order.split()


def classes_of(run):
    """Code -> class of a plain draw's list."""
    return {
        code: int(priority)
        for code, priority in (line.split("\t") for line in run.frozen_list.splitlines()[1:])
    }


def test_the_draw_follows_the_published_formula(lottery, staff):
    call, applications = lottery(7)
    rules = run_of(call).rules
    run = freeze(staff, call)
    codes = sorted(a.code for a in applications)
    rules_hash = hashlib.sha256(rules.encode()).hexdigest()
    listing = f"rules\t{rules_hash}\n" + "".join(f"{code}\t1\n" for code in codes)
    assert (run.rules_hash, run.frozen_list) == (rules_hash, listing)
    assert run.list_hash == hashlib.sha256(listing.encode()).hexdigest()
    run = draw(staff, call, "12345.67")
    seed = hashlib.sha256(f"{run.list_hash}:12345.67".encode()).hexdigest()
    order = sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())
    assert (run.seed, order_of(run)) == (seed, order)
    found = by_code(applications)
    assert [found[code].verdict for code in order] == ["selected"] * 3 + ["waitlisted"] * 4
    assert [found[code].rank for code in order] == [1, 2, 3, 4, 5, 6, 7]
    assert call.seat_pools.get().taken == 3


def test_nothing_of_the_verdict_shows_before_the_announcement(lottery, staff, make_account):
    call, applications = lottery(4, capacity=2)
    account = make_account("member@example.jp")
    applications[0].person.account = account
    applications[0].person.save()
    draw(staff, call)
    member = Actor(at=staff.at, role="member", account_id=account.id)
    sealed = {
        "verdict": "",
        "rank": None,
        "score": None,
        "seat_pool_id": None,
        "verdict_at": None,
        "explanation": None,
    }
    for mine in (
        queries.applications_visible_to(member).get(),
        queries.applications_visible_to(member).filter(call=call).order_by("id")[0],
        queries.applications_visible_to(member).defer("verdict").get(),
        queries.application_of(call, account),
    ):
        assert mine.state == "submitted"
        assert {name: getattr(mine, name) for name in sealed} == sealed
    announce(staff, call)
    assert queries.applications_visible_to(member).get().verdict in {"selected", "waitlisted"}


def test_a_list_is_frozen_and_drawn_once(lottery, staff):
    call, _applications = lottery(3)
    run = run_of(call)
    refused("not_frozen", actions.type_number, by=typists(staff)[0], run=run, value="1")
    refused("not_frozen", actions.draw, by=staff, run=run)
    first = freeze(staff, call)
    assert freeze(staff.now(staff.at + dt.timedelta(hours=1)), call).frozen_at == first.frozen_at
    drawn = draw(staff, call)
    refused("already_drawn", actions.draw, by=staff, run=run)
    refused("already_drawn", actions.type_number, by=typists(staff)[0], run=run, value="2")
    assert run_of(call).order == drawn.order


def test_two_people_must_type_the_same_number(lottery, staff):
    call, _applications = lottery(3)
    run = freeze(staff, call)
    one, two = typists(staff)
    refused("bad_public_value", actions.type_number, by=one, run=run, value="一二三")
    refused("bad_public_value", actions.type_number, by=one, run=run, value="1" * 201)
    refused("account_missing", actions.type_number, by=replace(staff, account_id=None), run=run, value="1")
    actions.type_number(by=one, run=run, value="12")
    actions.type_number(by=one, run=run, value=" 13 ")
    assert [row.value for row in run.typed_numbers.all()] == ["13"]
    refused("numbers_missing", actions.draw, by=staff, run=run)
    actions.type_number(by=two, run=run, value="12")
    refused("numbers_differ", actions.draw, by=staff, run=run)
    actions.type_number(by=two, run=run, value="13")
    assert actions.draw(by=staff, run=run).public_value == "13"


def test_a_list_is_frozen_only_after_the_close(council, opened, secretariat, submit):
    call = opened(council)
    submit(call)
    refused("stale", actions.freeze_list, by=secretariat, run=run_of(call))


def test_the_announcement_turns_verdicts_into_states_once(lottery, staff):
    call, applications = lottery(5, capacity=2)
    freeze(staff, call)
    refused("not_decided", actions.announce, by=staff, run=run_of(call))
    draw(staff, call)
    assert announce(staff, call) == 5
    assert announce(staff, call) == 0
    found = by_code(applications)
    order = order_of(run_of(call))
    assert [found[code].state for code in order] == ["offered"] * 2 + ["waitlisted"] * 3
    assert [each.place for code in order[2:] for each in queries.waiting_places(found[code])] == [1, 2, 3]
    assert all(found[code].confirm_by for code in order[:2])
    call.refresh_from_db()
    assert call.state == "decided"


def test_who_leaves_between_draw_and_announcement_makes_room(lottery, staff):
    call, applications = lottery(3, capacity=1)
    order = order_of(draw(staff, call))
    winner = by_code(applications)[order[0]]
    assert actions.withdraw(by=staff, application=winner).offered == []
    announce(staff, call)
    found = by_code(applications)
    assert [found[code].state for code in order] == ["withdrawn", "offered", "waitlisted"]
    assert call.seat_pools.get().taken == 1


def test_a_declined_place_goes_down_the_waiting_list(lottery, staff):
    call, applications = lottery(3, capacity=1)
    order = order_of(draw(staff, call))
    announce(staff, call)
    found = by_code(applications)
    [promoted] = actions.decline(by=staff, application=found[order[0]]).offered
    assert promoted.code == order[1]


def _consent(application, given_at):
    Consent.objects.create(
        council=application.council, person=application.person, purpose="guardian", about_id=application.id, text="",
        text_version="1", asked_at=given_at, given_at=given_at,
    )  # fmt: skip


@pytest.mark.parametrize("late", ["ineligible", "lowest"])
def test_a_missing_guardian_is_treated_as_the_call_has_published(
    council, opened, submit, closed, staff, late
):
    """Five in each class: fewer would be merged."""
    call = opened(council, capacity=12, consent_late=late)
    minors = [submit(call, needs_guardian=True) for _ in range(5)]
    adults = [submit(call) for _ in range(4)]
    consented = submit(call, needs_guardian=True)
    _consent(consented, call.opens_at)
    run = freeze(staff, closed(call))
    expected = {a.code: 1 for a in [*adults, consented]}
    if late == "lowest":
        expected |= {a.code: 9 for a in minors}
    assert classes_of(run) == expected
    assert run.excluded == ({"guardian_consent": 5} if late == "ineligible" else {})
    run = draw(staff, call)
    if late == "lowest":
        assert set(order_of(run)[-5:]) == {a.code for a in minors}
    verdicts = {a.verdict for a in by_code(minors).values()}
    assert verdicts == {"ineligible" if late == "ineligible" else "selected"}
    announce(staff, call)
    reasons = [a.ineligible_reasons for a in by_code(minors).values()]
    assert reasons == [["guardian_consent"] if late == "ineligible" else []] * 5


def test_a_class_of_four_is_merged_in_public(council, opened, submit, closed, staff):
    call = opened(council, capacity=12, consent_late="lowest")
    minors = [submit(call, needs_guardian=True) for _ in range(4)]
    adults = [submit(call) for _ in range(6)]
    run = freeze(staff, closed(call))
    assert set(classes_of(run).values()) == {1}
    assert run.merged_classes == [[9, 1]]
    assert {a.priority for a in by_code(minors).values()} == {9}
    assert {a.priority for a in by_code(adults).values()} == {1}


def test_eligibility_is_checked_again_at_the_freeze(council, make_call, secretariat, submit, closed, staff):
    call = make_call(council)
    actions.set_rules(by=secretariat, call=call, rules=[{"kind": "residence_in", "values": [HAGI]}])
    call = actions.open_call(by=secretariat, call=call)
    stays, moves = submit(call), submit(call)
    moves.person.lg_code = SAPPORO
    moves.person.save()
    excluded_by_staff = submit(call)
    actions.exclude(by=secretariat, application=excluded_by_staff, reason="同じ方の二重の応募のため")
    run = freeze(staff, closed(call))
    assert list(classes_of(run)) == [stays.code]
    assert run.excluded == {"residence_in": 1, "staff": 1}
    moves.refresh_from_db()
    excluded_by_staff.refresh_from_db()
    assert (moves.state, moves.verdict, moves.ineligible_reasons) == (
        "submitted",
        "ineligible",
        ["residence_in"],
    )
    assert excluded_by_staff.ineligible_reasons == ["同じ方の二重の応募のため"]


def test_reserved_seats_in_a_draw_go_to_residents(council, make_call, secretariat, submit, closed, staff):
    call = make_call(council, capacity=1)
    SeatPool.objects.create(call=call, seat_type="市内優先", capacity=2, reserved_for_lg_codes=[HAGI])
    call = actions.open_call(by=secretariat, call=call)
    outside = [submit(call, person={"lg_code": SAPPORO}) for _ in range(4)]
    resident = submit(call, person={"lg_code": HAGI})
    call = closed(call)
    run = draw(staff, call)
    verdicts = {code: a.verdict for code, a in by_code([*outside, resident]).items()}
    assert verdicts[resident.code] == "selected"
    # One general seat, two held: the held one that no resident wants is released to the next in the drawn order.
    first_two = [code for code in order_of(run) if code != resident.code][:2]
    assert {code for code, v in verdicts.items() if v == "selected"} == {resident.code, *first_two}
    assert [(pool.seat_type, pool.taken) for pool in call.seat_pools.order_by("seat_type")] == [
        ("", 1),
        ("市内優先", 2),
    ]
    lines = run.rules.splitlines()[-3:]
    assert lines == ["programme\tp1\t-\t0", "seats\tg1\t2", "seats\t*\t1"]
    assert f"{resident.code}\tg1\tp1:1\n" in run.frozen_list
    assert f"{outside[0].code}\t-\tp1:1\n" in run.frozen_list


def test_a_rehearsal_writes_nothing(lottery):
    call, applications = lottery(5, capacity=2)
    counts = actions.rehearse(run=run_of(call))
    titles = counts.pop("courses")
    assert counts == {
        "entries": 5,
        "persons": 5,
        "excluded": 0,
        "late": 0,
        "seats": 2,
        "winners": 2,
        "waiting": 3,
    }
    assert titles == [
        {"title": ["ITパスポート講座", "IT Passport course"], "seats": 2, "wished": 5, "winners": 2}
    ]
    run = run_of(call)
    assert (run.state, run.frozen_list, run.seed) == ("published", "", "")
    assert {a.verdict for a in by_code(applications).values()} == {""}
    assert call.seat_pools.get().taken == 0


def test_the_proof_can_be_repeated_by_anyone_after_the_announcement(lottery, staff):
    call, applications = lottery(6)
    published = queries.public_run(run_of(call))
    assert (published["state"], published["list_hash"], published["entry_count"]) == ("published", "", None)
    assert published["rules"].startswith("format\tsonjuku-selection-2\n")
    freeze(staff, call)
    frozen = queries.public_run(run_of(call))
    assert (frozen["state"], frozen["entry_count"], len(frozen["list_hash"])) == ("frozen", 6, 64)
    draw(staff, call, "987")
    # Entries and the value together would give the result away.
    assert queries.public_run(run_of(call)) == frozen
    announce(staff, call)
    proof = json.loads(json.dumps(queries.public_run(run_of(call))))
    assert verify(proof) == []
    assert proof["public_value"] == "987"
    names = {a.person.family_name for a in applications} | {a.person.given_name for a in applications}
    assert not any(name in json.dumps(proof, ensure_ascii=False) for name in names)
    forged = proof | {"result": proof["result"].replace("\tin\n", "\twaiting\n", 1)}
    assert {problem.kind for problem in verify(forged)} >= {"result_differs", "unfair"}


def test_deciding_and_announcing_can_ask_for_approval(council, opened, secretariat, submit, closed, staff):
    call = _approved(opened, council, secretariat)
    submit(call)
    call = closed(call)
    run = freeze(staff, call)
    type_twice(staff, run)
    refused("approval_missing", actions.draw, by=staff, run=run)
    actions.record_approval(by=staff, call=call, step="decide", number="2", decided_on=dt.date(2026, 11, 25))
    draw(staff, call)
    refused("approval_missing", actions.announce, by=staff, run=run)
    actions.record_approval(
        by=staff, call=call, step="announce", number="3", decided_on=dt.date(2026, 11, 25)
    )
    assert announce(staff, call) == 1


def _approved(opened, council, secretariat):
    call = opened(council)
    call.asks_approval = True
    call.save()
    return call
