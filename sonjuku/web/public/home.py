"""The front door of an installation, the page for typed codes, and what robots may read."""

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.flows.demo import CAST
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.people import queries as people
from sonjuku.web.public import demo
from sonjuku.web.visitor import address

WRONG_CODES, WRONG_CODE_SECONDS = 20, 600
CODE_LENGTH = 20


def home(request: HttpRequest) -> HttpResponse:
    taking = Count("calls", filter=Q(calls__state=Call.State.OPEN))
    councils = people.councils().annotate(open_calls=taking).order_by("lg_code")
    cast = CAST if demo.is_open(request) else ()
    return render(request, "public/home.html", {"councils": councils, "cast": cast})


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("番号"),
        max_length=CODE_LENGTH,
        help_text=_("お知らせの終わりに書いてある番号です。大文字と小文字は区別しません。"),
        widget=forms.TextInput(
            attrs={"class": "code-entry", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )


@never_cache
def typed_code(request: HttpRequest) -> HttpResponse:
    """For readers whose office strips links from mail: the code of a letter leads to its page."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_many(request):
            form.add_error(
                "code", _("違う番号が続いたため、10分ほど受け付けません。少し待ってから入力してください。")
            )
            return render(request, "public/typed_code.html", {"form": form}, status=429)
        path = letters.path_of(form.cleaned_data["code"], timezone.now())
        if path and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return HttpResponseRedirect(path)
        _count_wrong(request)
        form.add_error("code", _("この番号のページは見つかりません。番号をもう一度お確かめください。"))
    return render(request, "public/typed_code.html", {"form": form}, status=400 if form.errors else 200)


def _key(request: HttpRequest) -> str:
    return f"typed-code:{address(request)}"


def _too_many(request: HttpRequest) -> bool:
    return int(cache.get(_key(request), 0)) >= WRONG_CODES


def _count_wrong(request: HttpRequest) -> None:
    if not cache.add(_key(request), 1, WRONG_CODE_SECONDS):
        cache.incr(_key(request))


def robots(request: HttpRequest) -> HttpResponse:
    private = ("/me/", "/accounts/", "/g/", "/claim/", "/k/", "/files/", "/unsubscribe/")
    closed = (
        ["/"]
        if settings.DEMO
        else [f"{prefix}{path}" for path in private for prefix in ("", "/en", "/ja-easy")]
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
