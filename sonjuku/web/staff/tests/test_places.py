"""Places in line: one number on the public record, in the explanation, on one's own page, on the telephone and in letters."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.flows import announcing
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.web.public.proof_table import table_of
from tests import drawing

pytestmark = pytest.mark.django_db

HAGI, SAPPORO = "352047", "011002"


def places(application: Application) -> dict[str, int]:
    row = Application.objects.select_related("call").get(pk=application.pk)
    return {each.option: each.place for each in queries.waiting_places(row)}


@pytest.fixture
def call(running: Any, now: dt.datetime) -> Call:
    """Evenings with a seat for all and one held for the town, weekends with one seat."""
    made: Call = running(
        state=Call.State.CLOSED, closes_at=now - dt.timedelta(hours=1), capacity=1, selection="ranked", check_days=0
    )  # fmt: skip
    SeatPool.objects.filter(call=made).update(option="夜", option_en="Evening")
    SeatPool.objects.create(
        call=made,
        option="夜",
        option_en="Evening",
        seat_type="市内枠",
        capacity=1,
        reserved_for_lg_codes=[HAGI],
        ordinal=1,
    )
    SeatPool.objects.create(call=made, option="週末", option_en="Weekend", capacity=1, ordinal=2)
    return made


@pytest.fixture
def people(call: Call, apply_to: Any) -> list[Application]:
    """Nine, two of the town, with one wish or two."""
    wishes = (["夜", "週末"], ["週末", "夜"], ["夜"])
    return [
        apply_to(
            call, {"given_name_kana": f"ヒト{n}", "lg_code": HAGI if n < 2 else SAPPORO},
            wishes=wishes[n % 3], option=wishes[n % 3][0], wish_rank=1,
        )
        for n in range(9)
    ]  # fmt: skip


def test_the_places_of_five_counted_by_hand(call: Call, people: list[Application], acting: Actor) -> None:
    """In the published order: a and b have places; c wishes weekend, evening; d evening; e evening, weekend."""
    Application.objects.filter(pk__in=[each.pk for each in people[5:]]).delete()
    wishes = (["夜"], ["週末"], ["週末", "夜"], ["夜"], ["夜", "週末"])
    for rank, (application, wished) in enumerate(zip(people[:5], wishes, strict=True), start=1):
        state = "accepted" if rank < 3 else "waitlisted"
        Application.objects.filter(pk=application.pk).update(
            rank=rank, state=state, wishes=wished, option=wished[0], announced_at=acting.at
        )
    Call.objects.filter(pk=call.pk).update(state="decided")
    SeatPool.objects.filter(call=call).update(capacity=1, taken=1)
    a, b, c, d, e = people[:5]
    assert (places(a), places(b)) == ({}, {})
    assert (places(c), places(d), places(e)) == ({"週末": 1, "夜": 1}, {"夜": 2}, {"夜": 3, "週末": 2})
    by_query = queries.waiting_places_in([call])
    assert {key: {w.option: w.place for w in found} for key, found in by_query.items()} == {
        each.pk: places(each) for each in (c, d, e)
    }
    actions.withdraw(by=acting, application=d)
    assert (places(c), places(d), places(e)) == ({"週末": 1, "夜": 1}, {}, {"夜": 2, "週末": 2})
    # b gives the weekend back: c is offered it, and stands before nobody any more.
    Application.objects.filter(pk=b.pk).update(seat_pool=SeatPool.objects.get(call=call, option="週末"))
    actions.decline(by=acting, application=Application.objects.get(pk=b.pk))
    assert (places(c), places(e)) == ({}, {"夜": 1, "週末": 1})


def test_every_page_and_letter_says_the_same_number(
    call: Call, people: list[Application], acting: Actor, desk: Client, make_account: Any
) -> None:
    drawing.draw(acting, call)
    announcing.announce(by=acting, run=drawing.run_of(call))
    run = drawing.run_of(call)
    table = table_of(queries.public_run(run))
    assert table is not None
    waiting = list(Application.objects.filter(call=call, state="waitlisted").select_related("call", "person"))
    assert len(waiting) == 6
    for row in waiting:
        line = table.of(row.code)
        assert line is not None
        options = dict(zip(row.wishes, [place for _programme, place in line.wishes], strict=True))
        assert places(row) == options
        said = [
            int(found[1])
            for sentence in queries.explanation(row, "ja")
            if (found := re.search(r"補欠の順番は、(\d+)番目でした", sentence))
        ]
        assert said == list(options.values())
        letter = Letter.objects.get(kind="result_waitlisted", about_id=row.pk).body
        told = [int(each) for each in re.findall(r"[^\d：-](\d+)(?=、| 番目)", letter)]
        assert told == list(options.values())
        row.person.account = make_account(f"{row.pk}@example.jp")
        row.person.save()
        own = Client()
        own.force_login(row.person.account)
        page = own.get(reverse("member:application", args=[row.pk])).content.decode().replace("<wbr>", "")
        phone = desk.post(
            reverse("staff:run_phone", args=["hagi", run.code]), {"code": row.code}
        ).content.decode()
        in_japanese = phone.split('class="read-aloud" lang="en"')[0]
        for shown in (page.split("<main")[1], in_japanese):
            now_said = [int(each) for each in re.findall(r"いま、(?:補欠の)?(\d+)番目です", shown)]
            now_said += [int(each) for each in re.findall(r"は、いま(\d+)番目です", shown)]
            assert now_said == list(options.values())


def test_asking_for_one_place_costs_the_same_however_many_wait(
    call: Call, people: list[Application], acting: Actor
) -> None:
    drawing.draw(acting, call)
    announcing.announce(by=acting, run=drawing.run_of(call))
    waiting = (
        Application.objects.filter(call=call, state="waitlisted").select_related("call").order_by("rank")
    )
    for row in (waiting[0], waiting[5]):
        with CaptureQueriesContext(connection) as asked:
            queries.waiting_places(row)
        assert len(asked) == 2
