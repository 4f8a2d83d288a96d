from django.db import models

from sonjuku.rooms.journal.models import Row


class SkillFramework(Row):
    """A published skill standard in one version; `verified` only once an operator has checked it at its source."""

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=20)
    source_url = models.URLField(blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="framework_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Skill(Row):
    framework = models.ForeignKey(SkillFramework, models.CASCADE, related_name="skills")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    category = models.CharField(max_length=60)
    subcategory = models.CharField(max_length=60, blank=True)
    ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["framework", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="skill_code_once")]


class Municipality(models.Model):
    """A prefecture, municipality or ward by its six-digit 全国地方公共団体コード (text: the leading zero counts)."""

    lg_code = models.CharField(primary_key=True, max_length=6)
    prefecture = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    name_kana = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    is_prefecture = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["lg_code"]
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name if self.is_prefecture else f"{self.prefecture}{self.name}"


class Audience(models.Model):
    """Whom a programme is for (001-28). One controlled list drives programmes, calls, reports and filters."""

    code = models.SlugField(primary_key=True, max_length=30)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.title
