"""わたしのデータ: what one council holds about the person, who looked at it and why, and what they can do about it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.flows import asking, holding, looking, withdrawing
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Body, Consent, Council, DataRequest, Person
from sonjuku.rooms.people.rules import OPEN_REQUESTS
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import parcel
from sonjuku.web.actors import member, own_person
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm, dress
from sonjuku.web.staff.rows import one_or_404, page_of

LATEST = 5


def _mine(request: HttpRequest) -> tuple[Council, Person]:
    """The council and the person's own record in it, or 404."""
    council = request.council  # type: ignore[attr-defined]
    person = own_person(request, council) if council else None
    if council is None or person is None:
        raise Http404
    return council, person


@never_cache
@member
def my_data(request: HttpRequest, slug: str) -> HttpResponse:
    council, person = _mine(request)
    actor = request.actor  # type: ignore[attr-defined]
    consents = list(queries.consents_visible_to(actor).filter(person=person).order_by("-asked_at", "-id"))
    looks = looking.looks_at(person)
    sections = holding.holdings(person, actor)
    calls = withdrawing.calls_of(consents)
    context = {
        "council": council, "person": person, "sections": [one for one in sections if one.items],
        "empty": [one.title for one in sections if not one.items],
        "consents": [
            (consent, calls.get(consent.about_id), withdrawing.may_withdraw(consent))
            for consent in consents if consent.given_at
        ],
        "looks": looking.in_words(looks[:LATEST]), "more_looks": looks[LATEST:LATEST + 1].exists(),
        "requests": queries.requests_visible_to(actor).filter(person=person).order_by("-received_at"),
        "open": OPEN_REQUESTS,
    }  # fmt: skip
    return render(request, "member/my_data.html", context)


@never_cache
@member
def download(request: HttpRequest, slug: str) -> Any:
    """Everything as a ZIP; that it was taken out is journalled."""
    council, person = _mine(request)
    actor = request.actor  # type: ignore[attr-defined]
    record(by=actor, verb="person.downloaded", subject=person, for_person_id=person.id)
    awards = Award.objects.filter(person=person)
    with translation.override((translation.get_language() or "ja")[:2]):  # a file has no furigana
        return parcel.response(
            council, holding.holdings(person, actor), holding.files(person), awards, day_of(actor.at)
        )


@member
def looks(request: HttpRequest, slug: str) -> HttpResponse:
    council, person = _mine(request)
    page = page_of(request, looking.looks_at(person))
    context = {"council": council, "page_obj": page, "looks": looking.in_words(page.object_list)}
    return render(request, "member/looks.html", context)


class Asking(DeskForm):
    kind = forms.ChoiceField(label=_("求めること"), choices=(), widget=forms.RadioSelect)
    body = forms.ModelChoiceField(label=_("どの団体に"), queryset=Body.objects.none())
    text = forms.CharField(
        label=_("くわしい内容"), widget=forms.Textarea({"rows": 5}), max_length=2000, required=False,
        help_text=_("どの情報を、どうしてほしいかを書いてください。消去のときは空欄でかまいません。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, bodies: list[Body], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["kind"].choices = list(KINDS.items())  # type: ignore[attr-defined]
        dress(self.fields["body"], "name", Body.objects.filter(pk__in=[body.pk for body in bodies]))
        if len(bodies) == 1:
            self.fields["body"].initial = bodies[0]
            self.fields["body"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        wordy = {DataRequest.Kind.CORRECTION, DataRequest.Kind.STOP}
        if data.get("kind") in wordy and not data.get("text", "").strip():
            self.add_error("text", _("どこを、どうしてほしいかを書いてください。"))
        return data


KINDS = {
    DataRequest.Kind.DISCLOSURE: _("開示：「わたしのデータ」にないものも、内容を知らせてほしい"),
    DataRequest.Kind.CORRECTION: _("訂正：事実と違うところを直してほしい"),
    DataRequest.Kind.STOP: _("利用停止：使うのをやめてほしい"),
    DataRequest.Kind.ERASURE: _("消去：すべて消してほしい"),
}


@member
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    council, person = _mine(request)
    actor = request.actor  # type: ignore[attr-defined]
    bodies = asking.bodies_to_ask(person, day_of(actor.at))
    form = Asking(request.POST or None, bodies=bodies, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            row = asking.ask(by=actor, person=person, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(
                request, now("「%(kind)s」の請求を受け付けました。") % {"kind": row.get_kind_display()}
            )
            return redirect("member:my_data", council.slug)
    rules = queries.request_rules(council, day_of(actor.at))
    terms = [(body, rules[body.is_public, DataRequest.Kind.DISCLOSURE]) for body in bodies]
    context = {"council": council, "form": form, "bodies": bodies, "terms": terms}
    return render(request, "member/data_request.html", context, status=422 if form.errors else 200)


@member
def request_back(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """取下げ of one's own request: asked first, done by POST."""
    row: DataRequest = one_or_404(queries.requests_visible_to(request.actor), pk=request_id)  # type: ignore[attr-defined]
    slug = row.council.slug
    if request.method != "POST":
        return render(request, "member/data_request_back.html", {"council": row.council, "row": row})
    try:
        actions.withdraw_request(by=request.actor, request=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "member:my_data", slug)
    messages.success(request, now("請求を取り下げました。"))
    return redirect("member:my_data", slug)


@member
def consent_back(request: HttpRequest, consent_id: uuid.UUID) -> HttpResponse:
    """Take a consent back: what follows is said first, done by POST."""
    actor = request.actor  # type: ignore[attr-defined]
    row: Consent = one_or_404(
        queries.consents_visible_to(actor).select_related("person", "council"), pk=consent_id
    )
    if request.method != "POST":
        context = {
            "council": row.council, "consent": row, "may": withdrawing.may_withdraw(row),
            "follows": withdrawing.FOLLOWS.get(row.purpose, ""),
        }  # fmt: skip
        return render(request, "member/consent_back.html", context)
    try:
        withdrawing.withdraw(by=actor, consent=row)
    except Refused as error:
        return refused_back(request, error, "member:my_data", row.council.slug)
    messages.success(request, now("同意を取り消しました。"))
    return redirect("member:my_data", row.council.slug)
