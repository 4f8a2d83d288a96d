"""Ticks that expand one mailing at once, on the database of DATABASE_URL. The first test shows that the race is real."""

import threading
import time
import uuid

import pytest

from sonjuku.flows import mailing as flow
from sonjuku.flows.mailing import sending
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import Letter, Mailing
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE, TICKS, PAUSE = 12, 4, 0.05


@pytest.fixture
def mailing(council, make_call, make_person, secretariat, at):
    call = make_call(council, state="decided")
    for _n in range(PEOPLE):
        Application.objects.create(
            council=council, call=call, person=make_person(council), state="accepted", submitted_at=at
        )
    return Mailing.objects.create(
        council=council, about_id=call.id, segment={"states": ["accepted"]}, subject="持ち物", body="{{氏名}}", due_at=at,
        actor_role="secretariat", actor_body_id=secretariat.body_id, actor_account_id=secretariat.account_id,
        created_at=at,
    )  # fmt: skip


@pytest.fixture
def slowly(monkeypatch):
    """A pause between reading who still lacks a letter and writing the letters."""
    real = sending.outgoing_of

    def pause(*args):
        time.sleep(PAUSE)
        return real(*args)

    monkeypatch.setattr(sending, "outgoing_of", pause)


def test_without_the_lock_and_the_key_people_get_it_twice(mailing, at, monkeypatch):
    all_have_read, real = threading.Barrier(TICKS), sending.outgoing_of

    def read_then_wait(*args):
        found = list(real(*args))
        all_have_read.wait(timeout=60)
        return found

    monkeypatch.setattr(sending, "outgoing_of", read_then_wait)

    def unlocked(*, by, mailing_id):
        return Mailing.objects.select_related("council").get(pk=mailing_id)

    monkeypatch.setattr(sending.letters, "claim_mailing", unlocked)
    monkeypatch.setattr(rules, "mailing_key", lambda *_ids: str(uuid.uuid4()))
    # No transaction around the two either: on SQLite that alone would be a lock.
    expand = sending._expand_chunk.__wrapped__

    at_once(lambda _tick: expand(mailing_id=mailing.pk, at=at), range(TICKS))
    assert Letter.objects.count() == TICKS * PEOPLE


def test_each_person_gets_one_letter_however_many_ticks_come_at_once(mailing, slowly, at, monkeypatch):
    monkeypatch.setattr(sending, "CHUNK", 5)
    made = at_once(lambda _tick: flow.expand(mailing_id=mailing.pk, at=at, chunks=20)[0], range(TICKS))
    # A tick that finds another at work leaves the rest to it, or to the next tick.
    made.append(flow.expand(mailing_id=mailing.pk, at=at, chunks=20)[0])
    assert sum(made) == PEOPLE
    assert Letter.objects.count() == PEOPLE
    assert Letter.objects.values("person").distinct().count() == PEOPLE
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients) == (Mailing.State.QUEUED, PEOPLE)


def test_one_page_sent_eight_times_at_once_is_one_mailing(mailing, secretariat, at):
    from sonjuku.rooms.calls.models import Call

    page, call = uuid.uuid4(), Call.objects.select_related("council").get(pk=mailing.about_id)

    def send(_press):
        return flow.schedule(
            by=secretariat, mailing_id=page, call=call, segment={"states": ["accepted"]}, subject="一度だけ",
            body="本文", is_duty=True, due_at=at,
        ).pk  # fmt: skip

    assert set(at_once(send, range(8))) == {page}
    assert Letter.objects.filter(mailing_id=page).count() == PEOPLE
    assert Mailing.objects.count() == 2
