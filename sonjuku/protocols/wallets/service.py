"""The Open Badges 3.0 API as documents: what the service is, how it says no, how a list is paged (sections 6 and 7)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sonjuku.protocols.wallets import CREDENTIALS_READ, CREDENTIALS_UPSERT, PROFILE_READ

PATH = "/ims/ob/v3p0"
MOST = 100
_JSON = "application/json"
_MINOR = {
    400: "invalid_data", 401: "unauthorizedrequest", 403: "forbidden", 404: "not_found", 405: "not_allowed",
    406: "not_acceptable", 429: "server_busy", 500: "internal_server_error",
}  # fmt: skip


def status_info(status: int, description: str, minor: str = "") -> dict[str, Any]:
    """Imsx_StatusInfo for an HTTP status; `minor` in place of the status's own code."""
    return {
        "imsx_codeMajor": "unsupported" if status == 405 else "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": minor or _MINOR.get(status, "unknown"),
                }
            ]
        },
    }


def links(address: str, others: Mapping[str, str], limit: int, offset: int, total: int) -> str:
    """The Link header of a page of a list; `others`: parameters that every page keeps."""
    last = max(0, (total - 1) // limit * limit)
    pages = {"first": 0, "last": last}
    if offset + limit < total:
        pages["next"] = offset + limit
    if offset > 0:
        pages["prev"] = max(0, offset - limit)
    return ", ".join(
        f'<{address}?{urlencode({**others, "limit": limit, "offset": start})}>; rel="{name}"'
        for name, start in pages.items()
    )


def discovery(site: str, name: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The service description document, OpenAPI 3.0. `addresses`: authorize, token, register, terms, privacy."""
    flow = {
        "authorizationUrl": addresses["authorize"],
        "tokenUrl": addresses["token"],
        "refreshUrl": addresses["token"],
        "scopes": {scope: said for _method, _path, scope, _name, said in _OPERATIONS if scope},
    }
    scheme = {
        "type": "oauth2",
        "description": "OAuth 2.0 Authorization Code Grant with PKCE (S256)",
        "x-imssf-name": name,
        "x-imssf-registrationUrl": addresses["register"],
        "x-imssf-termsOfServiceUrl": addresses["terms"],
        "x-imssf-privacyPolicyUrl": addresses["privacy"],
        "flows": {"authorizationCode": flow},
    }
    return {
        "openapi": "3.0.1",
        "info": {
            "title": name,
            "version": "3.0",
            "termsOfService": addresses["terms"],
            "x-imssf-privacyPolicyUrl": addresses["privacy"],
        },
        "servers": [{"url": f"{site}{PATH}"}],
        "paths": _paths(),
        "components": {"securitySchemes": {"OAuth2ACG": scheme}, "schemas": _SCHEMAS},
    }


_OPERATIONS = (
    ("get", "/discovery", "", "getServiceDescription", "This document"),
    ("get", "/credentials", CREDENTIALS_READ, "getCredentials", "Read the holder's own badges"),
    ("post", "/credentials", CREDENTIALS_UPSERT, "upsertCredential", "Hand in a badge of another issuer"),
    ("get", "/profile", PROFILE_READ, "getProfile", "Read the holder's display name and address"),
)
_ANSWERS = {
    "getServiceDescription": "ServiceDescriptionDocument",
    "getCredentials": "GetOpenBadgeCredentialsResponse",
    "upsertCredential": "AchievementCredential",
    "getProfile": "Profile",
}


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for method, path, scope, name, said in _OPERATIONS:
        operation: dict[str, Any] = {
            "operationId": name,
            "summary": said,
            "tags": ["Discovery" if not scope else "OpenBadgeCredentials"],
            "responses": {
                "201" if method == "post" else "200": _answer(said, _ANSWERS[name]),
                "default": _answer("The request cannot be served", "Imsx_StatusInfo"),
            },
        }
        if scope:
            operation["security"] = [{"OAuth2ACG": [scope]}]
        if name == "getCredentials":
            operation["parameters"] = _PARAMETERS
        if method == "post":
            operation["requestBody"] = {"required": True, "content": _content("AchievementCredential")}
        paths.setdefault(path, {})[method] = operation
    return paths


def _answer(said: str, schema: str) -> dict[str, Any]:
    return {"description": said, "content": _content(schema)}


def _content(schema: str) -> dict[str, Any]:
    return {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _parameter(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_PARAMETERS = [
    _parameter("limit", type="integer", minimum=1, maximum=MOST, default=MOST),
    _parameter("offset", type="integer", minimum=0, default=0),
    _parameter("since", type="string", format="date-time"),
    _parameter("format", type="string", enum=["ldp_vc", "jwt_vc_json"], default="ldp_vc"),
]
_BADGE = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
_OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
_SCHEMAS: dict[str, Any] = {
    "AchievementCredential": {**_OBJECT, "externalDocs": {"url": _BADGE}},
    "GetOpenBadgeCredentialsResponse": {
        "type": "object",
        "properties": {
            "credential": {"type": "array", "items": {"$ref": "#/components/schemas/AchievementCredential"}},
            "compactJwsString": {
                "type": "array",
                "items": {"type": "string", "pattern": r"^[-\w]+\.[-\w]+\.[-\w]+$"},
            },
        },
    },
    "Profile": {**_OBJECT, "required": ["id", "type"]},
    "ServiceDescriptionDocument": {**_OBJECT, "required": ["openapi", "info", "components"]},
    "Imsx_StatusInfo": {
        "type": "object",
        "required": ["imsx_codeMajor", "imsx_severity"],
        "properties": {
            "imsx_codeMajor": {"type": "string", "enum": ["failure", "processing", "success", "unsupported"]},
            "imsx_severity": {"type": "string", "enum": ["error", "status", "warning"]},
            "imsx_description": {"type": "string"},
            "imsx_codeMinor": _OBJECT,
        },
    },
}
