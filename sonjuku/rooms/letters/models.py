from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.ids import short_code


class ShortCode(models.Model):
    """A code a person can type at /k/ when their office strips links: it stands for a path of this site."""

    code = models.CharField(primary_key=True, max_length=8, default=short_code)
    path = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)


class Letter(Row):
    """One notice to one recipient. `key` makes a second request for the same letter do nothing."""

    class State(models.TextChoices):
        QUEUED = "queued", _("送信待ち")
        SENDING = "sending", _("送信中")
        SENT = "sent", _("送信済み")
        FAILED = "failed", _("送れませんでした")
        HELD = "held", _("宛先なし（紙で）")

    council = models.ForeignKey(Council, models.CASCADE, null=True, related_name="letters")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="letters")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5, default="ja")
    to_address = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    short_code = models.ForeignKey(ShortCode, models.SET_NULL, null=True, related_name="+")
    about_id = models.UUIDField(null=True)
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
