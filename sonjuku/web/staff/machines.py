"""外部連携: tokens of bodies' systems. A token's characters are shown once, on the answer to the form."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.views.decorators.cache import never_cache

from sonjuku.rooms.letters.webhooks import queries as webhooks
from sonjuku.rooms.people import actions
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import ApiToken, Council
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.machine_inputs import NewToken
from sonjuku.web.staff.rows import one_or_404


@staff("machines.write")
def machines(request: HttpRequest, council: Council) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    tokens = list(people.api_tokens_visible_to(actor))
    for token in tokens:
        token.state = _state(token, actor)  # type: ignore[attr-defined]
        token.can = [ApiToken.Scope(scope).label for scope in token.scopes]  # type: ignore[attr-defined]
    context = {
        "tokens": tokens,
        "webhooks": list(webhooks.webhooks_visible_to(actor)),
        "webhooks_on": settings.WEBHOOKS,
    }
    return render(request, "staff/machines.html", context)


def _state(token: ApiToken, actor: object) -> str:
    if token.revoked_at is not None:
        return "revoked"
    at = actor.at  # type: ignore[attr-defined]
    return "valid" if token.is_active(at, day_of(at)) else "expired"


@never_cache
@staff("machines.write")
def token_new(request: HttpRequest, council: Council) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = NewToken(request.POST or None, council=council, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.issue_token(by=actor, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            shown = {"secret": secret, "token": token, "site": settings.SITE_URL}
            return render(request, "staff/machine_secret.html", shown)
    return render(request, "staff/token_new.html", {"form": form})


@staff("machines.write")
def token_revoke(request: HttpRequest, council: Council, token_id: uuid.UUID) -> HttpResponse:
    token: ApiToken = one_or_404(people.api_tokens_visible_to(request.actor), pk=token_id)  # type: ignore[attr-defined]
    if request.method == "POST":
        actions.revoke_token(by=request.actor, token=token)  # type: ignore[attr-defined]
        messages.success(request, now("トークンを取り消しました。もう使えません。"))
        return redirect("staff:machines", council.slug)
    return render(request, "staff/token_revoke.html", {"token": token})
