"""The numbers of one call: from where people applied, and who came."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes.rules import region_of
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.web.actors import staff
from sonjuku.web.public.bilingual import language
from sonjuku.web.staff.rows import call_or_404

Row = tuple[str, int]


@staff("applications.read")
def figures(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """Exact numbers: whoever opens this page sees the persons too."""
    call = call_or_404(request, code)
    prefectures = calls.by_prefecture(call)
    came = participation.attendance(call)
    context = {
        "call": call,
        "words": words(call),
        "applied": sum(prefectures.values()),
        "reported": call.historic_applications,
        "areas": _areas(calls.by_area(call)),
        "regions": _regions(prefectures),
        "prefectures": _prefectures(prefectures),
        "came": [(Participation.Capacity(key).label, number) for key, number in came.items()],
        "came_total": sum(came.values()),
    }
    return render(request, "staff/figures.html", context)


def _areas(found: dict[str, int]) -> list[Row]:
    labels = {"in_area": _("域内"), "out_of_area": _("域外"), "unknown": _("住所が分からない")}
    return [(labels[key], number) for key, number in found.items()]


def _regions(prefectures: dict[str, int]) -> list[Row]:
    """首都圏 and 関西圏, where those from outside mostly live."""
    labels = {"capital": _("首都圏"), "kansai": _("関西圏"), "other": _("そのほかの地域")}
    found = dict.fromkeys(labels, 0)
    for code, number in prefectures.items():
        if code:
            found[region_of(code)] += number
    return [(labels[key], number) for key, number in found.items()]


def _prefectures(found: dict[str, int]) -> list[Row]:
    names = vocabulary.names_of([code for code in found if code], language())
    return [(names[code] if code else _("住所が分からない"), number) for code, number in found.items()]
