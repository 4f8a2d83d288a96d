"""From the deadline to the announcement: freeze, type the number, draw once, announce."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import bundle, wire, wire_match
from sonjuku.engines.selection.match import Left, Right
from sonjuku.rooms.calls.actions.public_value import public_value_of, take_beacon, take_number
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries, rules
from sonjuku.rooms.matching.actions._shared import lock, move, refuse_if
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember, Side, TypedNumber

R = MatchingEvent.State


class Announced(NamedTuple):
    """What the announcement made of it: introductions, and those who were left without one."""

    introductions: list[Introduction]
    alone: list[MatchingMember]


@writes
def freeze(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Fix the list: who handed in an order, has not withdrawn and still agrees to be introduced (of a minor, the guardian
    too). Drafts don't count.

    Refused: too_early (before the deadline), too_late (the random number is out), nobody, stale, other_council, other_body.
    """
    event = lock(by, event)
    move(event, R.FROZEN)
    refuse_if(
        event.ranks_by is None or by.at < event.ranks_by,
        "too_early",
        _("締切がまだ来ていません。"),
        _("締切のあとに固定できます。それまでは、希望の順を出し直せます。"),
    )
    refuse_if(
        event.draws_at is not None and by.at >= event.draws_at,
        "too_late",
        _("公開の数が出る時刻を過ぎたため、一覧を固定できません。"),
        _("理由を公開してこのマッチングを無効にし、これから公表される数でやり直してください。"),
    )
    rows = list(queries.standing(event).filter(submitted_at__isnull=False))
    agreed = queries.consents(rows)
    listed = {str(row.id): row for row in rows if row.id in agreed}
    lefts = [Left(row.code, _codes(row, listed)) for row in listed.values() if row.side == Side.LEFT]
    rights = [
        Right(row.code, _codes(row, listed), row.most, row.least)
        for row in listed.values()
        if row.side == Side.RIGHT
    ]
    refuse_if(
        not lefts or not rights,
        "nobody",
        _("希望の順を出した人が、片方の側にいません。"),
        _("このままでは組み合わせられません。理由を公開して無効にし、締切を延ばしてやり直せます。"),
    )
    event.frozen_list = bundle.make_list(event.rules, wire_match.list_lines(lefts, rights))
    event.list_hash, event.frozen_at = wire.hash_of(event.frozen_list), by.at
    event.titles = {row.code: [row.title, row.title_en] for row in listed.values() if row.title_is_public}
    event.save()
    record(by=by, verb="matching.frozen", subject=event)
    return event


def _codes(row: MatchingMember, listed: dict[str, MatchingMember]) -> tuple[tuple[str, ...], ...]:
    """The order in published codes, without those who are not in the list."""
    return tuple(tuple(listed[key].code for key in group) for group in rules.only(row.ranks, listed))


@writes
def type_number(*, by: Actor, event: MatchingEvent, value: str) -> TypedNumber:
    """See calls.actions.public_value.take_number. Refused too: stale (not frozen), other_council, other_body."""
    event = lock(by, event)
    _must_be_frozen(event)
    row: TypedNumber = take_number(by, event, value)
    record(by=by, verb="matching.number_typed", subject=event)
    return row


@writes
def put_beacon(*, by: Actor, event: MatchingEvent, beacon: dict[str, Any]) -> MatchingEvent:
    """See calls.actions.public_value.take_beacon. Refused too: stale (not frozen), other_council, other_body."""
    event = lock(by, event)
    _must_be_frozen(event)
    take_beacon(event, beacon)
    record(by=by, verb="matching.beacon_put", subject=event)
    return event


@writes
def draw(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Pair both sides once, from the frozen list and the public value. The result stays sealed until the announcement.

    Refused: stale, numbers_missing (or no beacon yet), numbers_differ, unfair (the independent checker has a complaint).
    """
    event = lock(by, event)
    move(event, R.DRAWN)
    value = public_value_of(event)
    made = bundle.make_bundle(event.rules, event.frozen_list, value)
    refuse_if(
        bool(made["check"]),
        "unfair",
        _("結果を確かめる計算が合いませんでした。結果は保存していません。"),
        _("このまま進めずに、システムの管理者へご連絡ください。"),
    )
    event.public_value, event.seed = value, made["seed"]
    event.order, event.result, event.complaints = made["order"], made["result"], made["check"]
    event.drawn_at = by.at
    event.save()
    record(by=by, verb="matching.drawn", subject=event)
    return event


def _must_be_frozen(event: MatchingEvent) -> None:
    refuse_if(
        event.state != R.FROZEN,
        "stale",
        _("一覧を固定してから抽選するまでの間だけ、入力できます。"),
        _("ページを読み直して、いまの状態を確かめてください。"),
    )


@writes
def announce(*, by: Actor, event: MatchingEvent) -> Announced:
    """Open the result: an introduction for each pair in which both still agree. Announcing again does nothing.

    Refused: stale (not drawn), other_council, other_body.
    """
    event = lock(by, event)
    if event.state == R.ANNOUNCED:
        return Announced([], [])
    move(event, R.ANNOUNCED)
    event.announced_at = by.at
    event.save(update_fields=["state", "announced_at"])
    found = queries.pairs(event)
    agreed = queries.consents([member for pair in found for member in pair])
    made = [
        Introduction(
            council_id=event.council_id, event=event, left=left, right=right, starts_on=event.starts_on,
            ends_on=event.ends_on, report_due_on=event.report_due_on, created_at=by.at,
        )
        for left, right in found
        if left.id in agreed and right.id in agreed and left.person_id and right.person_id
    ]  # fmt: skip
    Introduction.objects.bulk_create(made)
    record(by=by, verb="matching.announced", subject=event)
    record_many(by=by, verb="introduction.made", subjects=made, of_person=lambda row: row.left.person_id)  # type: ignore[attr-defined]
    met = {member.id for row in made for member in (row.left, row.right)}
    rows = queries.standing(event).select_related("person__account", "body", "event__council")
    return Announced(made, [row for row in rows if row.id not in met and row.person_id])
