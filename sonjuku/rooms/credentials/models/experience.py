"""The other way to a badge: what somebody has done already, judged by two."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.credentials.models.achievements import Achievement
from sonjuku.rooms.credentials.models.awards import Award
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Body, Council, Person
from sonjuku.toolbox.ids import receipt_code


class ExperienceRoute(Row):
    """A badge that may also be had for experience. `host`: the body whose reviewers judge, `guidance` what by."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="experience_routes")
    host = models.ForeignKey(Body, models.PROTECT, related_name="+")
    achievement = models.OneToOneField(Achievement, models.CASCADE, related_name="experience_route")
    guidance = models.TextField()
    guidance_en = models.TextField(blank=True)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["achievement__title", "id"]


class Dossier(Row):
    """実務経験の申請. Reviewers know it by its code."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("審査中")
        AWARDED = "awarded", _("認定")
        REFUSED = "refused", pgettext_lazy("証明書", "認定されません")
        WITHDRAWN = "withdrawn", _("取下げ")

    council = models.ForeignKey(Council, models.CASCADE, related_name="dossiers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="dossiers")
    route = models.ForeignKey(ExperienceRoute, models.PROTECT, related_name="dossiers")
    code = models.CharField(max_length=12, unique=True, default=receipt_code)
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    what = models.CharField(max_length=200)
    place = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="empty: still going on")
    statement = models.TextField()
    links = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    award = models.OneToOneField(Award, models.SET_NULL, null=True, related_name="dossier")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "route"], condition=Q(state="submitted"), name="dossier_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="dossier_starts_before_it_ends",
            ),
        ]


class DossierFile(Row):
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="files")
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="+")


class DossierReview(Row):
    """One reviewer's declared interest, then their word. `criteria`: what they judged by, which the badge repeats."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    has_conflict = models.BooleanField(default=False)
    conflict_note = models.CharField(max_length=200, blank=True)
    declared_at = models.DateTimeField()
    is_met = models.BooleanField(null=True)
    criteria = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["declared_at", "id"]
        constraints = [models.UniqueConstraint(fields=["dossier", "reviewer"], name="dossier_reviewed_once")]
