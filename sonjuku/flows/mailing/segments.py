"""Whom a mailing goes to: values chosen in groups. Within a group any of them, between groups all of them.

A segment is plain JSON, `{"states": ["accepted"], "area": ["out"]}`, so that it can wait with its mailing; who
belongs to it is asked of the database each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.rooms.people.models import Consent

A = Application.State
Segment = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """`number`: how many of the call's applications have it, whatever else is chosen."""

    value: str
    label: Any
    condition: Q
    number: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: Any
    choices: tuple[Choice, ...]


def recipients(actor: Actor, call: Call, segment: Segment) -> QuerySet[Application]:
    """The applications of the call that this actor's body sees and the segment means, by code.

    A segment without states means nobody, and so does a value that the call no longer has: a mailing never grows by
    something going away.
    """
    rows = _applications(actor, call)
    for group in _groups(call):
        chosen = set(segment.get(group.name) or ())
        if chosen:
            meant = [choice.condition for choice in group.choices if choice.value in chosen]
            if not meant:
                return rows.none()
            rows = rows.filter(reduce(or_, meant))
        elif group.name == "states":
            return rows.none()
    return rows.select_related("call__council", "person__account", "seat_pool").order_by("code")


def counted_groups(actor: Actor, call: Call) -> list[Group]:
    """The groups to choose from, each value with its count.

    Values that nobody has are left out (states stay), and groups that leave no choice.
    """
    groups = _groups(call)
    numbers = _applications(actor, call).aggregate(
        **{
            f"{group.name}_{place}": Count("pk", filter=choice.condition)
            for group in groups
            for place, choice in enumerate(group.choices)
        }
    )
    found = []
    for group in groups:
        counted = (
            replace(choice, number=numbers[f"{group.name}_{place}"])
            for place, choice in enumerate(group.choices)
        )
        # A state that nobody has today may be meant by a mailing that goes out later.
        choices = tuple(choice for choice in counted if choice.number or group.name == "states")
        if len(choices) > 1 or (choices and group.name == "waits"):
            found.append(replace(group, choices=choices))
    return found


def in_words(call: Call, segment: Segment) -> list[tuple[Any, list[Any]]]:
    """The segment as a person reads it: each group's label with the labels of what was chosen in it."""
    found = []
    for group in _groups(call):
        chosen = set(segment.get(group.name) or ())
        labels = [choice.label for choice in group.choices if choice.value in chosen]
        if chosen:
            found.append((group.label, labels))
    return found


def _applications(actor: Actor, call: Call) -> QuerySet[Application]:
    rows = calls.applications_visible_to(actor).filter(call=call).exclude(state=A.DRAFT)
    answered = Consent.objects.filter(
        about_id=OuterRef("pk"), purpose=Consent.Purpose.GUARDIAN, withdrawn_at__isnull=True
    ).exclude(given_at__isnull=True, refused_at__isnull=True)
    owed = Obligation.objects.filter(
        participation__application=OuterRef("pk"), participation__state=Participation.State.ACTIVE,
        done_at__isnull=True, waived_at__isnull=True,
    )  # fmt: skip
    return rows.annotate(guardian_answered=Exists(answered), owes=Exists(owed))


def _groups(call: Call) -> list[Group]:
    areas = {"in": (_("域内"), False), "out": (_("域外"), True), "unknown": (_("不明"), None)}
    return [
        Group("states", _("状態"), tuple(
            Choice(value, label, Q(state=value)) for value, label in A.choices if value != A.DRAFT
        )),
        Group("pools", _("区分・席"), tuple(_seat(pool) for pool in calls.pools(call))),
        Group("channels", _("申込みの方法"), tuple(
            Choice(value, label, Q(channel=value)) for value, label in Application.Channel.choices
        )),
        Group("area", _("住まい"), tuple(
            Choice(key, label, Q(out_of_area__isnull=True) if out is None else Q(out_of_area=out))
            for key, (label, out) in areas.items()
        )),
        Group("language", _("ことば"), (
            Choice("ja", "日本語", ~Q(person__language="en")), Choice("en", "English", Q(person__language="en")),
        )),
        Group("waits", _("まだのこと"), (
            Choice("owes", _("参加者がすることが残っている"), Q(owes=True)),
            Choice("guardian", _("保護者の回答がない"),
                   Q(needs_guardian=True, state=A.SUBMITTED, guardian_answered=False)),
            Choice("account", _("マイページをまだ使っていない"), Q(person__account__isnull=True)),
        )),
    ]  # fmt: skip


def _seat(pool: SeatPool) -> Choice:
    """A seat type is given by the selection, and nobody is written to by it before the announcement."""
    names = [name for name in (pool.option, pool.seat_type) if name]
    condition = Q(option=pool.option)
    if pool.seat_type:
        condition = Q(seat_pool=pool, announced_at__isnull=False)
    return Choice(str(pool.pk), " ".join(names) or pgettext_lazy("席", "区分なし"), condition)
