"""スキルマップ: which things together give a badge, in versions that are never edited once published."""

from django.db import models
from django.db.models import Q

from sonjuku.rooms.credentials.models.achievements import Achievement
from sonjuku.rooms.credentials.models.awards import Award
from sonjuku.rooms.credentials.models.outside import CertificateKind
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Body, Council, Person


class SkillMap(Row):
    """`achievement` is what whoever meets the newest published version is awarded; `host` keeps the map."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="skill_maps")
    host = models.ForeignKey(Body, models.PROTECT, related_name="+")
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="skill_maps")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="nobody new is awarded after this")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "id"]


class SkillMapVersion(Row):
    """All required items, and any `least` of the others. Frozen when published."""

    skill_map = models.ForeignKey(SkillMap, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    least = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["skill_map", "number"], name="skill_map_version_once"),
            models.UniqueConstraint(
                fields=["skill_map"], condition=Q(published_at=None), name="skill_map_one_draft"
            ),
        ]


class SkillMapItem(Row):
    """One thing to have; any one of its badges and certificates will do (a course is held again every year)."""

    version = models.ForeignKey(SkillMapVersion, models.CASCADE, related_name="items")
    ordinal = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    is_required = models.BooleanField(default=False)
    achievements = models.ManyToManyField(Achievement, blank=True, related_name="+")
    kinds = models.ManyToManyField(CertificateKind, blank=True, related_name="+")

    class Meta:
        ordering = ["ordinal", "id"]


class Qualification(Row):
    """Who met which version when, and with what (`used`: URIs). Later versions never change it."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="qualifications")
    version = models.ForeignKey(SkillMapVersion, models.PROTECT, related_name="qualifications")
    person = models.ForeignKey(Person, models.CASCADE, related_name="qualifications")
    award = models.OneToOneField(Award, models.CASCADE, related_name="qualification")
    used = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
