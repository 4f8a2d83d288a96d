"""Which certificates of others the desk's body accepts."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import CertificateKind
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.rows import one_or_404, page_of


class KindForm(DeskForm):
    title = forms.CharField(label=_("証明の名前"), max_length=140, help_text=_("例：ITパスポート試験"))
    title_en = forms.CharField(label=_("証明の名前（英語）"), max_length=180, required=False)
    issuer_name = forms.CharField(label=_("発行者"), max_length=140)
    issuer_name_en = forms.CharField(label=_("発行者（英語）"), max_length=180, required=False)
    is_endorsed = forms.BooleanField(label=_("協議会の認定証を重ねる"), required=False)
    is_accepted = forms.BooleanField(label=_("新しい届け出を受け付ける"), required=False, initial=True)
    issuer_uri = forms.CharField(
        label=_("オープンバッジの発行者の番号"), max_length=300, required=False,
        help_text=_("発行者に確かめた did:key: などの番号。合うバッジは、担当者の目を待たずに確認済みになります。"),
    )  # fmt: skip
    achievement_uri = forms.CharField(
        label=_("オープンバッジの達成の番号"), max_length=300, required=False,
        help_text=_("決めると、その達成のバッジだけを、すぐに確認済みにします。"),
    )  # fmt: skip

    NAMES = (
        "title", "title_en", "issuer_name", "issuer_name_en", "is_endorsed", "is_accepted", "issuer_uri", "achievement_uri"
    )  # fmt: skip

    def __init__(self, data: Any = None, *, kind: CertificateKind | None = None) -> None:
        initial = {name: getattr(kind, name) for name in self.NAMES} if kind else None
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("achievement_uri") and not data.get("issuer_uri"):
            self.add_error("issuer_uri", _("達成の番号を決めるときは、発行者の番号も入力してください。"))
        return data


@staff("calls.write")
def kind_list(request: HttpRequest, council: Council) -> HttpResponse:
    rows = outside.kinds_visible_to(request.actor).order_by("title", "id")  # type: ignore[attr-defined]
    rows = rows.annotate(number=Count("certificates"))
    return render(request, "staff/certificate_kinds.html", {"page_obj": page_of(request, rows)})


@staff("calls.write")
def kind_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        host = one_or_404(Body.objects.filter(council=council), pk=request.actor.body_id)  # type: ignore[attr-defined]
        try:
            actions.accept_kind(by=request.actor, council=council, host=host, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("受け付ける証明に加えました。"))
            return redirect("staff:certificate_kinds", council.slug)
    return render(request, "staff/certificate_kind.html", {"form": form})


@staff("calls.write")
def kind_edit(request: HttpRequest, council: Council, kind_id: uuid.UUID) -> HttpResponse:
    row = one_or_404(outside.kinds_visible_to(request.actor), pk=kind_id)  # type: ignore[attr-defined]
    form = KindForm(request.POST or None, kind=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_kind(by=request.actor, kind=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:certificate_kinds", council.slug)
    return render(request, "staff/certificate_kind.html", {"form": form, "row": row})
