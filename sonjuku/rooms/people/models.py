import uuid
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.ids import uuid7


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Account":
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    """A way to log in. Not a person: each council owns its own record of a person, claimed by an account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    language = models.CharField(max_length=5, default="ja", choices=[("ja", "日本語"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return str(self.id)


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
