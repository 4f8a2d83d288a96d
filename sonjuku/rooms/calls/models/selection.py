"""Selections that anyone can repeat: what is published of them, and what staff settle on the way."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models.applications import Application
from sonjuku.rooms.calls.models.published import PublishedCorrection, PublishedSelection, TypedValue
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council


class SelectionRun(PublishedSelection):
    """One selection over one or several calls. A review's run has no list to draw from: its ranking is by score."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="selection_runs")
    is_shared = models.BooleanField(default=False, help_text="made by staff over several calls")
    is_public_draw = models.BooleanField(default=False, help_text=_("公開抽選"))
    draw_place = models.CharField(max_length=140, blank=True, help_text=_("公開抽選の場所"))
    draw_place_en = models.CharField(max_length=180, blank=True)
    class_titles = models.JSONField(
        default=dict, help_text="code of a programme -> titles [ja, en] of its classes, first class first"
    )
    excluded = models.JSONField(default=dict, help_text="reason -> number")
    merged_classes = models.JSONField(
        default=list, help_text="[[class, into], …] of those too small to be seen"
    )
    corrects = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    letters_sent = models.PositiveIntegerField(default=0)
    letters_after = models.UUIDField(null=True, blank=True, help_text="the last application that was told")
    letters_at = models.DateTimeField(null=True, blank=True, help_text="when everybody had been told")
    first_format = models.JSONField(null=True, blank=True, help_text="a proof from before the second format")

    class Meta:
        ordering = ["-rules_at", "code"]


class TypedNumber(TypedValue):
    run = models.ForeignKey(SelectionRun, models.CASCADE, related_name="typed_numbers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="number_typed_once")]


class Witness(Row):
    """立会人: who watched the draw, for the printed record."""

    run = models.ForeignKey(SelectionRun, models.CASCADE, related_name="witnesses")
    name = models.CharField(max_length=80)
    affiliation = models.CharField(max_length=120, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "id"]


class Correction(PublishedCorrection):
    run = models.ForeignKey(SelectionRun, models.CASCADE, related_name="corrections")


class DoubleCheck(Row):
    """Two applications that look like one person's, and what staff found: the same person, or not."""

    run = models.ForeignKey(SelectionRun, models.CASCADE, related_name="double_checks")
    first = models.ForeignKey(Application, models.CASCADE, related_name="+")
    second = models.ForeignKey(Application, models.CASCADE, related_name="+")
    is_same_person = models.BooleanField()
    checked_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="double_checked_once")]
