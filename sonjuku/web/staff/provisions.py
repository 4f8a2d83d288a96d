"""外部提供の記録 (法29条・30条) at the desk: what one's body gave and was given, and writing down what went outside."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows import providing
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.actions import record_many
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people.models import Council, ProvisionRecord
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import at_tokyo, day_of, end_of_day
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.disposals import csv_file
from sonjuku.web.staff.provision_inputs import ProvisionFilter, ProvisionForm
from sonjuku.web.staff.rows import call_or_404, page_of, working_calls

A = Application.State
NOT_YET_APPLIED = {A.DRAFT}


def _rows(request: HttpRequest) -> tuple[ProvisionFilter, QuerySet[ProvisionRecord]]:
    """The body's own records, narrowed as the address says."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ProvisionFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    rows = privacy_queries.provisions_visible_to(actor)
    if data.get("way"):
        rows = rows.filter(Q(**{"from_body_id" if data["way"] == "given" else "to_body_id": actor.body_id}))
    if data.get("since"):
        rows = rows.filter(given_at__gte=at_tokyo(data["since"]))
    if data.get("until"):
        rows = rows.filter(given_at__lt=end_of_day(data["until"]))
    return form, rows


@staff("privacy.write")
def provision_list(request: HttpRequest, council: Council) -> HttpResponse:
    form, rows = _rows(request)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filter": form,
        "page_obj": page_of(request, rows),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "query": query.urlencode(),
        "body_id": request.actor.body_id,  # type: ignore[attr-defined]
    }
    return render(request, "staff/provisions.html", context)


def _taken(request: HttpRequest, rows: QuerySet[ProvisionRecord], verb: str) -> list[ProvisionRecord]:
    """The rows, written down as taken out for each person who is still known."""
    found = list(rows)
    record_many(by=request.actor, verb=verb, subjects=[row for row in found if row.person_id])  # type: ignore[attr-defined]
    return found


@staff("privacy.write")
def provision_print(request: HttpRequest, council: Council) -> HttpResponse:
    """第三者提供記録 to print."""
    _form, rows = _rows(request)
    context = {"rows": _taken(request, rows, "provision.printed"), "at": request.actor.at}  # type: ignore[attr-defined]
    return render(request, "staff/provision_print.html", context)


@staff("privacy.write")
def provision_csv(request: HttpRequest, council: Council) -> HttpResponse:
    _form, rows = _rows(request)
    cells: list[list[Any]] = [
        [
            day_of(row.given_at), str(row.from_body), str(row.to_body or row.to_name), row.person_name,
            "、".join(row.items), row.basis, row.keep_until,
        ]
        for row in _taken(request, rows, "provision.exported")
    ]  # fmt: skip
    header = [
        now("提供した日"), now("提供元"), now("提供先"), now("本人の氏名"), now("項目"), now("根拠"), now("この日まで保存"),
    ]  # fmt: skip
    return csv_file(write_csv(cells, header), f"{council.slug}-provisions.csv")


@staff("privacy.write")
def provision_calls(request: HttpRequest, council: Council) -> HttpResponse:
    """Whose data was given: first the call."""
    rows = working_calls(request.actor).exclude(state=Call.State.DRAFT).order_by("-id")  # type: ignore[attr-defined]
    return render(request, "staff/provision_calls.html", {"page_obj": page_of(request, rows)})


@staff("privacy.write")
def provision_new(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """Shows who agreed and who is left out before anything is written down."""
    call = call_or_404(request, code)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    people = calls.applications_visible_to(actor).filter(call=call).exclude(state__in=NOT_YET_APPLIED)
    people = people.select_related("person").order_by("code")
    form = ProvisionForm(
        request.POST or None, council=council, own=actor.body_id, rows=people, day=day_of(actor.at)
    )
    shown = None
    if request.method == "POST" and form.is_valid():
        chosen = [row for row in people if str(row.pk) in form.cleaned_data["applications"]]
        shown = providing.sort(chosen, form.cleaned_data["to_body"], form.cleaned_data["to_name"])
        if "save" in request.POST:
            try:
                found = providing.provide(by=actor, call=call, **form.provision(actor.at))
            except Refused as error:
                form.refuse(error)
            else:
                text = now("%(number)s 人の提供を記録しました。")
                messages.success(request, text % {"number": len(found.given)})
                return redirect("staff:provisions", council.slug)
    context = {"call": call, "form": form, "shown": shown}
    return render(request, "staff/provision_new.html", context, status=422 if form.errors else 200)
