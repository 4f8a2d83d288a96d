import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, CallBody, Criterion, EligibilityRule, SeatPool
from sonjuku.rooms.credentials.models import Achievement
from sonjuku.rooms.events.models import Booth, BoothSlot, Speaker
from sonjuku.rooms.participation.models import ObligationRule, Occasion
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.talent.tests.conftest import applied, hold, key, places, skills  # noqa: F401
from sonjuku.rooms.vocabulary.models import Audience
from tests.drawing import draw


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def live_call(council: Any, make_call: Any, now: dt.datetime) -> Any:
    """An open call dated around the real clock, as views ask it."""

    def make(**fields: Any) -> Any:
        today = timezone.localdate(now)
        base = {
            "state": "open",
            "opens_at": now - dt.timedelta(days=5),
            "closes_at": now + dt.timedelta(days=5),
            "starts_on": today + dt.timedelta(days=20),
            "ends_on": today + dt.timedelta(days=30),
            "result_on": today + dt.timedelta(days=8),
        }
        return make_call(council, **{**base, **fields})

    return make


@pytest.fixture
def full_call(council: Any, live_call: Any, now: dt.datetime) -> Any:
    """A call with `rows` rows of everything its page shows."""

    def make(rows: int = 1) -> Any:
        call = live_call()
        host = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
        booth = Booth.objects.create(
            council=council, call=call, host_event="商工祭", host_body=host, place="4番"
        )
        for n in range(rows):
            other = Body.objects.create(council=council, type="company", name=f"会社{n}", name_en=f"Firm {n}")
            CallBody.objects.create(call=call, body=other, role="supporter")
            SeatPool.objects.create(call=call, seat_type=f"枠{n}", capacity=3)
            EligibilityRule.objects.create(call=call, kind="age", minimum=10 + n)
            Criterion.objects.create(call=call, title=f"項目{n}")
            audience = Audience.objects.create(code=f"a{n}", title=f"対象{n}", title_en=f"Audience {n}")
            call.audiences.add(audience)
            ObligationRule.objects.create(call=call, kind="attend", title=f"出席{n}")
            Achievement.objects.create(
                council=council, call=call, title=f"修了{n}", description="", criteria=""
            )
            starts = now + dt.timedelta(days=20 + n)
            occasion = Occasion.objects.create(
                council=council,
                call=call,
                starts_at=starts,
                ends_at=starts + dt.timedelta(hours=2),
                title=f"回{n}",
            )
            Speaker.objects.create(council=council, occasion=occasion, name=f"講師{n}", talk_title=f"話{n}")
            BoothSlot.objects.create(
                booth=booth, starts_at=starts, ends_at=starts + dt.timedelta(minutes=30), capacity=4, taken=1
            )
        return call

    return make


@pytest.fixture
def make_lottery(council: Any, live_call: Any, make_person: Any, now: dt.datetime) -> Any:
    """A closed lottery with so many who applied for four places."""

    def make(people: int = 9) -> Any:
        call = live_call(state="closed", capacity=4, closes_at=now - dt.timedelta(days=1))
        for _ in range(people):
            Application.objects.create(
                council=council, call=call, person=make_person(council), state="submitted",
                submitted_at=now - dt.timedelta(days=2),
            )  # fmt: skip
        return call

    return make


@pytest.fixture
def lottery(make_lottery: Any) -> Any:
    return make_lottery()


@pytest.fixture
def desk(secretariat: Any, now: dt.datetime) -> Any:
    return replace(secretariat, at=now)


@pytest.fixture
def announced(lottery: Any, desk: Any) -> Any:
    run = draw(desk, lottery, "03 11 'x' 19")
    actions.announce(by=desk, run=run)
    return lottery
