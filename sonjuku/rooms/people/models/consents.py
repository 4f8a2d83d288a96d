"""Guardians, and every consent that was asked for."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models.accounts import Account
from sonjuku.rooms.people.models.councils import Council
from sonjuku.rooms.people.models.persons import Person


class GuardianRule(Row):
    """Who needs a guardian's consent, from a day on: below an age *or* at a school stage. Dated, never a constant."""

    council = models.ForeignKey(Council, models.CASCADE, null=True, blank=True, related_name="guardian_rules")
    valid_from = models.DateField()
    required_under = models.PositiveSmallIntegerField(default=18)
    required_stages = models.JSONField(default=list)

    class Meta:
        ordering = ["-valid_from"]


class Guardian(Row):
    """A person's legal representative as the person named them, and how guardianship was checked."""

    class Checked(models.TextChoices):
        NOT_YET = "not_yet", _("未確認")
        DECLARED = "declared", _("本人と保護者の申告")
        PAPER = "paper", _("署名のある書面")
        SCHOOL = "school", _("学校を通じて確認")
        IN_PERSON = "in_person", _("窓口で確認")

    council = models.ForeignKey(Council, models.CASCADE, related_name="guardians")
    person = models.ForeignKey(Person, models.CASCADE, related_name="guardians")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="guardianships")
    checked = models.CharField(max_length=12, choices=Checked, default=Checked.NOT_YET)
    checked_by = models.UUIDField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Consent(Row):
    """One asked-for consent: purpose, receivers, items, the wording's version, who answered, when and how.

    `about_id` names the row it was asked for (an application, a form's sensitive question) without a key upwards.
    """

    class Purpose(models.TextChoices):
        APPLICATION = "application", _("申込みと個人情報の利用")
        GUARDIAN = "guardian", _("保護者の同意")
        SENSITIVE = "sensitive", _("要配慮個人情報の取得")
        PROVISION = "provision", _("構成団体への提供")
        BADGE_PUBLIC = "badge_public", _("バッジの公開")
        SCHOOL_STATUS = "school_status", _("学校への状況の提供")
        IMAGE = "image", _("写真・映像の利用")
        COMPANIONS = "companions", _("一緒に参加する人の個人情報")

    class GivenBy(models.TextChoices):
        SELF = "self", _("本人")
        GUARDIAN = "guardian", _("保護者")

    class Channel(models.TextChoices):
        WEB = "web", _("画面")
        MAIL = "mail", _("メールのリンク")
        QR = "qr", _("QRコード")
        PAPER = "paper", _("書面")

    council = models.ForeignKey(Council, models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    guardian = models.ForeignKey(Guardian, models.SET_NULL, null=True, blank=True, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    about_id = models.UUIDField(null=True, blank=True)
    receivers = models.JSONField(default=list)
    items = models.JSONField(default=list)
    text = models.TextField()
    text_version = models.CharField(max_length=100)
    given_by = models.CharField(max_length=10, choices=GivenBy, default=GivenBy.SELF)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["about_id", "purpose"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "about_id"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True) | Q(refused_at__isnull=True), name="consent_yes_or_no"
            ),
        ]

    @property
    def holds(self) -> bool:
        return self.given_at is not None and self.withdrawn_at is None

    def is_overdue(self, at: datetime) -> bool:
        return (
            self.given_at is None
            and self.refused_at is None
            and self.due_at is not None
            and at >= self.due_at
        )
