"""Applications, how they are judged, and how places are given."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models.calls import Call, Criterion, EligibilityRule, SeatPool
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council, Person
from sonjuku.toolbox.ids import receipt_code


class Application(Row):
    """One person's application, for `persons` people: that person and the companions, who go together or not at all.

    `state` is what everyone may know; `verdict` only the selecting staff, until announced.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("下書き")
        SUBMITTED = "submitted", _("受付済み")
        INELIGIBLE = "ineligible", _("対象外")
        NOT_SELECTED = "not_selected", _("選外")
        WAITLISTED = "waitlisted", _("順番待ち")
        OFFERED = "offered", _("当選・確認待ち")
        ACCEPTED = "accepted", _("参加確定")
        DECLINED = "declined", _("辞退")
        LAPSED = "lapsed", _("期限切れ")
        WITHDRAWN = "withdrawn", _("取下げ")

    class Verdict(models.TextChoices):
        NONE = "", _("未判定")
        SELECTED = "selected", _("当選")
        WAITLISTED = "waitlisted", _("補欠")
        NOT_SELECTED = "not_selected", _("選外")
        INELIGIBLE = "ineligible", _("対象外")

    class Channel(models.TextChoices):
        WEB = "web", _("画面")
        PAPER = "paper", _("郵送・持参の紙")
        FAX = "fax", _("FAX")
        COUNTER = "counter", _("窓口")
        PHONE = "phone", _("電話")
        IMPORT = "import", _("取込み")

    class DeadlineBy(models.TextChoices):
        ARRIVAL = "arrival", _("必着")
        POSTMARK = "postmark", _("消印有効")

    ENDED = {State.INELIGIBLE, State.NOT_SELECTED, State.DECLINED, State.LAPSED, State.WITHDRAWN}
    HOLDS_SEAT = {State.OFFERED, State.ACCEPTED}

    council = models.ForeignKey(Council, models.CASCADE, related_name="applications")
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, models.CASCADE, related_name="applications")
    code = models.CharField(max_length=12, unique=True, default=receipt_code)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    option = models.CharField(max_length=80, blank=True)
    seat_pool = models.ForeignKey(SeatPool, models.SET_NULL, null=True, blank=True, related_name="+")
    run_code = models.CharField(
        max_length=12, blank=True, db_index=True, help_text=_("抽選番号：同じ選考では一人に一つ")
    )
    wishes = models.JSONField(default=list, blank=True, help_text="options, best first (ranked wishes)")
    wish_rank = models.PositiveSmallIntegerField(
        default=1, help_text="the place of this call among the person's wishes in a run over several calls"
    )
    persons = models.PositiveSmallIntegerField(
        default=1, help_text="1 and a row per companion; so many seats are taken"
    )
    response = models.OneToOneField(Response, models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    rank = models.PositiveIntegerField(null=True, blank=True)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict, default=Verdict.NONE, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)
    ineligible_reasons = models.JSONField(default=list)
    decision_note = models.CharField(max_length=400, blank=True, help_text="review: why it was chosen or not")
    explanation = models.JSONField(null=True, blank=True, help_text="engines.selection.explain, as lists")
    class_evidence = models.JSONField(
        null=True, blank=True, help_text="the fact that met the rule of its class: code, years or points"
    )
    announced_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    needs_guardian = models.BooleanField(default=False)
    referral = models.CharField(max_length=60, blank=True)
    out_of_area = models.BooleanField(null=True, blank=True)

    channel = models.CharField(max_length=8, choices=Channel, default=Channel.WEB)
    received_at = models.DateTimeField(null=True, blank=True)
    deadline_by = models.CharField(max_length=10, choices=DeadlineBy, blank=True)
    entered_by = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["submitted_at", "id"]
        indexes = [
            models.Index(fields=["call", "state", "rank"]),
            models.Index(fields=["call", "submitted_at"]),
            models.Index(fields=["state", "confirm_by"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["call", "person"], name="one_application_per_person"),
            models.CheckConstraint(condition=Q(persons__gte=1), name="application_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.code


class Companion(Row):
    """Somebody who takes part together with the applicant: no record of their own, no account, no letters."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="companions")
    family_name = models.CharField(max_length=60)
    given_name = models.CharField(max_length=60)
    family_name_kana = models.CharField(max_length=80)
    given_name_kana = models.CharField(max_length=80)
    date_of_birth = models.DateField(null=True, blank=True)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["application", "ordinal"], name="companion_once")]

    def __str__(self) -> str:
        return f"companion {self.ordinal}"

    @property
    def full_name(self) -> str:
        return f"{self.family_name} {self.given_name}"

    @property
    def full_name_kana(self) -> str:
        return f"{self.family_name_kana} {self.given_name_kana}"


class FactCheck(Row):
    """What an applicant declared and staff checked: which fact, how, by whom, when. No copy of any document is kept."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="fact_checks")
    fact = models.CharField(max_length=20, choices=EligibilityRule.Kind)
    how = models.CharField(max_length=140)
    checked_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "fact"], name="fact_checked_once")]


class Review(Row):
    """One reviewer's sheet for one application; scores count only with the declaration of no conflict."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Account, models.PROTECT, related_name="+")
    conflict_declared_at = models.DateTimeField(null=True)
    has_conflict = models.BooleanField(default=False)
    conflict_note = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "reviewer"], name="review_once")]


class Score(Row):
    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="score_once")]
