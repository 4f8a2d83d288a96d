"""Two rounds of a programme in one year; three chosen out of many with a reason each."""

import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.people.models import Body, Council, Membership
from sonjuku.toolbox.refusals import Refused
from tests.drawing import draw, run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def council(db: Any) -> Any:
    """One of its own: the councils of the sources are there already."""
    council = Council.objects.create(slug="rounds", title="二回の募集をする協議会", lg_code="022071")
    council.host = Body.objects.create(council=council, type=Body.Type.COUNCIL, name=council.title)
    Membership.objects.create(council=council, body=council.host, joined_on=dt.date(2020, 4, 30))
    return council


def refused(action: Any, **fields: Any) -> str:
    with pytest.raises(Refused) as caught:
        action(**fields)
    return caught.value.code


def apply(by: Any, call: Call, person: Any) -> Application:
    return actions.submit(by=by, call=call, person=person, facts=queries.facts_of(person))


def test_003_08_two_rounds_with_places_and_periods_of_their_own_once_a_year(
    council: Any, make_call: Any, make_person: Any, secretariat: Any, at: dt.datetime
) -> None:
    later = at + dt.timedelta(days=30)
    first = make_call(council, code="round-1", capacity=1, once_per_year=True)
    second = make_call(
        council, code="round-2", capacity=2, once_per_year=True,
        opens_at=later, closes_at=later + dt.timedelta(days=10), result_on=dt.date(2027, 1, 10),
    )  # fmt: skip
    other_year = make_call(
        council, code="next-year", capacity=2, once_per_year=True, starts_on=dt.date(2027, 5, 1), ends_on=None
    )
    first = actions.open_call(by=secretariat, call=first)
    lucky, unlucky = make_person(council), make_person(council)
    applied = {person.id: apply(secretariat, first, person) for person in (lucky, unlucky)}
    staff = secretariat.now(first.closes_at)
    run = draw(staff, actions.close_call(by=staff, call=first))
    actions.announce(by=staff, run=run)
    winner = Application.objects.get(call=first, state="offered")
    loser = next(one for one in applied.values() if one.pk != winner.pk)
    actions.confirm(by=staff, application=winner)

    then = secretariat.now(later)
    second = actions.open_call(by=then, call=second)
    assert (first.seat_pools.get().capacity, second.seat_pools.get().capacity) == (1, 2)
    code = refused(
        actions.submit, by=then, call=second, person=winner.person, facts=queries.facts_of(winner.person)
    )
    assert code == "once_a_year"
    again = apply(then, second, loser.person)
    assert again.state == "submitted"
    # The first round's waiting list moves while the second is open: an accepted place counts at the freeze.
    [promoted] = actions.decline(by=then, application=Application.objects.get(pk=winner.pk)).offered
    actions.confirm(by=then, application=promoted)
    closing = secretariat.now(second.closes_at)
    run = draw(closing, actions.close_call(by=closing, call=second))
    again.refresh_from_db()
    assert (again.verdict, again.ineligible_reasons) == ("ineligible", ["once_a_year"])
    next_year = actions.open_call(by=secretariat, call=other_year)
    assert apply(secretariat, next_year, loser.person).state == "submitted"


def test_001_18_three_of_108_are_chosen_with_a_reason_each(
    council: Any, make_call: Any, make_person: Any, make_staff: Any, make_account: Any, secretariat: Any
) -> None:
    from dataclasses import replace

    call = make_call(council, selection="review", noun="oubo", seed_source="", capacity=3, min_reviewers=1)
    [criterion] = actions.set_criteria(
        by=secretariat, call=call, criteria=[{"title": "計画", "maximum": 200}]
    )
    call = actions.open_call(by=secretariat, call=call)
    applications = [apply(secretariat, call, make_person(council)) for _ in range(108)]
    judge = replace(secretariat, account_id=make_staff(council, "judge@example.jp", "reviewer").id)
    for points, application in enumerate(applications):
        actions.declare_interest(by=judge, application=application, has_conflict=False)
        actions.submit_scores(by=judge, application=application, points={criterion.id: points})
    staff = secretariat.now(call.closes_at)
    call = actions.close_call(by=staff, call=call)
    actions.decide_by_review(by=staff, call=call)
    chosen = list(Application.objects.filter(call=call, verdict="selected").order_by("rank"))
    assert [a.pk for a in chosen] == [a.pk for a in reversed(applications[-3:])]
    for application in chosen:
        actions.note_decision(by=staff, application=application, note="地域の会社との連携が具体的なため")
    # Sealed like the verdict until the announcement.
    account = make_account("chosen@example.jp")
    chosen[0].person.account = account
    chosen[0].person.save()
    sealed = queries.application_of(call, account)
    assert sealed is not None
    assert sealed.decision_note == ""
    assert actions.announce(by=staff, run=run_of(call)) == 108
    told = queries.application_of(call, account)
    assert told is not None
    assert (told.state, told.decision_note) == ("offered", "地域の会社との連携が具体的なため")
    assert refused(actions.note_decision, by=staff, application=chosen[1], note="別の理由") == "stale"
