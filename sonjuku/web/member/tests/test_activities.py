"""活動の記録: the page, its files, and how many statements they take."""

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sonjuku.protocols.openbadges import records
from sonjuku.rooms.credentials.models import ActivityRecord
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation

pytestmark = pytest.mark.django_db
PAGE = "/me/activities/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def come(council, make_call, adult):
    def make(number=1, **call_fields):
        for days in range(1, number + 1):
            call, held = make_call(council, **call_fields), timezone.now() - DAY * days
            occasion = Occasion.objects.create(
                council=council, call=call, starts_at=held, ends_at=held + DAY / 24
            )
            place = Participation.objects.create(
                council=council, call=call, person=adult.person, started_at=held
            )
            CheckIn.objects.create(council=council, occasion=occasion, participation=place, at=held, how="qr")

    return make


@pytest.fixture
def browser(log_in, adult):
    return log_in(adult)


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_nothing_yet_says_what_will_come(browser):
    assert "まだ活動の記録はありません。" in words(browser.get(PAGE))


def test_what_was_done_is_certified_with_one_press_and_can_be_carried_away(browser, come, council, adult):
    come(2, title="萩IT祭", kind="event", venue="萩市民館")
    page = words(browser.get(PAGE))
    assert "証明をまだ受け取っていない活動が2件あります。" in page
    assert "activities.csv" not in page
    page = words(browser.post(f"{PAGE}hagi/certify/", follow=True))
    assert "2件の活動を証明しました。" in page
    assert "証明を受け取る" not in page
    first, second = ActivityRecord.objects.order_by("starts_at")
    one = browser.get(f"/me/activity/{first.pk}/record.json")
    assert json.loads(one.content) == first.credential
    whole = json.loads(browser.get(f"{PAGE}hagi/activities.json").content)
    assert records.members_of(whole) == [second.credential, first.credential]
    table = browser.get(f"{PAGE}hagi/activities.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [line["活動の名前"] for line in lines] == ["萩IT祭"] * 2
    assert lines[0]["全国地方公共団体コード"] == council.lg_code == "352047"
    assert (lines[0]["活動の種類"], lines[0]["役割"], lines[0]["会場"]) == ("イベント", "参加者", "萩市民館")
    assert lines[0]["証明した団体"] == council.title
    assert lines[0]["証明の番号"] == first.uri


def test_a_second_press_says_that_nothing_is_left(browser, come):
    come()
    browser.post(f"{PAGE}hagi/certify/")
    assert "新しく証明できる活動は、ありません。" in words(browser.post(f"{PAGE}hagi/certify/", follow=True))
    assert ActivityRecord.objects.count() == 1


def test_where_one_lives_is_said_and_what_was_taken_back_too(browser, come, adult):
    adult.person.lg_code = "352047"
    adult.person.save()
    come()
    assert "お住まいの市区町村での活動です。" in words(browser.get(PAGE))
    browser.post(f"{PAGE}hagi/certify/")
    ActivityRecord.objects.update(revoked_at=timezone.now())
    page = words(browser.get(PAGE))
    assert "受付が取り消されたため、この証明は使えません。" in page
    assert "activities.json" not in page


def test_nobody_else_gets_a_record(client, browser, come, log_in, make_account):
    come()
    browser.post(f"{PAGE}hagi/certify/")
    row = ActivityRecord.objects.get()
    other = log_in(make_account("other@example.jp"))
    assert other.get(f"/me/activity/{row.pk}/record.json").status_code == 404
    assert other.get(f"{PAGE}hagi/activities.csv").status_code == 404
    assert other.post(f"{PAGE}hagi/certify/").status_code == 404


def test_three_take_as_many_statements_as_one(browser, come):
    for address in (PAGE, f"{PAGE}hagi/activities.csv"):
        counts = []
        for _rows in (1, 2):
            come(_rows)
            browser.post(f"{PAGE}hagi/certify/")
            come(_rows)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1], address
