"""The door: today's occasions, the roll, and the page a scanned ticket opens. Opening it never checks anyone in."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sonjuku.flows import attending
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.participation import queries
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import errors
from sonjuku.web.actors import staff

UPCOMING = 5


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


@never_cache
@staff("checkin.write")
def checkin(request: HttpRequest, council: Council) -> HttpResponse:
    """Today's occasions, and the next few for a look ahead."""
    actor, today = request.actor, timezone.localdate()  # type: ignore[attr-defined]
    context = {
        "today": queries.occasions_on(actor, today),
        "coming": queries.occasions_after(actor, today)[:UPCOMING],
        "day": today,
    }
    return render(request, "staff/checkin.html", context)


@never_cache
@staff("checkin.write")
def checkin_occasion(request: HttpRequest, council: Council, occasion_id: uuid.UUID) -> HttpResponse:
    """The roll of one occasion. ?code= looks a typed code up; POST checks a row of the roll in, or takes it back."""
    rows = queries.counted(queries.occasions_visible_to(request.actor))  # type: ignore[attr-defined]
    occasion = get_object_or_404(rows, pk=occasion_id)
    if request.method == "POST":
        return _tick(request, council, occasion)
    problem = None
    if request.GET.get("code"):
        try:
            code = request.GET["code"][:20]
            place = attending.find_by_code(by=request.actor, call=occasion.call, code=code)  # type: ignore[attr-defined]
            return redirect(_ticket_url(council, place, occasion, CheckIn.How.CODE))
        except Refused as error:
            problem = error
    context = {
        "occasion": occasion,
        "roll": queries.roll(occasion),
        "problem": problem,
        "typed": request.GET.get("code", ""),
        "is_today": queries.is_on(occasion, day_of(timezone.now())),
    }
    return render(request, "staff/checkin_occasion.html", context)


def _ticket_url(council: Council, place: Participation, occasion: Occasion, how: str) -> str:
    path = reverse("staff:checkin_token", args=[council.slug, queries.token(place)])
    return f"{path}?occasion={occasion.id}&how={how}"


def _tick(request: HttpRequest, council: Council, occasion: Occasion) -> HttpResponse:
    places = queries.participations_visible_to(request.actor)  # type: ignore[attr-defined]
    place = get_object_or_404(
        places, pk=_key(request.POST.get("participation", "")), call_id=occasion.call_id
    )
    back = ("staff:checkin_occasion", council.slug, occasion.id)
    try:
        if request.POST.get("do") == "undo":
            row = get_object_or_404(CheckIn, occasion=occasion, participation=place)
            attending.undo_check_in(by=request.actor, check_in=row)  # type: ignore[attr-defined]
            messages.success(request, _("受付を取り消しました。"))
        else:
            _let_in(request, occasion, place, CheckIn.How.LIST)
    except Refused as error:
        return errors.refused_back(request, error, *back)
    return redirect(*back)


def _let_in(request: HttpRequest, occasion: Occasion, place: Participation, how: str) -> None:
    attending.check_in(by=request.actor, occasion=occasion, participation=place, how=how)  # type: ignore[attr-defined]
    _say_done(request, place)


def _say_done(request: HttpRequest, place: Participation) -> None:
    name = format_html('<span lang="ja">{}</span>', place.person.listed_name)
    messages.success(request, format_html(_("{name}さんの受付をしました。"), name=name))


class WalkInForm(forms.Form):
    """Just enough to know who was there; the rest can be asked later."""

    family_name = forms.CharField(label=gettext_lazy("姓"), max_length=60)
    given_name = forms.CharField(label=gettext_lazy("名"), max_length=60)
    family_name_kana = forms.CharField(label=gettext_lazy("姓のフリガナ"), max_length=80)
    given_name_kana = forms.CharField(label=gettext_lazy("名のフリガナ"), max_length=80)


@staff("checkin.write")
def checkin_walk_in(request: HttpRequest, council: Council, occasion_id: uuid.UUID) -> HttpResponse:
    """Someone without an application at the door: a new record, a place, a check-in."""
    occasion = get_object_or_404(queries.occasions_visible_to(request.actor), pk=occasion_id)  # type: ignore[attr-defined]
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = attending.walk_in(by=request.actor, occasion=occasion, fields=form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            return errors.refused_back(request, error, "staff:checkin_walk_in", council.slug, occasion.id)
        _say_done(request, row.participation)
        return redirect("staff:checkin_occasion", council.slug, occasion.id)
    return render(request, "staff/checkin_walk_in.html", {"occasion": occasion, "form": form})


@never_cache
@staff("checkin.write")
def checkin_token(request: HttpRequest, council: Council, token: str) -> HttpResponse:
    """What a ticket's link opens: GET shows who it is, POST lets them in."""
    try:
        place = attending.find_by_token(by=request.actor, token=token)  # type: ignore[attr-defined]
    except Refused as error:
        title = _("この参加券では受付できません")
        return errors.page(request, 404, title, error.message, error.next_step)
    occasions = list(queries.occasions(place.call))
    occasion = _chosen(request, occasions)
    how = request.POST.get("how", "") or request.GET.get("how", "")
    how = how if how in CheckIn.How.values else CheckIn.How.QR
    if request.method == "POST" and occasion:
        try:
            _let_in(request, occasion, place, how)
        except Refused as error:
            return errors.refusal(request, error)
        return redirect("staff:checkin_occasion", council.slug, occasion.id)
    context = {
        "place": place,
        "companions": calls.companions_of(place.application) if place.application else [],
        "usable": place.state in {Participation.State.ACTIVE, Participation.State.COMPLETED},
        "occasion": occasion,
        "others": [other for other in occasions if other != occasion],
        "how": how,
        "is_today": occasion and queries.is_on(occasion, day_of(timezone.now())),
        "check_in": occasion and place.check_ins.filter(occasion=occasion).first(),
    }
    return render(request, "staff/checkin_token.html", context)


def _chosen(request: HttpRequest, occasions: list[Occasion]) -> Occasion | None:
    """The occasion that was asked for, if it belongs to the ticket's call; else the one that fits now."""
    asked = request.POST.get("occasion") or request.GET.get("occasion")
    if asked:
        found = next((row for row in occasions if row.id == _key(asked)), None)
        if found is None:
            raise Http404
        return found
    return queries.current_occasion(occasions, timezone.now())
