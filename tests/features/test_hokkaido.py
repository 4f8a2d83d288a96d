"""What Hokkaido's working group asks of a fair selection and of its audiences (001)."""

import datetime as dt

import pytest
import yaml
from django.db import models
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import announcing
from sonjuku.flows.importing import ImportProblems, import_council
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries as call_queries
from sonjuku.rooms.calls.models import Application, Call, Review
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body, Person, Role
from sonjuku.rooms.programmes import actions as programme_actions
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.staff import statistics
from tests.drawing import run_of
from tests.features.conftest import DEMO

VALUES = {"record": "支援の実績（見本）", "fields": ["data"], "vendor": "no"}


def code_of(refused):
    return refused.value.code


@pytest.fixture
def experts(hokkaido, call_of):
    """The open call for experts, which reviewers score."""
    return call_of(hokkaido, "dx-experts")


@pytest.fixture
def reviewers(hokkaido, officer):
    """Three reviewers of the host, as actors."""
    do = Body.objects.get(council=hokkaido, name="北海道")
    return [officer(hokkaido, do, Role.Kind.REVIEWER)[1] for _ in range(3)]


def score(by, application, points):
    criteria = application.call.criteria.all()
    return calls.submit_scores(by=by, application=application, points={row.id: points for row in criteria})


def test_001_23_a_review_needs_its_period_and_weighted_criteria(hokkaido, experts, desk, read, now):
    words = read("/c/hokkaido/calls/dx-experts/")
    for criterion in experts.criteria.all():
        assert criterion.title in words
        assert f"× {criterion.weight}" in words
    assert experts.opens_at < now < experts.closes_at
    by = desk(hokkaido)
    with pytest.raises(Refused) as refused:
        calls.set_criteria(by=by, call=experts, criteria=[])
    assert code_of(refused) == "frozen"

    bare = calls.clone_call(by=by, call=experts, code="bare", years=0)
    calls.set_criteria(by=by, call=bare, criteria=[])
    calls.change_call(by=by, call=bare, closes_at=None)
    bare.refresh_from_db()
    assert {"criteria", "closes_at"} <= {each.field for each in call_queries.still_missing(bare)}
    with pytest.raises(Refused) as refused:
        calls.open_call(by=by, call=bare)
    assert code_of(refused) == "incomplete"


def test_001_23_enough_reviewers_without_an_interest_score_on_sheets(
    hokkaido, experts, desk, apply, reviewers
):
    first, second = apply(experts, values=VALUES), apply(experts, values=VALUES)
    after = experts.closes_at + dt.timedelta(hours=1)
    by = desk(hokkaido).now(after)
    calls.close_call(by=by, call=experts)
    one, two, three = (reviewer.now(after) for reviewer in reviewers)

    with pytest.raises(Refused) as refused:
        score(one, first, 4)
    assert code_of(refused) == "undeclared"
    for application in (first, second):
        for reviewer in (one, two):
            calls.declare_interest(by=reviewer, application=application, has_conflict=False)
    score(one, first, 3)
    score(two, first, 4)
    score(one, second, 5)
    calls.declare_interest(by=three, application=second, has_conflict=True, note="同じ会社")
    with pytest.raises(Refused) as refused:
        score(three, second, 5)
    assert code_of(refused) == "conflict"
    # One sheet of a reviewer without an interest is one too few: the published minimum is two.
    assert experts.min_reviewers == 2
    with pytest.raises(Refused) as refused:
        announcing.decide_by_review(by=by, call=experts)
    assert code_of(refused) == "reviews_missing"

    score(two, second, 5)
    announcing.decide_by_review(by=by, call=experts)
    first.refresh_from_db()
    second.refresh_from_db()
    weights = sum(experts.criteria.values_list("weight", flat=True))
    assert first.score == (3 + 4) * weights / 2
    assert second.score == 5 * weights
    sheet = Review.objects.get(application=second, reviewer_id=one.account_id)
    assert sheet.scores.count() == experts.criteria.count()

    assert not Letter.objects.filter(kind__startswith="result_").exists()
    announcing.announce(by=by, run=run_of(experts))
    told = Letter.objects.filter(kind="result_selected")
    assert {letter.person_id for letter in told} == {first.person_id, second.person_id}


def test_001_23_an_exception_is_public_with_reason_and_approver(hokkaido, call_of, desk, read):
    call = call_of(hokkaido, "field-firms")
    assert call.is_restricted
    words = read("/c/hokkaido/calls/field-firms/")
    for expected in ("公募によらない募集です", call.restriction_reason, call.restriction_approver):
        assert expected in words
    assert "地域経済牽引事業計画" in call.restriction_reason

    by = desk(hokkaido)
    for field in ("restriction_reason", "restriction_approver"):
        bare = calls.clone_call(by=by, call=call, code=f"without-{field.replace('_', '-')}", years=0)
        calls.change_call(by=by, call=bare, **{field: " "})
        bare.refresh_from_db()
        assert [each.field for each in call_queries.still_missing(bare)] == [field]
        with pytest.raises(Refused) as refused:
            calls.open_call(by=by, call=bare)
        assert code_of(refused) == "incomplete"


WANTED = {"child", "adult", "citizen", "student", "worker", "worker_non_it", "worker_it", "administration"}


def test_001_28_one_controlled_list(hokkaido):
    listed = {audience.code: audience for audience in Audience.objects.all()}
    assert listed.keys() >= WANTED
    assert {listed["worker_it"].parent_id, listed["worker_non_it"].parent_id} == {"worker"}
    for model, name in ((Programme, "audiences"), (Call, "audiences"), (Person, "audience")):
        field = model._meta.get_field(name)
        assert isinstance(field, models.ManyToManyField | models.ForeignKey)
        assert field.related_model is Audience


def test_001_28_it_drives_programmes_and_filters(hokkaido, client, read):
    boxes = client.get("/c/hokkaido/calls/").context["boxes"]
    choices = next(box["choices"] for box in boxes if box["name"] == "audience")
    assert [value for value, *_ in choices] == [audience.code for audience in Audience.objects.all()]

    def found(audience):
        page = client.get("/c/hokkaido/calls/", {"audience": audience})
        return {call.code for call in page.context["page_obj"].object_list}

    assert found("worker_it") == {"dx-experts"}
    assert found("administration") == {"basics-sapporo"}
    assert found("worker") == {"dx-experts", "basics-sapporo", "field-firms"}
    assert found("child") == set()
    assert "行政" in read("/c/hokkaido/about/")


def test_001_28_it_drives_the_report(hokkaido, officer, log_in):
    report = statistics.of_audiences(hokkaido)
    assert [audience for audience, *_ in report] == list(Audience.objects.all())
    counted = {audience.code: (programmes, number) for audience, programmes, number in report}
    # demo/hokkaido.yaml: three programmes and three calls.
    assert counted["worker_it"] == (2, 1)
    assert counted["administration"] == (1, 1)
    assert counted["child"] == (0, 0)
    account, *_ = officer(
        hokkaido, Body.objects.get(council=hokkaido, name="北海道"), Role.Kind.PREFECTURE_OFFICER
    )
    words = log_in(account).get(reverse("staff:aggregates", args=["hokkaido"])).content.decode()
    assert all(audience.title in words for audience in Audience.objects.all())


def test_001_28_every_programme_has_an_audience(hokkaido, desk):
    every = Programme.objects.annotate(number=models.Count("audiences"))
    assert every.count() > 10
    assert not every.filter(number=0).exists()

    line = BusinessLine.objects.filter(council=hokkaido).first()
    by = desk(hokkaido)
    with pytest.raises(Refused) as refused:
        programme_actions.create_programme(by=by, line=line, slug="nobody", title="だれにも", audiences=[])
    assert code_of(refused) == "no_audience"
    with pytest.raises(Refused) as refused:
        programme_actions.change_programme(
            by=by, programme=every.filter(council=hokkaido).first(), audiences=[]
        )
    assert code_of(refused) == "no_audience"


@pytest.mark.parametrize("audiences", [None, [], ["everybody"]])
def test_001_28_an_import_without_a_listed_audience_is_refused(hokkaido, audiences):
    spec = yaml.safe_load((DEMO / "hokkaido.yaml").read_text(encoding="utf-8"))
    spec["programmes"][0]["audiences"] = audiences
    before = Programme.objects.count()
    with pytest.raises(ImportProblems) as problems:
        import_council(spec, by=Actor(at=timezone.now(), role="system"), today=timezone.localdate())
    assert any("programmes[1].audiences" in problem.path for problem in problems.value.problems)
    assert Programme.objects.count() == before


def test_001_28_a_new_call_is_for_its_programmes_audiences(hokkaido, desk):
    programme = Programme.objects.get(council=hokkaido, slug="basics")
    call = calls.create_call(
        by=desk(hokkaido), council=hokkaido, programme=programme, code="new", kind="event", title="体験会"
    )
    assert set(call.audiences.all()) == set(programme.audiences.all())


def test_001_28_whoever_is_below_an_audience_belongs_to_it(hokkaido, desk, call_of, apply):
    by = desk(hokkaido)
    call = calls.clone_call(by=by, call=call_of(hokkaido, "basics-sapporo"), code="for-workers", years=0)
    calls.set_rules(by=by, call=call, rules=[{"kind": "audience", "values": ["worker"]}])
    call = calls.open_call(by=by, call=call)
    assert apply(call, profile={"audience_id": "worker_it"}).state == Application.State.ACCEPTED
    with pytest.raises(Refused) as refused:
        apply(call, profile={"audience_id": "citizen"})
    assert code_of(refused) == "ineligible"
    assert "社会人" in str(refused.value.message)
