"""Postal codes for the address fields: public data, nothing is kept."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from sonjuku.toolbox.postal import lookup


@require_GET
def address(request: HttpRequest) -> JsonResponse:
    """GET ?postal=758-0041: what the code says for certain, and `area`, its parts joined; 404 `{}` if unknown."""
    found = lookup(request.GET.get("postal", "")[:20])
    if found is None:
        return JsonResponse({}, status=404)
    area = f"{found.prefecture}{found.city}{found.town}{found.banchi}"
    return JsonResponse({**asdict(found), "area": area})
