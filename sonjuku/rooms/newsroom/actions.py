"""Writing articles: an editor writes and hands in, the secretariat publishes, returns, withdraws."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.newsroom.rules import TEXT_FIELDS, UNSENT, may_move, may_write, what_is_missing
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.ids import short_code
from sonjuku.toolbox.refusals import Refused

S = Article.State


@writes
def write(*, by: Actor, council: Council, body: Body, slug: str = "", **fields: Any) -> Article:
    """A draft of this body. `fields`: TEXT_FIELDS; without `slug` the address is made from the day.

    Refused: other_council, other_body (an editor writes for the own body only).
    """
    if {by.council_id or council.id, body.council_id} != {council.id}:
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))
    _must_write(by, body.id)
    address = slug or f"{day_of(by.at):%Y%m%d}-{short_code().lower()}"
    article = Article.objects.create(
        council=council, body=body, slug=address, author_id=by.account_id, **_checked(fields)
    )
    record(by=by, verb="article.created", subject=article, field_names=fields)
    return article


def _must_write(by: Actor, body_id: Any) -> None:
    if by.role != "system" and not may_write(by.role, by.body_id, body_id):
        raise Refused(
            "other_body",
            _("ほかの団体の記事は書けません。"),
            _("自分の団体の記事として書いてください。"),
        )


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(TEXT_FIELDS)
    if unknown:
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    return fields


def _lock(by: Actor, article: Article) -> Article:
    """The article as it stands, locked, for one who may write for its body."""
    fresh = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if by.council_id is not None and by.council_id != fresh.council_id:
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))
    _must_write(by, fresh.body_id)
    return fresh


def _must_approve(by: Actor) -> None:
    if by.role != "system" and not may(by.role, "news.approve"):
        raise Refused(
            "no_approval",
            _("記事を公開できるのは事務局だけです。"),
            _("「事務局に出す」を押して、承認を待ってください。"),
        )


def _move(article: Article, to: S) -> None:
    if not may_move(article.state, to):
        raise Refused(
            "stale",
            _("この記事は、ほかの人が先に変えました。この操作はできません。"),
            _("ページを読み直して、いまの状態を確かめてください。"),
        )
    article.state = to


@writes
def change(*, by: Actor, article: Article, **fields: Any) -> Article:
    """Change texts (TEXT_FIELDS). What is published changes at once only for those who approve, and is then updated;
    an editor's change waits as a revision while the old text stays. Refused: stale while it waits, other_body.
    """
    article = _lock(by, article)
    changed = [name for name, value in _checked(fields).items() if getattr(article, name) != value]
    approves = by.role == "system" or may(by.role, "news.approve")
    if article.state == S.SUBMITTED and not approves:
        raise Refused(
            "stale",
            _("承認を待っている間は直せません。"),
            _("急ぐときは、事務局に差し戻してもらってください。"),
        )
    if article.state == S.PUBLISHED and not approves:
        article.revision = {name: fields[name] for name in changed}
        article.revised_at = by.at if changed else None
        article.return_reason = ""
    else:
        _apply(article, {name: fields[name] for name in changed}, by)
    article.save()
    if changed:
        record(by=by, verb="article.changed", subject=article, field_names=changed)
    return article


def _apply(article: Article, fields: dict[str, Any], by: Actor) -> None:
    for name, value in fields.items():
        setattr(article, name, value)
    if fields and article.published_at is not None:
        article.updated_at = by.at


@writes
def submit(*, by: Actor, article: Article) -> Article:
    """Hand a draft in. Refused: incomplete, stale."""
    article = _lock(by, article)
    _must_be_whole(article)
    _move(article, S.SUBMITTED)
    article.submitted_at, article.return_reason = by.at, ""
    article.save()
    record(by=by, verb="article.submitted", subject=article)
    return article


def _must_be_whole(article: Article) -> None:
    if what_is_missing(title=article.title, text=article.text, owner_office=article.owner_office):
        raise Refused(
            "incomplete",
            _("題名・本文・担当課のどれかが空です。"),
            _("三つとも書いてから、もう一度押してください。"),
        )


@writes
def publish(*, by: Actor, article: Article) -> Article:
    """Put it before the public, or let a waiting revision take effect. 掲載日 is the first publication's and stays.

    Refused: no_approval, incomplete, stale.
    """
    article = _lock(by, article)
    _must_approve(by)
    if article.state == S.PUBLISHED and article.revised_at is not None:
        _apply(
            article, {name: article.revision[name] for name in TEXT_FIELDS if name in article.revision}, by
        )
    else:
        _move(article, S.PUBLISHED)
    _must_be_whole(article)
    article.published_at = article.published_at or by.at
    article.revision, article.revised_at, article.return_reason = {}, None, ""
    article.save()
    record(by=by, verb="article.published", subject=article)
    return article


@writes
def send_back(*, by: Actor, article: Article, reason: str) -> Article:
    """Return it to its editor with a reason; a revision goes back while the published text stays.

    Refused: no_approval, no_reason, stale.
    """
    article = _lock(by, article)
    _must_approve(by)
    if not reason.strip():
        raise Refused("no_reason", _("差し戻す理由がありません。"), _("何を直せばよいかを書いてください。"))
    if article.state == S.PUBLISHED and article.revised_at is not None:
        article.revised_at = None
    else:
        _move(article, S.RETURNED)
    article.return_reason = reason.strip()
    article.save()
    record(by=by, verb="article.returned", subject=article, field_names=["return_reason"])
    return article


@writes
def withdraw(*, by: Actor, article: Article) -> Article:
    """End its publication (掲載終了); its address then says so. The own editor may do it too. Refused: stale."""
    article = _lock(by, article)
    _move(article, S.WITHDRAWN)
    article.revision, article.revised_at, article.return_reason = {}, None, ""
    article.save()
    record(by=by, verb="article.withdrawn", subject=article)
    return article


@writes
def throw_away(*, by: Actor, article: Article) -> None:
    """Delete a draft that was never published. Refused: stale."""
    article = _lock(by, article)
    if article.state not in UNSENT or article.published_at is not None:
        raise Refused(
            "stale",
            _("出した記事や公開した記事は消せません。"),
            _("公開をやめるときは「掲載を終える」を使ってください。"),
        )
    record(by=by, verb="article.removed", subject=article)
    article.delete()
