"""How an operation is declared: its words in Japanese (translated when shown), its scope, and every answer it has."""

from typing import Any

from django.utils.translation import gettext_noop as _

from sonjuku.rooms.people.models import ApiToken
from sonjuku.web.api.doors import Token
from sonjuku.web.api.shapes import Problem

PUBLIC = _("公開の情報")
OWN = _("団体のデータ")
TAGS = (PUBLIC, OWN)


def reads(summary: str, shape: Any, operation_id: str) -> dict[str, Any]:
    """Something that anyone may read; 304 answers If-None-Match."""
    return {
        "response": {200: shape, 304: None, 404: Problem, 422: Problem, 429: Problem},
        "summary": summary, "operation_id": operation_id, "tags": [PUBLIC], "auth": None,
    }  # fmt: skip


def own(
    scope: ApiToken.Scope, summary: str, shape: Any, operation_id: str, *, writes: bool = False
) -> dict[str, Any]:
    """Something that needs a token with this scope."""
    problems = dict.fromkeys([*([400] if writes else []), 401, 403, 404, 409, 422, 429], Problem)
    return {
        "response": {201 if writes else 200: shape, **problems}, "summary": summary, "operation_id": operation_id,
        "tags": [OWN], "auth": Token(scope), "openapi_extra": {"x-scope": scope.value},
    }  # fmt: skip
