"""What the council and its bodies tell everyone: the list, one article, and a body's own page."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.text import markdown
from sonjuku.web.public.bilingual import body_name, language
from sonjuku.web.public.boards import board, with_audience
from sonjuku.web.public.pages import of_council

PER_PAGE = 20
LONGEST_SEARCH = 60
ON_A_BODYS_PAGE = 12


@of_council
def news(request: HttpRequest, council: Council) -> HttpResponse:
    chosen = request.GET
    office, words = chosen.get("office", "")[:120], chosen.get("q", "").strip()[:LONGEST_SEARCH]
    bodies: list[dict[str, Any]] = [
        {"body": body, "name": body_name(body)} for body in newsroom.bodies(council)
    ]
    body_id = next((row["body"].id for row in bodies if str(row["body"].id) == chosen.get("body")), None)
    rows = newsroom.narrowed(newsroom.published(council), office=office, body_id=body_id, words=words)
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(chosen.get("page")),
        "offices": newsroom.offices(council),
        "bodies": bodies,
        "office": office,
        "body_id": body_id,
        "words": words,
        "is_narrowed": bool(office or body_id or words),
    }
    return render(request, "public/news.html", context)


@of_council
def article(request: HttpRequest, council: Council, article: str) -> HttpResponse:
    row = newsroom.article(council, article)
    if row is None:
        raise Http404
    context = {"row": row, "body": row.body, "crumbs": _crumbs(council)}
    if row.state == Article.State.WITHDRAWN:
        return render(request, "public/article_gone.html", context, status=410)
    return render(request, "public/article.html", {**context, "prose": prose(row)})


def prose(row: Article) -> dict[str, Any]:
    """The article's text as safe HTML in the reader's language; `lang` where Japanese stands in for English."""
    stands_in = language() == "en" and not row.text_en
    return {
        "html": safe(row.text_en if language() == "en" and row.text_en else row.text),
        "is_japanese": stands_in,
    }


def safe(text: str) -> SafeString:
    """What an editor wrote, as HTML below the page's own heading."""
    return mark_safe(markdown(text, top_heading=2))


def _crumbs(council: Council) -> list[dict[str, Any]]:
    return [{"url": reverse("public:news", args=[council.slug]), "label": pgettext("記事", "お知らせ")}]


@of_council
def body(request: HttpRequest, council: Council, body_id: uuid.UUID) -> HttpResponse:
    """A body that takes part in the council's work: its own projects, its calls. 404 for one that nobody knows of."""
    row = people.bodies(council).filter(pk=body_id).first()
    if row is None:
        raise Http404
    articles = newsroom.narrowed(newsroom.published(council), body_id=row.id)
    calls = _calls(request, council, row)
    terms = list(row.memberships.order_by("joined_on"))
    if not (terms or calls or articles.exists()):
        raise Http404
    context = {
        "row": row,
        "name": body_name(row),
        "parent": body_name(row.parent) if row.parent else "",
        "terms": terms,
        "projects": articles.filter(kind=Article.Kind.BODY_PROJECT)[:ON_A_BODYS_PAGE],
        "notices": articles.filter(kind=Article.Kind.NOTICE)[:ON_A_BODYS_PAGE],
        "calls": with_audience(calls),
        "crumbs": [{"url": reverse("public:about", args=[council.slug]), "label": _("協議会について")}],
    }
    return render(request, "public/body.html", context)


def _calls(request: HttpRequest, council: Council, row: Body) -> QuerySet[Any]:
    mine = board(request.actor, council).filter(bodies__body=row)  # type: ignore[attr-defined]
    return mine.distinct()[:ON_A_BODYS_PAGE]
