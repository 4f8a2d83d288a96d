"""News for everyone: the day, the office, what is found by whom, and what a page owes its reader."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from lxml import html

from sonjuku.rooms.calls.models import CallBody
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people.models import Body


@pytest.fixture
def put_up(council: Any, now: dt.datetime) -> Any:
    def make(**fields: Any) -> Article:
        base = {
            "council": council, "body": council.host, "slug": f"a{Article.objects.count()}", "state": "published",
            "title": "年末年始の受付", "text": "本文です。", "owner_office": "総務課", "contact_phone": "0838-00-0000",
            "published_at": dt.datetime(2026, 4, 30, 15, 30, tzinfo=dt.UTC),
        }  # fmt: skip
        return Article.objects.create(**{**base, **fields})

    return make


def page(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content.decode().replace("<wbr>", ""))


def said(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_the_days_the_office_and_the_way_back(client: Client, council: Any, put_up: Any) -> None:
    put_up(slug="plain")
    put_up(slug="changed", updated_at=dt.datetime(2026, 5, 2, 1, 0, tzinfo=dt.UTC))
    plain = page(client, "/c/hagi/news/plain/")
    # 0:30 on 1 May in Tokyo.
    assert said(plain.xpath("//dl[@class='page-dates']")[0]) == (
        "掲載日2026年5月1日（金） 担当課総務課 0838-00-0000"
    )
    changed = said(page(client, "/c/hagi/news/changed/").xpath("//dl[@class='page-dates']")[0])
    assert "更新日2026年5月2日（土）" in changed
    crumb = plain.xpath("//nav[contains(@class,'crumbs')]//a")[0]
    assert (crumb.get("href"), said(crumb)) == ("/c/hagi/news/", "お知らせ")
    focusable = plain.xpath("//body//*[self::a or self::button or self::input]")
    assert (focusable[0].get("href"), said(focusable[0])) == ("#main", "本文へ移る")


def test_an_editors_words_run_nothing(client: Client, council: Any, put_up: Any) -> None:
    put_up(
        slug="bad",
        text="# 題\n\n<script>x()</script> [押す](javascript:x()) ![絵](https://x.example/t.png)\n\n**大事**",
    )
    tree = page(client, "/c/hagi/news/bad/")
    prose = tree.xpath("//div[contains(@class,'prose')]")[0]
    assert not prose.xpath(".//script | .//img | .//a[starts-with(@href, 'javascript')]")
    assert [h.tag for h in prose.xpath(".//h1|.//h2|.//h3")] == ["h2"]
    assert said(prose.xpath(".//strong")[0]) == "大事"


def test_english_readers_get_english_or_are_told_it_is_japanese(
    client: Client, council: Any, put_up: Any
) -> None:
    put_up(slug="ja")
    put_up(slug="en", title_en="Year-end hours", text_en="Closed.", owner_office_en="General Affairs")
    japanese = page(client, "/en/c/hagi/news/ja/").xpath("//div[contains(@class,'prose')]")[0]
    assert japanese.get("lang") == "ja"
    english = page(client, "/en/c/hagi/news/en/")
    assert said(english.xpath("//h1")[0]) == "Year-end hours"
    assert english.xpath("//div[contains(@class,'prose')]")[0].get("lang") is None


def titles(client: Client, query: str = "") -> list[str]:
    return [said(a) for a in page(client, f"/c/hagi/news/{query}").xpath("//ul[@class='news']//a")]


def test_found_by_office_body_and_word(client: Client, council: Any, put_up: Any) -> None:
    firm = Body.objects.create(council=council, type="company", name="見本商会")
    put_up(title="古い", published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    put_up(title="会社の教室", body=firm, owner_office="広報室", text="プログラミング")
    put_up(title="下書き", state="draft", published_at=None)
    put_up(title="終わった", state="withdrawn")
    assert titles(client) == ["会社の教室", "古い"]
    assert titles(client, "?office=広報室") == ["会社の教室"]
    assert titles(client, f"?body={firm.id}") == ["会社の教室"]
    assert titles(client, "?body=no-such-thing") == ["会社の教室", "古い"]
    assert titles(client, "?q=プログラミング") == ["会社の教室"]
    assert titles(client, "?q=なにもない") == []
    offices = page(client, "/c/hagi/news/").xpath("//select[@name='office']/option")
    assert [said(o) for o in offices] == ["すべて", "広報室 (1)", "総務課 (1)"]


def test_what_is_not_public_has_no_page(
    client: Client, council: Any, put_up: Any, other_council: Any
) -> None:
    for state in ("draft", "submitted", "returned"):
        put_up(slug=state, state=state, published_at=None)
        assert client.get(f"/c/hagi/news/{state}/").status_code == 404
    put_up(slug="ours")
    assert client.get("/c/aomori/news/ours/").status_code == 404
    put_up(slug="over", state="withdrawn")
    over = client.get("/c/hagi/news/over/")
    assert over.status_code == 410
    assert "本文です" not in over.content.decode()


def test_a_bodys_page_shows_its_own_things(client: Client, council: Any, put_up: Any, live_call: Any) -> None:
    firm = Body.objects.create(
        council=council, type="company", name="見本商会", url="https://firm.example.jp/"
    )
    assert client.get(f"/c/hagi/bodies/{firm.id}/").status_code == 404
    put_up(title="会社の教室", body=firm, kind="body_project")
    put_up(title="会社の休み", body=firm)
    put_up(title="よその記事")
    call = live_call(title="会社も関わる講座")
    CallBody.objects.create(call=call, body=firm, role="operator")
    CallBody.objects.create(call=call, body=firm, role="supporter")
    live_call(title="関わらない講座")
    live_call(title="まだ内緒", state="draft").bodies.update(body=firm)
    text = said(page(client, f"/c/hagi/bodies/{firm.id}/").xpath("//main")[0])
    for word in (
        "見本商会",
        "企業",
        "https://firm.example.jp/",
        "会社の教室",
        "会社の休み",
        "会社も関わる講座",
    ):
        assert text.count(word) == 1, word
    for word in ("よその記事", "関わらない講座", "まだ内緒"):
        assert word not in text
    assert client.get(f"/c/aomori/bodies/{firm.id}/").status_code == 404


def test_the_council_shows_its_latest_three(client: Client, council: Any, put_up: Any) -> None:
    for day in range(1, 6):
        put_up(title=f"記事{day}", published_at=dt.datetime(2026, 5, day, tzinfo=dt.UTC))
    shown = [said(a) for a in page(client, "/c/hagi/").xpath("//ul[@class='news']//a")]
    assert shown == ["記事5", "記事4", "記事3"]


def test_a_call_says_when_it_was_put_up_and_by_whom(client: Client, live_call: Any, now: dt.datetime) -> None:
    day = dt.datetime(2026, 4, 30, 15, 30, tzinfo=dt.UTC)
    call = live_call(published_at=day, announced_at=now)
    line = said(page(client, f"/c/hagi/calls/{call.code}/").xpath("//dl[@class='page-dates']")[0])
    assert line == "掲載日2026年5月1日（金） 担当課企業誘致推進課 0838-00-0000"
    call.updated_at = day + dt.timedelta(days=1)
    call.save()
    line = said(page(client, f"/c/hagi/calls/{call.code}/").xpath("//dl[@class='page-dates']")[0])
    assert "更新日2026年5月2日（土）" in line


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    client: Client, council: Any, put_up: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        firm = Body.objects.create(council=council, type="company", name=f"会社{number}")
        put_up(body=firm, owner_office=f"課{number}")
    with django_assert_num_queries(6):
        client.get("/c/hagi/news/")
