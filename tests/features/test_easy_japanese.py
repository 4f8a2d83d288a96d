"""Everybody may take part, and can read how: a cohort without an age, pages in plain Japanese with readings (000)."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import translation
from lxml import html

from sonjuku.flows import calling
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox import furigana


@pytest.fixture
def for_everybody(hagi, call_of, desk):
    """The winter's course for pupils, opened a second time for whoever likes."""
    by = desk(hagi)
    later = calling.clone(by=by, call=call_of(hagi, "it-passport-winter"), code="it-passport-all", years=0)
    calls.set_rules(by=by, call=later, rules=[])
    later = calls.change_call(by=by, call=later, form_version=None, seed_source="公開の数")
    return calling.open_call(by=by, call=later)


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.document_fromstring(response.content.decode())


def test_000_19_a_cohort_of_the_same_programme_without_an_age(hagi, for_everybody, call_of, apply):
    assert for_everybody.programme == call_of(hagi, "it-passport-winter").programme
    for born in (dt.date(1941, 1, 1), dt.date(1990, 5, 5)):
        assert apply(for_everybody, profile={"date_of_birth": born}).state == Application.State.SUBMITTED
    # Nobody is asked for a sex.
    assert not {field.name for field in Person._meta.get_fields()} & {"sex", "gender"}


@pytest.mark.parametrize("path", ["/", "/c/hagi/", "/c/hagi/calls/it-passport-winter/", "/accounts/login/"])
def test_000_19_pages_in_plain_japanese_with_readings(hagi, client, path):
    usual, easy = page(client, path), page(client, f"/ja-easy{path}")
    switch = usual.xpath(f"//a[@href='/ja-easy{path}']")
    assert switch[0].text_content().startswith("やさしい")
    assert not usual.xpath("//main//rt")
    assert len(easy.xpath("//main//ruby/rt")) > 3
    assert easy.xpath(f"//a[@href='{path}']")
    assert easy.get("lang") == "ja"


def test_000_19_what_the_council_wrote_stays_as_it_wrote_it(hagi, call_of, client):
    call = call_of(hagi, "it-passport-winter")
    assert (
        page(client, "/ja-easy/c/hagi/calls/it-passport-winter/").find(".//h1").text_content() == call.title
    )


def test_000_19_a_day_and_a_sum_are_read_aloud(hagi, client):
    main = page(client, "/ja-easy/c/hagi/calls/it-passport-winter/").find(".//main")
    assert {"むりょう", "がつ"} <= {rt.text for rt in main.iter("rt")}


def test_000_19_letters_and_records_hold_no_readings(for_everybody, apply):
    """Who applies on a page in plain Japanese gets letters in Japanese; nothing that is kept has a mark in it."""
    with translation.override("ja-easy"):
        application = apply(for_everybody, profile={"language": "ja"})
    letter = Letter.objects.get(person=application.person)
    assert letter.language == "ja"
    kept = [
        str(value)
        for model in apps.get_models()
        if model.__module__.startswith("sonjuku.rooms")
        for row in model.objects.values_list()
        for value in row
    ]
    assert len(kept) > 1000
    assert not [value for value in kept if furigana.BEGIN in value]
