"""A council's record of a person, and what ties them to the area."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models.accounts import Account
from sonjuku.rooms.people.models.councils import Body, Council
from sonjuku.rooms.vocabulary.models import Audience


class Person(Row):
    """A council's record of a person. GIF field names; kana in full-width katakana; the kanji name as typed."""

    class SchoolStage(models.TextChoices):
        NONE = "none", _("在学していない")
        ELEMENTARY = "elementary", _("小学校")
        JUNIOR_HIGH = "junior_high", _("中学校")
        HIGH = "high", _("高校・高専（1〜3年）")
        COLLEGE = "college", _("大学・専門学校など")

    council = models.ForeignKey(Council, models.CASCADE, related_name="persons")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="persons")
    family_name = models.CharField(max_length=60)
    given_name = models.CharField(max_length=60)
    family_name_kana = models.CharField(max_length=80)
    given_name_kana = models.CharField(max_length=80)
    display_name = models.CharField(max_length=60, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    lg_code = models.CharField(max_length=6, blank=True)
    school_stage = models.CharField(max_length=12, choices=SchoolStage, default=SchoolStage.NONE)
    school = models.ForeignKey(Body, models.SET_NULL, null=True, blank=True, related_name="+")
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="+")
    employer = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=5, default="ja")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["family_name_kana", "given_name_kana", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "account"],
                condition=Q(account__isnull=False),
                name="person_once_per_account",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def full_name(self) -> str:
        return f"{self.family_name} {self.given_name}"

    @property
    def full_name_kana(self) -> str:
        return f"{self.family_name_kana} {self.given_name_kana}"

    @property
    def listed_name(self) -> str:
        """For lists and name tags: the name the person chose to show."""
        return self.display_name or self.full_name


class Tie(Row):
    """Why a person from elsewhere belongs to the area (関係人口): 出身, 在住, ゆかり. Written when they apply."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", _("在住")
        ORIGIN = "origin", _("出身")
        KINSHIP = "affinity", _("ゆかり")

    council = models.ForeignKey(Council, models.CASCADE, related_name="ties")
    person = models.ForeignKey(Person, models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=12, choices=Kind)
    lg_code = models.CharField(max_length=6)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "lg_code"], name="tie_once")]
