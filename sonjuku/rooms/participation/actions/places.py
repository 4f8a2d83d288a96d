"""Places taken, left and ended, and who came."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import locked_terms
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.actions import hold_lock, record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import rules
from sonjuku.rooms.participation.actions.obligations import count_attendance, locked
from sonjuku.rooms.participation.models import CheckIn, Obligation, Occasion, Participation
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.ids import short_code
from sonjuku.toolbox.refusals import Refused

S = Participation.State


@writes
def start(*, by: Actor, application: Application) -> Participation:
    """The place an accepted application leads to, with its obligations; a second time returns the same place.

    A walk-in who applied as well keeps the one place; a place that was given up is taken again.
    """
    if application.state != Application.State.ACCEPTED:
        raise Refused(
            "not_accepted",
            _("参加が確定していない申込みです。"),
            _("参加の確認が済んでから、もう一度お試しください。"),
        )
    place = _take(by, application.call, application.person, Participation.Capacity.PARTICIPANT, application)
    if place.application_id is None:
        place.application = application
        place.save(update_fields=["application"])
    return place


@writes
def walk_in(
    *, by: Actor, call: Call, person: Person, capacity: str = Participation.Capacity.PARTICIPANT
) -> Participation:
    """A place without application: someone at the door, a speaker, a helper. Staff answer for the room's size."""
    if person.council_id != call.council_id:
        raise Refused(
            "other_council", _("ほかの協議会の名簿の人です。"), _("この協議会の名簿に登録してください。")
        )
    return _take(by, call, person, capacity)


def _take(
    by: Actor, call: Call, person: Person, capacity: str, application: Application | None = None
) -> Participation:
    hold_lock(person)
    place, code = _standing(call, person)
    created = place is None
    if place is None:
        place = Participation.objects.create(
            council_id=call.council_id, call=call, person=person, application=application, capacity=capacity,
            started_at=by.at, code=code,
        )  # fmt: skip
        record(by=by, verb="participation.started", subject=place, for_person_id=person.id)
    elif rules.may_move(place.state, S.ACTIVE):
        place.state, place.ended_at = S.ACTIVE, None
        place.save(update_fields=["state", "ended_at"])
        record(by=by, verb="participation.resumed", subject=place, for_person_id=person.id)
    if place.capacity == Participation.Capacity.PARTICIPANT:
        _owe(place, is_new=created)
    return place


def _standing(call: Call, person: Person) -> tuple[Participation | None, str]:
    """The person's place in this call, if there is one, and a code that nobody has."""
    while True:
        code = short_code()
        found = list(Participation.objects.filter(Q(call=call, person=person) | Q(code=code)))
        place = next((row for row in found if (row.call_id, row.person_id) == (call.pk, person.pk)), None)
        if place is not None:
            place.call = call
        if place is not None or not found:
            return place, code


def _owe(place: Participation, *, is_new: bool) -> None:
    owed = set() if is_new else set(place.obligations.values_list("rule_id", flat=True))
    Obligation.objects.bulk_create(
        Obligation(council_id=place.council_id, participation=place, rule=rule, due_on=rule.due_on)
        for rule in place.call.obligation_rules.all()
        if rule.id not in owed
    )


@writes
def check_in(*, by: Actor, occasion: Occasion, participation: Participation, how: str) -> CheckIn:
    """Someone is there. A second time returns the first check-in unchanged.

    Refused: ticket_of_other_call, not_taking_part. The day isn't judged: staff correct lists afterwards.
    """
    place = locked(participation)
    if place.call_id != occasion.call_id:
        raise Refused(
            "ticket_of_other_call",
            _("ほかの募集の参加券です。この回の受付はできません。"),
            _("参加券に書かれた募集名を確かめてください。"),
        )
    if place.state in {S.WITHDRAWN, S.ENDED}:
        raise Refused(
            "not_taking_part",
            _("この参加券は使えません。参加が取り消されたか、終わっています。"),
            _("当日参加として登録するか、事務局で確かめてください。"),
        )
    row, created = CheckIn.objects.get_or_create(
        occasion=occasion,
        participation=place,
        defaults={"council_id": place.council_id, "at": by.at, "how": how, "by_id": by.account_id},
    )
    if created:
        count_attendance(by, place)
        record(by=by, verb="participation.checked_in", subject=row, for_person_id=place.person_id)
    return row


@writes
def undo_check_in(*, by: Actor, check_in: CheckIn) -> None:
    """Take back a wrong check-in. Refused("already_completed") once the place is completed."""
    place = locked(check_in.participation)
    if place.state == S.COMPLETED:
        raise Refused(
            "already_completed",
            _("修了しているため、受付を取り消せません。"),
            _("修了を見直すときは、管理者にご相談ください。"),
        )
    record(by=by, verb="participation.check_in_undone", subject=check_in, for_person_id=place.person_id)
    CheckIn.objects.filter(pk=check_in.pk).delete()
    count_attendance(by, place)


@writes
def leave(*, by: Actor, participation: Participation) -> Participation:
    """Give a place up (辞退 after it was given). The seat itself is the application's matter."""
    place = locked(participation)
    if place.state == S.WITHDRAWN:
        return place
    if not rules.may_move(place.state, S.WITHDRAWN):
        raise Refused(
            "not_taking_part",
            _("すでに修了したか終わっているため、辞退できません。"),
            _("事務局へご連絡ください。"),
        )
    place.state, place.ended_at = S.WITHDRAWN, by.at
    place.save(update_fields=["state", "ended_at"])
    record(by=by, verb="participation.withdrawn", subject=place, for_person_id=place.person_id)
    return place


@writes
def end_all(*, by: Actor, call: Call) -> int:
    """End the places of a finished call that were not completed; returns how many."""
    places = list(Participation.objects.select_for_update().filter(call=call, state=S.ACTIVE))
    for place in places:
        place.state, place.ended_at = S.ENDED, by.at
    Participation.objects.bulk_update(places, ["state", "ended_at"])
    return record_many(by=by, verb="participation.ended", subjects=places)


@writes
def number_certificates(*, by: Actor, call: Call) -> int:
    """Give each completed participant without one the next running number, in the order of completion.

    A number once given stays with its place and is never given again. Returns how many are new.
    """
    terms = locked_terms(call)
    rows = Participation.objects.filter(
        call=call, state=S.COMPLETED, capacity=Participation.Capacity.PARTICIPANT, certificate_number=None
    )
    places = list(rows.order_by("completed_at", "id"))
    for number, place in enumerate(places, terms.last_number + 1):
        place.certificate_number = number
        place.save(update_fields=["certificate_number"])
    if places:
        terms.last_number += len(places)
        terms.save(update_fields=["last_number"])
        record_many(by=by, verb="participation.numbered", subjects=places)
    return len(places)
