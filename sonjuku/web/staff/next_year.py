"""Next year's calls: choose, see each day move, make them as drafts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows import next_year
from sonjuku.flows.handover_report import Scope, years_of
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.handover import chosen_year


@staff("calls.write")
def choose(request: HttpRequest, council: Council) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    years = years_of(actor)
    year = chosen_year(request, years)
    scope = Scope(actor, council, year, Letter.objects.none())
    refused = None
    if request.method == "POST":
        wanted = set(request.POST.getlist("calls"))
        chosen = [call for call in scope.of_year if call.code in wanted]
        try:
            made = next_year.create(by=actor, calls=chosen, year=year)
        except Refused as error:
            refused = error
        else:
            _say(request, len(made), len(chosen) - len(made))
            return redirect("staff:calls", council.slug)
    context = {
        "years": years,
        "year": year,
        "next": year + 1,
        "plans": next_year.plans(scope),
        "refused": refused,
    }
    return render(request, "staff/next_year.html", context)


def _say(request: HttpRequest, made: int, there: int) -> None:
    if made:
        text = now(
            "来年度の募集を%(number)s件、下書きでつくりました。日付と文面を確かめてから公開してください。"
        )
        messages.success(request, text % {"number": made})
    if there:
        messages.info(
            request, now("すでにつくってある%(number)s件は、そのままにしました。") % {"number": there}
        )
