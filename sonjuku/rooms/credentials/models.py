from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council, Person
from sonjuku.rooms.vocabulary.models import Skill


class IssuerKey(Row):
    """A council's signing key. The private half is encrypted at rest and never exported; `did` names the public half."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="issuer_keys")
    did = models.CharField(max_length=120, unique=True)
    private_key = models.BinaryField()
    custodian = models.CharField(
        max_length=80, blank=True, help_text="who answers for it: an office, not a name"
    )
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)


class Achievement(Row):
    """What a badge says its holder has done. Fixed once someone holds it."""

    class Type(models.TextChoices):
        COURSE = "Course", _("講座の修了")
        BADGE = "Badge", _("バッジ")
        PARTICIPATION = "CommunityService", _("地域での活動")

    council = models.ForeignKey(Council, models.CASCADE, related_name="achievements")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="achievements")
    type = models.CharField(max_length=20, choices=Type, default=Type.COURSE)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    criteria = models.TextField()
    criteria_en = models.TextField(blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title"]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"


class Award(Row):
    """One signed credential. Its id is `urn:uuid:<id>`; who may see it is the holder's choice."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("自分だけ")
        COUNCIL = "council", _("協議会まで")
        PUBLIC = "public", _("公開")

    council = models.ForeignKey(Council, models.CASCADE, related_name="awards")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="awards")
    person = models.ForeignKey(Person, models.CASCADE, related_name="awards")
    participation = models.ForeignKey(Participation, models.SET_NULL, null=True, related_name="+")
    issuer_key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    credential = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [models.UniqueConstraint(fields=["achievement", "person"], name="award_once")]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"
