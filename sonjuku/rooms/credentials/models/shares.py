"""Showing a badge to whoever holds a link, for a while."""

from datetime import date, datetime

from django.db import models

from sonjuku.rooms.credentials.models.awards import Award
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.dates import ONE_DAY, day_of


class ShareLink(Row):
    """A link to one badge, or with no `award` to all that the person holds in this council.

    Only the hash of its token is kept, and nothing of who opened it. `expires_at` is the first instant that is too late.
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="share_links")
    award = models.ForeignKey(Award, models.CASCADE, null=True, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    is_printed = models.BooleanField(default=False, help_text="made for the QR code of a paper")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="share_link_ends_later"
            )
        ]

    def opens(self, at: datetime) -> bool:
        """Whether it leads anywhere at this instant."""
        return self.withdrawn_at is None and at < self.expires_at

    @property
    def last_day(self) -> date:
        """The last day on which it opens."""
        return day_of(self.expires_at) - ONE_DAY
