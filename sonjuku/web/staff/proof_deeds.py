"""What is done to a certificate, a map or a dossier: a page that says what follows, then one POST."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm


class Reason(DeskForm):
    reason = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea({"rows": 3}), help_text=_("本人に、そのまま届きます。")
    )  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """One action: what the confirmation says, what it asks, and what runs."""

    title: Any
    text: Any
    button: Any
    run: Callable[[Actor, Any, dict[str, Any]], Any]
    done: Any
    form: type[DeskForm] = DeskForm
    consequences: tuple[Any, ...] = ()


def carry_out(
    request: HttpRequest, deed: Deed, row: Any, *, back: Sequence[Any], crumbs: list[tuple[str, Any]], about: Any
) -> HttpResponse:  # fmt: skip
    """GET asks, POST does. `back`: a url name and its arguments; `crumbs`: (address, words); `about`: what the row is called."""
    form = deed.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deed.run(request.actor, row, form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            if not form.fields:
                return refused_back(request, error, *back)
            form.refuse(error)
        else:
            messages.success(request, deed.done)
            return redirect(*back)
    context = {"deed": deed, "form": form, "crumbs": crumbs, "about": about}
    return render(request, "staff/proof_action.html", context)
