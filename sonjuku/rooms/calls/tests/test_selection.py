import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest

from sonjuku.engines.selection.draw import recompute
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, SeatPool
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

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


def test_the_draw_follows_the_published_formula(lottery, staff):
    call, applications = lottery(7)
    run = actions.freeze_list(by=staff, call=call)
    codes = sorted(a.code for a in applications)
    listing = "".join(f"{code}\t1\n" for code in codes).encode()
    assert run.list_hash == hashlib.sha256(listing).hexdigest()
    run = actions.draw(by=staff, call=call, public_value="12345.67")
    seed = hashlib.sha256(f"{run.list_hash}:12345.67".encode()).hexdigest()
    order = sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())
    assert (run.seed, run.order) == (seed, order)
    found = by_code(applications)
    assert [found[code].verdict for code in order] == ["selected"] * 3 + ["waitlisted"] * 4
    assert call.seat_pools.get().taken == 3


def test_nothing_of_the_verdict_shows_before_the_announcement(lottery, staff, make_account):
    call, applications = lottery(4, capacity=2)
    account = make_account("member@example.jp")
    applications[0].person.account = account
    applications[0].person.save()
    actions.freeze_list(by=staff, call=call)
    actions.draw(by=staff, call=call, public_value="1")
    member = Actor(at=staff.at, role="member", account_id=account.id)
    sealed = {"verdict": "", "rank": None, "score": None, "seat_pool_id": None, "verdict_at": None}
    for mine in (
        queries.applications_visible_to(member).get(),
        queries.applications_visible_to(member).filter(call=call).order_by("id")[0],
        queries.applications_visible_to(member).defer("verdict").get(),
        queries.application_of(call, account),
    ):
        assert mine.state == "submitted"
        assert {name: getattr(mine, name) for name in sealed} == sealed
    actions.announce(by=staff, call=call)
    assert queries.applications_visible_to(member).get().verdict in {"selected", "waitlisted"}


def test_a_list_is_frozen_and_drawn_once(lottery, staff):
    call, _applications = lottery(3)
    refused("not_frozen", actions.draw, by=staff, call=call, public_value="1")
    first = actions.freeze_list(by=staff, call=call)
    assert actions.freeze_list(by=staff, call=call).frozen_at == first.frozen_at
    refused("bad_public_value", actions.draw, by=staff, call=call, public_value="一二三")
    drawn = actions.draw(by=staff, call=call, public_value="1")
    refused("already_drawn", actions.draw, by=staff, call=call, public_value="2")
    assert queries.run_of(call).order == drawn.order


def test_a_list_is_frozen_only_after_the_close(council, opened, secretariat, submit):
    call = opened(council)
    submit(call)
    refused("stale", actions.freeze_list, by=secretariat, call=call)


def test_the_announcement_turns_verdicts_into_states_once(lottery, staff):
    call, applications = lottery(5, capacity=2)
    actions.freeze_list(by=staff, call=call)
    refused("not_decided", actions.announce, by=staff, call=call)
    actions.draw(by=staff, call=call, public_value="1")
    assert len(actions.announce(by=staff, call=call)) == 5
    assert actions.announce(by=staff, call=call) == []
    found = by_code(applications)
    order = queries.run_of(call).order
    assert [found[code].state for code in order] == ["offered"] * 2 + ["waitlisted"] * 3
    assert [queries.waiting_place(found[code]) for code in order[2:]] == [1, 2, 3]
    assert all(found[code].confirm_by for code in order[:2])
    call.refresh_from_db()
    assert call.state == "decided"


def test_who_leaves_between_draw_and_announcement_makes_room(lottery, staff):
    call, applications = lottery(3, capacity=1)
    actions.freeze_list(by=staff, call=call)
    order = actions.draw(by=staff, call=call, public_value="1").order
    winner = by_code(applications)[order[0]]
    assert actions.withdraw(by=staff, application=winner).offered == []
    actions.announce(by=staff, call=call)
    found = by_code(applications)
    assert [found[code].state for code in order] == ["withdrawn", "offered", "waitlisted"]
    assert call.seat_pools.get().taken == 1


def test_a_declined_place_goes_down_the_waiting_list(lottery, staff):
    call, applications = lottery(3, capacity=1)
    actions.freeze_list(by=staff, call=call)
    order = actions.draw(by=staff, call=call, public_value="1").order
    actions.announce(by=staff, call=call)
    found = by_code(applications)
    [promoted] = actions.decline(by=staff, application=found[order[0]]).offered
    assert promoted.code == order[1]


@pytest.mark.parametrize(("late", "verdict"), [("ineligible", "ineligible"), ("lowest", "selected")])
def test_a_missing_guardian_is_treated_as_the_call_has_published(
    council, opened, submit, closed, staff, late, verdict
):
    call = opened(council, capacity=3, consent_late=late)
    minor, adult, consented = (
        submit(call, needs_guardian=True),
        submit(call),
        submit(call, needs_guardian=True),
    )
    Consent.objects.create(
        council=council,
        person=consented.person,
        purpose="guardian",
        about_id=consented.id,
        text="",
        text_version="1",
        asked_at=call.opens_at,
        given_at=call.opens_at,
    )
    call = closed(call)
    run = actions.freeze_list(by=staff, call=call)
    classes = dict(run.entries)
    assert (classes[adult.code], classes[consented.code]) == (1, 1)
    assert classes.get(minor.code) == (None if late == "ineligible" else 9)
    run = actions.draw(by=staff, call=call, public_value="1")
    if late == "lowest":
        assert run.order[-1] == minor.code
    found = by_code([minor, adult, consented])
    assert found[minor.code].verdict == verdict
    actions.announce(by=staff, call=call)
    minor.refresh_from_db()
    assert minor.ineligible_reasons == (["guardian_consent"] if late == "ineligible" else [])


def test_eligibility_is_checked_again_at_the_freeze(council, make_call, secretariat, submit, closed, staff):
    call = make_call(council)
    actions.set_rules(by=secretariat, call=call, rules=[{"kind": "residence_in", "values": [HAGI]}])
    call = actions.open_call(by=secretariat, call=call)
    stays, moves = submit(call), submit(call)
    moves.person.lg_code = SAPPORO
    moves.person.save()
    excluded_by_staff = submit(call)
    actions.exclude(by=secretariat, application=excluded_by_staff, reason="同じ方の二重の応募のため")
    run = actions.freeze_list(by=staff, call=closed(call))
    assert [code for code, _class in run.entries] == [stays.code]
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
    actions.freeze_list(by=staff, call=call)
    run = actions.draw(by=staff, call=call, public_value="1")
    verdicts = {code: a.verdict for code, a in by_code([*outside, resident]).items()}
    assert verdicts[resident.code] == "selected"
    # One general seat, two reserved: only one outsider can win, the first in the drawn order.
    first_outside = next(code for code in run.order if code != resident.code)
    assert [code for code, v in verdicts.items() if v == "selected" and code != resident.code] == [
        first_outside
    ]
    pools = queries.run_of(call).terms["pools"]
    assert [(p["seats"], p["reserved"], len(p["codes"])) for p in pools] == [(2, True, 1), (1, False, 5)]


def test_a_rehearsal_writes_nothing(lottery):
    call, applications = lottery(5, capacity=2)
    counts = actions.rehearse(call=call)
    assert counts == {"entries": 5, "excluded": 0, "late": 0, "seats": 2, "winners": 2, "waiting": 3}
    assert queries.run_of(call) is None
    assert {a.verdict for a in by_code(applications).values()} == {""}
    assert call.seat_pools.get().taken == 0


def test_the_proof_can_be_repeated_by_anyone_after_the_announcement(lottery, staff):
    call, applications = lottery(6)
    assert queries.proof(call) is None
    actions.freeze_list(by=staff, call=call)
    frozen = queries.proof(call)
    assert (frozen["state"], frozen["entry_count"], len(frozen["list_hash"])) == ("frozen", 6, 64)
    actions.draw(by=staff, call=call, public_value="987")
    # Entries and the value together would give the result away.
    assert queries.proof(call) == frozen
    actions.announce(by=staff, call=call)
    proof = json.loads(json.dumps(queries.proof(call)))
    assert recompute(proof) == []
    assert proof["winners"] == sorted(proof["order"][:3])
    names = {a.person.family_name for a in applications} | {a.person.given_name for a in applications}
    assert not any(name in json.dumps(proof, ensure_ascii=False) for name in names)


def test_deciding_and_announcing_can_ask_for_approval(council, opened, secretariat, submit, closed, staff):
    call = _approved(opened, council, secretariat)
    submit(call)
    call = closed(call)
    actions.freeze_list(by=staff, call=call)
    refused("approval_missing", actions.draw, by=staff, call=call, public_value="1")
    actions.record_approval(by=staff, call=call, step="decide", number="2", decided_on=dt.date(2026, 11, 25))
    actions.draw(by=staff, call=call, public_value="1")
    refused("approval_missing", actions.announce, by=staff, call=call)
    actions.record_approval(
        by=staff, call=call, step="announce", number="3", decided_on=dt.date(2026, 11, 25)
    )
    assert len(actions.announce(by=staff, call=call)) == 1


def _approved(opened, council, secretariat):
    call = opened(council)
    call.asks_approval = True
    call.save()
    return call


# Review


@pytest.fixture
def reviewed(council, make_call, secretariat, submit, make_staff):
    """An open review with criteria, its reviewers as actors, and two applications."""
    call = make_call(council, selection="review", noun="oubo", seed_source="", capacity=1, min_reviewers=2)
    criteria = [{"title": "実績", "weight": 2, "maximum": 5}, {"title": "計画", "weight": 1, "maximum": 10}]
    actions.set_criteria(by=secretariat, call=call, criteria=criteria)
    call = actions.open_call(by=secretariat, call=call)
    reviewers = [
        replace(
            secretariat,
            role="reviewer",
            account_id=make_staff(council, f"r{n}@hagi.example.jp", "reviewer").id,
        )
        for n in range(3)
    ]
    return call, reviewers, [submit(call), submit(call)]


def score(reviewer, application, *points):
    criteria = list(application.call.criteria.all())
    actions.declare_interest(by=reviewer, application=application, has_conflict=False)
    return actions.submit_scores(
        by=reviewer, application=application, points={c.id: p for c, p in zip(criteria, points, strict=True)}
    )


def test_a_review_needs_the_declaration_first(reviewed):
    call, (one, *_), (a, _b) = reviewed
    points = {c.id: 1 for c in call.criteria.all()}
    refused("undeclared", actions.submit_scores, by=one, application=a, points=points)
    actions.declare_interest(by=one, application=a, has_conflict=True, note="元の勤め先")
    refused("conflict", actions.submit_scores, by=one, application=a, points=points)


def test_a_sheet_is_complete_and_within_bounds(reviewed):
    call, (one, *_), (a, _b) = reviewed
    first, second = call.criteria.all()
    actions.declare_interest(by=one, application=a, has_conflict=False)
    for points in ({first.id: 1}, {first.id: 6, second.id: 1}, {first.id: -1, second.id: 1}, {}):
        refused("incomplete", actions.submit_scores, by=one, application=a, points=points)


def test_the_places_go_by_weighted_score_of_reviewers_without_conflict(reviewed, closed, staff):
    call, (one, two, three), (a, b) = reviewed
    score(one, a, 3, 6)  # 12
    score(two, a, 4, 6)  # 14
    score(one, b, 5, 4)  # 14
    score(three, b, 4, 8)  # 16
    # Five full marks of someone with an interest must not count, even when the interest is declared afterwards.
    score(three, a, 5, 10)
    actions.declare_interest(by=three, application=a, has_conflict=True)
    actions.decide_by_review(by=staff, call=closed(call))
    found = by_code([a, b])
    assert (found[a.code].score, found[b.code].score) == (13, 15)
    assert (found[a.code].verdict, found[b.code].verdict) == ("not_selected", "selected")
    refused("already_drawn", actions.decide_by_review, by=staff, call=call)
    refused("stale", actions.declare_interest, by=one, application=a, has_conflict=True)
    actions.announce(by=staff, call=call)
    assert queries.proof(call) is None


def test_too_few_reviewers_decide_nothing(reviewed, closed, staff):
    call, (one, two, _three), (a, b) = reviewed
    for application in (a, b):
        score(one, application, 3, 3)
    score(two, a, 3, 3)
    actions.declare_interest(by=two, application=b, has_conflict=True)
    refused("reviews_missing", actions.decide_by_review, by=staff, call=closed(call))
    assert queries.run_of(call) is None


def test_alternates_of_a_review_are_as_many_as_decided(reviewed, closed, staff):
    call, (one, two, _three), (a, b) = reviewed
    for reviewer in (one, two):
        score(reviewer, a, 5, 5)
        score(reviewer, b, 1, 1)
    actions.decide_by_review(by=staff, call=closed(call), waitlist=1)
    assert by_code([b])[b.code].verdict == "waitlisted"
