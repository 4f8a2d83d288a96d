"""For whoever runs the site: is it alive, can it work, how is it doing. Numbers only, nobody's data."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from sonjuku import __version__
from sonjuku.web import vitals

PLAIN = "text/plain; charset=utf-8"


def alive(request: HttpRequest) -> HttpResponse:
    """200 when this process can reach its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, all migrations are applied and a tick ran lately; else 503. One line for each."""
    found: dict[str, str] = {}
    try:
        pending = _pending()
        found["database"] = "ok"
        found["migrations"] = "pending" if pending else "ok"
        age = vitals.tick_age(timezone.now())
        late = age is None or age > settings.TICK_MAX_MINUTES * 60
        found["tick"] = "never" if age is None else "late" if late else "ok"
    except DatabaseError:
        found["database"] = "no answer"
    fine = set(found.values()) == {"ok"}
    text = "".join(f"{name}: {state}\n" for name, state in found.items())
    return HttpResponse(text, status=200 if fine else 503, content_type=PLAIN)


def _pending() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with `Authorization: Bearer <SONJUKU_METRICS_TOKEN>`; 404 while the operator has set none."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        response = HttpResponse("", status=401, content_type=PLAIN)
        response["WWW-Authenticate"] = "Bearer"
        return response
    lines = [f'sonjuku_info{{version="{__version__}"}} 1', *vitals.lines(timezone.now())]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
