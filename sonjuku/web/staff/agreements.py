"""Agreements between bodies: their term, when the office is told that it ends, and what follows."""

import re
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import actions, queries
from sonjuku.rooms.programmes.models import Agreement
from sonjuku.rooms.programmes.rules import LONGEST_ALERT, renewed_span
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, date_field
from sonjuku.web.staff.rows import one_or_404, page_of

MOST_ALERTS = 6


class Terms(DeskForm):
    title = forms.CharField(label=_("協定の名前"), max_length=160)
    title_en = forms.CharField(label=_("名前（英語）"), max_length=200, required=False)
    signed_on = date_field(_("締結した日"), required=True)
    starts_on = date_field(_("始まりの日"))
    ends_on = date_field(_("終わりの日"), help_text=_("この日まで有効です。決まっていないときは空欄。"))
    ends_provisionally = forms.BooleanField(label=_("終わりの日に（予定）を付ける"), required=False)


class Edited(Terms):
    summary = forms.CharField(
        label=_("概要"), required=False, max_length=4000, widget=forms.Textarea({"rows": 4})
    )
    alert_days = forms.CharField(
        label=_("終わりの何日前に知らせるか"),
        required=False,
        max_length=60,
        help_text=_(
            "数をコンマで区切ります。例：90, 30。事務局の全員にメールが届きます。空欄なら知らせません。"
        ),
        widget=forms.TextInput({"class": "mid", "inputmode": "numeric"}),
    )

    def clean_alert_days(self) -> list[int]:
        parts = re.split(r"[\s,、，]+", self.cleaned_data["alert_days"].strip())
        numbers = [part for part in parts if part]
        if len(numbers) > MOST_ALERTS or not all(re.fullmatch(r"[0-9０-９]{1,3}", part) for part in numbers):
            raise forms.ValidationError(
                _("数を読み取れません。1から%(most)sまでの数を、6つまでコンマで区切って入力してください。"),
                params={"most": LONGEST_ALERT},
            )
        return sorted({int(part) for part in numbers}, reverse=True)


class Renewed(Terms):
    starts_on = date_field(_("始まりの日"), required=True)


class Nothing(DeskForm):
    """Only the button."""


@staff("council.write")
def agreement_list(request: HttpRequest, council: Council) -> HttpResponse:
    day = day_of(request.actor.at)  # type: ignore[attr-defined]
    rows = Agreement.objects.filter(council=council).prefetch_related("parties__body", "renewals")
    page = page_of(request, rows.order_by("-signed_on", "slug"))
    shown = [_shown(row, day) for row in page]
    return render(request, "staff/agreements.html", {"page_obj": page, "rows": shown})


def _shown(row: Agreement, day: Any) -> dict[str, Any]:
    """With what is still to be decided: "late" once it has ended, "soon" within a lead time."""
    status = row.status_on(day)
    is_open = row.ends_on is not None and not row.renewals.all() and not row.lapses_on_purpose
    in_force = {Agreement.Status.ACTIVE, Agreement.Status.ENDING}
    return {
        "row": row,
        "status": status,
        "tone": "ok" if status in in_force else "plain",
        "is_open": is_open and status in {Agreement.Status.ENDING, Agreement.Status.ENDED},
        "days_left": (row.ends_on - day).days if row.ends_on and status in in_force else None,
    }


def _one(request: HttpRequest, council: Council, agreement_id: uuid.UUID) -> Agreement:
    row: Agreement = one_or_404(queries.agreements(council).prefetch_related("renewals"), pk=agreement_id)
    return row


@staff("council.write")
def edit(request: HttpRequest, council: Council, agreement_id: uuid.UUID) -> HttpResponse:
    row = _one(request, council, agreement_id)
    initial = {name: getattr(row, name) for name in Edited.base_fields}
    initial["alert_days"] = ", ".join(map(str, row.alert_days))
    form = Edited(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agreement(by=request.actor, agreement=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("協定を保存しました。"))
            return redirect("staff:agreements", council.slug)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return render(request, "staff/agreement.html", {**_shown(row, day_of(actor.at)), "form": form})


@staff("council.write")
def renew(request: HttpRequest, council: Council, agreement_id: uuid.UUID) -> HttpResponse:
    row = _one(request, council, agreement_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    first, last = renewed_span(row.starts_on, row.ends_on) if row.ends_on else (None, None)
    initial = {
        "title": row.title,
        "title_en": row.title_en,
        "signed_on": day_of(actor.at),
        "starts_on": first,
        "ends_on": last,
    }
    form = Renewed(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            new = actions.renew_agreement(by=actor, agreement=row, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(
                request, now("更新を記録しました。当事者と役割は前の協定から写しています。確かめてください。")
            )
            return redirect("staff:agreement", council.slug, new.id)
    return render(request, "staff/agreement_renew.html", {"row": row, "form": form})


@staff("council.write")
def lapse(request: HttpRequest, council: Council, agreement_id: uuid.UUID) -> HttpResponse:
    """Confirm that nothing follows; can be taken back by the same page."""
    row = _one(request, council, agreement_id)
    form = Nothing(request.POST or None)
    if request.method == "POST":
        lapses = not row.lapses_on_purpose
        actions.change_agreement(by=request.actor, agreement=row, lapses_on_purpose=lapses)  # type: ignore[attr-defined]
        text = now("更新しないことを記録しました。") if lapses else now("更新しない記録を取り消しました。")
        messages.success(request, text)
        return redirect("staff:agreements", council.slug)
    return render(request, "staff/agreement_lapse.html", {"row": row, "form": form})
