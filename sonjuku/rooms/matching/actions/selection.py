"""From the deadline to the announcement: freeze, type the number, draw once, announce."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import bundle, wire, wire_match
from sonjuku.engines.selection.match import Left, Right
from sonjuku.protocols.drand import verify
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries, rules
from sonjuku.rooms.matching.actions._shared import lock, move, refuse_if
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember, Side, TypedNumber
from sonjuku.toolbox.refusals import Refused

R = MatchingEvent.State


class Announced(NamedTuple):
    """What the announcement made of it: introductions, and those who were left without one."""

    introductions: list[Introduction]
    alone: list[MatchingMember]


@writes
def freeze(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Fix the list: who handed in an order, has not withdrawn and still agrees to be introduced. Drafts don't count.

    Refused: too_early (before the deadline), nobody, stale, other_council, other_body.
    """
    event = lock(by, event)
    move(event, R.FROZEN)
    refuse_if(
        event.ranks_by is None or by.at < event.ranks_by,
        "too_early",
        _("締切がまだ来ていません。"),
        _("締切のあとに固定できます。それまでは、希望の順を出し直せます。"),
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
        _("このままでは組み合わせられません。訂正の文で参加者にお知らせし、日程を改めてください。"),
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
    """The public number as this account reads it, to the letter; typed again it replaces the account's own.

    Refused: stale (not frozen), not_a_number_event, no_account, bad_public_value.
    """
    event = lock(by, event)
    _must_be_frozen(event)
    refuse_if(
        event.seed_kind != MatchingEvent.SeedKind.NUMBER,
        "not_a_number_event",
        _("このマッチングでは、drand の乱数を使います。"),
        _("乱数を貼り付けてください。"),
    )
    if by.account_id is None:
        raise Refused("no_account", _("だれが入力したか分からないため、受け取れません。"))
    try:
        bundle.seed_from(event.list_hash, value)
    except ValueError:
        raise Refused(
            "bad_public_value",
            _("公開の数は、半角の英数字と記号で入力してください。"),
            _("公表された数を、そのままの形で入力してください。"),
        ) from None
    row, _created = TypedNumber.objects.update_or_create(
        event=event, account_id=by.account_id, defaults={"value": value, "typed_at": by.at}
    )
    record(by=by, verb="matching.number_typed", subject=event)
    return row


@writes
def put_beacon(*, by: Actor, event: MatchingEvent, beacon: dict[str, Any]) -> MatchingEvent:
    """`beacon`: round, signature and randomness in hex, as drand published them.

    Refused: stale, other_round, bad_beacon.
    """
    event = lock(by, event)
    _must_be_frozen(event)
    refuse_if(
        beacon.get("round") != event.drand_round,
        "other_round",
        _("はじめに決めた回の乱数ではありません。"),
        _("回の番号を確かめて、もう一度貼り付けてください。"),
    )
    refuse_if(
        not verify(beacon["round"], beacon["signature"], beacon["randomness"]),
        "bad_beacon",
        _("乱数の署名が合いません。"),
        _("drand が公表したものを、そのまま貼り付けてください。"),
    )
    event.beacon = {key: beacon[key] for key in ("round", "signature", "randomness")}
    event.save(update_fields=["beacon"])
    record(by=by, verb="matching.beacon_put", subject=event)
    return event


@writes
def draw(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Pair both sides once, from the frozen list and the public value. The result stays sealed until the announcement.

    Refused: stale, numbers_missing, numbers_differ, beacon_missing, unfair (the independent checker has a complaint).
    """
    event = lock(by, event)
    move(event, R.DRAWN)
    value = _public_value(event)
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


def _public_value(event: MatchingEvent) -> str:
    if event.seed_kind == MatchingEvent.SeedKind.DRAND:
        refuse_if(
            not event.beacon,
            "beacon_missing",
            _("乱数がまだ貼り付けられていません。"),
            _("先に乱数を貼り付けてください。"),
        )
        assert event.beacon is not None
        return str(event.beacon["randomness"])
    values = list(event.typed_numbers.values_list("value", flat=True))
    refuse_if(
        len(values) < 2,
        "numbers_missing",
        _("公開の数は、二人が別々に入力します。まだそろっていません。"),
        _("もう一人の担当者が、自分のアカウントで入力してください。"),
    )
    refuse_if(
        len(set(values)) > 1,
        "numbers_differ",
        _("入力された数が一致していません。"),
        _("公表された数を見直して、違っていた人が入力し直してください。"),
    )
    return values[0]


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
