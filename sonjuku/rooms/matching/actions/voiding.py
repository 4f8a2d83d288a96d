"""What is said in public when something went wrong, and the one way to undo: declare void, with a reason."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import rules
from sonjuku.rooms.matching.actions._shared import lock, move, refuse_if
from sonjuku.rooms.matching.actions.events import FIELDS, publish_rules, receiving
from sonjuku.rooms.matching.models import Correction, MatchingEvent

R = MatchingEvent.State


@writes
def correct(*, by: Actor, event: MatchingEvent, reason: str, reason_en: str = "") -> Correction:
    """Publish what turned out wrong, beside the record; it stays, and nothing of the record changes.

    Refused: no_text, stale (nothing is published yet), other_council, other_body.
    """
    return _correction(by, lock(by, event), reason, reason_en)


def _correction(by: Actor, event: MatchingEvent, reason: str, reason_en: str) -> Correction:
    refuse_if(
        not reason.strip(),
        "no_text",
        _("理由の文がありません。"),
        _("何がどう違っていたかを書いてください。公開されます。"),
    )
    refuse_if(
        event.state == R.PREPARED,
        "stale",
        _("まだ何も公開していません。"),
        _("内容は「直す」から直せます。"),
    )
    row = Correction.objects.create(
        event=event, reason=reason.strip(), reason_en=reason_en.strip(), published_at=by.at
    )
    record(by=by, verb="matching.corrected", subject=event)
    return row


@writes
def void(
    *,
    by: Actor,
    event: MatchingEvent,
    reason: str,
    reason_en: str = "",
    seed_kind: str | None = None,
    seed_source: str = "",
    seed_source_en: str = "",
    draws_at: datetime | None = None,
    ranks_by: datetime | None = None,
) -> MatchingEvent:
    """Declare the event void before its result is announced, with a reason that stays public; returns the one in its place.

    The new one has the same members with the orders they handed in, rules published anew and another source of the
    public number; with `ranks_by` a later deadline, until which all may change their orders. What was frozen or drawn
    stays unread. The only way to undo. Refused: stale, no_text, same_source, wrong_period, incomplete, other_council,
    other_body.
    """
    event = lock(by, event)
    move(event, R.VOIDED)
    kind = seed_kind or event.seed_kind
    fresh = MatchingEvent(
        council_id=event.council_id, host_id=event.host_id, corrects=event, created_at=by.at, state=R.PUBLISHED,
        **{name: getattr(event, name) for name in FIELDS},
    )  # fmt: skip
    fresh.seed_kind, fresh.draws_at = kind, draws_at
    fresh.seed_source, fresh.seed_source_en = seed_source.strip(), seed_source_en.strip()
    fresh.ranks_by = ranks_by or event.ranks_by
    _check(by, event, fresh)
    _correction(by, event, reason, reason_en)
    event.voided_at = by.at
    event.save(update_fields=["state", "voided_at"])
    fresh.save(force_insert=True)
    event.members.update(event=fresh)
    if ranks_by is not None:
        fresh.members.update(reminded_at=None)
    publish_rules(by, fresh, receiving(fresh))
    record(by=by, verb="matching.voided", subject=event)
    record(by=by, verb="matching.opened", subject=fresh)
    return fresh


def _check(by: Actor, event: MatchingEvent, fresh: MatchingEvent) -> None:
    refuse_if(
        not rules.is_another_source(event, fresh, by.at),
        "same_source",
        _("やり直しには、まだ公表されていない別の数が必要です。"),
        _("これから公表される数か、drand の乱数のこれからの日時（締切より後）を入力してください。"),
    )
    later = fresh.ranks_by != event.ranks_by
    refuse_if(
        later and (fresh.ranks_by is None or fresh.ranks_by <= by.at),
        "wrong_period",
        _("新しい締切が、もう過ぎています。"),
        _("これからの日時にするか、空欄のままにしてください。空欄なら、出された順をそのまま使います。"),
    )
