from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.ids import short_code


class ShortCode(models.Model):
    """A code a person can type at /k/ when their office strips links: it stands for a path of this site."""

    code = models.CharField(primary_key=True, max_length=8, default=short_code)
    path = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)


class Mailing(Row):
    """One message to many: whom (a segment of a call), what with merge fields, and when. Becomes letters when due."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", pgettext_lazy("お知らせ", "予約済み")
        QUEUED = "queued", _("送信を始めました")
        CANCELLED = "cancelled", pgettext_lazy("お知らせ", "取りやめ")
        REFUSED = "refused", _("送れませんでした")

    council = models.ForeignKey(Council, models.CASCADE, related_name="mailings")
    about_id = models.UUIDField(null=True, help_text="the call")
    segment = models.JSONField(default=dict)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    is_duty = models.BooleanField(default=True, help_text=_("申込みや参加に必要な連絡（配信停止の対象外）"))
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    recipients = models.PositiveIntegerField(default=0)
    actor_body_id = models.UUIDField(null=True)
    actor_account_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=30)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True, help_text="its first letters were written")
    problem = models.CharField(max_length=60, blank=True, help_text="why it was refused: a code of Refused")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "due_at"])]


class Unsubscription(Row):
    """A person wants no more letters from a council but those they must get (duty notices)."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="unsubscriptions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="unsubscriptions")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "person"], name="unsubscribed_once")]


class Letter(Row):
    """One notice to one recipient. `key` makes a second request for the same letter do nothing."""

    class State(models.TextChoices):
        QUEUED = "queued", _("送信待ち")
        SENDING = "sending", _("送信中")
        SENT = "sent", _("送信済み")
        FAILED = "failed", _("送れませんでした")
        HELD = "held", _("宛先なし（紙で）")
        BOUNCED = "bounced", _("相手に届きませんでした")
        HANDED = "handed", _("紙などで届けました")
        DROPPED = "dropped", _("配信停止のため送りません")

    council = models.ForeignKey(Council, models.CASCADE, null=True, related_name="letters")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="letters")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5, default="ja")
    to_address = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    short_code = models.ForeignKey(ShortCode, models.SET_NULL, null=True, related_name="+")
    about_id = models.UUIDField(null=True)
    mailing = models.ForeignKey(Mailing, models.SET_NULL, null=True, blank=True, related_name="letters")
    is_duty = models.BooleanField(default=True)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["about_id"])]


class LetterTemplate(Row):
    """A council's own wording for a kind of letter; where there is none the house's stands."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="letter_templates")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "kind", "language"], name="letter_template_once")
        ]


class Webhook(Row):
    """A machine that a council tells when something happens: ids only, signed, never a person's data."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list, help_text="names of events, see letters.webhooks")
    secret = models.BinaryField(help_text="encrypted at rest")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    seen_until = models.DateTimeField(help_text="journal entries up to here have been looked at")

    class Meta:
        ordering = ["created_at"]


class WebhookDelivery(Row):
    """One event on its way to one machine, with what it answered."""

    class State(models.TextChoices):
        QUEUED = "queued", _("送信待ち")
        SENDING = "sending", _("送信中")
        SENT = "sent", _("送信済み")
        FAILED = "failed", _("送れませんでした")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    entry_id = models.UUIDField()
    event = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=60, blank=True, help_text="HTTP status or kind of error")

    class Meta:
        ordering = ["-due_at"]
        verbose_name_plural = "webhook deliveries"
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [models.UniqueConstraint(fields=["webhook", "entry_id"], name="webhook_delivery_once")]
