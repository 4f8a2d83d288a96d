"""What people and machines may do for a body, from a day to a day."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models.accounts import Account
from sonjuku.rooms.people.models.councils import Body, Council


class Role(Row):
    """What a person may do for a body in a council, from a day to a day (inclusive). Prepared unseen for 1 April."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator", _("管理者")
        SECRETARIAT = "secretariat", _("事務局")
        BODY_STAFF = "body_staff", _("構成団体の担当者")
        REVIEWER = "reviewer", _("審査員")
        SCHOOL_CONTACT = "school_contact", _("学校の担当者")
        PREFECTURE_OFFICER = "prefecture_officer", _("都道府県の担当者（集計のみ）")

    STAFF_KINDS = {Kind.ADMINISTRATOR, Kind.SECRETARIAT, Kind.BODY_STAFF, Kind.REVIEWER, Kind.SCHOOL_CONTACT}

    council = models.ForeignKey(Council, models.CASCADE, related_name="roles")
    body = models.ForeignKey(Body, models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["council", "kind", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="role_order"
            )
        ]

    def is_active(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ApiToken(Row):
    """A machine of a body: reads what its scopes name, acts with a body's eyes. Only the hash of the token is kept."""

    class Scope(models.TextChoices):
        APPLICATIONS_READ = "applications:read", _("申込みの受付番号・状態・回答を読む")
        PARTICIPATIONS_READ = "participations:read", _("参加の状態を読む")
        LETTERS_READ = "letters:read", _("お知らせの送信の状態を読む")
        CALLS_WRITE = "calls:write", _("募集の下書きをつくる")
        APPLICATIONS_WRITE = "applications:write", _("紙や窓口の申込みを代理で入力する")

    council = models.ForeignKey(Council, models.CASCADE, related_name="api_tokens")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    title = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_on = models.DateField(help_text=_("この日まで使えます"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def is_active(self, at: datetime, day: date) -> bool:
        return (self.revoked_at is None or at < self.revoked_at) and day <= self.expires_on
