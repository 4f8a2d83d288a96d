"""Links to one's own badges: made and shown once, taken back at any moment."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.credentials.queries import shares
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.addresses import path_of
from sonjuku.web.member.wallet import own_award, own_record
from sonjuku.web.qr import qr_svg
from sonjuku.web.staff.inputs import DeskForm

OWN_DAY = "own"


class ShareForm(DeskForm):
    """How long a link opens; `last_day` is the answer."""

    days = forms.ChoiceField(label=_("いつまで見せますか"), widget=forms.RadioSelect, choices=[
        ("7", _("7日間")), ("30", _("30日間")), ("90", _("90日間")), (OWN_DAY, _("日にちを決める")),
    ])  # fmt: skip
    until = forms.DateField(
        label=_("最後の日"), required=False, help_text=_("「日にちを決める」のとき。今日から1年以内の日。"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        if (
            self.cleaned_data.get("days") == OWN_DAY
            and not self.cleaned_data.get("until")
            and "until" not in self.errors
        ):
            self.add_error("until", now("最後の日を入れてください。"))
        return self.cleaned_data

    def last_day(self, today: dt.date) -> dt.date:
        """The last day on which the link opens; days are counted from tomorrow."""
        days = self.cleaned_data["days"]
        own: dt.date = self.cleaned_data["until"]
        return own if days == OWN_DAY else today + dt.timedelta(days=int(days))


def shared_address(token: str) -> str:
    return settings.SITE_URL + path_of("public:shared", token)


@never_cache
@member
def share_badge(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = own_award(request, award_id)
    return _share(request, award.person, award)


@never_cache
@member
def share_all(request: HttpRequest, slug: str) -> HttpResponse:
    return _share(request, own_record(request, slug), None)


def _share(request: HttpRequest, person: Person, award: Award | None) -> HttpResponse:
    """GET asks how long; POST shows the new link, this once."""
    by = request.actor  # type: ignore[attr-defined]
    form = ShareForm(request.POST or None, initial={"days": "30"})
    context = {"form": form, "award": award, "person": person, "council": person.council}
    if request.method == "POST" and form.is_valid():
        try:
            link, token = actions.share(
                by=by, person=person, award=award, last_day=form.last_day(day_of(by.at))
            )
        except Refused as error:
            form.refuse(error)
        else:
            address = shared_address(token)
            made = {"link": link, "address": address, "qr": mark_safe(qr_svg(address))}
            return render(request, "member/share_made.html", context | made)
    return render(request, "member/share_new.html", context, status=422 if form.errors else 200)


@require_POST
@member
def share_withdraw(request: HttpRequest, link_id: uuid.UUID) -> HttpResponse:
    link = get_object_or_404(shares.share_links_visible_to(request.actor), pk=link_id)  # type: ignore[attr-defined]
    actions.withdraw_share(by=request.actor, link=link)  # type: ignore[attr-defined]
    messages.success(request, now("リンクを取り消しました。もう開けません。"))
    return redirect("member:wallet")
