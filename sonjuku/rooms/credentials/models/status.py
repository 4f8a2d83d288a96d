"""Whether what was awarded still holds: the published lists, and who changed what and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.models.keys import IssuerKey
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council


class StatusList(Row):
    """Room for 131,072 badges that one key signed under one name, and their two published bitstrings.

    A badge has the same number in both. `used` keeps the number of an erased badge from being given again, and what was
    revoked stays revoked. The signed lists are kept as they are served.
    """

    class Purpose(models.TextChoices):
        REVOCATION = "revocation", _("失効")
        SUSPENSION = "suspension", _("一時停止")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    issuer_key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="status_lists")
    issuer = models.CharField(max_length=300, help_text="the DID that the badges name")
    taken = models.PositiveIntegerField(default=0)
    used = models.BinaryField()
    revoked = models.BinaryField()
    suspended = models.BinaryField()
    revocation = models.JSONField()
    suspension = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class StatusChange(Row):
    """A badge was revoked, suspended or reinstated. The reason is for the holder and the desk, never published."""

    class Kind(models.TextChoices):
        REVOKE = "revoke", _("失効")
        SUSPEND = "suspend", _("一時停止")
        REINSTATE = "reinstate", _("一時停止の解除")

    award = models.ForeignKey("credentials.Award", models.CASCADE, related_name="status_changes")
    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
