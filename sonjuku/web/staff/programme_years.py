"""One fiscal year of a programme: who pays, who commissioned it, who carries it out, the budget."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes import actions, queries
from sonjuku.rooms.programmes.models import Programme, ProgrammeYear
from sonjuku.toolbox.dates import day_of, fiscal_year
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, rows_field
from sonjuku.web.staff.rows import one_or_404

FIRST, MOST_AHEAD = 1990, 10
# More than any council's year, and within the column on every database.
MOST_YEN = 10**13


class YearForm(DeskForm):
    title = forms.CharField(
        label=_("その年度の業務名"), max_length=160, required=False,
        help_text=_("契約書の名前が年度で違うときに書きます。例：令和6年度…業務"),
    )  # fmt: skip
    funding = forms.CharField(
        label=_("財源"), max_length=120, required=False,
        help_text=_("引継書では、同じ書き方の財源ごとに実績を数えます。"),
    )  # fmt: skip
    commissioner = forms.CharField(label=_("委託元"), max_length=120, required=False)
    contractor = rows_field(_("受託者"), "name", required=False)
    budget_jpy = forms.IntegerField(
        label=_("予算（円）"), required=False, min_value=0, max_value=MOST_YEN,
        widget=forms.NumberInput({"class": "mid", "inputmode": "numeric"}),
    )  # fmt: skip
    reported_applications = forms.IntegerField(
        label=_("報告された申込みの数"), required=False, min_value=0, max_value=10_000_000,
        help_text=_("このソフトの外で受け付けた年の数。公開の「成果」に出ます。"),
        widget=forms.NumberInput({"class": "short", "inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("覚え書き"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contractor"].queryset = people.bodies(council)  # type: ignore[attr-defined]


def _latest(request: HttpRequest) -> int:
    return fiscal_year(day_of(request.actor.at)) + MOST_AHEAD  # type: ignore[attr-defined]


@staff("council.write")
@require_GET
def add(request: HttpRequest, council: Council, programme_id: uuid.UUID) -> HttpResponse:
    """Leads to the year that was chosen; nothing is written yet."""
    row: Programme = one_or_404(queries.programmes(council), pk=programme_id)
    wanted = request.GET.get("year", "")
    if not (wanted.isascii() and wanted.isdigit() and FIRST <= int(wanted[:5]) <= _latest(request)):
        messages.error(request, now("年度を西暦4桁で入力してください。例：2027"))
        return redirect("staff:programme", council.slug, row.id)
    return redirect("staff:programme_year", council.slug, row.id, int(wanted))


@staff("council.write")
def year(request: HttpRequest, council: Council, programme_id: uuid.UUID, fiscal_year: int) -> HttpResponse:
    row: Programme = one_or_404(queries.programmes(council), pk=programme_id)
    if not FIRST <= fiscal_year <= _latest(request):
        raise Http404
    found = ProgrammeYear.objects.filter(programme=row, fiscal_year=fiscal_year).first() or ProgrammeYear()
    initial = {name: getattr(found, name) for name in YearForm.base_fields}
    form = YearForm(request.POST or None, council=council, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_year(by=request.actor, programme=row, fiscal_year=fiscal_year, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, now("年度の記録を保存しました。"))
        return redirect("staff:programme", council.slug, row.id)
    return render(request, "staff/programme_year.html", {"row": row, "year": fiscal_year, "form": form})
