from dataclasses import replace

import pytest

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import CallBody
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def body_staff(council, secretariat):
    """An actor of a member body without a role on any call."""

    def make(name="地元の会社", kind="body_staff"):
        body = Body.objects.create(council=council, type="company", name=name)
        return replace(secretariat, role=kind, body_id=body.id)

    return make


def test_a_body_without_a_role_sees_none_of_the_people(first_come, submit, secretariat, body_staff):
    call = first_come()
    submit(call)
    stranger = body_staff()
    assert queries.applications_visible_to(secretariat).count() == 1
    assert queries.applications_visible_to(stranger).count() == 0
    CallBody.objects.create(call=call, body_id=stranger.body_id, role="supporter")
    assert queries.applications_visible_to(stranger).count() == 0
    CallBody.objects.create(call=call, body_id=stranger.body_id, role="co_host")
    assert queries.applications_visible_to(stranger).count() == 1


def test_staff_of_another_council_see_nothing(first_come, submit, secretariat, other_council):
    submit(first_come())
    stranger = replace(secretariat, council_id=other_council.id, body_id=other_council.host.id)
    assert queries.applications_visible_to(stranger).count() == 0
    # Not even with the right body: the council counts as well.
    assert queries.applications_visible_to(replace(secretariat, council_id=other_council.id)).count() == 0


@pytest.mark.parametrize("role", ["prefecture_officer", "reviewer", "public", "system", "guardian"])
def test_roles_without_the_permission_see_no_applications(first_come, submit, secretariat, role):
    submit(first_come())
    assert queries.applications_visible_to(replace(secretariat, role=role)).count() == 0


def test_members_see_their_own_only(first_come, submit, make_account, at):
    call = first_come()
    mine, other = submit(call), submit(call)
    account = make_account()
    mine.person.account = account
    mine.person.save()
    actor = Actor(at=at, role="member", account_id=account.id)
    assert list(queries.applications_visible_to(actor)) == [mine]
    assert queries.application_of(call, account) == mine
    assert list(queries.applications_visible_to(Actor(at=at, role="member"))) == []
    assert other.person.account is None


def test_a_school_sees_its_consenting_pupils_only(first_come, submit, body_staff, council, at):
    call = first_come(capacity=9)
    school = body_staff("高校", "school_contact")
    fields = {"school_id": school.body_id}
    consenting, silent, withdrawn = (submit(call, person=fields) for _ in range(3))
    elsewhere = submit(call)
    for application in (consenting, withdrawn, elsewhere):
        Consent.objects.create(
            council=council,
            person=application.person,
            purpose="school_status",
            about_id=application.id,
            text="",
            text_version="1",
            asked_at=at,
            given_at=at,
            withdrawn_at=at if application == withdrawn else None,
        )
    assert list(queries.applications_visible_to(school)) == [consenting]
    assert silent.person.school_id == school.body_id


def test_reviewers_get_what_they_review_sealed(council, make_call, secretariat, submit):
    from sonjuku.rooms.calls import actions

    call = make_call(council, selection="review", seed_source="")
    actions.set_criteria(by=secretariat, call=call, criteria=[{"title": "計画"}])
    application = submit(actions.open_call(by=secretariat, call=call))
    application.score = 12
    application.save()
    [seen] = queries.applications_for_review(replace(secretariat, role="reviewer"))
    assert (seen, seen.score) == (application, None)
    assert list(queries.applications_for_review(secretariat)) == []


def test_drafts_are_for_bodies_on_the_call(council, make_call, secretariat, body_staff, at):
    draft = make_call(council)
    assert queries.call(council, draft.code, secretariat) == draft
    assert queries.call(council, draft.code, body_staff()) is None
    assert queries.call(council, draft.code, Actor(at=at)) is None


def test_the_desk_lists_own_calls_only(opened, council, secretariat, body_staff):
    call = opened(council)
    assert list(queries.desk_calls_visible_to(secretariat)) == [call]
    assert list(queries.desk_calls_visible_to(body_staff())) == []
    # Public all the same.
    assert list(queries.calls_visible_to(body_staff())) == [call]


def test_counts_name_every_state(first_come, submit):
    call = first_come(capacity=1)
    submit(call)
    submit(call)
    counts = queries.counts(call)
    assert (counts["accepted"], counts["waitlisted"], counts["withdrawn"]) == (1, 1, 0)


def test_lists_cost_the_same_for_one_row_and_many(first_come, submit, secretariat, django_assert_num_queries):
    call = first_come(capacity=9)
    submit(call)
    for _ in range(2):
        with django_assert_num_queries(1):
            [(a.person.full_name, a.call.council.title) for a in queries.applications_visible_to(secretariat)]
        submit(call)
