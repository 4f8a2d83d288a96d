"""The dated meetings of a call and what its participants must do."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import mark_updated
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import years_later
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import ObligationRule, Occasion
from sonjuku.toolbox.refusals import Refused

OCCASION_FIELDS = ("title", "title_en", "venue", "venue_en", "ordinal")
RULE_FIELDS = (
    "kind",
    "title",
    "title_en",
    "sessions",
    "form_version",
    "consent_purpose",
    "remind_days",
    "ordinal",
)


def _check_order(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(
            "occasion_order",
            _("終わりの時刻が、始まりより前か同じです。"),
            _("始まりと終わりの時刻を確かめてください。"),
        )


@writes
def add_occasion(*, by: Actor, call: Call, starts_at: datetime, ends_at: datetime, **fields: Any) -> Occasion:
    """`fields`: OCCASION_FIELDS. Occasions may change after opening; their participants are told by a flow."""
    _check_order(starts_at, ends_at)
    occasion = Occasion.objects.create(
        council_id=call.council_id, call=call, starts_at=starts_at, ends_at=ends_at, **fields
    )
    mark_updated(by, call)
    record(by=by, verb="occasion.added", subject=occasion)
    return occasion


@writes
def change_occasion(*, by: Actor, occasion: Occasion, **fields: Any) -> Occasion:
    """`fields`: starts_at, ends_at and OCCASION_FIELDS."""
    for name, value in fields.items():
        setattr(occasion, name, value)
    _check_order(occasion.starts_at, occasion.ends_at)
    occasion.save(update_fields=list(fields))
    mark_updated(by, occasion.call)
    record(by=by, verb="occasion.changed", subject=occasion, field_names=fields)
    return occasion


@writes
def remove_occasion(*, by: Actor, occasion: Occasion) -> None:
    """Refused("occasion_attended") once someone checked in."""
    if occasion.check_ins.exists():
        raise Refused(
            "occasion_attended",
            _("受付をした人がいるため、この回は消せません。"),
            _("題名や日時は直せます。"),
        )
    mark_updated(by, occasion.call)
    record(by=by, verb="occasion.removed", subject=occasion)
    occasion.delete()


def _check_open(call: Call) -> None:
    if call.frozen_at is not None:
        raise Refused(
            "frozen",
            _("募集を始めたあとは、参加の条件を変えられません。"),
            _("個別の事情は、その人の免除として登録してください。"),
        )


@writes
def add_rule(*, by: Actor, call: Call, due_on: date | None = None, **fields: Any) -> ObligationRule:
    """`fields`: RULE_FIELDS. Refused("frozen") once the call has opened, "form_missing" for a survey without form."""
    _check_open(call)
    if fields.get("kind") == ObligationRule.Kind.ANSWER and not fields.get("form_version"):
        raise Refused("form_missing", _("アンケートの設問がありません。"), _("使う設問を選んでください。"))
    rule = ObligationRule.objects.create(call=call, due_on=due_on, **fields)
    mark_updated(by, call)
    record(by=by, verb="obligation_rule.added", subject=rule, council_id=call.council_id)
    return rule


@writes
def remove_rule(*, by: Actor, rule: ObligationRule) -> None:
    _check_open(rule.call)
    mark_updated(by, rule.call)
    record(by=by, verb="obligation_rule.removed", subject=rule, council_id=rule.call.council_id)
    rule.delete()


@writes
def copy_to(*, by: Actor, source: Call, target: Call, years: int = 1) -> None:
    """Give a cloned call the source's occasions and obligations, moved by whole years with their weekdays kept."""
    for occasion in source.occasions.all():
        start = years_later(occasion.starts_at, years)
        length: timedelta = occasion.ends_at - occasion.starts_at
        kept = {name: getattr(occasion, name) for name in OCCASION_FIELDS}
        add_occasion(by=by, call=target, starts_at=start, ends_at=start + length, **kept)
    for rule in source.obligation_rules.all():
        due = years_later(rule.due_on, years)
        add_rule(by=by, call=target, due_on=due, **{name: getattr(rule, name) for name in RULE_FIELDS})
