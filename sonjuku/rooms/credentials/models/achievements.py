"""What a badge says."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.vocabulary.models import Skill


class Achievement(Row):
    """What a badge says its holder has done. Fixed once someone holds it. Of no call: for rules and experience."""

    class Type(models.TextChoices):
        COURSE = "Course", _("講座の修了")
        BADGE = "Badge", _("バッジ")
        PARTICIPATION = "CommunityService", _("地域での活動")

    council = models.ForeignKey(Council, models.CASCADE, related_name="achievements")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="achievements")
    issuer_body = models.ForeignKey(
        Body,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who signs; empty: the council",
    )
    type = models.CharField(max_length=20, choices=Type, default=Type.COURSE)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    criteria = models.TextField()
    criteria_en = models.TextField(blank=True)
    skills = models.ManyToManyField(
        Skill, through="credentials.AchievementAlignment", blank=True, related_name="+"
    )
    image_text = models.CharField(max_length=60, blank=True, help_text="empty: the title")
    image_colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
        help_text="empty: the council's",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title"]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"


class AchievementAlignment(models.Model):
    """The achievement shows this skill, of a framework in its version, at this level (of the framework's own words)."""

    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="alignments")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+")
    level = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "credentials_achievement_skills"
        unique_together = [("achievement", "skill")]


class AchievementImage(Row):
    """An uploaded picture, cleaned, instead of the drawn one. Small (256 KB), so it lives and is backed up with its row."""

    class Kind(models.TextChoices):
        PNG = "png", "PNG"
        SVG = "svg", "SVG"

    achievement = models.OneToOneField(Achievement, models.CASCADE, related_name="image")
    kind = models.CharField(max_length=3, choices=Kind)
    content = models.BinaryField()
