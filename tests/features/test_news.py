"""What a city's notice pages promise, and member bodies' own projects (000)."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import html

from sonjuku.rooms.newsroom import actions, queries
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused

STORY = {
    "kind": "body_project",
    "title": "小学生のプログラミング体験会",
    "text": "## 内容\n\n子どもがつくります。",
    "owner_office": "広報室",
    "contact_phone": "0838-00-0000",
}


@pytest.fixture
def firm(hagi):
    return Body.objects.get(council=hagi, name="株式会社Gravity")


@pytest.fixture
def editor(hagi, firm, officer):
    return officer(hagi, firm, "body_staff")


@pytest.fixture
def shown(hagi, firm, editor, desk):
    """An article of the firm that the secretariat published."""
    article = actions.write(by=editor[1], council=hagi, body=firm, **STORY)
    return actions.publish(by=desk(hagi), article=actions.submit(by=editor[1], article=article))


def test_000_06_a_member_editor_posts_for_the_own_body_only(hagi, firm, editor, log_in):
    browser = log_in(editor[0])
    other = Body.objects.get(council=hagi, name="BOLSTER株式会社")
    browser.post("/c/hagi/desk/news/new/", {**STORY, "body": other.id, "save": "1"})
    assert {row.body for row in queries.visible_to(editor[1])} == {firm}
    with pytest.raises(Refused) as caught:
        actions.write(by=editor[1], council=hagi, body=other, **STORY)
    assert caught.value.code == "other_body"
    article = queries.visible_to(editor[1]).get()
    browser.post(f"/c/hagi/desk/news/{article.id}/do/publish/")
    assert not queries.published(hagi).exists()


def test_000_06_the_secretariat_approves_and_the_bodys_page_shows_it(hagi, firm, editor, desk, read):
    path = f"/c/hagi/bodies/{firm.id}/"
    article = actions.submit(
        by=editor[1], article=actions.write(by=editor[1], council=hagi, body=firm, **STORY)
    )
    assert STORY["title"] not in read(path)
    actions.publish(by=desk(hagi), article=article)
    page = html.fromstring(read(path))
    assert page.xpath(f"//h2[.='独自の関連事業']/following::a[.='{STORY['title']}']")
    assert STORY["title"] in read("/c/hagi/news/")
    assert path in read("/c/hagi/about/")


def test_000_31_published_and_updated_dates_and_the_office(hagi, shown, desk, read):
    path = f"/c/hagi/news/{shown.slug}/"
    before = read(path)
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert f'掲載日</dt><dd><time datetime="{today}"' in before
    assert "更新日" not in before
    assert "担当課</dt><dd>広報室" in before
    assert 'href="tel:0838-00-0000"' in before
    later = desk(hagi).now(shown.published_at + dt.timedelta(days=40))
    actions.change(by=later, article=shown, text="直しました。")
    day = timezone.localdate(later.at)
    assert f'更新日</dt><dd><time datetime="{day:%Y-%m-%d}"' in read(path)


def test_000_31_the_skip_link_is_focused_first(shown, read):
    page = html.fromstring(read(f"/c/hagi/news/{shown.slug}/"))
    first = page.xpath(
        "//body//*[self::a[@href] or self::button or self::input or self::select or @tabindex='0']"
    )[0]
    assert first.get("href") == "#main"
    assert page.xpath("//main[@id='main']")
    crumbs = page.xpath("//nav[contains(@class,'crumbs')]//a/@href")
    assert crumbs == ["/c/hagi/news/"]


def test_000_31_it_prints_on_a4_without_the_sites_furniture(shown, read):
    page = html.fromstring(read(f"/c/hagi/news/{shown.slug}/"))
    assert any("print" in href for href in page.xpath("//link[@rel='stylesheet']/@href"))
    assert page.xpath("//button[@data-print]")
    css = (settings.BASE_DIR / "sonjuku/web/static/sonjuku/print.css").read_text()
    assert "size: A4" in css
    printing = css.partition("@media print")[2]
    for furniture in (".skip", ".site-head nav", ".tabbar", ".crumbs", ".no-print"):
        assert furniture in printing.partition("display: none")[0]


def test_000_31_found_by_department(hagi, shown, desk, read):
    own = Body.objects.get(council=hagi, branch="商工政策部企業誘致推進課")
    by = desk(hagi)
    other = actions.write(
        by=by, council=hagi, body=own, title="休館の知らせ", text="休みます。", owner_office="企業誘致推進課"
    )
    actions.publish(by=by, article=other)
    everything = read("/c/hagi/news/")
    assert "担当課から探す" in everything
    assert "休館の知らせ" in everything
    narrowed = read("/c/hagi/news/?office=広報室")
    assert STORY["title"] in narrowed
    assert "休館の知らせ" not in narrowed
