"""A call and its frozen terms."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models.published import PublishedSelection
from sonjuku.rooms.forms.models import FormVersion
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes.models import Agreement, Programme
from sonjuku.rooms.vocabulary.models import Audience

MOST_PERSONS = 10


class Call(Row):
    """A call (募集). What varies between an event, a course and a loan is columns here, never code by `kind`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("下書き")
        ANNOUNCED = "announced", _("予告中")
        OPEN = "open", _("受付中")
        CLOSED = "closed", _("受付終了")
        DECIDED = "decided", _("結果発表済み")
        FINISHED = "finished", _("終了")

    class Kind(models.TextChoices):
        COURSE = "course", _("講座")
        EVENT = "event", _("イベント")
        TRIAL = "trial", _("体験モニター")
        TOUR = "tour", _("ツアー")
        LOAN = "loan", _("貸与")
        PROJECT = "project", _("現場研修")
        SUPPORT = "support", _("支援・専門家派遣")

    class Noun(models.TextChoices):
        MOUSHIKOMI = "moushikomi", _("申込み")
        OUBO = "oubo", _("応募")
        SHINSEI = "shinsei", _("申請")

    class Selection(models.TextChoices):
        FIRST_COME = "first_come", _("先着順")
        LOTTERY = "lottery", _("抽選")
        RANKED = "ranked", _("希望順位と抽選")
        REVIEW = "review", _("審査")
        INVITATION = "invitation", _("招待")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("現地開催のみ")
        ONLINE = "online", _("オンライン")
        HYBRID = "hybrid", _("ハイブリッド")

    class ConsentLate(models.TextChoices):
        INELIGIBLE = "ineligible", _("締切日を過ぎても同意がない申込みは対象外になります")
        LOWEST = (
            "lowest",
            _("同意がない申込みは抽選の最後の順になります（5人に満たないときは、ほかの方と同じ順です）"),
        )

    council = models.ForeignKey(Council, models.CASCADE, related_name="calls")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls")
    agreement = models.ForeignKey(Agreement, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    noun = models.CharField(max_length=10, choices=Noun, default=Noun.MOUSHIKOMI)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    summary = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    series = models.CharField(max_length=80, blank=True)
    audiences = models.ManyToManyField(Audience, related_name="+", blank=True)

    announced_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text=_("この時刻ちょうどからは受け付けません")
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    period_note = models.CharField(max_length=200, blank=True)
    result_on = models.DateField(null=True, blank=True)
    result_immediate = models.BooleanField(default=False, help_text=_("先着順：その場で決まります"))
    confirm_days = models.PositiveSmallIntegerField(default=7)
    consent_days = models.PositiveSmallIntegerField(default=7)
    consent_late = models.CharField(max_length=12, choices=ConsentLate, default=ConsentLate.INELIGIBLE)

    webinar_status = models.CharField(max_length=10, choices=Mode, default=Mode.ON_SITE)
    venue = models.CharField(max_length=140, blank=True)
    venue_en = models.CharField(max_length=180, blank=True)
    venue_address = models.CharField(max_length=200, blank=True)
    venue_lg_code = models.CharField(max_length=6, blank=True)
    webinar_url = models.URLField(blank=True)
    fee_jpy = models.PositiveIntegerField(null=True, blank=True)
    fee_note = models.CharField(max_length=200, blank=True)
    fee_note_en = models.CharField(max_length=200, blank=True)

    purpose_of_use = models.TextField(blank=True)
    purpose_of_use_en = models.TextField(blank=True)
    data_controller = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    contact_office = models.CharField(max_length=120, blank=True)
    contact_office_en = models.CharField(max_length=160, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    contact_hours = models.CharField(max_length=80, blank=True)
    contact_hours_en = models.CharField(max_length=80, blank=True)

    selection = models.CharField(max_length=12, choices=Selection, default=Selection.FIRST_COME)
    seed_source = models.CharField(
        max_length=200, blank=True, help_text=_("抽選に使う、締切より後に公表される数")
    )
    seed_source_en = models.CharField(max_length=240, blank=True)
    seed_kind = models.CharField(
        max_length=8, choices=PublishedSelection.SeedKind, default=PublishedSelection.SeedKind.NUMBER
    )
    draws_at = models.DateTimeField(null=True, blank=True, help_text=_("抽選の日時"))
    check_days = models.PositiveSmallIntegerField(default=3, help_text=_("資格確認の日数（開庁日）"))
    selection_run = models.ForeignKey(
        "calls.SelectionRun", models.PROTECT, null=True, blank=True, related_name="calls"
    )
    run_ordinal = models.PositiveSmallIntegerField(default=0, help_text="place among the calls of its run")
    once_per_year = models.BooleanField(
        default=False, help_text="one accepted place per person, programme and fiscal year"
    )
    min_reviewers = models.PositiveSmallIntegerField(default=2)
    max_persons = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PERSONS)],
        help_text=_("一件の申込みで参加できる人数（本人を含む）"),
    )
    form_version = models.ForeignKey(FormVersion, models.PROTECT, null=True, blank=True, related_name="+")
    survey_version = models.ForeignKey(FormVersion, models.PROTECT, null=True, blank=True, related_name="+")
    cloned_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    asks_approval = models.BooleanField(default=False, help_text=_("段階ごとに決裁番号を求めます"))
    is_restricted = models.BooleanField(default=False, help_text=_("公募によらない募集"))
    restriction_reason = models.TextField(blank=True)
    restriction_approver = models.CharField(max_length=80, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text=_("掲載日"))
    updated_at = models.DateTimeField(null=True, blank=True, help_text=_("公開後に直した日"))
    source_key = models.CharField(max_length=80, blank=True, help_text=_("取り込んだ一覧での番号"))
    historic_applications = models.PositiveIntegerField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["closes_at", "code"]
        indexes = [models.Index(fields=["council", "state", "closes_at"])]
        constraints = [
            models.UniqueConstraint(fields=["council", "code"], name="call_code_once"),
            models.UniqueConstraint(
                fields=["council", "source_key"], condition=~Q(source_key=""), name="call_source_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="call_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(max_persons__gte=1, max_persons__lte=MOST_PERSONS), name="call_max_persons"
            ),
        ]

    @property
    def uses_draw(self) -> bool:
        return self.selection in {self.Selection.LOTTERY, self.Selection.RANKED}

    @property
    def shown_since(self) -> datetime | None:
        """掲載日; calls from before it was kept have the day of their announcement."""
        return self.published_at or self.announced_at

    @property
    def is_immediate(self) -> bool:
        return self.selection == self.Selection.FIRST_COME

    def takes_applications(self, at: datetime) -> bool:
        """Half open: `opens_at` is in, `closes_at` is out."""
        return (
            self.state == self.State.OPEN
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )


class CallBody(Row):
    """A body's role on a call: it, and no other body, sees the call's people."""

    class Role(models.TextChoices):
        HOST = "host", _("主催")
        CO_HOST = "co_host", _("共催")
        EXHIBITOR = "exhibitor", _("出展")
        OPERATOR = "operator", _("運営")
        SUPPORTER = "supporter", _("後援・協力（名簿は見ません）")

    SEES_PEOPLE = {Role.HOST, Role.CO_HOST, Role.OPERATOR}

    call = models.ForeignKey(Call, models.CASCADE, related_name="bodies")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "body", "role"], name="call_body_once")]


class Condition(Row):
    """What a person must be, with its own reference day (基準日). `values` holds codes: lg_codes, stages, audiences,
    achievements; `minimum` and `maximum` are years, or points of the review as `Application.score` counts them."""

    class Kind(models.TextChoices):
        AGE = "age", _("年齢")
        SCHOOL_STAGE = "school_stage", _("学校の段階")
        RESIDENCE_IN = "residence_in", _("域内に住む人")
        RESIDENCE_OUT = "residence_out", _("域外に住む人")
        AUDIENCE = "audience", _("対象者")
        CREDENTIAL = "credential", _("持っている証明")
        SCORE = "score", _("審査の点")

    kind = models.CharField(max_length=14, choices=Kind)
    as_of = models.DateField(null=True, blank=True)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum = models.PositiveSmallIntegerField(null=True, blank=True)
    values = models.JSONField(default=list)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["ordinal", "id"]


class EligibilityRule(Condition):
    """Who may apply. One of kind `score` excludes at the freeze, when the reviewers' points are in."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="eligibility_rules")


class PriorityRule(Condition):
    """Whom a draw takes before others: the first rule that fits gives the class, its place in the list.

    Credentials are known at the door only, not at the freeze: no class depends on them.
    """

    class Kind(models.TextChoices):
        AGE = Condition.Kind.AGE.value, Condition.Kind.AGE.label
        SCHOOL_STAGE = Condition.Kind.SCHOOL_STAGE.value, Condition.Kind.SCHOOL_STAGE.label
        RESIDENCE_IN = Condition.Kind.RESIDENCE_IN.value, Condition.Kind.RESIDENCE_IN.label
        RESIDENCE_OUT = Condition.Kind.RESIDENCE_OUT.value, Condition.Kind.RESIDENCE_OUT.label
        AUDIENCE = Condition.Kind.AUDIENCE.value, Condition.Kind.AUDIENCE.label
        SCORE = Condition.Kind.SCORE.value, Condition.Kind.SCORE.label
        FIRST_TIME = "first_time", _("この事業に初めて参加する人")

    call = models.ForeignKey(Call, models.CASCADE, related_name="priority_rules")
    kind = models.CharField(max_length=14, choices=Kind)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)


class SeatPool(Row):
    """Seats of one option and seat type, one per person. Lock it, refuse newcomers while anyone waits, UPDATE … WHERE taken < capacity."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="seat_pools")
    option = models.CharField(max_length=80, blank=True)
    option_en = models.CharField(max_length=120, blank=True)
    seat_type = models.CharField(max_length=80, blank=True)
    seat_type_en = models.CharField(max_length=120, blank=True)
    reserved_for_lg_codes = models.JSONField(
        default=list, help_text=_("この席を先に割り当てる住所の団体コード")
    )
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "option", "seat_type"], name="seat_pool_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="never_oversold"),
        ]


class Criterion(Row):
    """What reviewers score, from 0 to `maximum`, and how much it counts. Frozen when the call opens."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    maximum = models.PositiveSmallIntegerField(default=5)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "id"]
        verbose_name_plural = "criteria"


class Approval(Row):
    """決裁番号と決裁日: number and date only, per step."""

    class Step(models.TextChoices):
        OPEN = "open", _("募集の開始")
        DECIDE = "decide", _("選考の決定")
        ANNOUNCE = "announce", _("結果の発表")
        PROVIDE = "provide", _("外部への提供")

    call = models.ForeignKey(Call, models.CASCADE, related_name="approvals")
    step = models.CharField(max_length=10, choices=Step)
    number = models.CharField(max_length=60)
    decided_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "step"], name="approval_once")]
