"""Articles at the desk: a firm's editor hands in, the secretariat checks, and the desk says what waits."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people.models import Body

TYPED = {
    "kind": "body_project",
    "title": "出前プログラミング教室",
    "text": "## 内容\n\n小学校へ出かけます。<script>alert(1)</script>",
    "owner_office": "広報室",
    "contact_phone": "0838-00-0000",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def firm(council: Any) -> Body:
    return Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")


@pytest.fixture
def editor(council: Any, firm: Body, make_staff: Any, log_in: Any) -> Client:
    return log_in(make_staff(council, "editor@firm.example.jp", "body_staff", body=firm))


def words(response: Any) -> str:
    return response.content.decode()


def test_from_the_firms_desk_to_its_public_page(
    editor: Client, desk: Client, firm: Body, client: Client
) -> None:
    preview = words(editor.post(url("news_new"), {**TYPED, "preview": "1"}))
    assert "<h3>内容</h3>" in preview.replace("h2", "h3")
    assert "<script>alert" not in preview
    assert not Article.objects.exists()

    editor.post(url("news_new"), {**TYPED, "save": "1"})
    article = Article.objects.get()
    assert (article.body, article.state) == (firm, "draft")
    editor.post(url("article_action", article.id, "submit"))
    assert client.get(f"/c/hagi/bodies/{firm.id}/").status_code == 404

    home = words(desk.get(url("home")))
    assert "承認待ちの記事 1 件" in home
    assert "公開する" in words(desk.get(url("article", article.id)))
    desk.post(url("article_action", article.id, "publish"))
    assert "出前プログラミング教室" in words(client.get(f"/c/hagi/bodies/{firm.id}/"))
    assert "出前プログラミング教室" in words(client.get("/c/hagi/news/"))
    assert "承認待ちの記事" not in words(desk.get(url("home")))


def test_an_editor_has_no_other_bodys_articles_and_no_publishing(
    editor: Client, desk: Client, council: Any
) -> None:
    desk.post(url("news_new"), {**TYPED, "body": council.host.id, "save": "1"})
    others = Article.objects.get()
    assert others.body == council.host
    for name, *args in (("article",), ("article_edit",), ("article_action", "publish")):
        assert editor.get(url(name, others.id, *args)).status_code == 404
        assert editor.post(url(name, others.id, *args), TYPED).status_code == 404
    # A body typed into the form by hand is not asked: the article is the firm's own.
    editor.post(url("news_new"), {**TYPED, "body": council.host.id, "save": "1"})
    own = Article.objects.exclude(pk=others.pk).get()
    assert own.body.name == "見本商会"
    refused = words(editor.post(url("article_action", own.id, "publish"), follow=True))
    assert "記事を公開できるのは事務局だけです" in refused
    own.refresh_from_db()
    assert own.state == "draft"


def test_sent_back_with_a_reason_the_editor_sees(editor: Client, desk: Client) -> None:
    editor.post(url("news_new"), {**TYPED, "save": "1"})
    article = Article.objects.get()
    editor.post(url("article_action", article.id, "submit"))
    assert "「差し戻す理由」を入力してください" in words(
        desk.post(url("article_action", article.id, "return"), {})
    )
    desk.post(url("article_action", article.id, "return"), {"reason": "日付を書いてください"})
    assert "差し戻された記事" in words(editor.get(url("home")))
    assert "日付を書いてください" in words(editor.get(url("article", article.id)))
    editor.post(url("article_edit", article.id), {**TYPED, "title": "6月の教室", "save": "1"})
    editor.post(url("article_action", article.id, "submit"))
    article.refresh_from_db()
    assert (article.state, article.title, article.return_reason) == ("submitted", "6月の教室", "")


def test_a_change_of_a_public_article_shows_both_texts(editor: Client, desk: Client, client: Client) -> None:
    editor.post(url("news_new"), {**TYPED, "save": "1"})
    article = Article.objects.get()
    editor.post(url("article_action", article.id, "submit"))
    desk.post(url("article_action", article.id, "publish"))
    editor.post(url("article_edit", article.id), {**TYPED, "title": "中学校の教室", "save": "1"})
    page = words(desk.get(url("article", article.id)))
    assert "中学校の教室" in page
    assert "いま公開している文" in page
    public = reverse("public:article", args=["hagi", article.slug])
    assert "出前プログラミング教室" in words(client.get(public))
    assert "更新日" not in words(client.get(public))
    desk.post(url("article_action", article.id, "publish"))
    assert "中学校の教室" in words(client.get(public)).replace("<wbr>", "")
    assert "更新日" in words(client.get(public))
    editor.post(url("article_action", article.id, "withdraw"))
    gone = client.get(public)
    assert gone.status_code == 410
    assert "掲載は終わりました" in words(gone)
    assert "小学校へ出かけます" not in words(gone)


def test_a_draft_is_thrown_away_only_after_the_question(editor: Client) -> None:
    editor.post(url("news_new"), {**TYPED, "save": "1"})
    article = Article.objects.get()
    assert "元に戻せません" in words(editor.get(url("article_action", article.id, "throw-away")))
    assert Article.objects.exists()
    editor.post(url("article_action", article.id, "throw-away"))
    assert not Article.objects.exists()
    assert editor.get(url("article", article.id)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    editor: Client, firm: Body, council: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        Article.objects.create(council=council, body=firm, slug=f"a{number}", title="題", state="draft")
    editor.get(url("news"))
    with django_assert_num_queries(9):
        assert words(editor.get(url("news"))).count("題</a>") == rows
