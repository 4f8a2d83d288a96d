"""The link on a slip or letter: a record made from paper is taken over by its person."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sonjuku.flows import claiming
from sonjuku.rooms.people.actions import check_claim
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import errors
from sonjuku.web.actors import member
from sonjuku.web.member.accounts import account_of
from sonjuku.web.member.forms import DayInput, empty


class ClaimForm(forms.Form):
    date_of_birth = forms.DateField(
        label=_("生年月日"), widget=DayInput(autocomplete="bday"),
        help_text=_("申込みのときに書いた生年月日を入力してください。"),
        error_messages={
            **empty(_("生年月日")), "invalid": _("日付として読み取れません。2008-04-01 のように入力してください。")
        },
    )  # fmt: skip


@never_cache
@member
def claim(request: HttpRequest, token: str) -> HttpResponse:
    person, account = claiming.find(token), account_of(request)
    if person is None:
        return errors.page(
            request, 404, now("このリンクは使えません"), now("リンクの一部が欠けています。"),
            now("受付票かお知らせに書かれた問合せ先にご連絡ください。"),
        )  # fmt: skip
    if person.account_id == account.id:
        return redirect("member:home")
    form = ClaimForm(request.POST if request.method == "POST" else None)
    try:
        check_claim(person, account)
        if form.is_valid():
            claiming.claim(by=request.actor, person=person, account=account, **form.cleaned_data)  # type: ignore[attr-defined]
            messages.success(request, now("申込みを、あなたのアカウントにつなぎました。"))
            return redirect("member:home")
    except Refused as error:
        if error.code != "wrong_birth_date":
            return errors.refusal(request, error)
        form.add_error("date_of_birth", f"{error.message} {error.next_step}")
    context = {
        "form": form, "council": person.council, "initial_of_name": person.family_name[:1],
        "applications": person.applications.select_related("call").order_by("-submitted_at"),
    }  # fmt: skip
    return render(request, "member/claim.html", context, status=422 if form.errors else 200)
