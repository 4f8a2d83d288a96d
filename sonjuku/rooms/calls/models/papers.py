"""What a call's printed twins say, and who spreads word of it."""

import uuid

from django.db import models

from sonjuku.rooms.calls.models.applications import Application
from sonjuku.rooms.calls.models.calls import Call
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.letters.models import ShortCode
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.ids import short_code


class PaperTerms(Row):
    """What certificates and official letters of a call say besides its terms. Everything is optional."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="paper_terms")
    document_number = models.CharField(
        max_length=60, blank=True, help_text="文書番号; {n} stands for the running number"
    )
    signatory_title = models.CharField(max_length=80, blank=True)
    signatory_name = models.CharField(max_length=80, blank=True)
    seal_omitted = models.BooleanField(default=False, help_text="公印省略")
    appeal_notice = models.TextField(blank=True, help_text="教示文")
    bulletin_text = models.TextField(blank=True, help_text="広報紙の文")
    bulletin_length = models.PositiveSmallIntegerField(default=200, help_text="characters")
    fax_number = models.CharField(max_length=30, blank=True)
    deadline_by = models.CharField(
        max_length=10,
        choices=Application.DeadlineBy,
        default=Application.DeadlineBy.ARRIVAL,
        help_text="how post is counted",
    )
    last_number = models.PositiveIntegerField(default=0, help_text="the running number given last")
    short_code = models.ForeignKey(
        ShortCode, models.SET_NULL, null=True, blank=True, related_name="+", help_text="of the public page"
    )

    @property
    def council_id(self) -> uuid.UUID:
        return self.call.council_id


class ReferralLink(Row):
    """A body's own address of a call (on its own QR): applications that came by it are counted, nobody is named.

    `Application.referral` holds the code.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="referral_links")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    code = models.CharField(max_length=8, default=short_code, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "body"], name="referral_link_once")]

    @property
    def council_id(self) -> uuid.UUID:
        return self.call.council_id
