"""認定証: what the council lays on a certificate of others."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.credentials.models.awards import Award
from sonjuku.rooms.credentials.models.keys import IssuerKey
from sonjuku.rooms.credentials.models.outside import OutsideCertificate
from sonjuku.rooms.credentials.models.status import StatusList
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council, Person


class Endorsement(Row):
    """A standalone EndorsementCredential over one outside certificate. Its id is `urn:uuid:<id>`.

    It says nothing about the holder: the certificate's number and digest lead there. Its worth ends with its base.
    """

    Visibility = Award.Visibility

    class State(models.TextChoices):
        ASKED = "asked", _("申込み中")
        ISSUED = "issued", _("発行済み")
        REFUSED = "refused", pgettext_lazy("証明書", "見送り")
        REVOKED = "revoked", pgettext_lazy("証明書", "協議会が取消し")

    council = models.ForeignKey(Council, models.CASCADE, related_name="endorsements")
    person = models.ForeignKey(Person, models.CASCADE, related_name="endorsements")
    certificate = models.OneToOneField(OutsideCertificate, models.CASCADE, related_name="endorsement")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    issuer_key = models.ForeignKey(IssuerKey, models.PROTECT, null=True, related_name="+")
    credential = models.JSONField(null=True)
    status_list = models.ForeignKey(StatusList, models.PROTECT, null=True, related_name="endorsements")
    status_index = models.PositiveIntegerField(null=True)
    decided_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="endorsement_index_once")
        ]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"
