"""What a member hands in to a council with a form: a certificate of others, a dossier."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import own_person


def hand_in(
    request: HttpRequest,
    make_form: Callable[..., forms.Form],
    take: Callable[[Person, dict[str, Any]], tuple[Any, str]],
    page: str,
    template: str,
    field: str | None,
    rows: Callable[[Council], Any],
) -> HttpResponse:
    """GET shows the form, with the `rows` one may choose from; POST lets `take` keep what is in it.

    `take` gives the row, whose `page` follows, and what to say; what it refuses is said at `field` (None: above all).
    """
    council: Council | None = request.council  # type: ignore[attr-defined]
    if council is None:
        raise Http404
    person = own_person(request, council)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = make_form(*sent, council=council)
    if sent and person is None:
        # There is no record yet that anything could hang on.
        messages.info(request, _("先に、お名前などの登録をお願いします。"))
        return redirect("member:profile", council.slug)
    if sent and person is not None and form.is_valid():
        try:
            row, said = take(person, form.cleaned_data)
        except Refused as error:
            form.add_error(field, f"{error.message} {error.next_step}".strip())
        else:
            messages.success(request, said)
            return redirect(page, row.id)
    return render(
        request, template, {"form": form, "council": council, "person": person, "rows": rows(council)}
    )
