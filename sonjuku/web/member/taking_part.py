"""What a participant needs: the ticket, what must be handed in, the badge at the end."""

import uuid

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sonjuku.flows import fulfilling
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials import queries as awards
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.events import queries as booths
from sonjuku.rooms.participation import queries
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files, pictures
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back
from sonjuku.web.questions import ACCEPT, QuestionForm
from sonjuku.web.uploads import incoming

Kind = ObligationRule.Kind


def _rows(request: HttpRequest) -> QuerySet[Participation]:
    return queries.participations_visible_to(request.actor)  # type: ignore[attr-defined]


def _obligation(request: HttpRequest, obligation_id: uuid.UUID, kind: str) -> Obligation:
    rows = queries.obligations_visible_to(request.actor)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=obligation_id, rule__kind=kind)


def qr_code(place: Participation) -> SafeString:
    """The ticket's link to the desk as an SVG drawing: no style attribute, sized by its stylesheet."""
    with override("ja"):
        path = reverse("staff:checkin_token", args=[place.council.slug, queries.token(place)])
    code = segno.make(settings.SITE_URL + path, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=4, light="#fff", svgclass=None, lineclass=None))


@never_cache
@member
def ticket(request: HttpRequest, participation_id: uuid.UUID) -> HttpResponse:
    place = get_object_or_404(_rows(request), pk=participation_id)
    arrived = dict(place.check_ins.values_list("occasion_id", "at"))
    occasions = [(occasion, arrived.get(occasion.id)) for occasion in queries.occasions(place.call)]
    booth = booths.booth_of(place.call)
    context = {
        "place": place,
        "usable": place.state in {Participation.State.ACTIVE, Participation.State.COMPLETED},
        "qr": qr_code(place),
        "occasions": occasions,
        "council": place.council,
        "booth": booth,
        "slots": booths.slots(booth) if booth else (),
        "booked": booths.slot_of(place) if booth else None,
    }
    return render(request, "member/ticket.html", context)


@require_POST
@member
def slot(request: HttpRequest, participation_id: uuid.UUID) -> HttpResponse:
    """Take the chosen slot of the booth, or none."""
    place = get_object_or_404(_rows(request), pk=participation_id)
    booth = booths.booth_of(place.call)
    if booth is None:
        raise Http404
    chosen = booths.slot_named(booth, request.POST.get("slot", ""))
    try:
        if chosen:
            events.book_slot(by=request.actor, slot=chosen, participation=place)  # type: ignore[attr-defined]
            messages.success(request, _("時間枠を予約しました。"))
        else:
            events.release_slot(by=request.actor, participation=place)  # type: ignore[attr-defined]
            messages.success(request, _("時間枠の予約はありません。"))
    except Refused as error:
        return refused_back(request, error, "member:ticket", place.id)
    return redirect("member:ticket", place.id)


def _onward(request: HttpRequest, obligation: Obligation, said: str) -> HttpResponse:
    """Where a handed-in obligation leads: to the new badge if it was the last one, else to my page."""
    place = obligation.participation
    place.refresh_from_db()
    award = awards.awards_visible_to(request.actor).filter(participation=place).first()  # type: ignore[attr-defined]
    if place.state == Participation.State.COMPLETED and award:
        messages.success(request, f"{said} {_('修了です。バッジをお渡しします。')}")
        return redirect("member:badge", award.id)
    messages.success(request, said)
    return redirect("member:home")


@member
def survey(request: HttpRequest, obligation_id: uuid.UUID) -> HttpResponse:
    obligation = _obligation(request, obligation_id, Kind.ANSWER)
    version = obligation.rule.form_version
    if version is None:
        raise Http404
    sent = request.method == "POST" and not obligation.is_met
    form = QuestionForm(version, *((request.POST, request.FILES) if sent else ()))
    if sent and form.is_valid():
        try:
            fulfilling.answer_survey(
                by=request.actor,  # type: ignore[attr-defined]
                obligation=obligation,
                values=form.cleaned.values,
                uploads=form.cleaned.uploads,
            )
        except Refused as error:
            return refused_back(request, error, "member:survey", obligation.id)
        return _onward(request, obligation, _("回答を受け取りました。"))
    return _page(request, "member/survey.html", obligation, form)


class ReportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("報告のファイル"),
        error_messages={
            "required": gettext_lazy("ファイルがまだありません。報告のファイルを選んでください。")
        },
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-max-bytes": settings.UPLOAD_MAX_BYTES}),
        allow_empty_file=True,
    )


@member
def report(request: HttpRequest, obligation_id: uuid.UUID) -> HttpResponse:
    obligation = _obligation(request, obligation_id, Kind.UPLOAD)
    sent = request.method == "POST" and not obligation.is_met
    form = ReportForm(request.POST, request.FILES) if sent else ReportForm()
    if sent and form.is_valid():
        try:
            fulfilling.hand_in_report(
                by=request.actor,  # type: ignore[attr-defined]
                obligation=obligation,
                incoming=incoming(request.FILES)["file"][0],
                max_bytes=settings.UPLOAD_MAX_BYTES,
            )
            return _onward(request, obligation, _("報告を受け取りました。"))
        except Refused as error:
            form.add_error("file", f"{error.message} {error.next_step}")
    return _page(request, "member/report.html", obligation, form)


@member
def agree(request: HttpRequest, obligation_id: uuid.UUID) -> HttpResponse:
    obligation = _obligation(request, obligation_id, Kind.CONSENT)
    if request.method == "POST":
        try:
            fulfilling.give_consent(by=request.actor, obligation=obligation)  # type: ignore[attr-defined]
        except Refused as error:
            return refused_back(request, error, "member:agree", obligation.id)
        return _onward(request, obligation, _("同意を受け取りました。"))
    return _page(request, "member/agree.html", obligation)


def _page(request: HttpRequest, template: str, obligation: Obligation, form: object = None) -> HttpResponse:
    place = obligation.participation
    context = {"obligation": obligation, "call": place.call, "council": place.council, "form": form}
    return render(request, template, context)


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(
        label=gettext_lazy("だれに見せますか"),
        widget=forms.RadioSelect,
        choices=[
            (Award.Visibility.PRIVATE, gettext_lazy("自分だけ：ほかの人には見えません")),
            (Award.Visibility.COUNCIL, gettext_lazy("協議会まで：協議会の担当者に見えます")),
            (Award.Visibility.PUBLIC, gettext_lazy("公開：アドレスを知っている人はだれでも見られます")),
        ],
    )


@never_cache
@member
def badge(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    """The holder's own page of a badge: who may see it, and the files."""
    rows = awards.awards_visible_to(request.actor)  # type: ignore[attr-defined]
    award = get_object_or_404(rows, pk=award_id)
    form = VisibilityForm(request.POST or None, initial={"visibility": award.visibility})
    if request.method == "POST" and form.is_valid():
        choice = form.cleaned_data["visibility"]
        credentials.set_visibility(by=request.actor, award=award, visibility=choice)  # type: ignore[attr-defined]
        messages.success(request, _("バッジを見せる範囲を決めました。"))
        return redirect("member:badge", award.id)
    address = settings.SITE_URL + reverse("public:badge", args=[award.id])
    last = award.status_changes.last() if award.status != "valid" else None
    context = {
        "award": award,
        "form": form,
        "council": award.council,
        "address": address,
        "reason": last.reason if last else "",
        "has_own_picture": pictures.is_own(award.achievement),
        "ways": badge_files.ways(award),
    }
    return render(request, "member/badge.html", context)
