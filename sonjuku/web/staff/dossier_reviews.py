"""Reviewers of the experience route: declare an interest first, then one word with what it was judged by."""

import uuid

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Dossier, DossierReview
from sonjuku.rooms.credentials.queries import experience
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.reviews import Interest
from sonjuku.web.staff.rows import one_or_404, page_of


class Judgement(DeskForm):
    is_met = forms.ChoiceField(
        label=_("バッジの条件を満たしていますか"), widget=forms.RadioSelect,
        choices=[("yes", _("満たしています")), ("no", _("満たしていません"))],
    )  # fmt: skip
    criteria = forms.CharField(
        label=_("判断の基準"), max_length=1_000, widget=forms.Textarea({"rows": 4}),
        help_text=_("何を見て、どう判断したか。認めたとき、バッジの中に書かれます。人の名前は書かないでください。"),
    )  # fmt: skip
    comment = forms.CharField(
        label=_("事務局への言葉"), max_length=1_000, required=False, widget=forms.Textarea({"rows": 3})
    )


@staff("selection.review")
def review_list(request: HttpRequest, council: Council) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    mine = DossierReview.objects.filter(dossier=OuterRef("pk"), reviewer_id=actor.account_id)
    rows = experience.dossiers_for_review(actor).annotate(
        my_conflict=Subquery(mine.values("has_conflict")[:1]), my_word=Subquery(mine.values("decided_at")[:1])
    )
    return render(request, "staff/dossier_reviews.html", {"page_obj": page_of(request, rows.order_by("created_at", "id"))})  # fmt: skip


@staff("selection.review")
def review(request: HttpRequest, council: Council, dossier_id: uuid.UUID) -> HttpResponse:
    """What was handed in shows only after the declaration, and never who handed it in."""
    actor = request.actor  # type: ignore[attr-defined]
    row: Dossier = one_or_404(experience.dossiers_for_review(actor), pk=dossier_id)
    mine = DossierReview.objects.filter(dossier=row, reviewer_id=actor.account_id).first()
    data = request.POST if request.method == "POST" else None
    declares = data is not None and "has_conflict" in data
    interest = Interest(data if declares else None)
    judgement = Judgement(None if declares else data, initial=_said(mine))
    try:
        done = _handle(request, row, interest, judgement)
    except Refused as error:
        return refused_back(request, error, "staff:dossier_review", council.slug, row.id)
    if done:
        messages.success(request, done)
        return redirect("staff:dossier_review", council.slug, row.id)
    reads = mine is not None and not mine.has_conflict
    context = {
        "row": row, "mine": mine, "interest": interest, "judgement": judgement if reads else None,
        "files": [one.upload for one in row.files.select_related("upload")] if reads else [],
    }  # fmt: skip
    return render(request, "staff/dossier_review.html", context)


def _said(mine: DossierReview | None) -> dict[str, str]:
    if mine is None or mine.is_met is None:
        return {}
    return {"is_met": "yes" if mine.is_met else "no", "criteria": mine.criteria, "comment": mine.comment}


def _handle(request: HttpRequest, row: Dossier, interest: Interest, judgement: Judgement) -> str:
    by = request.actor  # type: ignore[attr-defined]
    if interest.is_bound and interest.is_valid():
        data = interest.cleaned_data
        actions.declare_dossier(
            by=by, dossier=row, has_conflict=data["has_conflict"] == "yes", note=data["note"]
        )
        return now("利害関係の有無を記録しました。")
    if judgement.is_bound and judgement.is_valid():
        data = judgement.cleaned_data
        actions.judge_dossier(
            by=by,
            dossier=row,
            is_met=data["is_met"] == "yes",
            criteria=data["criteria"],
            comment=data["comment"],
        )
        return now("判断を受け取りました。決まるまでは直せます。")
    return ""
