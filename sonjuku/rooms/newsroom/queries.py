"""What the public reads, and what the desk works on."""

import uuid
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.newsroom.rules import TEXT_FIELDS
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.people.rules import may

S = Article.State
WAITING = Q(state=S.SUBMITTED) | Q(state=S.PUBLISHED, revised_at__isnull=False)


class Office(NamedTuple):
    """An office that published something, in both languages, and how many articles."""

    name: str
    name_en: str
    articles: int


def published(council: Council) -> QuerySet[Article]:
    """What anybody may read, newest first, with its body at hand: for lists and feeds."""
    return Article.objects.filter(council=council, state=S.PUBLISHED).select_related("body")


def article(council: Council, slug: str) -> Article | None:
    """The article at this address, also one that is no longer shown (state WITHDRAWN); None for any other."""
    rows = Article.objects.filter(council=council, state__in=[S.PUBLISHED, S.WITHDRAWN])
    return rows.select_related("body", "business_line").filter(slug=slug).first()


def narrowed(
    rows: QuerySet[Article], *, office: str = "", body_id: uuid.UUID | None = None, words: str = ""
) -> QuerySet[Article]:
    """Articles of one office, of one body, and with every one of these words in title or text."""
    if office:
        rows = rows.filter(owner_office=office)
    if body_id:
        rows = rows.filter(body_id=body_id)
    for word in words.split():
        fields = ("title", "title_en", "text", "text_en")
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def offices(council: Council) -> list[Office]:
    """The offices (担当課) of published articles, by name."""
    rows = (
        published(council)
        .exclude(owner_office="")
        .order_by("owner_office")
        .values_list("owner_office")
        .annotate(number=Count("id"))
    )
    names = dict(
        published(council)
        .exclude(owner_office_en="")
        .values_list("owner_office", "owner_office_en")
        .order_by()
    )
    return [Office(name, names.get(name, ""), number) for name, number in rows]


def bodies(council: Council) -> QuerySet[Body]:
    """The bodies that have something published."""
    return Body.objects.filter(council=council, articles__state=S.PUBLISHED).distinct()


def visible_to(actor: Actor) -> QuerySet[Article]:
    """For the desk: whoever approves sees the council's articles, an editor those of the own body, others none."""
    if actor.council_id is None or not may(actor.role, "news.write"):
        return Article.objects.none()
    rows = Article.objects.filter(council_id=actor.council_id).select_related("body", "author")
    if may(actor.role, "news.approve"):
        return rows
    return rows.filter(body_id=actor.body_id) if actor.body_id else rows.none()


def waiting(actor: Actor) -> QuerySet[Article]:
    """What this actor has to approve or return, the oldest first; none for those who approve nothing."""
    if not may(actor.role, "news.approve"):
        return Article.objects.none()
    return visible_to(actor).filter(WAITING).order_by("submitted_at", "id")


def returned(actor: Actor) -> QuerySet[Article]:
    """What came back with a reason to those who wrote it."""
    if actor.body_id is None:
        return Article.objects.none()
    rows = visible_to(actor).filter(body_id=actor.body_id)
    refused = Q(state=S.PUBLISHED, revised_at__isnull=True) & ~Q(return_reason="")
    return rows.filter(Q(state=S.RETURNED) | refused)


def as_revised(article: Article) -> dict[str, Any]:
    """The article's fields as its editor last left them: the published ones with the waiting revision over them."""
    return {name: getattr(article, name) for name in TEXT_FIELDS} | {
        name: value for name, value in article.revision.items() if name in TEXT_FIELDS
    }
