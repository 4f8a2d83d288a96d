from django.db import models
from django.db.models import F, Q

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Body, Council


class Speaker(Row):
    """Who speaks at an occasion, in what order, about what."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="speakers")
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="speakers")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    affiliation = models.CharField(max_length=160, blank=True)
    affiliation_en = models.CharField(max_length=200, blank=True)
    talk_title = models.CharField(max_length=200, blank=True)
    talk_title_en = models.CharField(max_length=240, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal", "id"]


class Booth(Row):
    """Our booth at an event that another body hosts (出展)."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="booths")
    call = models.OneToOneField(Call, models.CASCADE, related_name="booth")
    host_event = models.CharField(max_length=160)
    host_event_en = models.CharField(max_length=200, blank=True)
    host_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    place = models.CharField(max_length=120, blank=True)


class BoothSlot(Row):
    """A bookable session at a booth. Same counting as a seat pool: never oversold."""

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="booth_never_oversold"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booth_slot_order"),
        ]


class SlotBooking(Row):
    slot = models.ForeignKey(BoothSlot, models.CASCADE, related_name="bookings")
    participation = models.OneToOneField(Participation, models.CASCADE, related_name="booth_booking")
    booked_at = models.DateTimeField()


class Material(Row):
    """A file to download after the occasion (`public_from`)."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="materials")
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="materials")
    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    public_from = models.DateTimeField()
