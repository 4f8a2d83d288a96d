"""`/api/openapi.json` and `/api/v1/…`: outside of the pages' languages. The page for people is public:api."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from sonjuku.web.api import description, errors, public, verifying, writing
from sonjuku.web.api.doors import door


class Readable(JSONRenderer):
    """Japanese as it is, not in escapes."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Sonjuku",
    version="1",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    renderer=Readable(),
)
for router in (public.router, verifying.router, writing.router):
    api.add_router("", router)
errors.install(api)


def openapi(request: HttpRequest) -> HttpResponse:
    return description.as_json(api)


def nothing(request: HttpRequest) -> HttpResponse:
    return errors.not_found()


def _guarded() -> Iterator[Any]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = door(pattern.callback)  # type: ignore[arg-type]
            yield pattern


app_name = "api"
urlpatterns = [
    path("openapi.json", door(openapi), name="openapi"),
    path("v1/", include((list(_guarded()), "api-v1"))),
    # Without an end: a line feed in an address must not lead out to the pages.
    re_path(r"^v1/", door(nothing), name="nothing"),
]
