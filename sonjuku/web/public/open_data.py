"""A council's calls for machines: the イベント一覧, GIF's JSON, calendars to subscribe to, and a feed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from sonjuku.flows import open_data
from sonjuku.protocols import ical
from sonjuku.protocols.opendata import COLUMNS, FORM, gif, linked, row, script_text
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.csvio import write_csv
from sonjuku.web.public.bilingual import language
from sonjuku.web.public.pages import of_council
from sonjuku.web.templatetags.sonjuku_ui import tr_text

LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.ja"
MINUTES = 5
NEWEST = 50
ICS = "text/calendar; charset=utf-8"
View = Callable[..., HttpResponse]


def published(view: View) -> View:
    """A public file of a council: kept for some minutes, then asked for by its ETag; other sites' pages may read it."""
    kept = cache_control(public=True, max_age=MINUTES * 60)(conditional_page(view))

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = kept(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return of_council(answer)


def address(name: str, council: Council, *parts: str) -> str:
    """The whole address of a page: what leaves the site must lead back to it."""
    return settings.SITE_URL + reverse(f"public:{name}", args=[council.slug, *parts])


def address_of(call: Call) -> str:
    return address("call", call.council, call.code)


# Tables


@published
def events_csv(request: HttpRequest, council: Council) -> HttpResponse:
    """イベント一覧 in the form that its name says, in Japanese whoever asks."""
    with translation.override("ja"):
        events = open_data.events(open_data.public_events(council, timezone.now()), address_of)
    response = HttpResponse(write_csv(map(row, events), COLUMNS), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{council.lg_code}_event_{council.slug}.csv"'
    return response


@published
def events_json(request: HttpRequest, council: Council) -> HttpResponse:
    with translation.override("ja"):
        events = open_data.events(open_data.public_events(council, timezone.now()), address_of)
        told = {
            "publisher": council.title,
            "license": LICENCE,
            "licenseUrl": LICENCE_URL,
            "table": {"form": FORM, "url": address("events_csv", council)},
            "events": [gif(event) for event in events],
        }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


def json_ld(call: Call) -> SafeString | str:
    """The call for search engines, to stand between script tags; "" while no day is known."""
    # The page has no statement to spare for the names of prefecture and city.
    events = open_data.events([call], address_of, language(), names_places=False)
    data = linked(events, language(), name=tr_text(call, "title"))
    # Safe: script_text leaves no sign in it that could end the block.
    return mark_safe(script_text(data)) if data else ""


# Calendars


def _calendar(entries: Sequence[ical.Entry], name: str, url: str, file: str) -> HttpResponse:
    response = HttpResponse(ical.calendar(entries, name, url), content_type=ICS)
    response["Content-Disposition"] = f'inline; filename="{file}.ics"'
    if entries:
        response["Last-Modified"] = max(entry.modified for entry in entries).strftime(
            "%a, %d %b %Y %H:%M:%S GMT"
        )
    return response


@published
def calendar(request: HttpRequest, council: Council) -> HttpResponse:
    """All the council's dated events, to subscribe to."""
    rows = open_data.public_events(council, timezone.now())
    entries = open_data.calendar_entries(rows, address_of, language())
    return _calendar(entries, tr_text(council, "title"), address("council", council), council.slug)


@published
def call_calendar(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """One call's dates; 404 while it has none."""
    rows = open_data.public_calls(council, timezone.now()).filter(code=code)
    entries = open_data.calendar_entries(rows, address_of, language())
    if not entries:
        raise Http404
    return _calendar(entries, "", "", f"{council.slug}-{code}")


def has_dates(call: Call) -> bool:
    """Whether there is anything to put into a calendar."""
    return bool(call.starts_on or call.occasions.all())


# News


class Story(NamedTuple):
    """One entry of the feed, whatever it is about."""

    id: UUID
    title: str
    text: str
    url: str
    published: datetime
    updated: datetime


@published
def feed(request: HttpRequest, council: Council) -> HttpResponse:
    """What the council published last, as Atom."""
    stories = sorted(_calls(council), key=lambda story: story.published, reverse=True)[:NEWEST]
    made = Atom1Feed(
        title=tr_text(council, "title"),
        link=address("council", council),
        description=_("募集の新着"),
        language=language(),
        author_name=tr_text(council, "title"),
        feed_url=address("feed", council),
        feed_copyright=LICENCE,
        feed_guid=f"urn:uuid:{council.id}",
    )
    for story in stories:
        made.add_item(
            title=story.title,
            link=story.url,
            # The feed says that this is HTML.
            description=linebreaks(story.text, autoescape=True),
            unique_id=f"urn:uuid:{story.id}",
            pubdate=story.published,
            updateddate=story.updated,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    made.write(response, "utf-8")
    return response


def _calls(council: Council) -> list[Story]:
    rows = list(open_data.public_calls(council, timezone.now()))
    changes = open_data.changes_of(rows)
    stories = []
    for call in rows:
        began = open_data.said_on(call, changes[call.id])
        stories.append(
            Story(
                call.id,
                tr_text(call, "title"),
                tr_text(call, "summary"),
                address_of(call),
                began,
                max(began, call.updated_at or changes[call.id].at),
            )
        )
    return stories
