"""Preparing an event and publishing its rules."""

from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection import bundle, wire, wire_match
from sonjuku.engines.selection.match import Right
from sonjuku.rooms.calls.actions.public_value import name_round
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries, rules
from sonjuku.rooms.matching.actions._shared import lock, move, own, refuse_if
from sonjuku.rooms.matching.models import MatchingEvent, Side
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused

R = MatchingEvent.State
FIELDS = (
    "title", "title_en", "description", "description_en", "left_title", "left_title_en", "right_title", "right_title_en",
    "opens_at", "ranks_by", "max_wishes", "remind_days", "seed_kind", "seed_source", "seed_source_en", "draws_at",
    "starts_on", "ends_on", "report_due_on",
)  # fmt: skip
# What no ranking depends on: may be put right after the rules are published.
STILL_FREE = {
    "title_en",
    "description",
    "description_en",
    "remind_days",
    "starts_on",
    "ends_on",
    "report_due_on",
}


@writes
def create_event(*, by: Actor, council: Council, host: Body, **fields: Any) -> MatchingEvent:
    """A prepared event of this body. `fields`: any of FIELDS.

    Refused: other_council, other_body, wrong_period, report_out_of_year.
    """
    refuse_if(host.council_id != council.id, "other_council", _("ほかの協議会の団体です。"))
    event = MatchingEvent(council=council, host=host, created_at=by.at)
    own(by, event)
    _put(event, fields)
    event.save(force_insert=True)
    record(by=by, verb="matching.created", subject=event, field_names=fields)
    return event


@writes
def change_event(*, by: Actor, event: MatchingEvent, **fields: Any) -> MatchingEvent:
    """Refused: other_council, other_body, wrong_period, report_out_of_year, published (the rest of FIELDS is fixed then)."""
    event = lock(by, event)
    changed = {name: value for name, value in fields.items() if getattr(event, name) != value}
    refuse_if(
        event.state != R.PREPARED and not set(changed) <= STILL_FREE,
        "published",
        _("規則を公開したあとは、締切・使う公開の数・側の名前などは変えられません。"),
        _("紹介の期間と報告の期限、説明の文は直せます。"),
    )
    if changed:
        _put(event, changed)
        event.save()
        record(by=by, verb="matching.changed", subject=event, field_names=changed)
    return event


def _put(event: MatchingEvent, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - set(FIELDS):
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(event, name, value)
    if event.starts_on and not event.report_due_on:
        event.report_due_on = rules.default_report_due(event.starts_on)
    turned = (event.opens_at and event.ranks_by and event.opens_at >= event.ranks_by) or (
        event.starts_on and event.ends_on and event.ends_on < event.starts_on
    )
    refuse_if(
        bool(turned), "wrong_period", _("終わりが始まりより前になっています。"), _("日付を確かめてください。")
    )
    check_report(event.starts_on, event.ends_on, event.report_due_on)


def check_report(starts_on: date | None, ends_on: date | None, due_on: date | None) -> None:
    """Refused: report_out_of_year."""
    refuse_if(
        not rules.report_is_in_year(starts_on, ends_on, due_on),
        "report_out_of_year",
        _("報告の期限が、支援の終わる年度（4月から翌年3月まで）の外になっています。"),
        _("同じ年度の中の日にしてください。2月の末がよく使われます。"),
    )


@writes
def open_event(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Publish the rules: from here on sides, minimums, deadline and the source of the public number are fixed.

    Rankings are taken from `opens_at` (at once where none is set). Refused: stale, incomplete, other_council, other_body.
    """
    event = lock(by, event)
    move(event, R.PUBLISHED)
    rights = receiving(event)
    lefts = queries.standing(event).filter(side=Side.LEFT).count()
    missing = rules.missing_to_open(event, lefts=lefts, rights=len(rights), at=by.at)
    refuse_if(
        bool(missing),
        "incomplete",
        format_lazy(_("まだ決まっていないものがあります：{missing}。"), missing="、".join(map(str, missing))),
        _("それを決めてから、もう一度お進みください。"),
    )
    publish_rules(by, event, rights)
    record(by=by, verb="matching.opened", subject=event)
    return event


def receiving(event: MatchingEvent) -> list[Right]:
    """The right side as the rules name it: how many each takes, and at least how many it wants."""
    rows = queries.standing(event).filter(side=Side.RIGHT).order_by("code")
    return [Right(code, (), most, least) for code, most, least in rows.values_list("code", "most", "least")]


def publish_rules(by: Actor, event: MatchingEvent, rights: list[Right]) -> None:
    """Write down the rules and their hash, and save. Refused: incomplete (signs that the format doesn't have)."""
    if event.seed_kind == MatchingEvent.SeedKind.DRAND:
        assert event.draws_at is not None  # rules.missing_to_open and is_another_source ask for it
        name_round(event, event.draws_at)
    try:
        event.rules = bundle.make_rules(
            "match", event.code, event.seed_source, wire_match.rules_lines(rights)
        )
    except ValueError:
        raise Refused(
            "incomplete",
            _("使う公開の数の説明に、使えない文字（改行など）があります。"),
            _("一行で書き直してください。"),
        ) from None
    event.rules_hash, event.rules_at = wire.hash_of(event.rules), by.at
    event.opens_at = event.opens_at or by.at
    event.save()
