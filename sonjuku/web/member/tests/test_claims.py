"""A record from paper is taken over by its person, and by nobody else."""

import datetime as dt

import pytest
from django.urls import reverse

from sonjuku.flows import claiming
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Entry

BORN = "1960-04-01"


@pytest.fixture
def paper(open_call, make_person, council, at):
    """An application that came by FAX."""
    person = make_person(council, family_name="紙山", date_of_birth=dt.date(1960, 4, 1), email="")
    return Application.objects.create(
        council=council, call=open_call(), person=person, state="submitted", submitted_at=at, channel="fax"
    )


@pytest.fixture
def client_of(make_account, log_in):
    return lambda email="fax@example.jp": log_in(make_account(email))


def test_the_link_asks_for_a_login_and_shows_little(paper, client, client_of):
    url = claiming.link(paper.person)
    assert client.get(url).status_code == 302
    page = client_of().get(url).content.decode()
    assert "紙＊" in page
    assert paper.code in page
    for secret in ("紙山", "1960", "ミホン"):
        assert secret not in page


def test_the_right_date_of_birth_makes_the_record_ones_own(paper, client_of):
    client, url = client_of(), claiming.link(paper.person)
    assert client.post(url, {"date_of_birth": BORN}).url == reverse("member:home")
    assert client.get(reverse("member:application", args=[paper.id])).status_code == 200
    assert Entry.objects.filter(verb="person.claimed", for_person_id=paper.person_id).count() == 1
    assert client.get(url).url == reverse("member:home")

    other = client_of("other@example.jp")
    assert other.post(url, {"date_of_birth": BORN}).status_code == 409
    assert other.get(reverse("member:application", args=[paper.id])).status_code == 404


def test_five_wrong_dates_close_the_day_for_everyone(paper, client_of):
    client, url = client_of(), claiming.link(paper.person)
    for day in range(2, 7):
        assert client.post(url, {"date_of_birth": f"1960-04-0{day}"}).status_code == 422
    assert client.post(url, {"date_of_birth": BORN}).status_code == 409
    assert client_of("second@example.jp").post(url, {"date_of_birth": BORN}).status_code == 409
    paper.person.refresh_from_db()
    assert paper.person.account is None

    Entry.objects.update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert client.post(url, {"date_of_birth": BORN}).status_code == 302


def test_two_records_of_a_council_are_never_merged(paper, adult, log_in):
    response = log_in(adult).post(claiming.link(paper.person), {"date_of_birth": BORN})
    assert response.status_code == 409
    assert "記録がすでにあります" in response.content.decode()
    paper.person.refresh_from_db()
    assert paper.person.account is None


def test_a_forged_link_and_a_record_without_a_birth_date_lead_nowhere(paper, client_of):
    client = client_of()
    assert client.get("/claim/forged/").status_code == 404
    paper.person.date_of_birth = None
    paper.person.save()
    assert client.post(claiming.link(paper.person), {"date_of_birth": BORN}).status_code == 409
