from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.models import FormVersion, Response, Upload
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Consent, Council, Person
from sonjuku.toolbox.ids import short_code


class Participation(Row):
    """A place taken. `application` is empty for walk-ins, invitations and imported cohorts."""

    class State(models.TextChoices):
        ACTIVE = "active", _("参加中")
        COMPLETED = "completed", _("修了")
        WITHDRAWN = "withdrawn", _("辞退")
        ENDED = "ended", _("終了")

    class Capacity(models.TextChoices):
        PARTICIPANT = "participant", _("参加者")
        SPEAKER = "speaker", _("講師・登壇者")
        STAFF = "staff", _("運営スタッフ")

    council = models.ForeignKey(Council, models.CASCADE, related_name="participations")
    call = models.ForeignKey(Call, models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="participations")
    application = models.OneToOneField(Application, models.SET_NULL, null=True, blank=True, related_name="+")
    capacity = models.CharField(max_length=12, choices=Capacity, default=Capacity.PARTICIPANT)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    code = models.CharField(max_length=8, default=short_code, unique=True)
    certificate_number = models.PositiveIntegerField(
        null=True, blank=True, help_text="running number of the 修了証 within its call"
    )
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "person"], name="participation_once"),
            models.UniqueConstraint(fields=["call", "certificate_number"], name="certificate_number_once"),
        ]


class Occasion(Row):
    """One dated meeting of a call: the event itself, or a session of a course. `ends_at` is exclusive."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="occasions")
    call = models.ForeignKey(Call, models.CASCADE, related_name="occasions")
    title = models.CharField(max_length=140, blank=True)
    title_en = models.CharField(max_length=180, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.CharField(max_length=140, blank=True)
    venue_en = models.CharField(max_length=180, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["starts_at", "ordinal"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occasion_order")]


class CheckIn(Row):
    """Someone was there: confirmed by staff (or a helper) by a POST, never by opening a link."""

    class How(models.TextChoices):
        QR = "qr", _("QRコード")
        CODE = "code", _("番号の入力")
        LIST = "list", _("名簿から")

    council = models.ForeignKey(Council, models.CASCADE, related_name="check_ins")
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="check_ins")
    participation = models.ForeignKey(Participation, models.CASCADE, related_name="check_ins")
    at = models.DateTimeField()
    how = models.CharField(max_length=6, choices=How)
    by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["occasion", "participation"], name="checked_in_once")]


class ObligationRule(Row):
    """What a call's participants must do. Each place gets its own obligation rows from these."""

    class Kind(models.TextChoices):
        ATTEND = "attend", _("出席する")
        ANSWER = "answer", _("アンケートに答える")
        UPLOAD = "upload", _("報告を提出する")
        CONSENT = "consent", _("同意を確認する")

    call = models.ForeignKey(Call, models.CASCADE, related_name="obligation_rules")
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    sessions = models.PositiveSmallIntegerField(default=1, help_text=_("出席する回数"))
    form_version = models.ForeignKey(FormVersion, models.PROTECT, null=True, blank=True, related_name="+")
    consent_purpose = models.CharField(
        max_length=20,
        choices=Consent.Purpose,
        default=Consent.Purpose.IMAGE,
        help_text=_("「同意を確認する」のとき"),
    )
    due_on = models.DateField(null=True, blank=True)
    remind_days = models.PositiveSmallIntegerField(default=3)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "id"]


class Obligation(Row):
    council = models.ForeignKey(Council, models.CASCADE, related_name="obligations")
    participation = models.ForeignKey(Participation, models.CASCADE, related_name="obligations")
    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_sessions = models.PositiveSmallIntegerField(default=0)
    response = models.OneToOneField(Response, models.SET_NULL, null=True, blank=True, related_name="+")
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, blank=True, related_name="+")
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_reason = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["rule__ordinal", "id"]
        constraints = [models.UniqueConstraint(fields=["participation", "rule"], name="obligation_once")]

    @property
    def is_met(self) -> bool:
        return self.done_at is not None or self.waived_at is not None
