"""Booking the slots of a booth, who speaks, and what may be downloaded afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import mark_updated
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.events import rules
from sonjuku.rooms.events.models import Booth, BoothSlot, Material, SlotBooking, Speaker
from sonjuku.rooms.forms.actions import drop_upload, store_upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused

_PROBLEMS = {
    "other_call": (_("ほかの催しの時間枠です。"), _("参加する催しの時間枠を選んでください。")),
    "not_taking_part": (_("参加が取り消されたか、終わっています。"), _("事務局へご連絡ください。")),
    "slot_over": (_("この時間枠はもう始まっています。"), _("あとの時間枠を選んでください。")),
}


@writes
def book_slot(*, by: Actor, slot: BoothSlot, participation: Participation) -> SlotBooking:
    """Take a seat in a slot; an earlier booking of the same person moves here. The same slot again changes nothing.

    Refused: other_call, not_taking_part, slot_over, slot_full (the earlier booking then stays).
    """
    place = Participation.objects.select_for_update().get(pk=participation.pk)
    problem = rules.problem_with(slot, place, by.at)
    if problem:
        raise Refused(problem, *_PROBLEMS[problem])
    earlier = SlotBooking.objects.filter(participation=place).select_related("slot__booth").first()
    if earlier and earlier.slot_id == slot.pk:
        return earlier
    if not BoothSlot.objects.filter(pk=slot.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise Refused("slot_full", _("この時間枠は満席になりました。"), _("ほかの時間枠を選んでください。"))
    if earlier:
        _free(earlier)
    booking = SlotBooking.objects.create(slot=slot, participation=place, booked_at=by.at)
    record(
        by=by, verb="slot.booked", subject=booking, council_id=place.council_id, for_person_id=place.person_id
    )
    return booking


@writes
def release_slot(*, by: Actor, participation: Participation) -> bool:
    """Give the booked slot back; False if there was none."""
    place = Participation.objects.select_for_update().get(pk=participation.pk)
    booking = SlotBooking.objects.filter(participation=place).first()
    if booking is None:
        return False
    record(
        by=by,
        verb="slot.released",
        subject=booking,
        council_id=place.council_id,
        for_person_id=place.person_id,
    )
    _free(booking)
    return True


def _free(booking: SlotBooking) -> None:
    BoothSlot.objects.filter(pk=booking.slot_id, taken__gt=0).update(taken=F("taken") - 1)
    booking.delete()


@writes
def set_booth(*, by: Actor, call: Call, host_event: str, host_body: Body, **fields: Any) -> Booth:
    """Our booth (出展) at an event hosted by another body. `fields`: host_event_en, place."""
    if host_body.council_id != call.council_id:
        raise Refused(
            "other_council", _("ほかの協議会の団体です。"), _("この協議会に団体を登録してください。")
        )
    booth, _created = Booth.objects.update_or_create(
        call=call,
        defaults={"council_id": call.council_id, "host_event": host_event, "host_body": host_body, **fields},
    )
    record(by=by, verb="booth.set", subject=booth, field_names=["host_event", "host_body", *fields])
    return booth


@writes
def add_slot(*, by: Actor, booth: Booth, starts_at: datetime, ends_at: datetime, capacity: int) -> BoothSlot:
    slot = BoothSlot.objects.create(booth=booth, starts_at=starts_at, ends_at=ends_at, capacity=capacity)
    record(by=by, verb="slot.added", subject=slot, council_id=booth.council_id)
    return slot


@writes
def add_speaker(*, by: Actor, occasion: Occasion, name: str, **fields: Any) -> Speaker:
    """`fields`: name_en, affiliation(_en), talk_title(_en), starts_at; the newcomer speaks last unless `ordinal` says."""
    last: int | None = occasion.speakers.aggregate(last=Max("ordinal"))["last"]
    fields.setdefault("ordinal", 0 if last is None else last + 1)
    speaker = Speaker.objects.create(council_id=occasion.council_id, occasion=occasion, name=name, **fields)
    mark_updated(by, occasion.call)
    record(by=by, verb="speaker.added", subject=speaker)
    return speaker


@writes
def set_speakers(*, by: Actor, occasion: Occasion, speakers: Sequence[Mapping[str, Any]]) -> list[Speaker]:
    """Replace who speaks, in the order given (fields as `add_speaker` takes them); the same again changes nothing."""
    standing = list(occasion.speakers.all())
    if len(standing) == len(speakers) and all(
        getattr(row, name) == value
        for row, fields in zip(standing, speakers, strict=True)
        for name, value in fields.items()
    ):
        return standing
    occasion.speakers.all().delete()
    rows = [
        Speaker(council_id=occasion.council_id, occasion=occasion, ordinal=ordinal, **fields)
        for ordinal, fields in enumerate(speakers)
    ]
    mark_updated(by, occasion.call)
    record(by=by, verb="speakers.set", subject=occasion)
    return Speaker.objects.bulk_create(rows)


@writes
def add_material(
    *,
    by: Actor,
    occasion: Occasion,
    title: str,
    incoming: IncomingFile,
    max_bytes: int,
    public_from: datetime | None = None,
) -> Material:
    """A file for anyone to download from `public_from` on, without which it is the end of the occasion.

    Refused: file_empty, file_too_big, file_type.
    """
    upload = store_upload(by=by, incoming=incoming, council_id=occasion.council_id, max_bytes=max_bytes)
    material = Material.objects.create(
        council_id=occasion.council_id,
        occasion=occasion,
        upload=upload,
        title=title,
        public_from=public_from or occasion.ends_at,
    )
    mark_updated(by, occasion.call)
    record(by=by, verb="material.added", subject=material)
    return material


@writes
def remove_material(*, by: Actor, material: Material) -> None:
    mark_updated(by, material.occasion.call)
    record(by=by, verb="material.removed", subject=material)
    upload = material.upload
    material.delete()
    drop_upload(by=by, upload=upload)
