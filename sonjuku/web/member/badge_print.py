"""A badge on paper: a page to print, or a PDF where the server can make one. What its QR code opens is the holder's choice."""

import datetime as dt
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.flows.papers import badge_sheets
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award
from sonjuku.toolbox import typesetting
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.addresses import path_of
from sonjuku.web.badge_files import download
from sonjuku.web.member.sharing import shared_address
from sonjuku.web.member.wallet import own_award
from sonjuku.web.qr import qr_svg
from sonjuku.web.staff.inputs import DeskForm

TEMPLATE = Path(__file__).parent / "templates" / "member" / "badge_sheet.typ"
PUBLIC, NO_CODE = "public", "none"


class PrintForm(DeskForm):
    """What the QR code of the paper opens."""

    code = forms.ChoiceField(label=_("紙のQRコード"), widget=forms.RadioSelect)

    def __init__(self, data: Any, award: Award) -> None:
        super().__init__(data, initial={"code": PUBLIC if award.visibility == PUBLIC else "90"})
        shown = [(PUBLIC, _("公開しているバッジのページを開く。期限はありません"))]
        days = [
            ("90", _("90日間、このバッジを見せる")), ("365", _("1年間、このバッジを見せる")), (NO_CODE, _("QRコードを付けない")),
        ]  # fmt: skip
        self.fields["code"].choices = shown if award.visibility == PUBLIC else days  # type: ignore[attr-defined]


@never_cache
@member
def badge_print(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """GET asks; POST brings the paper: `as=pdf` the file, else the page to print. A badge that doesn't hold has none."""
    award = own_award(request, award_id)
    form = PrintForm(request.POST or None, award)
    context = {
        "award": award,
        "council": award.council,
        "form": form,
        "can_typeset": typesetting.can_typeset(),
    }
    if request.method == "POST" and award.status == "valid" and form.is_valid():
        try:
            sheet = _sheet(request, award, form.cleaned_data["code"])
        except Refused as error:
            form.refuse(error)
        else:
            return _pdf(award, sheet) if request.POST.get("as") == "pdf" else _page(request, award, sheet)
    return render(request, "member/badge_print.html", context, status=422 if form.errors else 200)


def _sheet(request: HttpRequest, award: Award, code: str) -> badge_sheets.BadgeSheet:
    """The words of the paper, with the link made that its code needs."""
    if code == PUBLIC:
        address = settings.SITE_URL + path_of("public:badge", award.pk)
        return badge_sheets.badge_sheet(award, address=address)
    if code == NO_CODE:
        return badge_sheets.badge_sheet(award)
    by = request.actor  # type: ignore[attr-defined]
    last = day_of(by.at) + dt.timedelta(days=int(code))
    _link, token = actions.share(by=by, person=award.person, award=award, last_day=last, is_printed=True)
    return badge_sheets.badge_sheet(award, address=shared_address(token), last_day=last)


def _page(request: HttpRequest, award: Award, sheet: badge_sheets.BadgeSheet) -> HttpResponse:
    qr = mark_safe(qr_svg(sheet.address)) if sheet.address else ""
    return render(
        request,
        "member/badge_sheet.html",
        {"sheet": sheet, "qr": qr, "award": award, "council": award.council},
    )


def _pdf(award: Award, sheet: badge_sheets.BadgeSheet) -> HttpResponse:
    if not typesetting.can_typeset():
        raise Http404
    words = {
        **asdict(sheet), "colour": award.council.colour, "qr": qr_svg(sheet.address) if sheet.address else "",
        "qr_label": "バッジを確かめるページを開くQRコード", "criteria_label": "条件",
    }  # fmt: skip
    made = typesetting.pdf(TEMPLATE.read_text(encoding="utf-8"), words)
    return download(made, "application/pdf", f"badge-{award.id.hex[-8:]}.pdf")
