"""A list of events becomes drafts: choose the file, see what would be made, then make it."""

import base64
import zlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import events_in
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, rows_field

# What the page carries from the preview to the press, within the bound on a request without files.
MOST_CARRIED = 1_500_000
CARRIED_SECONDS = 24 * 60 * 60
SHOWN = 100
TONES = {
    events_in.Become.NEW: "ok",
    events_in.Become.CHANGED: "key",
    events_in.Become.SAME: "plain",
    events_in.Become.PUBLIC: "plain",
    events_in.Become.OTHERS: "plain",
}


class ListForm(DeskForm):
    file = forms.FileField(
        label=_("イベント一覧のファイル"),
        help_text=_("CSV（UTF-8、Shift_JIS）かExcelのブック（.xlsx）。1000行まで。"),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
    )
    programme: Any = rows_field(
        _("どの事業の催しか"), help_text=_("できた下書きは、この事業の募集になります。")
    )

    def __init__(self, data: Any = None, files: Any = None, *, council: Council) -> None:
        super().__init__(data, files)
        rows = programmes.programmes(council)
        self.fields["programme"].queryset = rows  # type: ignore[attr-defined]
        if rows.count() == 1:
            self.initial["programme"] = rows[0]


class AgainForm(DeskForm):
    """The press after the preview: the same list, signed, and the programme."""

    carried = forms.CharField(widget=forms.HiddenInput)
    programme: Any = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, council: Council) -> None:
        super().__init__(data)
        self.fields["programme"].queryset = programmes.programmes(council)  # type: ignore[attr-defined]


def _signer(council: Council) -> TimestampSigner:
    return TimestampSigner(salt=f"events-in:{council.pk}")


def carry(council: Council, data: bytes) -> str:
    """The file as signed text, so that the press imports what the page showed. Refused: too_big."""
    text = base64.urlsafe_b64encode(zlib.compress(data, 9)).decode()
    if len(text) > MOST_CARRIED:
        raise Refused(
            "too_big",
            _("このファイルは大きすぎます。"),
            _("要らない列や行を消すか、ファイルを分けてください。"),
        )
    return _signer(council).sign(text)


def carried(council: Council, text: str) -> bytes:
    """What `carry` signed for this council within a day. Refused: stale."""
    try:
        return zlib.decompress(
            base64.urlsafe_b64decode(_signer(council).unsign(text, max_age=CARRIED_SECONDS))
        )
    except BadSignature:
        raise Refused(
            "stale", _("時間がたったため、続けられません。"), _("ファイルをもう一度選んでください。")
        ) from None


def _host(request: HttpRequest) -> Body:
    return Body.objects.get(pk=request.actor.body_id)  # type: ignore[attr-defined]


@staff("calls.write")
def events_import(request: HttpRequest, council: Council) -> HttpResponse:
    if request.method == "POST" and "carried" in request.POST:
        return _import(request, council)
    form = ListForm(request.POST or None, request.FILES or None, council=council)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            content = data["file"].read()
            sheet, text = events_in.read(content), carry(council, content)
        except Refused as error:
            form.refuse(error)
        else:
            again = AgainForm({"carried": text, "programme": data["programme"].pk}, council=council)
            host = _host(request)
            context = _report(council, host, sheet, data) | {"again": again}
            return render(request, "staff/events_import_report.html", context)
    return render(request, "staff/events_import.html", {"form": form}, status=400 if form.errors else 200)


def _report(council: Council, host: Body, sheet: events_in.Sheet, data: dict[str, Any]) -> dict[str, Any]:
    steps = events_in.preview(council, host, sheet)
    return {
        "sheet": sheet,
        "file_name": data["file"].name,
        "programme": data["programme"],
        "steps": [(step, TONES[step.become]) for step in steps[:SHOWN]],
        "more_steps": max(0, len(steps) - SHOWN),
        "remarks": sorted(sheet.remarks, key=lambda remark: not remark.is_wrong)[:SHOWN],
        "more_remarks": max(0, len(sheet.remarks) - SHOWN),
        "tally": events_in.tally(steps),
        "makes": sum(step.become in (events_in.Become.NEW, events_in.Become.CHANGED) for step in steps),
    }


def _import(request: HttpRequest, council: Council) -> HttpResponse:
    form = AgainForm(request.POST, council=council)
    try:
        if not form.is_valid():
            raise Refused("stale", _("続けられません。"), _("ファイルをもう一度選んでください。"))
        sheet = events_in.read(carried(council, form.cleaned_data["carried"]))
        if sheet.wrong:
            raise Refused(
                "wrong", _("直すところが残っています。"), _("ファイルを直して、もう一度選んでください。")
            )
        steps = events_in.import_events(
            by=request.actor,  # type: ignore[attr-defined]
            council=council,
            programme=form.cleaned_data["programme"],
            host=_host(request),
            sheet=sheet,
        )
    except Refused as error:
        messages.error(request, f"{error.message}{error.next_step}")
        return redirect("staff:events_import", council.slug)
    made = "、".join(f"{label} {count}" for label, count in events_in.tally(steps))
    messages.success(
        request, now("一覧を取り込みました（%(made)s）。まだ何も公開していません。") % {"made": made}
    )
    return redirect("staff:calls", council.slug)
