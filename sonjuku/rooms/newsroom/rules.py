"""Who writes, who approves, and what may follow what. No database, no clock."""

import uuid

from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people.rules import may

S = Article.State

MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.PUBLISHED}),
    S.SUBMITTED: frozenset({S.PUBLISHED, S.RETURNED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.PUBLISHED}),
    S.PUBLISHED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.SUBMITTED, S.PUBLISHED}),
}
# Still in its author's hands: may be rewritten or thrown away.
UNSENT = frozenset({S.DRAFT, S.RETURNED})
# What a reader sees and an editor may change.
TEXT_FIELDS = (
    "kind",
    "title",
    "title_en",
    "text",
    "text_en",
    "owner_office",
    "owner_office_en",
    "contact_phone",
)
LONGEST_TEXT = 20_000


def may_move(state: str, to: str) -> bool:
    return to in MOVES.get(state, frozenset())


def may_write(role: str, own_body_id: uuid.UUID | None, body_id: uuid.UUID) -> bool:
    """An editor writes for the own body only; whoever approves may also write for a body that cannot."""
    return may(role, "news.approve") or (may(role, "news.write") and own_body_id == body_id)


def waits(article: Article) -> bool:
    """Whether the secretariat has something to decide about it."""
    return article.state == S.SUBMITTED or (article.state == S.PUBLISHED and article.revised_at is not None)


def what_is_missing(*, title: str, text: str, owner_office: str) -> list[str]:
    """The fields that a notice owes its readers and that are still empty."""
    given = {"title": title, "text": text, "owner_office": owner_office}
    return [name for name, value in given.items() if not value.strip()]
