"""Who holds what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.models.achievements import Achievement
from sonjuku.rooms.credentials.models.keys import IssuerKey
from sonjuku.rooms.credentials.models.status import StatusList
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council, Person


class Route(models.TextChoices):
    """How somebody came to an award."""

    COURSE = "course", _("講座の修了")
    EXPERIENCE = "experience", _("実務の経験")
    RULE = "rule", _("スキルマップの条件")


class Award(Row):
    """One signed credential. Its id is `urn:uuid:<id>`; who may see it is the holder's choice.

    Each badge once per person; after a revocation people may recognise them anew: another award, another id.
    """

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("自分だけ")
        COUNCIL = "council", _("協議会まで")
        PUBLIC = "public", _("公開")

    council = models.ForeignKey(Council, models.CASCADE, related_name="awards")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="awards")
    person = models.ForeignKey(Person, models.CASCADE, related_name="awards")
    participation = models.ForeignKey(Participation, models.SET_NULL, null=True, related_name="+")
    issuer_key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="+")
    route = models.CharField(max_length=10, choices=Route, default=Route.COURSE)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    credential = models.JSONField()
    issued_at = models.DateTimeField()
    status_list = models.ForeignKey(StatusList, models.PROTECT, null=True, related_name="awards")
    status_index = models.PositiveIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "person"], condition=Q(revoked_at=None), name="award_once"
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="status_index_once"),
        ]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"

    @property
    def status(self) -> str:
        """ "revoked", "suspended" or "valid"."""
        return "revoked" if self.revoked_at else "suspended" if self.suspended_at else "valid"


class AwardBatch(Row):
    """An achievement on its way to many persons at once, by the worker. Rows of those who have it are gone."""

    class State(models.TextChoices):
        RUNNING = "running", _("発行中")
        DONE = "done", _("発行済み")
        STOPPED = "stopped", _("中止")

    council = models.ForeignKey(Council, models.CASCADE, related_name="+")
    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="batches")
    route = models.CharField(max_length=10, choices=Route, default=Route.COURSE)
    narrative = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField()
    issued = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name_plural = "award batches"


class AwardBatchRow(Row):
    """One person of a batch who still waits."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="+")
    batch = models.ForeignKey(AwardBatch, models.CASCADE, related_name="rows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    participation = models.ForeignKey(Participation, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="batch_person_once")]
