"""An event at which two sides rank one another, who takes part, and the introductions that come of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models import Application, PublishedCorrection, PublishedSelection, TypedValue
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council, Person
from sonjuku.toolbox.ids import receipt_code


class Side(models.TextChoices):
    """Left asks and gets one partner at most; right takes up to its `most`."""

    LEFT = "left", _("選ぶ側（紹介は一件まで）")
    RIGHT = "right", _("受け入れる側（何件か受けられる）")


class MatchingEvent(PublishedSelection):
    """`code` stands in the public address. `host`: the body that runs it; no other body sees its people."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="matching_events")
    host = models.ForeignKey(Body, models.PROTECT, related_name="+")
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    left_title = models.CharField(max_length=40, default="専門家")
    left_title_en = models.CharField(max_length=60, blank=True, default="Experts")
    right_title = models.CharField(max_length=40, default="企業")
    right_title_en = models.CharField(max_length=60, blank=True, default="Firms")

    opens_at = models.DateTimeField(null=True, blank=True)
    ranks_by = models.DateTimeField(
        null=True, blank=True, help_text=_("この時刻ちょうどからは受け取りません")
    )
    max_wishes = models.PositiveSmallIntegerField(null=True, blank=True)
    remind_days = models.PositiveSmallIntegerField(default=3)

    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    report_due_on = models.DateField(null=True, blank=True)

    corrects = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(ranks_by__isnull=True) | Q(ranks_by__gt=F("opens_at")),
                name="matching_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="matching_starts_before_it_ends",
            ),
        ]


class MatchingMember(Row):
    """One who ranks the other side: a person, or a body with the person who answers for it.

    `draft` and `ranks`: groups of member ids, best first; within a group all are equally welcome, whom neither lists
    they would rather not have. Only `ranks` count; `submitted_at` says when they came in, `channel` how. `title` and
    `about` are all that the other side reads before an introduction: never a person's name.
    """

    Side = Side

    council = models.ForeignKey(Council, models.CASCADE, related_name="matching_members")
    event = models.ForeignKey(MatchingEvent, models.CASCADE, related_name="members")
    side = models.CharField(max_length=5, choices=Side)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="matching_members")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=12, unique=True, default=receipt_code)
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    least = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField(default=1)

    draft = models.JSONField(default=list)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    ranks = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Application.Channel, default=Application.Channel.WEB)
    reminded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    title_is_public = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["side", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person"], condition=Q(body__isnull=True), name="matching_person_once"
            ),
            models.UniqueConstraint(
                fields=["event", "body"], condition=Q(body__isnull=False), name="matching_body_once"
            ),
            models.CheckConstraint(condition=Q(least__lte=F("most")), name="matching_least_up_to_most"),
            models.CheckConstraint(
                condition=Q(side="right") | Q(least=0, most=1), name="matching_left_gets_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TypedNumber(TypedValue):
    event = models.ForeignKey(MatchingEvent, models.CASCADE, related_name="typed_numbers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "account"], name="matching_number_typed_once")
        ]


class Correction(PublishedCorrection):
    event = models.ForeignKey(MatchingEvent, models.CASCADE, related_name="corrections")


class Introduction(Row):
    """紹介: who supports which firm, from when to when, and the report that is due."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("紹介", "支援中")
        REPORTED = "reported", pgettext_lazy("紹介", "報告済み")
        ENDED = "ended", pgettext_lazy("紹介", "途中で終了")

    council = models.ForeignKey(Council, models.CASCADE, related_name="introductions")
    event = models.ForeignKey(MatchingEvent, models.PROTECT, related_name="introductions")
    left = models.ForeignKey(MatchingMember, models.CASCADE, related_name="introductions_left")
    right = models.ForeignKey(MatchingMember, models.CASCADE, related_name="introductions_right")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    report_due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    report_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["report_due_on", "created_at", "id"]
        indexes = [models.Index(fields=["council", "state", "report_due_on"])]
        constraints = [models.UniqueConstraint(fields=["left"], name="introduced_once")]
