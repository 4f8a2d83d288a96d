"""二重の申込み: pairs that look like one person's side by side; different people, or the same and which one stays.

Of a pair whose applications no body sees together, each body sees its own, and may only give up its own.
"""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, SelectionRun
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.rows import page_of
from sonjuku.web.staff.run_rows import Doubles, doubles, run_or_404

PAIRS_A_PAGE = 20


@staff("selection.run")
def run_doubles(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    run = run_or_404(request, run_code)
    if request.method == "POST":
        return _settle(request, run)
    found = doubles(request, run) if run.state in calls.BEFORE_THE_FREEZE else Doubles([], [], 0, [])
    left = sum(pair.check is None for pair in found.both)
    context = {
        "run": run, "page_obj": page_of(request, found.both, PAIRS_A_PAGE), "left": left, "found": found,
        "is_open": run.state in calls.BEFORE_THE_FREEZE, "asks_all": "all" in request.GET and left > 0,
    }  # fmt: skip
    return render(request, "staff/run_doubles.html", context)


def _settle(request: HttpRequest, run: SelectionRun) -> HttpResponse:
    """POST: `different` or `keep` (an application's id) for the pair `first`, `second`; `all`: every open pair differs."""
    actor, slug = request.actor, request.council.slug  # type: ignore[attr-defined]
    found = doubles(request, run)
    try:
        if "all" in request.POST:
            alike = [(pair.first, pair.second) for pair in found.both if pair.check is None]
            number = actions.settle_all_different(by=actor, run=run, pairs=alike)
            messages.success(request, now("%(number)s 組を、別の人として記録しました。") % {"number": number})
        else:
            _settle_one(request, run, found)
    except Refused as error:
        return refused_back(request, error, "staff:run_doubles", slug, run.code)
    return redirect("staff:run_doubles", slug, run.code)


def _settle_one(request: HttpRequest, run: SelectionRun, found: Doubles) -> None:
    wanted = {_id(request.POST.get(name, "")) for name in ("first", "second")}
    # Which of the two may stay: of half a pair only the other body's.
    pairs: dict[tuple[Application, Application], tuple[Application, ...]]
    pairs = {pair[:2]: pair[:2] for pair in found.both}
    pairs |= {half[:2]: half[1:2] for half in found.halves if not half.is_theirs}
    pair = next((pair for pair in pairs if {one.pk for one in pair} == wanted), None)
    if pair is None:
        raise Http404
    kept = _id(request.POST.get("keep", ""))
    actions.settle_double(
        by=request.actor,  # type: ignore[attr-defined]
        run=run,
        first=pair[0],
        second=pair[1],
        is_same_person="different" not in request.POST,
        keep=next((one for one in pairs[pair] if one.pk == kept), None),
    )
    messages.success(request, now("確かめた結果を記録しました。"))


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
