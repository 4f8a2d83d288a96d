import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sonjuku.flows import attending
from sonjuku.protocols.openbadges import records
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import ActivityRecord
from sonjuku.rooms.credentials.queries import activities as found
from sonjuku.rooms.credentials.rules import activities as rules
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def seen(row, at):
    return queries.verify(json.dumps(row.credential).encode(), at)


@pytest.fixture
def holder(council, make_account, make_person):
    return make_person(council, account=make_account("holder@example.jp"), email="", lg_code="131016")


@pytest.fixture
def come(council, make_call, at):
    """Somebody is checked in at an occasion of a new call that began `before` ago and lasted two hours."""

    def make(person, before=DAY, capacity="participant", **call_fields):
        call = make_call(council, **call_fields)
        occasion = Occasion.objects.create(
            council=council, call=call, title="第1回", starts_at=at - before, ends_at=at - before + DAY / 12
        )
        place = Participation.objects.create(
            council=council, call=call, person=person, capacity=capacity, started_at=at
        )
        return CheckIn.objects.create(
            council=council, occasion=occasion, participation=place, at=at - before, how="qr"
        )

    return make


@pytest.fixture
def myself(holder, at):
    return Actor(at=at, role="member", account_id=holder.account_id)


def test_a_record_says_date_area_kind_and_who_certifies(holder, myself, come, council, at):
    come(holder, capacity="staff", kind="event", venue_lg_code="350001", venue="県民ホール")
    [row] = actions.certify_activities(by=myself, person=holder)
    subject = row.credential["credentialSubject"]
    assert subject["activityStartDate"] == "2026-11-19T03:00:00Z"
    assert subject["activityEndDate"] == "2026-11-19T05:00:00Z"
    assert subject["role"] == "運営スタッフ"
    assert subject["source"]["name"] == council.host.name
    assert subject["achievement"]["achievementType"] == "CommunityService"
    [area] = subject["achievement"]["alignment"]
    assert (area["targetCode"], area["targetFramework"]) == ("350001", "全国地方公共団体コード")
    assert row.credential["evidence"][0]["genre"] == "イベント"
    assert row.credential["issuer"]["name"] == council.title
    assert seen(row, at).result == "ok"


def test_its_words_are_read_back_and_are_japanese_whatever_the_reader_chose(holder, myself, come, council):
    check_in = come(holder)
    with translation.override("en"):
        [fact] = found.told(found.uncertified([holder], myself.at))
        [row] = actions.certify_activities(by=myself, person=holder)
    assert (fact.kind, fact.role, fact.title) == ("講座", "参加者", "ITパスポート講座（第1回）")
    assert (fact.lg_code, fact.starts_at) == (council.lg_code, check_in.occasion.starts_at)
    assert rules.read(row.credential) == fact


def test_only_what_is_over_and_only_once(holder, myself, come):
    come(holder, before=DAY / 24)
    with pytest.raises(Refused, match="nothing_new"):
        actions.certify_activities(by=myself, person=holder)
    come(holder)
    assert len(actions.certify_activities(by=myself, person=holder)) == 1
    with pytest.raises(Refused, match="nothing_new"):
        actions.certify_activities(by=myself, person=holder)
    assert ActivityRecord.objects.count() == 1


def test_only_the_holder_gets_records_and_sees_them(
    holder, myself, come, make_person, council, staff_account, secretariat
):
    other = make_person(council)
    come(other)
    come(holder)
    with pytest.raises(Refused, match="not_own"):
        actions.certify_activities(by=myself, person=other)
    with pytest.raises(Refused, match="not_own"):
        actions.certify_activities(by=secretariat, person=holder)
    actions.certify_activities(by=myself, person=holder)
    assert found.records_visible_to(myself).count() == 1
    assert not found.records_visible_to(secretariat).exists()
    assert not found.records_visible_to(replace(myself, account_id=staff_account.pk)).exists()


def test_a_check_in_taken_back_revokes_its_record_in_the_list_that_it_names(
    holder, myself, come, secretariat
):
    check_in = come(holder)
    [row] = actions.certify_activities(by=myself, person=holder)
    attending.undo_check_in(by=secretariat, check_in=check_in)
    row.refresh_from_db()
    assert (row.check_in_id, row.revoked_at) == (None, secretariat.at)
    report = seen(row, secretariat.at)
    assert report.result == "bad"
    assert [one.code for one in report.findings if one.result == "bad"] == ["revoked"]
    with pytest.raises(Refused, match="nothing_held"):
        actions.activity_file(by=myself, person=holder)
    assert Entry.objects.filter(verb="activity.withdrawn").count() == 1


def test_a_check_in_of_a_completed_place_stays_and_so_does_its_record(holder, myself, come, secretariat):
    check_in = come(holder)
    [row] = actions.certify_activities(by=myself, person=holder)
    Participation.objects.update(state="completed")
    with pytest.raises(Refused, match="already_completed"):
        attending.undo_check_in(by=secretariat, check_in=check_in)
    row.refresh_from_db()
    assert row.revoked_at is None
    assert seen(row, myself.at).result == "ok"


def test_a_check_in_that_is_disposed_of_leaves_the_record_as_it_is(holder, myself, come):
    check_in = come(holder)
    [row] = actions.certify_activities(by=myself, person=holder)
    check_in.delete()
    row.refresh_from_db()
    assert row.check_in_id is None
    assert seen(row, myself.at).result == "ok"


def test_what_a_struck_key_signed_is_signed_anew_when_asked(holder, myself, come, secretariat):
    come(holder)
    [row] = actions.certify_activities(by=myself, person=holder)
    actions.strike_key(by=secretariat, key=row.issuer_key, reason="盗まれた")
    assert seen(row, myself.at).result == "bad"
    assert actions.certify_activities(by=myself, person=holder) == []
    anew = ActivityRecord.objects.get()
    assert anew.issuer_key_id != row.issuer_key_id
    assert anew.credential["id"] == row.credential["id"]
    assert rules.read(anew.credential) == rules.read(row.credential)
    assert seen(anew, myself.at).result == "ok"


def test_one_file_holds_all_that_hold(holder, myself, come):
    for days in (1, 2, 3):
        come(holder, before=DAY * days)
    actions.certify_activities(by=myself, person=holder)
    record = actions.activity_file(by=myself, person=holder)
    assert records.verify(record, myself.at).ok
    assert len(records.members_of(record)) == 3


def test_as_many_statements_for_three_as_for_one(holder, myself, come):
    counts = []
    for number in (1, 3):
        for days in range(number):
            come(holder, before=DAY * (days + 1))
        with CaptureQueriesContext(connection) as asked:
            actions.certify_activities(by=myself, person=holder)
        counts.append(len(asked))
    # The first time the council's key and its list are made too.
    assert counts[1] <= counts[0]
