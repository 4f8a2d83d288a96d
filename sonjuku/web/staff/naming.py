"""What bodies, lines of work and programmes are called. Names may change; addresses (slugs) stay."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people import actions as people_actions
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes import actions, queries
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, in_words
from sonjuku.web.staff.rows import one_or_404

SETTLED = _("名前の後ろに（仮称）と出ます。決まったら外してください。")


class BodyNames(DeskForm):
    name = forms.CharField(label=_("団体の名称（法人名）"), max_length=120)
    branch = forms.CharField(
        label=_("支店・部署"), max_length=80, required=False, help_text=_("法人名とは分けて書きます。")
    )
    name_en = forms.CharField(label=_("名称（英語）"), max_length=160, required=False)
    type = forms.ChoiceField(label=_("種類"), choices=Body.Type.choices)
    establishment = forms.CharField(label=_("設置者（国立・県立・私立など）"), max_length=20, required=False)
    url = forms.URLField(
        label=_("ウェブサイト"), required=False, assume_scheme="https", max_length=200,
        help_text=_("団体のページに出ます。"),
    )  # fmt: skip


class LineNames(DeskForm):
    title = forms.CharField(label=_("事業の区分の名前"), max_length=100)
    title_en = forms.CharField(label=_("名前（英語）"), max_length=140, required=False)
    is_provisional = forms.BooleanField(label=_("（仮称）を付ける"), required=False, help_text=SETTLED)


class ProgrammeNames(DeskForm):
    title = forms.CharField(label=_("事業名"), max_length=120)
    title_en = forms.CharField(label=_("名前（英語）"), max_length=160, required=False)
    is_provisional = forms.BooleanField(label=_("（仮称）を付ける"), required=False, help_text=SETTLED)
    catchphrase = forms.CharField(label=_("合言葉"), max_length=120, required=False)
    summary = forms.CharField(
        label=_("概要"), required=False, widget=forms.Textarea({"rows": 4}), max_length=4000
    )
    summary_en = forms.CharField(
        label=_("概要（英語）"), required=False, widget=forms.Textarea({"rows": 4}), max_length=4000
    )
    audiences = forms.ModelMultipleChoiceField(
        label=_("だれのための事業か"), queryset=Audience.objects.none(), to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["audiences"]
        choice.queryset = vocabulary.audiences()
        choice.label_from_instance = lambda row: in_words(row, "title")


@staff("council.write")
def body(request: HttpRequest, council: Council, body_id: uuid.UUID) -> HttpResponse:
    row: Body = one_or_404(people.bodies(council), pk=body_id)
    form = BodyNames(
        request.POST or None, initial={name: getattr(row, name) for name in BodyNames.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        people_actions.change_body(by=request.actor, body=row, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, now("団体の名称を保存しました。アドレスは変わりません。"))
        return redirect("staff:bodies", council.slug)
    return render(request, "staff/body.html", {"row": row, "form": form})


@staff("council.write")
def programmes(request: HttpRequest, council: Council) -> HttpResponse:
    """Lines of work in their order, each with its programmes."""
    under: dict[Any, list[Programme]] = {}
    for programme in queries.programmes(council).prefetch_related(None):
        under.setdefault(programme.business_line_id, []).append(programme)
    lines = [{"line": line, "programmes": under.get(line.id, [])} for line in queries.lines(council)]
    return render(request, "staff/programmes.html", {"lines": lines})


@staff("council.write")
def line(request: HttpRequest, council: Council, line_id: uuid.UUID) -> HttpResponse:
    row: BusinessLine = one_or_404(queries.lines(council), pk=line_id)
    form = LineNames(
        request.POST or None, initial={name: getattr(row, name) for name in LineNames.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        actions.change_line(by=request.actor, line=row, **form.cleaned_data)  # type: ignore[attr-defined]
        return _saved(request, council)
    return render(request, "staff/programme.html", {"row": row, "form": form})


@staff("council.write")
def programme(request: HttpRequest, council: Council, programme_id: uuid.UUID) -> HttpResponse:
    row: Programme = one_or_404(queries.programmes(council), pk=programme_id)
    initial = {name: getattr(row, name) for name in ProgrammeNames.base_fields if name != "audiences"}
    initial["audiences"] = [audience.code for audience in row.audiences.all()]
    form = ProgrammeNames(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        codes = [audience.code for audience in fields.pop("audiences")]
        try:
            actions.change_programme(by=request.actor, programme=row, audiences=codes, **fields)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            return _saved(request, council)
    return render(request, "staff/programme.html", {"row": row, "form": form, "years": row.years.all()})


def _saved(request: HttpRequest, council: Council) -> HttpResponse:
    messages.success(request, now("名前を保存しました。アドレスは変わりません。"))
    return redirect("staff:programmes", council.slug)
