"""A message to a segment: who is meant, what each gets, once each, whatever happens in between."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.flows import delivering, ticking
from sonjuku.flows import mailing as flow
from sonjuku.flows.mailing import sending
from sonjuku.rooms.calls.models import Application, CallBody, SeatPool
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters import actions, queries
from sonjuku.rooms.letters.models import Letter, Mailing, Unsubscription
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation
from sonjuku.rooms.people.models import Body, Consent, Role
from sonjuku.toolbox.refusals import Refused

DAY = dt.timedelta(days=1)
ACCEPTED = {"states": ["accepted"]}


@pytest.fixture
def call(council, make_call):
    return make_call(
        council, state="decided", webinar_status="hybrid", webinar_url="https://meet.example.jp/x"
    )


@pytest.fixture
def applied(call, make_person, at):
    """One application to the call by a new person."""

    def make(state="accepted", person=None, **fields):
        who = make_person(call.council, **(person or {}))
        return Application.objects.create(
            council=call.council, call=call, person=who, state=state, submitted_at=at - DAY,
            **{"announced_at": at - DAY, **fields},
        )  # fmt: skip

    return make


@pytest.fixture
def schedule(call, secretariat):
    def make(segment=ACCEPTED, **fields):
        base = {
            "mailing_id": uuid.uuid4(), "call": call, "segment": segment, "subject": "持ち物", "body": "{{氏名}} 様",
            "is_duty": True, "due_at": secretariat.at + DAY,
        }  # fmt: skip
        return flow.schedule(by=fields.pop("by", secretariat), **{**base, **fields})

    return make


def meant(actor, call, **segment):
    return {row.pk for row in flow.recipients(actor, call, segment)}


def counted(actor, call):
    return {
        group.name: {str(choice.label): choice.number for choice in group.choices}
        for group in flow.counted_groups(actor, call)
    }


# Whom


def test_any_within_a_group_and_all_between_groups(call, applied, secretariat):
    near = applied(out_of_area=False)
    far = applied(out_of_area=True)
    applied("withdrawn", out_of_area=True)
    waits = applied("waitlisted", out_of_area=None, channel="fax")
    assert meant(secretariat, call, states=["accepted", "waitlisted"]) == {near.pk, far.pk, waits.pk}
    assert meant(secretariat, call, states=["accepted"], area=["out"]) == {far.pk}
    assert meant(secretariat, call, states=["accepted", "waitlisted"], area=["out", "unknown"]) == {
        far.pk,
        waits.pk,
    }
    assert meant(secretariat, call, states=["waitlisted"], channels=["fax"]) == {waits.pk}


def test_without_states_or_with_what_is_gone_nobody_is_meant(call, applied, secretariat):
    applied()
    assert meant(secretariat, call) == set()
    assert meant(secretariat, call, area=["in"]) == set()
    assert meant(secretariat, call, states=["accepted"], pools=[str(uuid.uuid4())]) == set()
    assert meant(secretariat, call, states=["draft"]) == set()


def test_a_seat_type_means_nobody_before_the_announcement(call, applied, secretariat):
    front = SeatPool.objects.create(call=call, seat_type="前の席", capacity=3)
    told = applied(seat_pool=front)
    applied("submitted", seat_pool=front, announced_at=None)
    wanted = applied(option="午後")
    afternoon = SeatPool.objects.create(call=call, option="午後", capacity=3)
    everyone = ["accepted", "submitted"]
    assert meant(secretariat, call, states=everyone, pools=[str(front.pk)]) == {told.pk}
    assert meant(secretariat, call, states=everyone, pools=[str(afternoon.pk)]) == {wanted.pk}


def test_what_people_still_have_to_do(call, applied, secretariat, council, at, make_account):
    done, owes = applied(person={"account": make_account()}), applied()
    rule = ObligationRule.objects.create(call=call, kind="answer", title="アンケート", title_en="Survey")
    for row, when in ((done, at), (owes, None)):
        place = Participation.objects.create(
            council=council, call=call, person=row.person, application=row, started_at=at
        )
        Obligation.objects.create(council=council, participation=place, rule=rule, done_at=when)
    child, answered = applied("submitted", needs_guardian=True), applied("submitted", needs_guardian=True)
    Consent.objects.create(
        council=council, person=answered.person, purpose="guardian", about_id=answered.pk, text="同意",
        text_version="1", given_by="guardian", asked_at=at, given_at=at,
    )  # fmt: skip
    states = ["accepted", "submitted"]
    assert meant(secretariat, call, states=states, waits=["owes"]) == {owes.pk}
    assert meant(secretariat, call, states=states, waits=["guardian"]) == {child.pk}
    assert meant(secretariat, call, states=states, waits=["account"]) == {owes.pk, child.pk, answered.pk}


def test_each_choice_says_how_many(call, applied, secretariat, django_assert_num_queries):
    applied(out_of_area=False)
    applied(out_of_area=True, person={"language": "en"})
    applied("lapsed", out_of_area=True, channel="phone")
    with django_assert_num_queries(2):  # pools, counts
        groups = flow.counted_groups(secretariat, call)
    assert [group.name for group in groups] == ["states", "channels", "area", "language", "waits"]
    numbers = counted(secretariat, call)
    assert {k: v for k, v in numbers["states"].items() if v} == {"参加確定": 2, "期限切れ": 1}
    assert numbers["area"] == {"域内": 1, "域外": 2}
    assert numbers["language"] == {"日本語": 2, "English": 1}
    assert numbers["channels"] == {"画面": 2, "電話": 1}
    assert numbers["waits"] == {"マイページをまだ使っていない": 3}


def test_another_body_reaches_nobody(call, applied, council, secretariat):
    applied()
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")
    CallBody.objects.create(call=call, body=firm, role="supporter")
    other = type(secretariat)(
        at=secretariat.at, role="body_staff", body_id=firm.id, council_id=council.id,
        account_id=secretariat.account_id,
    )  # fmt: skip
    assert meant(other, call, states=["accepted"]) == set()


# What


def test_each_gets_their_own_words_in_their_language(call, applied, schedule, secretariat, at):
    deadline = dt.datetime(2026, 11, 29, 15, 0, tzinfo=dt.UTC)  # 0:00 of the 30th in Tokyo
    here = applied("offered", confirm_by=deadline, option="午前")
    there = applied(person={"language": "en", "given_name": "Jane", "email": "jane@example.jp"})
    body = "{{氏名}}/{{募集名}}/{{受付番号}}/{{開催日}}/{{会場}}/{{参加用アドレス}}/{{区分}}/{{確認期限}}/{{結果発表日}}"
    schedule({"states": ["offered", "accepted"]}, subject="{{募集名}}のこと", body=body, due_at=at)
    first, second = (Letter.objects.get(about_id=row.pk) for row in (here, there))
    assert first.subject == "ITパスポート講座のこと"
    assert (
        f"{here.person.full_name}/ITパスポート講座/{here.code}/2026年12月14日（月）/萩市民館//午前/"
        "2026年11月29日（日）まで/2026年12月7日（月）" in first.body
    )
    assert (
        f"/IT Passport course/{there.code}/Mon 14 Dec 2026/萩市民館/https://meet.example.jp/x///Mon 7 Dec 2026"
        in second.body
    )
    assert (second.language, second.to_address) == ("en", "jane@example.jp")
    assert first.short_code.path.startswith("/claim/")
    assert queries.path_of(first.short_code_id, at) == first.short_code.path
    assert first.short_code_id in first.body


def test_the_previews_show_a_first_and_one_that_lacks_something(call, applied, secretariat, council):
    full = applied("offered", confirm_by=secretariat.at + DAY, code="AAAA-0001")
    applied("offered", confirm_by=secretariat.at + DAY, code="AAAA-0002")
    lacks = applied("accepted", code="AAAA-0003", person={"email": ""})
    draft = Mailing(council=council, subject="返事", body="{{確認期限}}", is_duty=False)
    rows = flow.recipients(secretariat, call, {"states": ["offered", "accepted"]})
    shown = flow.previews(by=secretariat, mailing=draft, call=call, rows=rows, codes=[])
    assert [each.application for each in shown] == [full, lacks]
    assert [[str(label) for label in each.lacking] for each in shown] == [[], ["参加の返事の期限"]]
    chosen = flow.previews(
        by=secretariat, mailing=draft, call=call, rows=rows, codes=["AAAA-0002", "ZZZZ-9999"]
    )
    assert [each.application.code for each in chosen] == ["AAAA-0002"]
    reach = flow.reach(rows, ["confirm_by"])
    assert (reach.meant, reach.unreachable, reach.unsubscribed, reach.lacking) == (3, 1, 0, 1)
    assert not Letter.objects.exists()


def test_an_unknown_field_is_refused_before_anything_is_written(schedule):
    with pytest.raises(Refused) as no:
        schedule(body="{{住所}}")
    assert no.value.code == "merge_field_unknown"
    assert "住所" in str(no.value.message)
    assert not Mailing.objects.exists()


# When


def test_recipients_are_those_of_the_moment_of_sending(applied, schedule, at):
    gone, stays = applied(), applied()
    mailing = schedule()
    assert ticking.tick(at + DAY - dt.timedelta(seconds=1)).counts["mailings"] == 0
    gone.state = "withdrawn"
    gone.save()
    comes = applied()
    report = ticking.tick(at + DAY)
    assert (report.counts["mailings"], report.counts["sent"], report.failed) == (2, 2, [])
    assert {letter.about_id for letter in Letter.objects.filter(mailing=mailing)} == {stays.pk, comes.pk}
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients, mailing.queued_at) == ("queued", 2, at + DAY)
    assert ticking.tick(at + 2 * DAY).counts["mailings"] == 0
    assert len(mail.outbox) == 2


def test_the_same_page_sent_twice_is_one_mailing(applied, schedule, at, make_staff, council, secretariat):
    applied()
    page = uuid.uuid4()
    first, second = schedule(mailing_id=page, due_at=at), schedule(mailing_id=page, due_at=at, subject="別")
    assert first.pk == second.pk
    assert second.subject == "持ち物"
    assert Letter.objects.count() == Mailing.objects.count() == 1
    colleague = type(secretariat)(
        at=at, role="secretariat", body_id=council.host.id, council_id=council.id,
        account_id=make_staff(council, "two@hagi.example.jp").id,
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        schedule(mailing_id=page, by=colleague)
    assert no.value.code == "mailing_not_yours"


def test_cancelled_before_it_is_due_nothing_is_sent(applied, schedule, secretariat, at):
    applied()
    mailing = schedule()
    assert actions.cancel_mailing(by=secretariat, mailing=mailing).state == "cancelled"
    ticking.tick(at + DAY)
    assert not Letter.objects.exists()
    begun = schedule(due_at=at)
    with pytest.raises(Refused) as no:
        actions.cancel_mailing(by=secretariat, mailing=begun)
    assert no.value.code == "mailing_started"


def test_a_worker_that_dies_between_chunks_loses_and_doubles_nobody(applied, schedule, at, monkeypatch):
    people = {applied().person_id for _n in range(7)}
    mailing = schedule()
    monkeypatch.setattr(sending, "CHUNK", 3)
    assert flow.expand(mailing_id=mailing.pk, at=at + DAY, chunks=1) == (3, 1)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients) == ("scheduled", 3)
    with pytest.raises(Refused):
        actions.cancel_mailing(by=None, mailing=mailing)
    assert flow.expand(mailing_id=mailing.pk, at=at + DAY, chunks=9) == (4, 2)
    assert {letter.person_id for letter in Letter.objects.filter(mailing=mailing)} == people
    assert Letter.objects.count() == 7
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients) == ("queued", 7)


@pytest.mark.parametrize("body", ["持ち物", "{{残っていること}}"])
def test_a_chunk_takes_the_same_number_of_statements_however_many_it_writes(applied, schedule, at, body):
    def statements(number):
        for _n in range(number):
            applied()
        mailing = schedule(body=body)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            flow.expand(mailing_id=mailing.pk, at=at + DAY, chunks=1)
        assert Letter.objects.filter(mailing=mailing).count() == Application.objects.count()
        return len(caught)

    assert statements(1) == statements(40)


# With whose eyes


@pytest.mark.parametrize("how", ["ended", "inactive"])
def test_a_role_that_ended_meanwhile_stops_it(applied, schedule, staff_account, at, how):
    applied()
    mailing = schedule()
    if how == "ended":
        Role.objects.filter(account=staff_account, kind="secretariat").update(ends_on=at.date())
    else:
        staff_account.is_active = False
        staff_account.save()
    report = ticking.tick(at + DAY)
    assert report.failed == []
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == ("refused", "author_left")
    assert not Letter.objects.filter(mailing=mailing).exists()
    assert Entry.objects.filter(verb="mailing.stopped", subject_id=mailing.pk).exists()


def test_a_body_that_lost_the_call_stops_it(applied, schedule, call, at):
    applied()
    mailing = schedule()
    call.bodies.update(role="supporter")
    ticking.tick(at + DAY)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == ("refused", "call_gone")


# Who wants it


def test_news_leaves_out_whoever_unsubscribed_and_a_duty_does_not(applied, schedule, at, secretariat, call):
    wants, stopped = applied(), applied()
    actions.unsubscribe(by=secretariat, person=stopped.person)
    rows = flow.recipients(secretariat, call, ACCEPTED)
    reach = flow.reach(rows)
    assert (reach.going(True), reach.going(False)) == (2, 1)
    news = schedule(is_duty=False, due_at=at)
    assert [letter.person_id for letter in Letter.objects.filter(mailing=news)] == [wants.person_id]
    duty = schedule(due_at=at)
    assert Letter.objects.filter(mailing=duty).count() == 2


def test_only_news_can_be_unsubscribed_from(applied, schedule, at, settings):
    settings.SITE_URL = "https://example.jp"
    row = applied(person={"language": "en"})
    schedule(is_duty=False, due_at=at, subject="News")
    schedule(due_at=at)
    delivering.deliver_due(at)
    news, duty = sorted(mail.outbox, key=lambda message: message.subject != "News")
    path = queries.unsubscribe_path(row.person)
    assert news.message()["List-Unsubscribe"] == f"<https://example.jp/en{path}>"
    assert news.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"https://example.jp/en{path}" in news.body
    assert duty.message()["List-Unsubscribe"] is None
    assert duty.message()["List-Unsubscribe-Post"] is None
    assert "unsubscribe" not in duty.body


def test_news_already_queued_is_dropped_when_its_reader_unsubscribes(applied, schedule, at, secretariat):
    row = applied()
    schedule(is_duty=False, due_at=at)
    duty = schedule(due_at=at)
    assert actions.unsubscribe(by=secretariat, person=row.person)
    assert not actions.unsubscribe(by=secretariat, person=row.person)
    assert delivering.deliver_due(at) == 1
    assert Letter.objects.get(mailing=duty).state == Letter.State.SENT
    assert Letter.objects.exclude(mailing=duty).get().state == Letter.State.DROPPED
    assert Unsubscription.objects.count() == 1
    assert actions.resubscribe(by=secretariat, person=row.person)
    assert not Unsubscription.objects.exists()


def test_the_journal_tells_the_story_without_words(applied, schedule, at):
    row = applied()
    mailing = schedule(due_at=at)
    verbs = list(Entry.objects.filter(subject_id=mailing.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["mailing.scheduled", "mailing.started"]
    assert Entry.objects.get(verb="letter.queued").for_person_id == row.person_id
