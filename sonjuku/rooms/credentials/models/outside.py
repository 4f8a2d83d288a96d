"""What holders have from others: a badge or a paper certificate, claimed here and checked here."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Body, Council, Person


class CertificateKind(Row):
    """A certificate of others that the `host` body accepts and checks. Only that body sees who hands one in.

    `issuer_uri` and `achievement_uri`, where known, are what a badge of this kind names (its issuer's and its
    achievement's id): a badge that verifies, names both and belongs to the holder needs no eyes.
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="certificate_kinds")
    host = models.ForeignKey(Body, models.PROTECT, related_name="+")
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    issuer_name = models.CharField(max_length=140)
    issuer_name_en = models.CharField(max_length=180, blank=True)
    issuer_uri = models.CharField(max_length=300, blank=True)
    achievement_uri = models.CharField(max_length=300, blank=True)
    is_endorsed = models.BooleanField(default=False, help_text=_("この証明に、協議会の認定証を重ねる"))
    is_accepted = models.BooleanField(default=True, help_text=_("新しい届け出を受け付ける"))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "id"]

    @property
    def uri(self) -> str:
        """What eligibility rules and skill maps call it."""
        return f"urn:uuid:{self.id}"


class OutsideCertificate(Row):
    """One certificate of one person. `sha256` is that of the file as handed in; `digest_sri` that of a badge's text.

    `standing` is what the last look at a badge found: "unknown" means that it could not be checked, never "ok".
    """

    class Form(models.TextChoices):
        BADGE = "badge", _("オープンバッジ")
        PAPER = "paper", _("紙・PDFの証明書")

    class State(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("証明書", "確認待ち")
        CHECKED = "checked", _("確認済み")
        REFUSED = "refused", pgettext_lazy("証明書", "認められません")
        REVOKED = "revoked", pgettext_lazy("証明書", "発行者が取消し")

    class Standing(models.TextChoices):
        OK = "ok", _("本物と確かめました")
        UNKNOWN = "unknown", _("確かめられませんでした")
        BAD = "bad", _("確認に通りませんでした")

    council = models.ForeignKey(Council, models.CASCADE, related_name="outside_certificates")
    person = models.ForeignKey(Person, models.CASCADE, related_name="outside_certificates")
    kind = models.ForeignKey(CertificateKind, models.PROTECT, related_name="certificates")
    form = models.CharField(max_length=5, choices=Form)
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="the last day on which it holds")
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)

    badge_uri = models.CharField(max_length=300, blank=True)
    badge_issuer = models.CharField(max_length=300, blank=True)
    badge_text = models.TextField(blank=True, help_text="the credential as it came, the same bytes")
    digest_sri = models.CharField(max_length=80, blank=True)
    is_holders = models.BooleanField(default=False, help_text="the badge names the holder's address")
    standing = models.CharField(max_length=7, choices=Standing, blank=True)
    standing_at = models.DateTimeField(null=True, blank=True)

    first_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    first_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "badge_uri"], condition=~Q(badge_uri=""), name="badge_claimed_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("issued_on")),
                name="certificate_issued_before_its_end",
            ),
        ]

    @property
    def uri(self) -> str:
        """The badge's own id, or the name under which an endorsement speaks of a paper."""
        return self.badge_uri or f"urn:uuid:{self.id}"

    @property
    def is_verified(self) -> bool:
        """確認済み: checked, and nothing since then says otherwise."""
        return self.state == self.State.CHECKED and self.standing != self.Standing.BAD

    def counts_on(self, day: date) -> bool:
        return self.is_verified and (self.valid_until is None or day <= self.valid_until)
