"""Who may write and publish, what the public then sees, and that nobody changes published words unseen."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.newsroom import actions, queries, rules
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused

WHOLE = {"title": "相談会を開きます", "text": "会場は会議所です。", "owner_office": "経営支援課"}
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def chamber(council: Any) -> Body:
    return Body.objects.create(council=council, type=Body.Type.CHAMBER, name="見本商工会議所")


@pytest.fixture
def editor(council: Any, chamber: Body, at: dt.datetime) -> Actor:
    return Actor(at=at, role="body_staff", body_id=chamber.id, council_id=council.id)


@pytest.fixture
def draft(council: Any, chamber: Body, editor: Actor) -> Callable[..., Article]:
    def make(**fields: Any) -> Article:
        return actions.write(by=editor, council=council, body=chamber, **{**WHOLE, **fields})

    return make


@pytest.fixture
def shown(draft: Any, editor: Actor, secretariat: Actor) -> Callable[..., Article]:
    def make(**fields: Any) -> Article:
        article = actions.submit(by=editor, article=draft(**fields))
        return actions.publish(by=secretariat, article=article)

    return make


def refused(code: str, action: Any, **arguments: Any) -> None:
    with pytest.raises(Refused) as caught:
        action(**arguments)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("state", "to", "may"),
    [
        ("draft", "submitted", True),
        ("draft", "returned", False),
        ("submitted", "published", True),
        ("submitted", "draft", False),
        ("returned", "submitted", True),
        ("published", "withdrawn", True),
        ("published", "draft", False),
        ("withdrawn", "published", True),
        ("unheard_of", "published", False),
    ],
)
def test_what_may_follow_what(state, to, may):
    assert rules.may_move(state, to) is may


def test_an_editor_writes_for_the_own_body_only(council, chamber, editor, secretariat):
    refused("other_body", actions.write, by=editor, council=council, body=council.host, **WHOLE)
    assert not Article.objects.exists()
    # The secretariat may type in what a body brought on paper.
    assert actions.write(by=secretariat, council=council, body=chamber, **WHOLE).body == chamber


def test_another_councils_body_is_refused(council, other_council, secretariat):
    refused("other_council", actions.write, by=secretariat, council=council, body=other_council.host, **WHOLE)
    refused(
        "other_council",
        actions.write,
        by=secretariat,
        council=other_council,
        body=other_council.host,
        **WHOLE,
    )


def test_another_bodys_editor_changes_nothing(council, editor, draft, at):
    stranger = Actor(at=at, role="body_staff", body_id=council.host.id, council_id=council.id)
    article = draft()
    for action in (actions.change, actions.submit, actions.withdraw, actions.throw_away):
        refused("other_body", action, by=stranger, article=article)
    assert not queries.visible_to(stranger).exists()
    assert queries.visible_to(editor).get() == article


def test_only_the_secretariat_publishes(council, draft, editor, secretariat):
    article = actions.submit(by=editor, article=draft())
    refused("no_approval", actions.publish, by=editor, article=article)
    assert not queries.published(council).exists()
    assert list(queries.waiting(editor)) == []
    assert list(queries.waiting(secretariat)) == [article]
    article = actions.publish(by=secretariat.now(secretariat.at + HOUR), article=article)
    assert article.published_at == secretariat.at + HOUR
    assert article.updated_at is None
    assert list(queries.published(council)) == [article]
    assert list(queries.waiting(secretariat)) == []


def test_what_is_not_whole_is_not_handed_in(draft, editor):
    for name in WHOLE:
        refused("incomplete", actions.submit, by=editor, article=draft(**{name: "  "}))


def test_it_comes_back_with_a_reason(draft, editor, secretariat):
    article = actions.submit(by=editor, article=draft())
    refused("stale", actions.change, by=editor, article=article, title="別の題")
    refused("no_reason", actions.send_back, by=secretariat, article=article, reason=" ")
    refused("no_approval", actions.send_back, by=editor, article=article, reason="日付がありません")
    article = actions.send_back(by=secretariat, article=article, reason="日付がありません")
    assert (article.state, article.return_reason) == ("returned", "日付がありません")
    assert list(queries.returned(editor)) == [article]
    article = actions.submit(
        by=editor, article=actions.change(by=editor, article=article, title="6月の相談会")
    )
    assert (article.title, article.return_reason) == ("6月の相談会", "")


def test_an_editors_change_waits_while_the_old_words_stay(council, shown, editor, secretariat):
    article = shown()
    later = editor.now(editor.at + HOUR)
    actions.change(by=later, article=article, text="会場が変わりました。")
    public = queries.published(council).get()
    assert (public.text, public.updated_at) == ("会場は会議所です。", None)
    assert queries.as_revised(public)["text"] == "会場が変わりました。"
    assert queries.waiting(secretariat).get() == article
    approved = actions.publish(by=secretariat.now(secretariat.at + 2 * HOUR), article=article)
    assert approved.text == "会場が変わりました。"
    assert approved.published_at == secretariat.at
    assert approved.updated_at == secretariat.at + 2 * HOUR
    assert (approved.revision, approved.revised_at) == ({}, None)


def test_a_refused_revision_leaves_the_published_words(shown, editor, secretariat):
    article = shown()
    actions.change(by=editor, article=article, title="まちがい")
    back = actions.send_back(by=secretariat, article=article, reason="題名はそのままに")
    assert (back.state, back.title, back.revised_at) == ("published", WHOLE["title"], None)
    assert list(queries.waiting(secretariat)) == []
    assert list(queries.returned(editor)) == [back]


def test_the_secretariats_change_is_an_update_at_once(shown, secretariat):
    article = shown()
    same = actions.change(by=secretariat.now(secretariat.at + HOUR), article=article, title=WHOLE["title"])
    assert same.updated_at is None
    changed = actions.change(by=secretariat.now(secretariat.at + HOUR), article=article, contact_phone="0838")
    assert changed.updated_at == secretariat.at + HOUR


def test_the_end_of_publication(council, shown, draft, editor, secretariat):
    article = actions.withdraw(by=editor, article=shown())
    assert not queries.published(council).exists()
    found = queries.article(council, article.slug)
    assert found is not None
    assert found.state == "withdrawn"
    refused("stale", actions.withdraw, by=editor, article=article)
    refused("stale", actions.throw_away, by=editor, article=article)
    again = actions.publish(by=secretariat.now(secretariat.at + HOUR), article=article)
    assert again.published_at == secretariat.at
    thrown = draft()
    actions.throw_away(by=editor, article=thrown)
    assert queries.article(council, thrown.slug) is None
    assert Article.objects.count() == 1


def test_a_draft_has_no_public_address(council, draft, editor):
    article = actions.submit(by=editor, article=draft())
    assert queries.article(council, article.slug) is None


def test_offices_bodies_and_words(council, shown, chamber, secretariat):
    one = shown()
    two = shown(
        owner_office="総務課",
        owner_office_en="General Affairs",
        title="休館",
        title_en="Closed",
        text="年末年始",
    )
    own = actions.write(
        by=secretariat, council=council, body=council.host, **{**WHOLE, "text": "募集の年度末"}
    )
    own = actions.publish(by=secretariat, article=own)
    assert queries.offices(council) == [
        queries.Office("経営支援課", "", 2),
        queries.Office("総務課", "General Affairs", 1),
    ]
    assert set(queries.bodies(council)) == {chamber, council.host}
    rows = queries.published(council)
    assert set(queries.narrowed(rows, office="経営支援課")) == {one, own}
    assert set(queries.narrowed(rows, body_id=chamber.id)) == {one, two}
    assert set(queries.narrowed(rows, words="年 closed")) == {two}
    assert set(queries.narrowed(rows, words="年")) == {two, own}


def test_the_journal_holds_names_of_fields_only(shown):
    shown()
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["article.created", "article.submitted", "article.published"]
    assert "相談会を開きます" not in str(list(Entry.objects.values_list("field_names", flat=True)))


def test_an_unknown_field_is_a_mistake_of_the_caller(council, chamber, editor):
    with pytest.raises(ValueError, match="unknown_fields: state"):
        actions.write(by=editor, council=council, body=chamber, state="published")
