"""The secretariat moves to another office on a day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import handing_over
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Account, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, date_field, rows_field


class Move(DeskForm):
    old: Any = rows_field(_("いまの部署"), "name")
    new: Any = rows_field(
        _("移る先の部署"), "name", help_text=_("一覧にないときは、先に「団体」で登録します。")
    )
    on = date_field(_("移る日"), required=True, help_text=_("前の部署の役割は、その前の日で終わります。"))
    emails = forms.CharField(
        label=_("引き継ぐ人のメールアドレス"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("1行に1人。登録の済んだ人のアドレスです。"),
    )

    def __init__(self, data: Any = None, *, council: Council) -> None:
        super().__init__(data)
        bodies: Any = people.bodies(council)
        self.fields["old"].queryset = bodies.filter(roles__kind__in=handing_over.OFFICE).distinct()  # type: ignore[attr-defined]
        self.fields["new"].queryset = bodies  # type: ignore[attr-defined]

    def clean_emails(self) -> list[Account]:
        """The accounts behind the addresses; each must exist."""
        accounts = []
        for email in self.cleaned_data["emails"].lower().split():
            account = Account.objects.filter(email=email, is_active=True).first()
            if account is None:
                raise forms.ValidationError(
                    _("%(email)s で登録した人がいません。先に本人に登録してもらってください。"),
                    params={"email": email[:80]},
                )
            accounts.append(account)
        return accounts


@staff("roles.write")
def move(request: HttpRequest, council: Council) -> HttpResponse:
    form = Move(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            handing_over.move_secretariat(
                by=request.actor,  # type: ignore[attr-defined]
                old=data["old"],
                new=data["new"],
                on=data["on"],
                accounts=data["emails"],
            )
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("事務局の引き継ぎを登録しました。"))
            return redirect("staff:roles", council.slug)
    return render(request, "staff/office_move.html", {"form": form})
