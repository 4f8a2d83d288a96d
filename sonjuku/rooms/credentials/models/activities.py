"""活動記録: what somebody did in an area on one day, as registers elsewhere ask for it."""

from django.db import models

from sonjuku.rooms.credentials.models.keys import IssuerKey
from sonjuku.rooms.credentials.models.status import StatusList
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.participation.models import CheckIn
from sonjuku.rooms.people.models import Council, Person


class ActivityRecord(Row):
    """One check-in, certified on its holder's wish. Its id is `urn:uuid:<id>`, and what it says is in the credential alone.

    `check_in` is empty when the check-in was taken back (then it is revoked) or disposed of (then it still holds).
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="activity_records")
    person = models.ForeignKey(Person, models.CASCADE, related_name="activity_records")
    check_in = models.OneToOneField(CheckIn, models.SET_NULL, null=True, related_name="activity_record")
    issuer_key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="+")
    credential = models.JSONField()
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="activity_records")
    status_index = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="activity_index_once")
        ]

    @property
    def uri(self) -> str:
        return f"urn:uuid:{self.id}"
