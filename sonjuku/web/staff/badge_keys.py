"""The keys with which the council and its bodies sign: which is in use, a new one, one struck out."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials import actions, queries, rules
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.badge_inputs import Naming, StrikeReason
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.rows import one_or_404


@dataclass(frozen=True)
class Deed:
    title: Any
    text: Any
    button: Any
    done: Any
    run: Callable[..., Any]
    states: frozenset[str]
    form: type[DeskForm] = DeskForm
    tone: str = ""
    link: Any = ""


DEEDS: dict[str, Deed] = {
    "name": Deed(
        _("発行者の書き方を選ぶ"),
        _("変えるのは、これから渡すバッジだけです。「鍵そのもの」なら、このサイトがなくなっても、ファイルだけで確かめられます。「このサイトのアドレス」なら、発行者がだれかを、サイトで確かめられます。"),
        _("この書き方にする"),
        _("発行者の書き方を決めました。"),
        actions.set_naming,
        frozenset({"in_use"}),
        Naming,
        link=_("発行者の書き方を選ぶ"),
    ),
    "rotate": Deed(
        _("鍵を新しくしますか"),
        _("これから渡すバッジに、新しい鍵で署名します。前の鍵は一覧に残り、渡したバッジは有効なままです。"),
        _("新しい鍵にする"),
        _("新しい鍵にしました。"),
        actions.rotate_key,
        frozenset({"in_use"}),
    ),
    "strike": Deed(
        _("鍵を取り消しますか"),
        _("鍵が漏れたときにします。元に戻せません。この鍵で署名したバッジは、すべて無効と示されます。協議会が渡したバッジは、新しい鍵で署名し直し、本人に知らせます。"),
        _("鍵を取り消す"),
        _("鍵を取り消しました。渡したバッジは、順に署名し直します。"),
        actions.strike_key,
        frozenset({"in_use", "retired"}),
        StrikeReason,
        "danger",
    ),
}  # fmt: skip


@staff("council.write")
def badge_keys(request: HttpRequest, council: Council) -> HttpResponse:
    rows = queries.issuer_keys_visible_to(request.actor)  # type: ignore[attr-defined]
    keys = [
        {
            "key": key,
            "named": rules.issuer_did(key, settings.SITE_URL),
            "deeds": [
                (slug, deed.link or deed.button) for slug, deed in DEEDS.items() if key.state in deed.states
            ],
        }
        for key in rows
    ]
    return render(request, "staff/badge_keys.html", {"keys": keys})


@staff("council.write")
def badge_key_do(request: HttpRequest, council: Council, key_id: uuid.UUID, action: str) -> HttpResponse:
    rows: Any = queries.issuer_keys_visible_to(request.actor)  # type: ignore[attr-defined]
    key: IssuerKey = one_or_404(rows, pk=key_id)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = deed.form(data, initial={"naming": key.naming})
    if data is not None and form.is_valid():
        try:
            deed.run(by=request.actor, key=key, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, deed.done)
            return redirect("staff:badge_keys", council.slug)
    return render(request, "staff/badge_key_do.html", {"key": key, "deed": deed, "form": form})


badge_key_do.values = tuple(DEEDS)  # type: ignore[attr-defined]
