"""Names change at the desk, addresses do not."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.rooms.vocabulary.models import Audience


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def line(council: Any) -> BusinessLine:
    return BusinessLine.objects.create(
        council=council, slug="training", ordinal=3, title="IT人材育成事業", is_provisional=True
    )


@pytest.fixture
def programme(council: Any, line: BusinessLine) -> Programme:
    row = Programme.objects.create(council=council, business_line=line, slug="juku", title="塾")
    row.audiences.add(Audience.objects.create(code="child", title="子ども", title_en="Children"))
    return row


def test_a_line_loses_its_kasho(desk: Client, client: Client, line: BusinessLine) -> None:
    assert "IT人材育成事業（仮称）" in client.get("/c/hagi/").content.decode()
    assert "仮称" in desk.get(url("programmes")).content.decode()
    desk.post(url("line", line.id), {"title": "IT松下村塾", "title_en": "IT school"})
    line.refresh_from_db()
    assert (line.title, line.title_en, line.is_provisional, line.slug) == (
        "IT松下村塾",
        "IT school",
        False,
        "training",
    )
    shown = client.get("/c/hagi/").content.decode()
    assert "IT松下村塾" in shown
    assert "（仮称）" not in shown


def test_a_programme_is_renamed_and_keeps_someone_it_is_for(
    desk: Client, programme: Programme, line: BusinessLine
) -> None:
    adult = Audience.objects.create(code="adult", title="大人", title_en="Adults")
    page = desk.get(url("programme", programme.id)).content.decode()
    assert 'value="child"' in page
    refused = desk.post(url("programme", programme.id), {"title": "新しい塾"}).content.decode()
    assert "「だれのための事業か」を選んでください" in refused
    programme.refresh_from_db()
    assert programme.title == "塾"
    desk.post(
        url("programme", programme.id), {"title": "新しい塾", "is_provisional": "on", "audiences": ["adult"]}
    )
    programme.refresh_from_db()
    assert (programme.title, programme.is_provisional, programme.slug) == ("新しい塾", True, "juku")
    assert list(programme.audiences.all()) == [adult]


def test_a_body_is_renamed_and_its_page_stays(desk: Client, client: Client, council: Any) -> None:
    path = f"/c/hagi/bodies/{council.host.id}/"
    before = client.get(path).content.decode()
    desk.post(
        url("body", council.host.id),
        {"name": "萩デジタル協議会", "type": "council", "url": "https://example.jp/", "branch": ""},
    )
    after = client.get(path).content.decode()
    assert "萩デジタル協議会" not in before
    assert "萩デジタル協議会" in after
    assert 'href="https://example.jp/"' in after
    wrong = desk.post(url("body", council.host.id), {"name": "", "type": "council", "url": "javascript:x()"})
    assert "「団体の名称（法人名）」を入力してください" in wrong.content.decode()
    assert Body.objects.get(pk=council.host.id).name == "萩デジタル協議会"


def test_another_councils_rows_are_not_found(desk: Client, other_council: Any) -> None:
    line = BusinessLine.objects.create(council=other_council, slug="x", ordinal=1, title="よその事業")
    row = Programme.objects.create(council=other_council, business_line=line, slug="x", title="よその事業")
    for path in (url("line", line.id), url("programme", row.id), url("body", other_council.host.id)):
        assert desk.get(path).status_code == 404
        assert desk.post(path, {"title": "のっとり", "name": "のっとり"}).status_code == 404
