import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import translation

from sonjuku.rooms.calls import rules
from sonjuku.rooms.calls.models import Application, Call, Criterion, EligibilityRule, SeatPool
from sonjuku.rooms.calls.rules import Entrant, Facts, Seats
from sonjuku.toolbox.dates import at_tokyo, end_of_day_before

DAY = dt.date(2026, 11, 20)
HAGI, ABU, SAPPORO = "352047", "355020", "011002"


def complete(**fields):
    base = {
        "title": "講座",
        "opens_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        "closes_at": dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC),
        "starts_on": dt.date(2026, 12, 14),
        "venue": "萩市民館",
        "fee_jpy": 0,
        "result_on": dt.date(2026, 12, 7),
        "purpose_of_use": "講座の運営",
        "data_controller_id": uuid4(),
        "contact_office": "課",
        "contact_phone": "0838-00-0000",
        "contact_hours": "平日",
        "selection": "lottery",
        "seed_source": "公開の数",
    }
    call = Call(**{**base, **fields})
    if call.data_controller_id:
        call._state.fields_cache["data_controller"] = SimpleNamespace(id=call.data_controller_id)
    return call


POOLS = [SeatPool(capacity=3)]


def missing(call, pools=POOLS, **more):
    return [each.field for each in rules.missing_to_open(call, pools=pools, **more)]


def test_a_complete_call_misses_nothing():
    assert missing(complete()) == []


@pytest.mark.parametrize(
    "field",
    [
        "purpose_of_use",
        "contact_office",
        "contact_phone",
        "contact_hours",
        "venue",
        "seed_source",
    ],
)
def test_every_empty_text_is_named(field):
    assert missing(complete(**{field: ""})) == [field]


@pytest.mark.parametrize("field", ["starts_on", "fee_jpy", "result_on", "opens_at", "closes_at"])
def test_every_missing_value_is_named(field):
    assert missing(complete(**{field: None})) == [field]


def test_the_data_controller_is_asked_for_because_it_decides_the_law():
    assert missing(complete(data_controller_id=None)) == ["data_controller"]


def test_online_needs_no_venue_and_an_immediate_result_no_date():
    call = complete(
        venue="",
        webinar_status="online",
        result_on=None,
        result_immediate=True,
        selection="first_come",
        seed_source="",
    )
    assert missing(call) == []


def test_a_result_before_the_close_is_refused():
    assert missing(complete(result_on=dt.date(2026, 11, 29))) == ["result_on"]


def test_a_call_without_seats_or_host_does_not_open():
    assert missing(complete(), pools=[]) == ["pools"]
    assert missing(complete(), has_host=False) == ["bodies"]


def test_a_review_needs_criteria():
    call = complete(selection="review", seed_source="")
    assert missing(call) == ["criteria"]
    assert missing(call, criteria=[Criterion(title="実績")]) == []


def test_a_restricted_call_needs_reason_and_approver():
    call = complete(is_restricted=True)
    assert missing(call) == ["restriction_reason", "restriction_approver"]
    call.restriction_reason, call.restriction_approver = "時間がないため", "部長"
    assert missing(call) == []


def test_approval_is_asked_only_where_the_call_says_so():
    assert missing(complete(asks_approval=True)) == ["approval_open"]
    assert missing(complete(asks_approval=True), approvals={"open"}) == []


def test_free_is_a_fee():
    assert "fee_jpy" not in missing(complete(fee_jpy=0))


def test_until_the_day_before_takes_the_last_second_and_not_midnight():
    call = complete(closes_at=end_of_day_before(dt.date(2026, 11, 2)))
    call.state = Call.State.OPEN
    last = at_tokyo(dt.date(2026, 11, 1), dt.time(23, 59, 59))
    midnight = at_tokyo(dt.date(2026, 11, 2))
    assert call.takes_applications(last)
    assert rules.received_in_time(call, last)
    assert not call.takes_applications(midnight)
    assert not rules.received_in_time(call, midnight)


# Words


def words_of(**fields):
    return [str(word) for word in rules.words(Call(**fields))]


def test_words_follow_the_noun_and_the_way_of_selection():
    lottery = rules.words(Call(noun="moushikomi", selection="lottery"))
    assert [str(lottery.noun), str(lottery.apply_verb), str(lottery.waitlist), str(lottery.promotion)] == [
        "申込み",
        "申し込む",
        "補欠",
        "繰上げ",
    ]
    assert str(rules.words(Call(noun="shinsei", selection="first_come")).waitlist) == "キャンセル待ち"
    assert str(rules.words(Call(noun="shinsei")).noun) == "申請"
    assert [str(lottery.withdraw), str(lottery.decline)] == ["取下げ", "辞退"]


@pytest.mark.parametrize(
    ("fields", "selected"),
    [
        ({"noun": "oubo", "selection": "review"}, "採択"),
        ({"noun": "oubo", "selection": "review", "is_restricted": True}, "選定"),
        ({"noun": "shinsei", "selection": "review"}, "選定"),
        ({"noun": "oubo", "selection": "lottery"}, "当選"),
        ({"noun": "moushikomi", "selection": "first_come"}, "参加"),
    ],
)
def test_saitaku_is_said_of_an_open_review_only(fields, selected):
    assert str(rules.words(Call(**fields)).selected) == selected


# Eligibility


def problems(facts, **rule):
    rules_ = [EligibilityRule(**rule)]
    return [p.kind for p in rules.eligibility_problems(rules_, facts, day=DAY)]


def test_age_counts_on_the_rules_own_day():
    eighteen_next_week = Facts(date_of_birth=dt.date(2008, 11, 27))
    assert problems(eighteen_next_week, kind="age", minimum=18) == ["age"]
    assert problems(eighteen_next_week, kind="age", minimum=18, as_of=dt.date(2026, 11, 27)) == []
    assert problems(eighteen_next_week, kind="age", maximum=17) == []
    assert problems(eighteen_next_week, kind="age", maximum=17, as_of=dt.date(2026, 11, 27)) == ["age"]


def test_residence_in_and_out_of_area():
    assert problems(Facts(lg_code=HAGI), kind="residence_in", values=[HAGI, ABU]) == []
    assert problems(Facts(lg_code=SAPPORO), kind="residence_in", values=[HAGI, ABU]) == ["residence_in"]
    assert problems(Facts(lg_code=SAPPORO), kind="residence_out", values=["350001"]) == []
    assert problems(Facts(lg_code=HAGI), kind="residence_out", values=["350001"]) == ["residence_out"]


def test_a_call_without_residence_rule_takes_everyone_from_anywhere():
    assert rules.eligibility_problems([], Facts(lg_code=SAPPORO), day=DAY) == []


def test_stage_audience_and_credential():
    assert problems(Facts(school_stage="high"), kind="school_stage", values=["high"]) == []
    assert problems(Facts(school_stage="none"), kind="school_stage", values=["high"]) == ["school_stage"]
    worker = Facts(audience="worker_it", audiences=frozenset({"worker_it", "worker"}))
    assert problems(worker, kind="audience", values=["worker"]) == []
    assert problems(worker, kind="audience", values=["student"]) == ["audience"]
    assert problems(Facts(), kind="credential", values=["urn:a"]) == ["credential"]
    assert problems(Facts(credentials=frozenset({"urn:a"})), kind="credential", values=["urn:a"]) == []


@pytest.mark.parametrize("kind", ["age", "school_stage", "residence_in", "residence_out", "audience"])
def test_an_unknown_fact_is_asked_for(kind):
    rule = EligibilityRule(kind=kind, minimum=18, values=["x"])
    [problem] = rules.eligibility_problems([rule], Facts(), day=DAY)
    assert "確かめられます" in str(problem.message)


def test_the_reason_names_rule_and_reference_day():
    rule = EligibilityRule(kind="age", minimum=15, maximum=18, as_of=dt.date(2026, 4, 1))
    [problem] = rules.eligibility_problems([rule], Facts(date_of_birth=dt.date(1990, 1, 1)), day=DAY)
    assert "15歳から18歳まで" in str(problem.message)
    assert "2026年4月1日" in str(problem.message)
    with translation.override("en"):
        assert "1 Apr 2026" in str(problem.message)


def test_places_are_called_by_their_names():
    rule = EligibilityRule(kind="residence_in", values=[HAGI, ABU])
    assert str(rules.rule_text(rule, {HAGI: "萩市", ABU: "阿武町"})) == "萩市・阿武町に住む方"


# Places


def pool(free, reserved=(), option=""):
    return Seats(uuid4(), option, free, list(reserved))


def test_residents_take_reserved_seats_first_and_then_general_ones():
    reserved, general = pool(1, [HAGI]), pool(1)
    who = [Entrant("A", lg_code=HAGI), Entrant("B", lg_code=HAGI), Entrant("C", lg_code=SAPPORO)]
    assert rules.allocate(who, [general, reserved]) == {"A": reserved.id, "B": general.id}


def test_others_never_sit_on_reserved_seats():
    reserved = pool(5, [HAGI])
    assert rules.allocate([Entrant("A", lg_code=SAPPORO), Entrant("B")], [reserved]) == {}


def test_options_are_apart():
    morning, evening = pool(1, option="午前"), pool(1, option="夜")
    who = [Entrant("A", "午前"), Entrant("B", "午前"), Entrant("C", "夜")]
    assert rules.allocate(who, [morning, evening]) == {"A": morning.id, "C": evening.id}


def test_an_offer_lapses_at_the_end_of_a_day_in_tokyo_but_not_after_the_start():
    at = at_tokyo(dt.date(2026, 12, 7), dt.time(10))
    assert rules.confirm_by(Call(confirm_days=7), at) == at_tokyo(dt.date(2026, 12, 15))
    soon = Call(confirm_days=7, starts_on=dt.date(2026, 12, 10))
    assert rules.confirm_by(soon, at) == at_tokyo(dt.date(2026, 12, 10))


def test_a_guardians_answer_is_due_after_the_calls_days_or_at_the_close():
    close = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)
    call = Call(consent_days=7, closes_at=close, selection="lottery")
    early = close - dt.timedelta(days=20)
    late = close - dt.timedelta(days=2)
    assert rules.consent_due(call, early) == early + dt.timedelta(days=7)
    assert rules.consent_due(call, late) == close
    # A held seat does not wait beyond the due date; a place in a draw is open until the close.
    due = early + dt.timedelta(days=7)
    assert rules.answer_until(call, due_at=due, holds_seat=True) == due
    assert rules.answer_until(call, due_at=due, holds_seat=False) == close


def test_the_score_is_the_mean_of_weighted_points_half_up():
    a, b = Criterion(id=uuid4(), weight=2), Criterion(id=uuid4(), weight=1)
    sheets = [{a.id: 5, b.id: 3}, {a.id: 4, b.id: 4}, {a.id: 4, b.id: 5}]
    # 13, 12, 13 -> 38/3 = 12.666…
    assert rules.score_of(sheets, [a, b]) == Decimal("12.67")


def test_every_state_has_its_moves_and_ended_ones_lead_nowhere_but_back():
    assert set(rules.APPLICATION_MOVES) == set(Application.State)
    assert set(rules.CALL_MOVES) == set(Call.State)
    for state in Application.ENDED:
        assert rules.APPLICATION_MOVES[state] <= {Application.State.SUBMITTED}
    assert not rules.may_move(Call.State.CLOSED, Call.State.OPEN)
