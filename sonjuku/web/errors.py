"""Pages for what went wrong: what happened, that nothing was lost, what to do next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sonjuku.toolbox.refusals import Refused


def page(
    request: HttpRequest, status: int, title: str, message: object, next_step: object = ""
) -> HttpResponse:
    context = {"title": title, "message": message, "next_step": next_step, "status": status}
    return render(request, "error.html", context, status=status)


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """A full page (409) for a rule that said no where there is no form to go back to."""
    return page(request, 409, _("この操作はできませんでした"), error.message, error.next_step)


def refused_back(request: HttpRequest, error: Refused, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Back to the page `to` with the refusal's words as a message."""
    messages.error(request, f"{error.message} {error.next_step}".strip())
    return redirect(to, *args, **kwargs)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, _("送られた内容を読み取れませんでした"),
                _("何も保存されていません。"), _("前のページに戻り、もう一度お試しください。"))  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("このページは開けません"),
                _("開く権限がありません。"), _("別の役割やアカウントでログインしてください。"))  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("ページが見つかりません"),
                _("アドレスが違うか、見る権限がないか、ページがなくなりました。"),
                _("ホームか、募集の一覧からお探しください。"))  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500, _("こちらの不具合で表示できません"),
                _("途中まで保存されたものはありません。"), _("少し待ってから、もう一度お試しください。"))  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale page: the form's token no longer fits the session."""
    return page(request, 403, _("ページが古くなっていました"),
                _("しばらく開いたままだったか、別の画面でログインし直したため、送信できませんでした。何も保存されていません。"),
                _("前のページを開き直してから、もう一度送信してください。"))  # fmt: skip
