"""What others may know of places, occasions and obligations."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import rules
from sonjuku.rooms.participation.models import CheckIn, Obligation, Occasion, Participation
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import ONE_DAY, at_tokyo, day_of
from sonjuku.toolbox.ids import normalise_code

SALT = "participation.ticket"


def participations_visible_to(actor: Actor) -> QuerySet[Participation]:
    """A member's own places; staff: those of calls on which their body has a role that sees people."""
    rows = Participation.objects.select_related("call", "person", "council")
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    return rows.filter(call_id__in=_calls_of_body(actor))


def occasions_visible_to(actor: Actor) -> QuerySet[Occasion]:
    """For staff: the occasions whose people they may see. Others read a public call's through `occasions`."""
    rows = Occasion.objects.select_related("call")
    return rows.filter(call_id__in=_calls_of_body(actor))


def obligations_visible_to(actor: Actor) -> QuerySet[Obligation]:
    rows = Obligation.objects.select_related(
        "rule__form_version__form", "participation__call", "participation__person", "participation__council"
    )
    return rows.filter(participation__in=participations_visible_to(actor).values("pk"))


def _calls_of_body(actor: Actor) -> QuerySet[CallBody, uuid.UUID]:
    rows = CallBody.objects.filter(role__in=CallBody.SEES_PEOPLE).values_list("call_id", flat=True)
    sees = may(actor.role, "checkin.write") or may(actor.role, "applications.read")
    if not sees or actor.body_id is None or actor.council_id is None:
        return rows.none()
    return rows.filter(body_id=actor.body_id, call__council_id=actor.council_id)


def occasions(call: Call) -> QuerySet[Occasion]:
    return call.occasions.all()


def occasions_on(actor: Actor, day: date) -> QuerySet[Occasion]:
    """The visible occasions that touch this day in Tokyo, with `expected` places and `arrived` check-ins."""
    return counted(occasions_visible_to(actor)).filter(
        starts_at__lt=at_tokyo(day + ONE_DAY), ends_at__gt=at_tokyo(day)
    )


def occasions_after(actor: Actor, day: date) -> QuerySet[Occasion]:
    return counted(occasions_visible_to(actor)).filter(starts_at__gte=at_tokyo(day + ONE_DAY))


def counted(rows: QuerySet[Occasion]) -> QuerySet[Occasion]:
    """Adds `arrived` (checked in) and `expected` (places kept, completed ones too): persons, who comes along with them too."""
    kept = {Participation.State.ACTIVE, Participation.State.COMPLETED}
    come = CheckIn.objects.filter(occasion=OuterRef("pk")).order_by().values("occasion")
    may_come = Participation.objects.filter(call=OuterRef("call"), state__in=kept).order_by().values("call")
    return rows.annotate(
        arrived=_persons(come, "participation__application__persons"),
        expected=_persons(may_come, "application__persons"),
    )


def _persons(groups: QuerySet[Any, Any], path: str) -> Coalesce:
    """One for a place without an application."""
    return Coalesce(Subquery(groups.annotate(number=Sum(Coalesce(path, 1))).values("number")), 0)


def roll(occasion: Occasion) -> QuerySet[Participation]:
    """Everyone who may come to an occasion, by kana, with `arrived_at` (None: not yet) and how many `others` come along."""
    return (
        Participation.objects.filter(call_id=occasion.call_id)
        .exclude(state=Participation.State.WITHDRAWN)
        .select_related("person")
        .annotate(arrived_at=_arrived_at(occasion), others=Coalesce("application__persons", 1) - 1)
        .order_by("person__family_name_kana", "person__given_name_kana", "id")
    )


def _arrived_at(occasion: Occasion) -> Subquery:
    found = CheckIn.objects.filter(occasion=occasion, participation=OuterRef("pk"))
    return Subquery(found.values("at")[:1])


def attendance(call: Call) -> dict[str, int]:
    """How many different people came at least once, by capacity (participant, speaker, staff; 0 where none)."""
    found = (
        Participation.objects.filter(call=call, check_ins__isnull=False)
        .values_list("capacity")
        .annotate(people=Count("pk", distinct=True))
        .order_by()
    )
    return dict.fromkeys(Participation.Capacity.values, 0) | dict(found)


def obligations(participation: Participation) -> QuerySet[Obligation]:
    """In the call's order, with their rules."""
    return participation.obligations.select_related("rule")


def due_for_reminder(day: date) -> list[Obligation]:
    """Open obligations of active places that want their one reminder on this day, with person, call and council."""
    rows = Obligation.objects.filter(
        done_at__isnull=True,
        waived_at__isnull=True,
        reminded_at__isnull=True,
        due_on__gte=day,
        participation__state=Participation.State.ACTIVE,
    ).select_related("rule", "council", "participation__call", "participation__person__account")
    return [row for row in rows if rules.wants_reminder(row, day)]


def token(participation: Participation) -> str:
    """What the ticket's QR carries: the place's id under this installation's signature, safe in a path."""
    plain = urlsafe_b64encode(participation.id.bytes).rstrip(b"=").decode()
    return _signer().sign(plain)


def by_token(token: str) -> Participation | None:
    """The place a ticket was signed for; None for anything this installation didn't sign. Check who may see it."""
    try:
        plain = _signer().unsign(token)
    except BadSignature:
        return None
    key = uuid.UUID(bytes=urlsafe_b64decode(plain + "=="))
    return Participation.objects.filter(pk=key).select_related("call", "person", "council").first()


def _signer() -> Signer:
    return Signer(sep=".", salt=SALT)


def by_code(call: Call, code: str) -> Participation | None:
    """The place whose ticket carries this typed code (any case, wide letters), in this call only."""
    rows = Participation.objects.filter(call=call, code=normalise_code(code))
    return rows.select_related("call", "person", "council").first()


def of_application(application_id: uuid.UUID) -> Participation | None:
    return Participation.objects.filter(application_id=application_id).select_related("call").first()


def current_occasion(rows: Iterable[Occasion], at: datetime) -> Occasion | None:
    """Of a call's occasions in order: the one of today, else the next, else the last; None without any."""
    listed = list(rows)
    today = [row for row in listed if is_on(row, day_of(at))]
    later = [row for row in listed if row.starts_at > at]
    return next(iter(today or later or listed[-1:]), None)


def is_on(occasion: Occasion, day: date) -> bool:
    """Whether an occasion touches this day in Tokyo; one that ends at midnight doesn't touch the next day."""
    return occasion.starts_at < at_tokyo(day + ONE_DAY) and occasion.ends_at > at_tokyo(day)


def walked_in(
    occasion: Occasion, actor: Actor, family_name: str, given_name: str, since: datetime
) -> CheckIn | None:
    """The walk-in of this name whom this actor let in since then."""
    rows = CheckIn.objects.filter(occasion=occasion, by_id=actor.account_id, at__gte=since)
    return (
        rows.filter(
            participation__application__isnull=True,
            participation__person__family_name=family_name.strip(),
            participation__person__given_name=given_name.strip(),
        )
        .select_related("participation__person")
        .first()
    )
