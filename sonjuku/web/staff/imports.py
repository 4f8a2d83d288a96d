"""Applications from a file: upload, columns, progress, what is wrong, repair, and the one press that takes them all."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.views.decorators.http import require_POST

from sonjuku.flows import intake
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.actions.applications import check_takes_paper
from sonjuku.rooms.calls.models import Call, ImportBatch, ImportRow
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.calls.rules.columns import QUESTION, of_columns
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.tables import MAX_BYTES
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.jobs.running import check_in_background, take_in_background
from sonjuku.web.staff.import_inputs import ConfirmForm, FileForm, MappingForm, RowForm, column_name
from sonjuku.web.staff.inputs import in_words
from sonjuku.web.staff.rows import call_or_404, one_or_404, page_of

S = ImportBatch.State
RUNNING = {S.CHECKING, S.PROMOTING}
NAMES = ("full_name", "family_name", "given_name")


def batch_or_404(request: HttpRequest, batch_id: uuid.UUID) -> ImportBatch:
    batch: ImportBatch = one_or_404(queries.batches_visible_to(request.actor), pk=batch_id)  # type: ignore[attr-defined]
    return batch


def why_not(call: Call) -> Refused | None:
    """What keeps this call from taking applications from a file now."""
    try:
        check_takes_paper(call)
    except Refused as refused:
        return refused
    return None


@staff("applications.write")
def import_list(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    data = request.POST if request.method == "POST" else None
    form = FileForm(data, request.FILES or None)
    if data is not None and form.is_valid():
        try:
            batch = _open(request, call, form.cleaned_data["file"])
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("staff:import_mapping", council.slug, batch.id)
    batches = queries.batches_visible_to(request.actor).filter(call=call)  # type: ignore[attr-defined]
    context = {"call": call, "words": words(call), "form": form, "refused": why_not(call), "page_obj": page_of(request, batches)}  # fmt: skip
    return render(request, "staff/imports.html", context)


def _open(request: HttpRequest, call: Call, file: Any) -> ImportBatch:
    if file.size > MAX_BYTES:
        raise intake.refused_code("too_big")
    return intake.open_file(by=request.actor, call=call, file_name=file.name, data=file.read())  # type: ignore[attr-defined]


@staff("applications.write")
def import_mapping(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    batch = batch_or_404(request, batch_id)
    if batch.state not in {S.UPLOADED, S.CHECKED}:
        return redirect("staff:import_batch", council.slug, batch.id)
    questions = intake.questions_of(batch.call)
    samples = list(batch.rows.values_list("values", flat=True)[:20])
    data = request.POST if request.method == "POST" else None
    form = MappingForm(
        data,
        header=batch.header,
        questions=questions,
        mapping=batch.mapping,
        samples=samples,
        options=_options(batch.call),
        most=batch.call.max_persons,
        useless=intake.useless_for(batch.call),
    )
    if data is not None and form.is_valid():
        try:
            actions.set_mapping(by=request.actor, batch=batch, mapping=form.chosen(), questions=questions)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            check_in_background(batch)
            return redirect("staff:import_batch", council.slug, batch.id)
    mapped = set(batch.mapping.values())
    lacking = [q for q in questions if q.required and q.kind not in {"heading", "file"} and QUESTION + q.key not in mapped]  # fmt: skip
    context = {"batch": batch, "call": batch.call, "form": form, "lacking": lacking, "has_files": any(q.kind == Question.Kind.FILE for q in questions)}  # fmt: skip
    return render(request, "staff/import_mapping.html", context)


def _options(call: Call) -> list[tuple[str, str]]:
    """The options of the call by name; none when its only option has none."""
    named = {pool.option: in_words(pool, "option") for pool in queries.pools(call)}
    return [(option, words) for option, words in named.items() if option]


@staff("applications.write")
def import_batch(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    """Where the file is on its way: each state has its own page under one address."""
    batch = batch_or_404(request, batch_id)
    if batch.state == S.UPLOADED:
        return redirect("staff:import_mapping", council.slug, batch.id)
    context: dict[str, Any] = {"batch": batch, "call": batch.call, "words": words(batch.call)}
    if batch.state == S.CHECKED:
        return render(request, "staff/import_report.html", context | _report(request, batch))
    context["letters_left"] = batch.rows.count() if batch.state == S.DONE else 0
    return render(request, "staff/import_batch.html", context)


def _report(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    found = intake.tally(batch)
    left_out = batch.rows.filter(is_left_out=True).count()
    show = request.GET.get("show") or ("wrong" if batch.rows_wrong else "all")
    page = page_of(request, _shown(batch, show, [code for code, _words, _number in found]))
    sheet = intake.sheet_of(batch, request.actor)  # type: ignore[attr-defined]
    return {
        "show": show, "tally": found, "left_out": left_out, "page_obj": page,
        "ready": batch.rows_total - batch.rows_wrong - left_out,
        "refused": why_not(batch.call),
        "lines": [
            {"row": line.row, "name": _name(batch, line.row), "faults": _faults(batch, line)}
            for line in intake.lines_of(page.object_list, sheet)
        ],
    }  # fmt: skip


def _shown(batch: ImportBatch, show: str, codes: list[str]) -> Any:
    rows = batch.rows.order_by("number")
    if show == "out":
        return rows.filter(is_left_out=True)
    if show in codes:
        return rows.filter(is_left_out=False, codes__contains=f" {show} ")
    if show == "wrong":
        return rows.filter(is_left_out=False).exclude(codes="")
    return rows


def _name(batch: ImportBatch, row: ImportRow) -> str:
    numbers = [int(column) for column, target in of_columns(batch.mapping).items() if target in NAMES]
    return " ".join(row.values[number] for number in sorted(numbers) if row.values[number])


def _faults(batch: ImportBatch, line: intake.Line) -> list[dict[str, Any]]:
    return [
        {
            "column": column_name(fault.column, batch.header[fault.column])
            if fault.column is not None
            else "",
            "value": line.row.values[fault.column] if fault.column is not None else "",
            "message": fault.message,
        }
        for fault in line.faults
    ]


@staff("applications.write")
def import_progress(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    """The bar alone, for htmx; the whole page is drawn anew once there is nothing to wait for."""
    batch = batch_or_404(request, batch_id)
    letters_left = batch.rows.count() if batch.state == S.DONE else 0
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("staff:import_batch", council.slug, batch.id)
    if batch.state not in RUNNING and not letters_left:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "staff/part_import_progress.html", {"batch": batch, "letters_left": letters_left})


@staff("applications.write")
def import_row(
    request: HttpRequest, council: Council, batch_id: uuid.UUID, row_id: uuid.UUID
) -> HttpResponse:
    batch = batch_or_404(request, batch_id)
    row: ImportRow = one_or_404(batch.rows.all(), pk=row_id)
    if batch.state != S.CHECKED:
        return redirect("staff:import_batch", council.slug, batch.id)
    sheet = intake.sheet_of(batch, request.actor)  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else None
    form = RowForm(data, header=batch.header, mapping=batch.mapping, row=row)
    if data is not None and form.is_valid():
        try:
            row = actions.edit_row(by=request.actor, batch=batch, row=row, values=form.values(), sheet=sheet)  # type: ignore[attr-defined]
        except Refused as error:
            return refused_back(request, error, "staff:import_batch", council.slug, batch.id)
        if not row.codes:
            messages.success(request, now("%(number)s 行目を直しました。") % {"number": row.number})
            return _to_next(council, batch)
        form.row = row
    [line] = intake.lines_of([row], sheet)
    if data is None or form.is_valid():
        form.show(line.faults)
    unused = [(column_name(n, batch.header[n]), value) for n, value in enumerate(row.values) if value and str(n) not in batch.mapping]  # fmt: skip
    context = {"batch": batch, "call": batch.call, "row": row, "form": form, "unused": unused, "saved": data is not None}  # fmt: skip
    return render(request, "staff/import_row.html", context)


def _to_next(council: Council, batch: ImportBatch) -> HttpResponse:
    """The next row that is wrong, or the report when there is none."""
    left = batch.rows.filter(is_left_out=False).exclude(codes="").order_by("number").first()
    if left is None:
        return redirect("staff:import_batch", council.slug, batch.id)
    return redirect("staff:import_row", council.slug, batch.id, left.id)


@require_POST
@staff("applications.write")
def import_leave_out(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    batch = batch_or_404(request, batch_id)
    chosen = [_uuid(text) for text in request.POST.getlist("ids")]
    row_ids = None if request.POST.get("all") else [each for each in chosen if each]
    out = request.POST.get("out") == "1"
    try:
        number = actions.leave_out(
            by=request.actor, batch=batch, row_ids=row_ids, out=out,  # type: ignore[attr-defined]
            sheet=intake.sheet_of(batch, request.actor),  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refused as error:
        return refused_back(request, error, "staff:import_batch", council.slug, batch.id)
    said = now("%(number)s 行を、取り込まないことにしました。") if out else now("%(number)s 行を戻しました。")
    messages.success(request, said % {"number": number})
    return redirect("staff:import_batch", council.slug, batch.id)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@staff("applications.write")
def import_confirm(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    batch = batch_or_404(request, batch_id)
    number = batch.rows.filter(is_left_out=False).count()
    if batch.state != S.CHECKED or batch.rows_wrong or not number:
        return redirect("staff:import_batch", council.slug, batch.id)
    mapped = set(batch.mapping.values())
    questions = intake.questions_of(batch.call)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        asks_sensitive=any(q.is_sensitive and QUESTION + q.key in mapped for q in questions),
        asks_guardian="guardian_name" in mapped,
    )
    if request.method == "POST" and form.is_valid():
        choices = {name: form.cleaned_data.get(name, False) for name in ("sends_receipts", "guardian_paper")}
        try:
            actions.ask_to_promote(by=request.actor, batch=batch, **choices)  # type: ignore[attr-defined]
        except Refused as error:
            return refused_back(request, error, "staff:import_batch", council.slug, batch.id)
        take_in_background(batch, request.role)  # type: ignore[attr-defined]
        return redirect("staff:import_batch", council.slug, batch.id)
    context = {
        "batch": batch, "call": batch.call, "words": words(batch.call), "form": form,
        "number": number,
    }  # fmt: skip
    return render(request, "staff/import_confirm.html", context)


@staff("applications.write")
def import_cancel(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    batch = batch_or_404(request, batch_id)
    if request.method != "POST":
        return render(request, "staff/import_cancel.html", {"batch": batch, "call": batch.call})
    try:
        actions.cancel_batch(by=request.actor, batch=batch)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:import_batch", council.slug, batch.id)
    messages.success(request, now("取込みを取りやめ、ファイルの内容を消しました。"))
    return redirect("staff:imports", council.slug, batch.call.code)


@require_POST
@staff("applications.write")
def import_resume(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    """Ask a worker once more: nothing is done twice."""
    batch = batch_or_404(request, batch_id)
    if batch.state == S.CHECKING:
        check_in_background(batch)
    elif batch.state in {S.PROMOTING, S.DONE}:
        take_in_background(batch, request.role)  # type: ignore[attr-defined]
    return redirect("staff:import_batch", council.slug, batch.id)


@staff("applications.write")
def import_report(request: HttpRequest, council: Council, batch_id: uuid.UUID) -> HttpResponse:
    """Everything that is wrong, one line per cell, to hand to whoever keeps the list."""
    batch = batch_or_404(request, batch_id)
    sheet = intake.sheet_of(batch, request.actor)  # type: ignore[attr-defined]
    rows = batch.rows.filter(is_left_out=False).exclude(codes="").order_by("number")
    told = [
        [line.row.number, str(fault["column"]), fault["value"], str(fault["message"])]
        for line in intake.lines_of(rows, sheet)
        for fault in _faults(batch, line)
    ]
    actions.note_report(by=request.actor, batch=batch)  # type: ignore[attr-defined]
    content = write_csv(told, [now("行"), now("列"), now("値"), now("直すところ")])
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{batch.call.code}-import-report.csv"',
    })  # fmt: skip
