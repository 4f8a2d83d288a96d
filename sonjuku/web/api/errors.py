"""Everything that goes wrong in one shape: {code, message, next_step, fields}."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sonjuku.toolbox.refusals import Refused


class NoScope(Exception):
    """The token works, but not for this."""


class NotFound(Exception):
    """There is no such thing, or not for this reader."""


def problem(
    status: int, code: str, message: Any, next_step: Any = "", fields: dict[str, list[str]] | None = None
) -> HttpResponse:
    body = {"code": code, "message": str(message), "next_step": str(next_step), "fields": fields or {}}
    return JsonResponse(body, status=status)


def not_found() -> HttpResponse:
    return problem(
        404, "not_found", _("見つかりません。"), _("アドレスと、トークンの団体を確かめてください。")
    )


def too_many(seconds: int) -> HttpResponse:
    response = problem(
        429, "too_many_requests", _("短い時間に多く呼び出されたため、止めました。"),
        _("%(seconds)s 秒待ってから、もう一度お試しください。") % {"seconds": seconds},
    )  # fmt: skip
    response["Retry-After"] = str(seconds)
    return response


def unauthorized() -> HttpResponse:
    response = problem(
        401, "token_invalid", _("トークンがないか、使えません。"),
        _("期限と取消しの有無を、協議会のページの「外部連携」で確かめてください。"),
    )  # fmt: skip
    response["WWW-Authenticate"] = "Bearer"
    return response


def unreadable() -> HttpResponse:
    return problem(
        400, "unreadable", _("送られた内容を読み取れませんでした"), _("JSONの形と大きさを確かめてください。")
    )


def not_allowed(allowed: str) -> HttpResponse:
    response = problem(405, "method_not_allowed", _("このアドレスでは、その操作はできません。"))
    response["Allow"] = allowed
    return response


def wrong_input(fields: dict[str, list[str]]) -> HttpResponse:
    return problem(
        422, "wrong_input", _("入力に誤りがあります。"), _("fields にある項目を直してください。"), fields
    )


def install(api: NinjaAPI) -> None:
    """Answer each kind of trouble in the one shape."""

    def handler(kind: type[Exception], answer: Any) -> None:
        api.add_exception_handler(kind, lambda request, error: answer(error))

    handler(AuthenticationError, lambda error: unauthorized())
    handler(NotFound, lambda error: not_found())
    handler(HttpError, lambda error: unreadable())
    handler(Refused, lambda error: problem(409, error.code, error.message, error.next_step))
    handler(ValidationError, lambda error: wrong_input(_by_field(error.errors)))
    handler(
        NoScope,
        lambda error: problem(
            403,
            "scope_missing",
            _("このトークンには、この操作が許されていません。"),
            _("「%(scope)s」を許したトークンをつくってください。") % {"scope": error},
        ),
    )


def _by_field(errors: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Messages of pydantic (in English) by the path of the field, without where it stood (query, body)."""
    found: dict[str, list[str]] = {}
    for error in errors:
        path = [str(step) for step in error["loc"]]
        steps = path[2:] if path[:1] == ["body"] else path[1:]
        found.setdefault(".".join(steps), []).append(error["msg"])
    return found


def answer_to(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put what Django itself answers (a method there isn't) into the one shape."""
    if response.status_code == 405 and response.get("Content-Type", "").startswith("text/"):
        return not_allowed(response.get("Allow", ""))
    return response
