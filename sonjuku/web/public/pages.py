"""What the public views share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def of_council(view: View) -> View:
    """A page under /c/<slug>/: `view(request, council, …)`; 404 where there is no such council."""

    @wraps(view)
    def found(request: HttpRequest, slug: str, **parts: Any) -> HttpResponse:
        council = request.council  # type: ignore[attr-defined]
        if council is None:
            raise Http404
        return view(request, council, **parts)

    return found
