"""Lists out as files: which columns, what for, a look at the first rows, then the file; and what left before."""

import io
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import exporting
from sonjuku.flows.exporting import Column, Sheet
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, Export
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refusal
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.rows import call_or_404, page_of

WHAT_FOR: dict[str, Any] = {
    Export.Sheet.APPLICANTS: _("氏名・連絡先・状態・質問への回答"),
    Export.Sheet.PLACES: _("参加者と、提出物・出席の記録"),
    Export.Sheet.SCORES: _("審査員ごとの点と合計。審査員は番号で出ます"),
    Export.Sheet.LETTERS: _("いつ・だれに・何を送ったか。本文は出ません"),
}


class Choice(DeskForm):
    """Columns to take out, in what form, what for."""

    columns = forms.MultipleChoiceField(label=_("書き出す列"), widget=forms.CheckboxSelectMultiple)
    file_format = forms.ChoiceField(
        label=_("ファイルの形"), choices=Export.Format.choices, initial=Export.Format.XLSX, widget=forms.RadioSelect,
        help_text=_("CP932 にない文字（𠮷など）は「〓」になります。迷ったら Excel を選んでください。"),
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("利用目的"), max_length=200,
        help_text=_("例：当日の受付名簿をつくるため。個人の名前は書かないでください。記録に残り、本人も見られます。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, columns: list[Column]) -> None:
        # Only a file needs its purpose; a look at the first rows does not.
        self.is_look = data is not None and "save" not in data
        super().__init__(data, initial={"columns": [c.key for c in columns if c.is_usual]})
        self.fields["columns"].choices = [(c.key, c.label) for c in columns]  # type: ignore[attr-defined]
        self.fields["columns"].error_messages["required"] = _("書き出す列を一つ以上選んでください。")
        self.fields["columns"].error_messages["invalid_choice"] = _(
            "選べない列が含まれています。列を選び直してください。"
        )

    def clean(self) -> dict[str, Any]:
        if self.is_look:
            self.errors.pop("purpose", None)
        return self.cleaned_data


@staff("applications.read")
def exports(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """The kinds of list, and the register of what was taken out."""
    call = call_or_404(request, code)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kinds = [
        {"kind": kind.value, "label": kind.label, "text": WHAT_FOR[kind]} for kind in _kinds(actor, call)
    ]
    register = calls.exports_visible_to(actor).filter(call=call)
    context = {"call": call, "kinds": kinds, "page_obj": page_of(request, register)}
    return render(request, "staff/exports.html", context)


def _kinds(actor: Actor, call: Call) -> list[Export.Sheet]:
    """Scores only where there is a review."""
    fits = [k for k in Export.Sheet if exporting.may_export(actor, k)]
    return [k for k in fits if k != Export.Sheet.SCORES or calls.has_review(call)]


@staff("applications.read")
def export(request: HttpRequest, council: Council, code: str, section: str) -> Any:
    """GET and "preview" show, "save" gives the file."""
    call = call_or_404(request, code)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if section not in Export.Sheet.values:
        raise Http404
    try:
        found = exporting.sheet(by=actor, call=call, kind=section)
    except Refused as error:
        return refusal(request, error)
    columns = found.columns()
    form = Choice(request.POST or None, columns=columns)
    if request.method == "POST" and form.is_valid() and "save" in request.POST:
        try:
            made = exporting.export(by=actor, call=call, kind=section, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            return _download(made)
    context = {
        "call": call,
        "kind": Export.Sheet(section),
        "text": WHAT_FOR[Export.Sheet(section)],
        "kinds": _kinds(actor, call),
        "form": form,
        "number": found.count(),
        "groups": _groups(form, columns),
        "preview": _preview(found, form, columns),
    }
    return render(request, "staff/export.html", context)


export.values = tuple(Export.Sheet.values)  # type: ignore[attr-defined]


def _download(made: exporting.File) -> FileResponse:
    """The name in RFC 5987, so that 萩_….xlsx arrives as it is."""
    response = FileResponse(
        io.BytesIO(made.content), as_attachment=True, filename=made.name, content_type=made.mime
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _groups(form: Choice, columns: Iterable[Column]) -> list[dict[str, Any]]:
    """The check boxes under their headings."""
    ticked = set(form["columns"].value() or ())
    return [
        {"title": group, "columns": [{"column": c, "ticked": c.key in ticked} for c in found]}
        for group, found in groupby(sorted_by_group(columns), key=lambda c: c.group)
    ]


def sorted_by_group(columns: Iterable[Column]) -> list[Column]:
    """Columns of one heading together, headings in the order in which they first come."""
    rows = list(columns)
    order = list(dict.fromkeys(str(c.group) for c in rows))
    return sorted(rows, key=lambda c: order.index(str(c.group)))


def _preview(found: Sheet, form: Choice, columns: list[Column]) -> dict[str, Any] | None:
    if not form.is_bound or form.errors.get("columns"):
        return None
    chosen = [c for c in columns if c.key in form.cleaned_data.get("columns", ())]
    rows = exporting.preview(found, chosen)
    return {
        "rows": [list(zip([c.label for c in chosen], row, strict=True)) for row in rows],
        "columns": chosen,
    }
