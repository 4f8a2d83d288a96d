"""Certificates of others in the holder's hands: hand in, follow the check, ask for 認定証, decide who sees it."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sonjuku.flows import certifying
from sonjuku.protocols.openbadges import reading
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import CertificateKind, Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.credentials.rules.outside import carries, endorsement_may_move
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back
from sonjuku.web.member.handing_in import hand_in
from sonjuku.web.member.taking_part import VisibilityForm
from sonjuku.web.questions import ACCEPT
from sonjuku.web.staff.inputs import dress
from sonjuku.web.templatetags.sonjuku_ui import tr_text
from sonjuku.web.uploads import incoming

Form = OutsideCertificate.Form
DATE = {"type": "date"}


class ClaimForm(forms.Form):
    """A badge's file, or a paper's facts with its scan."""

    kind = forms.ModelChoiceField(
        label=gettext_lazy("どの証明ですか"), queryset=CertificateKind.objects.none(), empty_label=gettext_lazy("選んでください"),
        error_messages={"required": gettext_lazy("証明の種類を選んでください。")},
    )  # fmt: skip
    form = forms.ChoiceField(label=gettext_lazy("形"), choices=Form.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=gettext_lazy("証明書の番号"), max_length=80, required=False,
        help_text=gettext_lazy("紙・PDFのとき。合格証書番号など、証明書に書かれているとおりに。"),
    )  # fmt: skip
    issued_on = forms.DateField(
        label=gettext_lazy("発行日"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"), help_text=gettext_lazy("紙・PDFのとき。"),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=gettext_lazy("有効期限"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"), help_text=gettext_lazy("紙・PDFで、期限があるとき。"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("ファイル"), allow_empty_file=True,
        help_text=gettext_lazy("オープンバッジは、受け取ったPNG・SVG・JSONをそのまま。紙は、読み取れる写真かPDF。"),
        error_messages={"required": gettext_lazy("ファイルがまだありません。証明のファイルを選んでください。")},
        widget=forms.FileInput({"accept": f"{ACCEPT},.json,.svg", "data-max-bytes": settings.UPLOAD_MAX_BYTES}),
    )  # fmt: skip

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        dress(field, rows=outside.accepted(council))
        field.label_from_instance = lambda kind: f"{tr_text(kind, 'title')} ({tr_text(kind, 'issuer_name')})"

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("form") != Form.PAPER:
            return
        if not data.get("number"):
            self.add_error("number", _("証明書の番号を入力してください。"))
        if not data.get("issued_on") and "issued_on" not in self.errors:
            self.add_error("issued_on", _("発行日を入力してください。"))


@never_cache
@member
def new(request: HttpRequest, slug: str) -> HttpResponse:
    first = {"kind": request.GET.get("kind"), "form": Form.PAPER}
    return hand_in(
        request, partial(ClaimForm, initial=first), partial(_claim, request), "member:certificate",
        "member/certificate_new.html", field="file", rows=outside.accepted,
    )  # fmt: skip


def _claim(request: HttpRequest, person: Person, data: dict[str, Any]) -> tuple[OutsideCertificate, str]:
    by, file = request.actor, data["file"]  # type: ignore[attr-defined]
    if data["form"] == Form.BADGE:
        content = file.read() if file.size <= reading.LARGEST_FILE else bytes(reading.LARGEST_FILE + 1)
        row = certifying.claim_badge(by=by, person=person, kind=data["kind"], data=content)
        return row, _said(row)
    row = actions.claim_paper(
        by=by, person=person, kind=data["kind"], number=data["number"], issued_on=data["issued_on"],
        valid_until=data["valid_until"], incoming=incoming(request.FILES)["file"][0], max_bytes=settings.UPLOAD_MAX_BYTES,
    )  # fmt: skip
    return row, _said(row)


def _said(row: OutsideCertificate) -> str:
    if row.is_verified:
        return _("署名と持ち主を確かめ、確認済みになりました。")
    return _("届け出を受け付けました。担当者が確かめます。")


def _own(request: HttpRequest, certificate_id: uuid.UUID) -> OutsideCertificate:
    rows = outside.certificates_visible_to(request.actor)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=certificate_id)


@never_cache
@member
def certificate(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """GET shows it; POST sets who may see the endorsement."""
    row = _own(request, certificate_id)
    laid: Endorsement | None = getattr(row, "endorsement", None)
    issued = laid is not None and laid.credential is not None
    form = (
        VisibilityForm(request.POST or None, initial={"visibility": laid.visibility})
        if laid and issued
        else None
    )
    if request.method == "POST" and laid and form and form.is_valid():
        choice = form.cleaned_data["visibility"]
        actions.show_endorsement(by=request.actor, endorsement=laid, visibility=choice)  # type: ignore[attr-defined]
        messages.success(request, _("認定証を見せる範囲を決めました。"))
        return redirect("member:certificate", row.id)
    day = day_of(request.actor.at)  # type: ignore[attr-defined]
    may_ask = laid is None or endorsement_may_move(laid.state, Endorsement.State.ASKED)
    context = {
        "row": row, "laid": laid, "issued": issued, "form": form, "council": row.council, "counts": row.counts_on(day),
        "carries": carries(row, day) if issued else None,
        "may_ask": row.kind.is_endorsed and row.counts_on(day) and may_ask,
        "address": settings.SITE_URL + reverse("public:endorsement", args=[laid.id]) if laid and issued else "",
    }  # fmt: skip
    return render(request, "member/certificate.html", context)


@member
def certificate_action(request: HttpRequest, certificate_id: uuid.UUID, action: str) -> HttpResponse:
    """`ask` for the endorsement, `drop` the certificate: a page that says what follows, then one POST."""
    row = _own(request, certificate_id)
    if action not in certificate_action.values:  # type: ignore[attr-defined]
        raise Http404
    if request.method != "POST":
        return render(request, "member/certificate_action.html", {"row": row, "action": action, "council": row.council})  # fmt: skip
    by = request.actor  # type: ignore[attr-defined]
    try:
        if action == "ask":
            actions.ask_endorsement(by=by, certificate=row)
            messages.success(request, _("認定証を申し込みました。結果はお知らせでお届けします。"))
            return redirect("member:certificate", row.id)
        actions.drop_certificate(by=by, certificate=row)
    except Refused as error:
        return refused_back(request, error, "member:certificate", row.id)
    messages.success(request, _("証明とファイルを消しました。"))
    return redirect("member:home")


certificate_action.values = ("ask", "drop")  # type: ignore[attr-defined]
