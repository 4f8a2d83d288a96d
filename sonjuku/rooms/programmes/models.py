import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.vocabulary.models import Audience


class BusinessLine(Row):
    """One of a council's lines of work (事業1–4). Every programme belongs to one; the slug survives renaming."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="business_lines")
    slug = models.SlugField(max_length=40)
    ordinal = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    title_en = models.CharField(max_length=140, blank=True)
    is_provisional = models.BooleanField(default=False, help_text=_("名称に（仮称）を付けます"))

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["council", "slug"], name="line_slug_once")]


class Programme(Row):
    council = models.ForeignKey(Council, models.CASCADE, related_name="programmes")
    business_line = models.ForeignKey(BusinessLine, models.PROTECT, related_name="programmes")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    is_provisional = models.BooleanField(default=False)
    summary = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    catchphrase = models.CharField(max_length=120, blank=True)
    audiences = models.ManyToManyField(Audience, related_name="+")
    predecessor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="successors")

    class Meta:
        ordering = ["business_line__ordinal", "title"]
        constraints = [models.UniqueConstraint(fields=["council", "slug"], name="programme_slug_once")]


class ProgrammeYear(Row):
    """One fiscal year of a programme: who pays, who commissioned it, who carries it out. Figures are as reported."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="programme_years")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="years")
    fiscal_year = models.PositiveSmallIntegerField()
    title = models.CharField(
        max_length=160, blank=True, help_text=_("その年度の業務名（例：令和6年度…業務）")
    )
    funding = models.CharField(max_length=120, blank=True)
    commissioner = models.CharField(max_length=120, blank=True)
    contractor = models.ForeignKey(Body, models.SET_NULL, null=True, blank=True, related_name="+")
    budget_jpy = models.PositiveBigIntegerField(null=True, blank=True)
    reported_applications = models.PositiveIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-fiscal_year"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "fiscal_year"], name="programme_year_once")
        ]


def usual_alert_days() -> list[int]:
    return [90, 30]


class Agreement(Row):
    """A partnership agreement (連携協定). Its state is computed on a day, never stored. `ends_on` is inclusive."""

    class Status(models.TextChoices):
        FUTURE = "future", _("開始前")
        ACTIVE = "active", _("有効")
        ENDING = "ending", _("まもなく終了")
        ENDED = "ended", pgettext_lazy("協定", "終了")

    council = models.ForeignKey(Council, models.CASCADE, related_name="agreements")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    signed_on = models.DateField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ends_provisionally = models.BooleanField(default=False, help_text=_("終了日が（予定）のとき"))
    renews = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="renewals")
    alert_days = models.JSONField(default=usual_alert_days, help_text=_("終わりの何日前に知らせるか"))
    lapses_on_purpose = models.BooleanField(default=False, help_text=_("更新しないと決めた"))

    class Meta:
        ordering = ["-signed_on"]
        constraints = [
            models.UniqueConstraint(fields=["council", "slug"], name="agreement_slug_once"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="agreement_order",
            ),
        ]

    def status_on(self, day: date) -> "Agreement.Status":
        if self.starts_on and day < self.starts_on:
            return self.Status.FUTURE
        if self.ends_on and day > self.ends_on:
            return self.Status.ENDED
        if self.ends_on and (self.ends_on - day).days <= 90:
            return self.Status.ENDING
        return self.Status.ACTIVE


class Party(Row):
    """A party to an agreement, with its numbered role as written and the words that role covers."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    role_text = models.TextField()
    covers = models.JSONField(default=list, help_text=_("この役割で受けられる相談の言葉"))
    representative_title = models.CharField(max_length=60, blank=True)
    representative_name = models.CharField(max_length=60, blank=True)
    representative_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["agreement", "ordinal"], name="party_number_once")]

    @property
    def council_id(self) -> uuid.UUID:
        return self.agreement.council_id


class Matter(Row):
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="matters")
    ordinal = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["ordinal"]
