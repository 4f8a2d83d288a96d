import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call


@pytest.fixture
def opened(make_call: Any, secretariat: Any) -> Callable[..., Any]:
    """A call that has been opened through its action."""

    def make(council: Any, **fields: Any) -> Any:
        return actions.open_call(by=secretariat, call=make_call(council, **fields))

    return make


@pytest.fixture
def first_come(opened: Any, council: Any) -> Callable[..., Any]:
    def make(**fields: Any) -> Any:
        return opened(
            council, **{"selection": "first_come", "result_immediate": True, "seed_source": "", **fields}
        )

    return make


@pytest.fixture
def submit(system: Any, make_person: Any) -> Callable[..., Any]:
    """A new person applies; `person` fields go to the person."""

    def make(call: Any, by: Any = None, person: Any = None, **fields: Any) -> Any:
        person_fields = person if isinstance(person, dict) else {}
        who = make_person(call.council, **person_fields) if not hasattr(person, "pk") else person
        facts = queries.facts_of(who)
        return actions.submit(by=by or system, call=call, person=who, facts=facts, **fields)

    return make


@pytest.fixture
def after_close(at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(days=5)


@pytest.fixture
def closed(secretariat: Any, after_close: dt.datetime) -> Callable[..., Any]:
    def close(call: Any) -> Any:
        return actions.close_call(by=secretariat.now(after_close), call=call)

    return close


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
