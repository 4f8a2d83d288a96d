"""The interface described: as OpenAPI 3.1 for programs, and in rows for the page that people read."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.responses import NinjaJSONEncoder

from sonjuku.web.api.operations import TAGS

PREFIX = "/api/v1/"
METHODS = ("get", "post")


def schema(api: NinjaAPI) -> dict[str, Any]:
    """OpenAPI with summaries in the reader's language."""
    whole: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix=PREFIX), cls=NinjaJSONEncoder)
    )
    whole["info"]["description"] = _("協議会のデータを、外部のシステムから読み書きする窓口です。")
    for methods in whole["paths"].values():
        for operation in methods.values():
            operation["summary"] = _(operation["summary"])
            operation["tags"] = [_(tag) for tag in operation.get("tags", [])]
            operation.pop("description", None)
            for parameter in operation["parameters"]:
                # Those of the schema stay; beside it OpenAPI wants another form.
                parameter.pop("examples", None)
    return whole


def as_json(api: NinjaAPI) -> HttpResponse:
    return HttpResponse(json.dumps(schema(api), ensure_ascii=False), content_type="application/json")


def rows(api: NinjaAPI, site: str) -> list[dict[str, Any]]:
    """Groups of operations: method, path, summary, scope, parameters, names of the body, and a command that works."""
    whole = schema(api)
    groups: dict[str, list[dict[str, Any]]] = {_(tag): [] for tag in TAGS}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append(_row(whole, site, path, method, operation))
    return [{"title": title, "operations": found} for title, found in groups.items()]


def _row(
    whole: dict[str, Any], site: str, path: str, method: str, operation: dict[str, Any]
) -> dict[str, Any]:
    scope = operation.get("x-scope", "")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "scope": scope,
        "parameters": [_parameter(row) for row in operation["parameters"]],
        "body": _names(whole, body),
        "answers": list(operation["responses"]),
        "example": _command(site, path, method, bool(scope)),
    }


def _parameter(row: dict[str, Any]) -> dict[str, Any]:
    choices = [
        one for part in [row["schema"], *row["schema"].get("anyOf", [])] for one in part.get("enum", [])
    ]
    return {"name": row["name"], "place": row["in"], "required": row["required"], "choices": choices}


def _names(whole: dict[str, Any], body: dict[str, Any]) -> list[dict[str, Any]]:
    name = body.get("$ref", "").rpartition("/")[2]
    found = whole["components"]["schemas"].get(name, body)
    must = found.get("required", [])
    return [{"name": key, "required": key in must} for key in found.get("properties", {})]


def _command(site: str, path: str, method: str, with_token: bool) -> str:
    address = site + path.replace("{slug}", "hagi").replace("{code}", "CODE")
    parts = ["curl"]
    if with_token:
        parts.append("-H 'Authorization: Bearer sjk_…'")
    if method == "post":
        parts.append("-H 'Content-Type: application/json'")
        if path.endswith("/applications"):
            parts.append("-H 'Idempotency-Key: scan-2026-0001'")
        parts.append("-d @body.json")
    return f"curl {address}" if len(parts) == 1 else " \\\n  ".join([*parts, address])
