"""Classes by rule: who stands before whom, on what evidence, with points of a review, and how it is told."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call, PriorityRule
from sonjuku.rooms.calls.rules import MOST_RULES
from sonjuku.rooms.vocabulary.models import Municipality
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, freeze, run_of, settle

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"
LOCAL = {
    "kind": "residence_in", "values": [HAGI], "title": "萩市に住む方", "title_en": "Hagi residents",
}  # fmt: skip
NEW = {"kind": "first_time", "title": "初めての方"}


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code


def state(application):
    return Application.objects.get(pk=application.pk)


def classes(applications):
    return [(a.priority, a.class_evidence) for a in map(state, applications)]


@pytest.fixture(autouse=True)
def places(db):
    for lg_code, name, name_en in ((HAGI, "萩市", "Hagi"), (SAPPORO, "札幌市", "Sapporo")):
        Municipality.objects.get_or_create(lg_code=lg_code, defaults={"name": name, "name_en": name_en})


@pytest.fixture
def staff(secretariat, after_close):
    return secretariat.now(after_close)


@pytest.fixture
def classed(council, make_call, secretariat):
    """An open lottery with these rules of priority."""

    def make(*rules, criteria=(), **fields):
        call = make_call(council, check_days=0, **fields)
        actions.set_classes(by=secretariat, call=call, rules=rules)
        actions.set_criteria(by=secretariat, call=call, criteria=criteria)
        return actions.open_call(by=secretariat, call=Call.objects.get(pk=call.pk))

    return make


def lives(lg_code, number):
    return {"lg_code": lg_code, "family_name_kana": f"ミホン{number}"}


def test_the_first_rule_that_fits_gives_the_class(classed, submit, closed, staff, make_person, council):
    call = classed({**NEW, "values": []}, LOCAL)
    before = Call.objects.create(council=council, programme=call.programme, code="last-year", kind="course")
    people = [
        make_person(council, **lives(lg_code, n)) for n, lg_code in enumerate([HAGI, HAGI, SAPPORO, SAPPORO])
    ]
    for person in people[1:3]:
        Application.objects.create(council=council, call=before, person=person, state="accepted")
    applications = [submit(call, person=person) for person in people]
    freeze(staff, closed(call))
    assert classes(applications) == [(1, None), (2, HAGI), (3, None), (1, None)]


def test_small_classes_are_merged_and_large_ones_go_first(classed, submit, closed, staff):
    call = classed(LOCAL, capacity=5)
    local = [submit(call, person=lives(HAGI, n)) for n in range(5)]
    others = [submit(call, person=lives(SAPPORO, n)) for n in range(5, 10)]
    draw(staff, closed(call))
    assert {state(a).verdict for a in local} == {"selected"}
    assert {state(a).verdict for a in others} == {"waitlisted"}
    assert run_of(call).merged_classes == []


def test_a_rule_of_too_few_is_given_up_in_public_and_in_words(classed, submit, closed, staff):
    call = classed(LOCAL, capacity=1)
    local = submit(call, person=lives(HAGI, 0))
    for n in range(1, 7):
        submit(call, person=lives(SAPPORO, n))
    draw(staff, closed(call))
    actions.announce(by=staff, run=run_of(call))
    assert run_of(call).merged_classes == [[1, 2]]
    said = queries.explanation(state(local), "ja")
    assert said[1].startswith("区分は1「萩市に住む方」です（住所が萩市のため）。")
    assert "区分2と一つにして" in said[1]


def test_the_evidence_is_sealed_until_the_announcement(classed, submit, closed, staff, make_account):
    call = classed(LOCAL, capacity=5)
    people = [submit(call, person=lives(HAGI if n < 5 else SAPPORO, n)) for n in range(10)]
    draw(staff, closed(call))
    person, account = people[0].person, make_account("member@example.jp")
    person.account = account
    person.save()
    mine = queries.application_of(call, account)
    assert (mine.class_evidence, mine.priority, queries.explanation(mine, "ja")) == (None, 0, [])
    actions.announce(by=staff, run=run_of(call))
    first, last = state(people[0]), state(people[9])
    assert queries.explanation(first, "ja")[1] == "区分は1「萩市に住む方」です（住所が萩市のため）。"
    assert "Hagi residents" in queries.explanation(first, "en")[1]
    assert "そのほかの方" in queries.explanation(last, "ja")[1]


@pytest.mark.parametrize(
    ("rule", "person", "evidence", "words"),
    [
        ({"kind": "age", "maximum": 29}, {"date_of_birth": dt.date(2000, 1, 2)}, 26, "26歳のため"),
        ({"kind": "school_stage", "values": ["high"]}, {"school_stage": "high"}, "high", "学校の段階が「"),
        ({"kind": "residence_out", "values": [HAGI]}, {"lg_code": SAPPORO}, SAPPORO, "住所が札幌市のため"),
    ],
)
def test_each_kind_says_its_fact(classed, submit, closed, staff, rule, person, evidence, words):
    call = classed({**rule, "title": "先の方"}, consent_late="lowest")
    one = submit(call, person={"date_of_birth": dt.date(1990, 1, 1), **person})
    draw(staff, closed(call))
    actions.announce(by=staff, run=run_of(call))
    assert state(one).class_evidence == evidence
    assert words in queries.explanation(state(one), "ja")[1]


def test_rules_are_published_and_frozen_with_the_run(programme, open_all, secretariat):
    run, courses = programme(3, 3)
    actions.set_classes(by=secretariat, call=courses[1], rules=[LOCAL])
    refused(
        "too_many", actions.set_classes, by=secretariat, call=courses[0], rules=[LOCAL] * (MOST_RULES + 1)
    )
    actions.open_call(by=secretariat, call=Call.objects.get(pk=courses[0].pk))
    run.refresh_from_db()
    assert run.class_titles == {"p2": [["萩市に住む方", "Hagi residents"]]}
    assert queries.public_run(run)["class_titles"] == run.class_titles
    refused("frozen", actions.set_classes, by=secretariat, call=courses[1], rules=[])


def test_next_year_has_the_same_classes(classed, secretariat):
    call = classed({**LOCAL, "as_of": dt.date(2026, 4, 1)})
    clone = actions.clone_call(by=secretariat, call=call, code="next")
    rule = clone.priority_rules.get()
    assert (rule.title, rule.values, rule.as_of.year) == ("萩市に住む方", [HAGI], 2027)


# Points of a review


def points(minimum, **fields):
    return {"kind": "score", "minimum": minimum, "title": f"審査{minimum}点以上", **fields}


CRITERIA = [{"title": "意欲", "weight": 10, "maximum": 5}, {"title": "計画", "weight": 5, "maximum": 10}]


@pytest.fixture
def reviewers(make_staff, council, secretariat, after_close):
    return [
        replace(
            secretariat.now(after_close), role="reviewer",
            account_id=make_staff(council, f"r{n}@hagi.example.jp", "reviewer").id,
        )
        for n in range(2)
    ]  # fmt: skip


def sheet(by, application, *given):
    application = state(application)
    actions.declare_interest(by=by, application=application, has_conflict=False)
    criteria = application.call.criteria.all()
    actions.submit_scores(
        by=by, application=application, points={c.id: p for c, p in zip(criteria, given, strict=True)}
    )


def test_points_feed_classes(classed, submit, closed, staff, reviewers):
    call = classed(points(80), points(40), criteria=CRITERIA, capacity=1)
    high, middle, low = (submit(call, person=lives(HAGI, n)) for n in range(3))
    refused("stale", actions.declare_interest, by=reviewers[0], application=high, has_conflict=False)
    call = closed(call)
    for reviewer in reviewers:
        sheet(reviewer, high, 4, 8)
        sheet(reviewer, middle, 4, 7)
    sheet(reviewers[0], low, 0, 0)
    run = run_of(call)
    settle(staff, run)
    assert actions.preview_classes(run=run)["unreviewed"] == 1
    refused("reviews_missing", actions.freeze_list, by=staff, run=run)
    sheet(reviewers[1], low, 1, 0)
    actions.freeze_list(by=staff, run=run)
    assert classes([high, middle, low]) == [(1, "80.00"), (2, "75.00"), (3, None)]
    assert [state(a).score for a in (high, middle, low)] == [80, 75, 5]
    refused("stale", actions.declare_interest, by=reviewers[0], application=state(low), has_conflict=True)
    draw(staff, call)
    actions.announce(by=staff, run=run_of(call))
    assert "審査の点が80点で、80点以上のため" in queries.explanation(state(high), "ja")[1]


def test_a_sheet_with_an_interest_does_not_count(classed, submit, closed, staff, reviewers):
    call = classed(points(50), criteria=CRITERIA, min_reviewers=1)
    one = submit(call)
    call = closed(call)
    sheet(reviewers[0], one, 5, 5)
    actions.declare_interest(by=reviewers[0], application=state(one), has_conflict=True)
    refused("reviews_missing", actions.freeze_list, by=staff, run=run_of(call))


def test_too_few_points_exclude_at_the_freeze(
    council, make_call, secretariat, submit, closed, staff, reviewers
):
    call = make_call(council, check_days=0, min_reviewers=1)
    actions.set_rules(by=secretariat, call=call, rules=[{"kind": "score", "minimum": 50}])
    refused("incomplete", actions.open_call, by=secretariat, call=call)
    actions.set_criteria(by=secretariat, call=call, criteria=CRITERIA)
    call = actions.open_call(by=secretariat, call=Call.objects.get(pk=call.pk))
    high, low = submit(call, person=lives(HAGI, 0)), submit(call, person=lives(HAGI, 1))
    call = closed(call)
    sheet(reviewers[0], high, 5, 0)
    sheet(reviewers[0], low, 4, 1)
    freeze(staff, call)
    assert [(a.verdict, a.ineligible_reasons) for a in map(state, (high, low))] == [
        ("", []),
        ("ineligible", ["score"]),
    ]
    assert run_of(call).excluded == {"score": 1}


def test_reviewers_see_a_draw_between_close_and_freeze(classed, submit, closed, staff, reviewers):
    call = classed(points(1), criteria=CRITERIA, min_reviewers=1)
    one = submit(call)
    reviewer = reviewers[0]
    reviewer = replace(reviewer, body_id=call.bodies.get().body_id)
    assert list(queries.applications_for_review(reviewer)) == []
    call = closed(call)
    assert [a.pk for a in queries.applications_for_review(reviewer)] == [one.pk]
    sheet(reviewer, one, 5, 5)
    freeze(staff, call)
    assert list(queries.applications_for_review(reviewer)) == []


def test_what_a_condition_of_points_needs(council, make_call, secretariat):
    call = make_call(council, check_days=0)
    actions.set_classes(by=secretariat, call=call, rules=[points(101)])

    def lacking():
        return [each.field for each in queries.still_missing(Call.objects.get(pk=call.pk))]

    assert lacking() == ["criteria"]
    actions.set_criteria(by=secretariat, call=call, criteria=CRITERIA)
    assert lacking() == ["criteria"]
    actions.set_classes(by=secretariat, call=call, rules=[points(100)])
    assert lacking() == []
    actions.change_call(by=secretariat, call=call, selection="first_come")
    assert lacking() == ["rules", "classes"]


# Many


def test_the_freeze_asks_no_more_for_more_people(classed, submit, closed, staff):
    def statements(number):
        call = classed(LOCAL, NEW, code=f"call-{number}")
        for n in range(number):
            submit(call, person=lives(HAGI if n % 2 else SAPPORO, n))
        run = run_of(closed(call))
        settle(staff, run)
        with CaptureQueriesContext(connection) as seen:
            actions.freeze_list(by=staff, run=run)
        assert PriorityRule.objects.filter(call=call).count() == 2
        return len(seen)

    assert statements(3) == statements(12)
