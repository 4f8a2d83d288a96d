"""The experience route for whoever applies: what they did, what shows it, and what became of it."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions.experience import MOST_FILES
from sonjuku.rooms.credentials.models import Dossier, ExperienceRoute
from sonjuku.rooms.credentials.queries import experience
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.errors import refused_back
from sonjuku.web.member.certificates import DATE
from sonjuku.web.member.handing_in import hand_in
from sonjuku.web.questions import ACCEPT
from sonjuku.web.staff.inputs import dress
from sonjuku.web.templatetags.sonjuku_ui import tr_text
from sonjuku.web.uploads import incoming

MORE_FILES = [f"file_{number}" for number in range(2, MOST_FILES + 1)]


class DossierForm(forms.Form):
    route = forms.ModelChoiceField(
        label=gettext_lazy("どのバッジを申請しますか"), queryset=ExperienceRoute.objects.none(), empty_label=gettext_lazy("選んでください"),
        error_messages={"required": gettext_lazy("バッジを選んでください。")},
    )  # fmt: skip
    what = forms.CharField(label=gettext_lazy("したこと"), max_length=200, help_text=gettext_lazy("バッジの中にも書かれます。人の名前は書かないでください。"))  # fmt: skip
    place = forms.CharField(label=gettext_lazy("場所・相手先"), max_length=200, help_text=gettext_lazy("審査だけに使います。"))  # fmt: skip
    starts_on = forms.DateField(label=gettext_lazy("始まり"), widget=forms.DateInput(DATE, "%Y-%m-%d"))
    ends_on = forms.DateField(
        label=gettext_lazy("終わり"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"), help_text=gettext_lazy("続いているときは空欄。")
    )  # fmt: skip
    statement = forms.CharField(
        label=gettext_lazy("説明"), max_length=4_000, widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("何をどう変えたか、自分の役割は何だったか。審査だけに使います。"),
    )  # fmt: skip
    links = forms.CharField(
        label=gettext_lazy("経験を示すリンク"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("https:// で始まるアドレスを、一行に一つ。"),
    )  # fmt: skip

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["route"]
        dress(field, rows=experience.open_routes(council))
        field.label_from_instance = lambda route: tr_text(route.achievement, "title")
        for number in range(1, MOST_FILES + 1):
            label = _("経験を示すファイル %(number)s") % {"number": number}
            widget = forms.FileInput({"accept": ACCEPT, "data-max-bytes": settings.UPLOAD_MAX_BYTES})
            self.fields[f"file_{number}"] = forms.FileField(label=label, required=False, allow_empty_file=True, widget=widget)  # fmt: skip

    def first_fields(self) -> list[forms.BoundField]:
        """All that most need: one file; the others are folded away."""
        return [field for field in self if field.name not in MORE_FILES]

    def more_files(self) -> list[forms.BoundField]:
        return [self[name] for name in MORE_FILES]

    def has_more_files(self) -> bool:
        """Whether one of them says something."""
        return any(self[name].errors for name in MORE_FILES)


@never_cache
@member
def new(request: HttpRequest, slug: str) -> HttpResponse:
    return hand_in(
        request, DossierForm, partial(_submit, request), "member:dossier", "member/dossier_new.html",
        field=None, rows=experience.open_routes,
    )  # fmt: skip


def _submit(request: HttpRequest, person: Person, data: dict[str, Any]) -> tuple[Dossier, str]:
    names = ("route", "what", "place", "starts_on", "ends_on", "statement")
    handed_in = incoming(request.FILES)
    files = [one for name in sorted(handed_in) if name.startswith("file_") for one in handed_in[name][:1]]
    row = actions.submit_dossier(
        by=request.actor, person=person, links=data["links"].split(), files=files,  # type: ignore[attr-defined]
        max_bytes=settings.UPLOAD_MAX_BYTES, **{name: data[name] for name in names},
    )  # fmt: skip
    return row, _("申請を受け付けました。審査員が二人以上で確かめます。")


@never_cache
@member
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    row = _own(request, dossier_id)
    files = [one.upload for one in row.files.select_related("upload")]
    return render(request, "member/dossier.html", {"row": row, "files": files, "council": row.council})


@member
def withdraw(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    row = _own(request, dossier_id)
    if request.method != "POST":
        return render(request, "member/dossier_withdraw.html", {"row": row, "council": row.council})
    try:
        actions.withdraw_dossier(by=request.actor, dossier=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "member:dossier", row.id)
    messages.success(request, _("申請を取り下げました。"))
    return redirect("member:dossier", row.id)


def _own(request: HttpRequest, dossier_id: uuid.UUID) -> Dossier:
    return get_object_or_404(experience.dossiers_visible_to(request.actor), pk=dossier_id)  # type: ignore[attr-defined]
