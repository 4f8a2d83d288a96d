"""The Open Badges 3.0 API: an app of the holder's choice reads the holder's own badges."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from sonjuku.flows import connecting
from sonjuku.protocols.openbadges import contexts, reading
from sonjuku.protocols.wallets import CREDENTIALS_READ, CREDENTIALS_UPSERT, JWT, LDP, PROFILE_READ, service
from sonjuku.rooms.credentials.actions import token
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.credentials.queries import awards_visible_to
from sonjuku.rooms.people import queries as people
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.accounts import SITE_NAME
from sonjuku.web.wallets.doors import answer, at, bearer, machine, refused

_FORMATS = (LDP, JWT)
_LARGEST_OFFSET = 10_000_000


class BadQuery(ValueError):
    """A parameter that isn't one."""


@machine("GET", "HEAD")
def discovery(request: HttpRequest) -> HttpResponse:
    addresses = {
        "authorize": at("member:wallet_consent"), "token": at("wallets:token"), "register": at("wallets:register"),
        "terms": _promise("public:terms"), "privacy": _promise("public:privacy"),
    }  # fmt: skip
    return answer(service.discovery(settings.SITE_URL, SITE_NAME, addresses))


def _promise(name: str) -> str:
    """Each council has a page of its own for it; where there are several, the first page leads to all of them."""
    slugs = list(people.councils().order_by("pk").values_list("slug", flat=True)[:2])
    return at(name, *slugs) if len(slugs) == 1 else at("public:home")


@machine("GET", "HEAD", "POST")
def credentials(request: HttpRequest) -> HttpResponse:
    return upsert(request) if request.method == "POST" else listed(request)


@bearer(CREDENTIALS_READ)
def listed(request: HttpRequest) -> HttpResponse:
    """A page of the holder's badges, oldest first; those that no longer hold too: their status says so."""
    try:
        limit = min(_number(request, "limit", service.MOST, 1), service.MOST)
        offset, since = _number(request, "offset", 0, 0), _since(request)
        form = request.GET.get("format", _FORMATS[0])
        if form not in _FORMATS:
            raise BadQuery("format")
    except BadQuery as error:
        return refused(400, f"The parameter {error} is not valid.", "invalid_query_parameter")
    rows = awards_visible_to(request.actor).order_by("issued_at", "pk")  # type: ignore[attr-defined]
    if since:
        rows = rows.filter(issued_at__gt=since)
    total = rows.count()
    page = list(rows.select_related("issuer_key__council")[offset : offset + limit])
    response = answer(_told(page, form))
    response["X-Total-Count"] = str(total)
    kept = {name: request.GET[name] for name in ("since", "format") if name in request.GET}
    response["Link"] = service.links(at("wallets:credentials"), kept, limit, offset, total)
    return response


def _told(page: list[Award], form: str) -> dict[str, Any]:
    if form == _FORMATS[0]:
        return {"credential": [row.credential for row in page], "compactJwsString": []}
    whole: dict[str, list[Any]] = {"credential": [], "compactJwsString": []}
    for row in page:
        try:
            whole["compactJwsString"].append(token(row))
        except Refused:  # its key was struck out: the proof that it has is all there is
            whole["credential"].append(row.credential)
    return whole


def _number(request: HttpRequest, name: str, default: int, least: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and least <= int(text) <= _LARGEST_OFFSET):
        raise BadQuery(name)
    return int(text)


def _since(request: HttpRequest) -> datetime | None:
    text = request.GET.get("since", "")
    if not text:
        return None
    try:
        # In an address a plus sign that nobody escaped has become a blank.
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadQuery("since")
    return found


@bearer(CREDENTIALS_UPSERT)
def upsert(request: HttpRequest) -> HttpResponse:
    """A badge of another issuer, kept as handed in by its holder; the answer is what was sent."""
    if len(request.body) > reading.LARGEST_FILE:
        return refused(400, "The badge is too large.")
    try:
        _row, is_new = connecting.take_badge(by=request.actor, data=request.body)  # type: ignore[attr-defined]
    except Refused as error:
        return refused(
            400 if error.code == "unreadable" else 403, f"{error.message} {error.next_step}".strip()
        )
    kind = "text/plain" if request.content_type == "text/plain" else "application/json"
    return HttpResponse(request.body, status=201 if is_new else 200, content_type=kind)


@machine("GET", "HEAD", "PUT")
def profile(request: HttpRequest) -> HttpResponse:
    if request.method == "PUT":
        return refused(405, "The profile is changed by its holder on our pages.")
    return told_profile(request)


@bearer(PROFILE_READ)
def told_profile(request: HttpRequest) -> HttpResponse:
    """Under a name that another app doesn't get: two apps can't find out that they have the same holder by it."""
    person = connecting.owner(request.actor.account_id)  # type: ignore[attr-defined]
    if person is None:
        return refused(404, "The holder keeps no record here.")
    return answer({
        "@context": [contexts.OPEN_BADGES_3], "id": request.connection.pk.urn, "type": ["Profile"],  # type: ignore[attr-defined]
        "name": person.listed_name, "email": person.account.email if person.account else "",
    })  # fmt: skip
