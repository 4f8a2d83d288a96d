"""Councils, the bodies that work with them, and how a council groups its municipalities."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row


class Council(Row):
    """A regional council (協議会): the tenant. A prefecture's council stands over its municipalities' (aggregates only)."""

    class Pattern(models.TextChoices):
        SHIPPO = "shippo", _("七宝")
        KAGOME = "kagome", _("籠目")
        ASANOHA = "asanoha", _("麻の葉")
        KOGIN = "kogin", _("こぎん菱")
        SEIGAIHA = "seigaiha", _("青海波")

    slug = models.SlugField(unique=True, max_length=40)
    title = models.CharField(max_length=100)
    title_en = models.CharField(max_length=140, blank=True)
    short_title = models.CharField(max_length=40, blank=True)
    short_title_en = models.CharField(max_length=60, blank=True)
    catchphrase = models.CharField(max_length=120, blank=True)
    catchphrase_en = models.CharField(max_length=160, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    lg_code = models.CharField(max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    founded_on = models.DateField(null=True, blank=True)
    colour = models.CharField(max_length=7, default="#0017c1")
    pattern = models.CharField(max_length=10, choices=Pattern, default=Pattern.SEIGAIHA)
    contact_office = models.CharField(max_length=120, blank=True)
    contact_office_en = models.CharField(max_length=160, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    contact_hours = models.CharField(max_length=80, blank=True)
    contact_hours_en = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField(blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def council_id(self) -> uuid.UUID:
        return self.id


class Body(Row):
    """A legal person or office that works with a council (構成団体, 運営団体, 受託者 …); third party to all others."""

    class Type(models.TextChoices):
        MUNICIPALITY = "municipality", _("市町村")
        PREFECTURE = "prefecture", _("都道府県")
        NATIONAL_ORGAN = "national_organ", _("国の機関")
        BOARD_OF_EDUCATION = "board_of_education", _("教育委員会")
        CHAMBER = "chamber_of_commerce", _("商工会議所")
        SOCIETY = "society_of_commerce", _("商工会")
        HIGH_SCHOOL = "high_school", _("高等学校")
        UNIVERSITY = "university", _("大学")
        COMPANY = "company", _("企業")
        NPO = "npo", _("NPO法人")
        TRADING = "regional_trading_firm", _("地域商社")
        SUPPORT = "support_body", _("支援機関")
        COUNCIL = "council", _("協議会")

    PUBLIC_TYPES = {Type.MUNICIPALITY, Type.PREFECTURE, Type.NATIONAL_ORGAN, Type.BOARD_OF_EDUCATION}

    council = models.ForeignKey(Council, models.CASCADE, related_name="bodies")
    type = models.CharField(max_length=30, choices=Type)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    branch = models.CharField(max_length=80, blank=True, help_text=_("支店・部署。法人名とは分けて書きます"))
    establishment = models.CharField(max_length=20, blank=True, help_text=_("国立・県立・私立など"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    brand_names = models.JSONField(default=list, blank=True)
    lg_code = models.CharField(max_length=6, blank=True)
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return f"{self.name} {self.branch}".strip()

    @property
    def is_public(self) -> bool:
        """行政機関等 under the personal information law: other duties than a private body's (domain B11)."""
        return self.type in self.PUBLIC_TYPES or (
            self.type == self.Type.HIGH_SCHOOL and self.establishment != "私立"
        )


class Membership(Row):
    """A body belongs to a council from a day to a day (inclusive); the past stays as rows."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="memberships")
    body = models.ForeignKey(Body, models.CASCADE, related_name="memberships")
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "joined_on"]
        constraints = [
            models.UniqueConstraint(fields=["council", "body", "joined_on"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")), name="membership_order"
            ),
        ]


class AreaGroup(Row):
    """Municipalities that a council reports on together (振興局・圏域): alone, small towns would all be hidden."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="area_groups")
    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    lg_codes = models.JSONField(default=list)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "slug"]
        constraints = [models.UniqueConstraint(fields=["council", "slug"], name="area_group_once")]
