"""No more news: one POST, with or without a browser; nothing by opening the link."""

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters import queries
from sonjuku.rooms.letters.models import Unsubscription


@pytest.fixture
def person(council, make_person, make_account):
    return make_person(council, account=make_account(), family_name="秘密山")


@pytest.fixture
def path(person):
    return queries.unsubscribe_path(person)


@pytest.fixture
def strict():
    """A client that is held to CSRF, as browsers and mail programs are."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_opening_the_link_changes_nothing_and_names_nobody(strict, path, prefix):
    response = strict.get(prefix + path)
    assert response.status_code == 200
    assert "秘密山" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert strict.head(prefix + path).status_code == 200
    assert not Unsubscription.objects.exists()


def test_one_click_of_a_mail_program(strict, path, person):
    """RFC 8058 3.2: a POST of List-Unsubscribe=One-Click without cookies, answered without a redirect."""
    for _twice in range(2):
        response = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert Unsubscription.objects.get().person_id == person.id
    assert [e.for_person_id for e in Entry.objects.filter(verb="unsubscription.added")] == [person.id]
    body = "List-Unsubscribe=One-Click"
    assert strict.post(path, body, content_type="application/x-www-form-urlencoded").status_code == 200


def test_the_button_and_back_again(strict, path):
    assert "案内の配信を止めました" in strict.post(path).content.decode()
    assert "もう一度受け取る" in strict.get(path).content.decode()
    assert "案内をまたお送りします" in strict.post(path, {"undo": "1"}).content.decode()
    assert not Unsubscription.objects.exists()
    assert Entry.objects.filter(verb="unsubscription.removed").count() == 1


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x", lambda t: "0" * 32 + t[32:]]
)
def test_a_forged_link_does_nothing(strict, path, change):
    token = path.strip("/").split("/")[-1]
    forged = reverse("public:unsubscribe", args=[change(token)])
    assert strict.get(forged).status_code == strict.post(forged).status_code == 404
    assert not Unsubscription.objects.exists()


def test_the_profile_shows_it_and_takes_it_back(client, person, council):
    profile = reverse("member:profile", args=[council.slug])
    choice = reverse("member:news_choice", args=[council.slug])
    client.force_login(person.account)
    assert "受け取る設定です" in client.get(profile).content.decode()
    client.post(choice, {"stop": "1"})
    assert Unsubscription.objects.filter(person=person).exists()
    assert "受け取らない設定です" in client.get(profile).content.decode()
    client.post(choice)
    assert not Unsubscription.objects.exists()
