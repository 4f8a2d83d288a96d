"""利用規約・プライバシーポリシー and the accessibility statement at the desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions, privacy_queries
from sonjuku.rooms.people.models import Council, TermsVersion
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.promise_inputs import SAMPLES, StatementForm, VersionForm

CARRIED = ("operator_name", "operator_address", "operator_representative", "text", "text_en")


@staff("privacy.write")
def terms(request: HttpRequest, council: Council) -> HttpResponse:
    """The versions of both kinds; which is in force, which is a draft."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = day_of(actor.at)
    force = privacy_queries.terms_in_force(council, today)
    rows = list(privacy_queries.terms_visible_to(actor))
    kinds = [
        {
            "kind": kind,
            "draft": next((row for row in rows if row.kind == kind and row.valid_from > today), None),
            "rows": [
                {"row": row, "state": _state(row, force.get(kind), today)} for row in rows if row.kind == kind
            ],
        }
        for kind in TermsVersion.Kind
    ]
    return render(request, "staff/terms.html", {"kinds": kinds})


def _state(row: TermsVersion, force: TermsVersion | None, today: Any) -> str:
    if row.valid_from > today:
        return "draft"
    return "active" if row == force else "ended"


@staff("privacy.write")
def terms_edit(request: HttpRequest, council: Council, section: str) -> HttpResponse:
    """The draft of this kind, or the next version made from the last."""
    if section not in TermsVersion.Kind.values:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = privacy_queries.terms_visible_to(actor).filter(kind=section)
    draft = rows.filter(valid_from__gt=day_of(actor.at)).first()
    form = VersionForm(request.POST or None, initial=_initial(council, section, draft, rows.first()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_terms(by=actor, council=council, kind=section, version=draft, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。効き始める日から、申込みのときに同意を求めます。"))
            return redirect("staff:terms", council.slug)
    context = {"form": form, "kind": TermsVersion.Kind(section), "draft": draft}
    return render(request, "staff/terms_edit.html", context, status=422 if form.errors else 200)


terms_edit.values = tuple(TermsVersion.Kind.values)  # type: ignore[attr-defined]


def _initial(
    council: Council, kind: str, draft: TermsVersion | None, last: TermsVersion | None
) -> dict[str, Any]:
    if draft is not None:
        return {name: getattr(draft, name) for name in VersionForm.base_fields}
    if last is not None:
        return {name: getattr(last, name) for name in CARRIED}
    return {"operator_name": council.title, "text": SAMPLES[kind]}


@staff("council.write")
def accessibility(request: HttpRequest, council: Council) -> HttpResponse:
    """What the council says of its accessibility."""
    form = StatementForm(request.POST or None, privacy_queries.accessibility(council))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_accessibility(by=request.actor, council=council, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存し、公開のページに出しました。"))
            return redirect("staff:accessibility", council.slug)
    return render(request, "staff/accessibility.html", {"form": form}, status=422 if form.errors else 200)
