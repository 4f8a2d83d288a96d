"""The reviewers' pages: declare an interest first, then hand in one sheet of points."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, Review
from sonjuku.rooms.forms import queries as form_queries
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.rows import one_or_404, page_of


class Interest(DeskForm):
    has_conflict = forms.ChoiceField(
        label=_("この申込みと利害関係がありますか"),
        choices=[("no", _("ありません。公正に審査します")), ("yes", _("あります。審査しません"))],
        widget=forms.RadioSelect,
        help_text=_("親族・雇用・取引・指導などの関係があるときは「あります」を選んでください。"),
    )
    note = forms.CharField(
        label=_("関係の内容"),
        max_length=200,
        required=False,
        help_text=_("「あります」のとき、分かる範囲で書いてください。"),
    )


class Sheet(DeskForm):
    """One whole number per criterion, and a comment."""

    comment = forms.CharField(label=_("講評"), widget=forms.Textarea({"rows": 4}), required=False)

    def __init__(self, data: Any = None, *, call: Call, review: Review | None) -> None:
        self.criteria = list(call.criteria.all())
        points = dict(review.scores.values_list("criterion_id", "points")) if review else {}
        initial = {f"points_{key.hex}": value for key, value in points.items()}
        super().__init__(data, initial={**initial, "comment": review.comment if review else ""})

    def explain(self) -> None:
        for criterion in self.criteria:
            self.fields[f"points_{criterion.id.hex}"] = forms.IntegerField(
                label=criterion.title, min_value=0, max_value=criterion.maximum,
                help_text=_("0 から %(maximum)s まで（重み %(weight)s）") % {"maximum": criterion.maximum, "weight": criterion.weight},
            )  # fmt: skip
        self.order_fields([f"points_{criterion.id.hex}" for criterion in self.criteria])
        super().explain()

    def points(self) -> dict[uuid.UUID, int]:
        return {criterion.id: self.cleaned_data[f"points_{criterion.id.hex}"] for criterion in self.criteria}


@staff("selection.review")
def review_list(request: HttpRequest, council: Council) -> HttpResponse:
    """What waits for this reviewer, over all calls."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    mine = Review.objects.filter(application=OuterRef("pk"), reviewer_id=actor.account_id)
    rows = calls.applications_for_review(actor).annotate(
        my_conflict=Subquery(mine.values("has_conflict")[:1]),
        my_sheet=Subquery(mine.values("submitted_at")[:1]),
    )
    return render(
        request, "staff/reviews.html", {"page_obj": page_of(request, rows.order_by("call", "code"))}
    )


@staff("selection.review")
def review(request: HttpRequest, council: Council, application_id: uuid.UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    application: Application = one_or_404(
        calls.applications_for_review(actor).select_related("response__version", "call__council"), pk=application_id
    )  # fmt: skip
    mine = Review.objects.filter(application=application, reviewer_id=actor.account_id).first()
    declared = mine is not None and mine.conflict_declared_at is not None
    data = request.POST if request.method == "POST" else None
    interest = Interest(data if data is not None and "has_conflict" in data else None)
    sheet = Sheet(
        data if data is not None and "has_conflict" not in data else None, call=application.call, review=mine
    )
    try:
        done = _handle(request, application, interest, sheet)
    except Refused as error:
        return refused_back(request, error, "staff:review", council.slug, application.id)
    if done:
        messages.success(request, done)
        return redirect(
            "staff:review" if interest.is_bound else "staff:reviews",
            council.slug,
            *([application.id] if interest.is_bound else []),
        )
    context = {
        "application": application, "call": application.call, "mine": mine, "declared": declared,
        "interest": interest, "sheet": sheet if declared and mine and not mine.has_conflict else None,
        "answers": _answers(request, application) if declared and mine and not mine.has_conflict else [],
    }  # fmt: skip
    return render(request, "staff/review.html", context)


def _handle(request: HttpRequest, application: Application, interest: Interest, sheet: Sheet) -> str:
    """What was done, in words; empty when a form came back or nothing was sent."""
    by = request.actor  # type: ignore[attr-defined]
    if interest.is_bound and interest.is_valid():
        data = interest.cleaned_data
        actions.declare_interest(
            by=by, application=application, has_conflict=data["has_conflict"] == "yes", note=data["note"]
        )
        return now("利害関係の有無を記録しました。")
    if sheet.is_bound and sheet.is_valid():
        actions.submit_scores(
            by=by, application=application, points=sheet.points(), comment=sheet.cleaned_data["comment"]
        )
        return now("採点を提出しました。結果がまとまるまでは直せます。")
    return ""


def _answers(request: HttpRequest, application: Application) -> list[Any]:
    """Answers without names; sensitive ones only for their named viewers."""
    if application.response is None:
        return []
    return form_queries.answers(application.response, request.actor)  # type: ignore[attr-defined]
