"""Places by review: sheets, interests, scores, and a reason for each decision."""

from dataclasses import replace

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application
from sonjuku.toolbox.refusals import Refused
from tests.drawing import run_of

pytestmark = pytest.mark.django_db


def refused(code, action, /, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    assert caught.value.code == code


@pytest.fixture
def staff(secretariat, after_close):
    return secretariat.now(after_close)


def by_code(applications):
    return {a.code: Application.objects.get(pk=a.pk) for a in applications}


def announce(by, call):
    return actions.announce(by=by, run=run_of(call))


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
    announce(staff, call)
    assert queries.public_run(run_of(call))["rules"] == ""


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
