"""Badges at the desk: what they say, and issuing them to many."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.views.decorators.http import require_POST

from sonjuku.flows import issuing
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Achievement, AwardBatch
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import pictures
from sonjuku.web.actors import staff
from sonjuku.web.jobs.running import issue_in_background
from sonjuku.web.staff.badge_inputs import Definition, Issue
from sonjuku.web.staff.rows import one_or_404, page_of, working_calls

S = AwardBatch.State


def _one(request: HttpRequest, achievement_id: uuid.UUID) -> Achievement:
    rows = queries.achievements_visible_to(request.actor)  # type: ignore[attr-defined]
    row: Achievement = one_or_404(rows, pk=achievement_id)
    return row


@staff("council.write")
def badge_list(request: HttpRequest, council: Council) -> HttpResponse:
    rows = queries.achievements_visible_to(request.actor)  # type: ignore[attr-defined]
    holding = Q(awards__revoked_at__isnull=True)
    page = page_of(
        request, rows.annotate(held=Count("awards", filter=holding)).order_by("-created_at", "-id")
    )
    return render(request, "staff/badges.html", {"page_obj": page})


@staff("council.write")
def badge_new(request: HttpRequest, council: Council) -> HttpResponse:
    form = Definition(request.POST or None, request.FILES or None, council=council)
    if request.method == "POST" and form.is_valid():
        try:
            row = _save(request.actor, council, None, form)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("バッジを定めました。"))
            return redirect("staff:badge_definition", council.slug, row.id)
    return render(request, "staff/badge_edit.html", {"form": form})


@transaction.atomic
def _save(by: Actor, council: Council, row: Achievement | None, form: Definition) -> Achievement:
    if row is None:
        row = actions.define_achievement(by=by, council=council, **form.values())
    else:
        actions.change_achievement(by=by, achievement=row, **form.values())
    if form.cleaned_data["image"] or form.cleaned_data.get("drop_image"):
        actions.set_image(by=by, achievement=row, content=form.cleaned_data["image"])
    return row


@staff("council.write")
def badge_edit(request: HttpRequest, council: Council, achievement_id: uuid.UUID) -> HttpResponse:
    row = _one(request, achievement_id)
    form = Definition(request.POST or None, request.FILES or None, council=council, achievement=row)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.actor, council, row, form)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("保存しました。"))
            return redirect("staff:badge_definition", council.slug, row.id)
    return render(request, "staff/badge_edit.html", {"form": form, "row": row})


@staff("council.write")
def badge_definition(request: HttpRequest, council: Council, achievement_id: uuid.UUID) -> HttpResponse:
    """What the badge says; how many hold it; what is being issued."""
    row = _one(request, achievement_id)
    context = {
        "row": row,
        "held": row.awards.filter(revoked_at__isnull=True).count(),
        "is_fixed": row.awards.exists(),
        "alignments": row.alignments.select_related("skill__framework"),
        "batches": queries.batches_visible_to(request.actor).filter(achievement=row)[:20],  # type: ignore[attr-defined]
        "has_own_picture": pictures.is_own(row),
    }
    return render(request, "staff/badge_definition.html", context)


@staff("council.write")
def badge_issue(request: HttpRequest, council: Council, achievement_id: uuid.UUID) -> HttpResponse:
    """Ask for the badge for everyone who completed a call."""
    row = _one(request, achievement_id)
    calls = working_calls(request.actor).filter(council=council).order_by("-id")  # type: ignore[attr-defined]
    calls = calls.filter(pk=row.call_id) if row.call_id else calls
    form = Issue(request.POST or None, calls=calls, initial={"call": row.call_id})
    if request.method == "POST" and form.is_valid():
        try:
            batch = issuing.issue_to_completed(
                by=request.actor,  # type: ignore[attr-defined]
                achievement=row,
                places=issuing.completed_places(form.chosen().pk),
                narrative=form.cleaned_data["narrative"],
            )
        except Refused as error:
            form.refuse(error)
        else:
            issue_in_background(batch)
            return redirect("staff:badge_batch", council.slug, batch.id)
    return render(request, "staff/badge_issue.html", {"row": row, "form": form})


def _batch(request: HttpRequest, batch_id: uuid.UUID) -> AwardBatch:
    rows = queries.batches_visible_to(request.actor)  # type: ignore[attr-defined]
    row: AwardBatch = one_or_404(rows, pk=batch_id)
    return row


def _progress(batch: AwardBatch) -> dict[str, Any]:
    return {"batch": batch, "done": batch.total - batch.rows.count()}


@staff("council.write")
def badge_batch(request: HttpRequest, council: Council, award_batch_id: uuid.UUID) -> HttpResponse:
    return render(request, "staff/badge_batch.html", _progress(_batch(request, award_batch_id)))


@staff("council.write")
def badge_batch_progress(request: HttpRequest, council: Council, award_batch_id: uuid.UUID) -> HttpResponse:
    """The bar alone, for htmx; the whole page is drawn anew once it has ended."""
    batch = _batch(request, award_batch_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("staff:badge_batch", council.slug, batch.id)
    if batch.state != S.RUNNING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "staff/part_badge_progress.html", _progress(batch))


@require_POST
@staff("council.write")
def badge_batch_do(request: HttpRequest, council: Council, award_batch_id: uuid.UUID) -> HttpResponse:
    """Ask a worker once more (nothing is issued twice), or stop."""
    batch = _batch(request, award_batch_id)
    if "stop" in request.POST:
        actions.stop_batch(by=request.actor, batch=batch)  # type: ignore[attr-defined]
        messages.success(request, now("発行を中止しました。渡したバッジは、そのままです。"))
    else:
        issue_in_background(batch)
    return redirect("staff:badge_batch", council.slug, batch.id)
