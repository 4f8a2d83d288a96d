"""After the announcement: the period, the report, an early end."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching.actions._shared import own, refuse_if
from sonjuku.rooms.matching.actions.events import check_report
from sonjuku.rooms.matching.models import Introduction
from sonjuku.toolbox.dates import day_of

S = Introduction.State
FIELDS = ("starts_on", "ends_on", "report_due_on", "note")


def _lock(by: Actor, introduction: Introduction) -> Introduction:
    fresh = Introduction.objects.select_for_update(of=("self",)).select_related("event")
    introduction = fresh.get(pk=introduction.pk)
    own(by, introduction.event)
    return introduction


@writes
def change_introduction(*, by: Actor, introduction: Introduction, **fields: Any) -> Introduction:
    """`fields`: any of FIELDS. Refused: wrong_period, report_out_of_year, other_body."""
    row = _lock(by, introduction)
    if unknown := set(fields) - set(FIELDS):
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    refuse_if(
        bool(row.starts_on and row.ends_on and row.ends_on < row.starts_on),
        "wrong_period",
        _("終わりが始まりより前になっています。"),
        _("日付を確かめてください。"),
    )
    check_report(row.starts_on, row.ends_on, row.report_due_on)
    if changed:
        row.save()
        record(by=by, verb="introduction.changed", subject=row, field_names=changed)
    return row


@writes
def receive_report(*, by: Actor, introduction: Introduction, report_on: date) -> Introduction:
    """The report has come in. A second time changes nothing. Refused: stale (ended early), not_yet (a day to come)."""
    row = _lock(by, introduction)
    if row.state == S.REPORTED:
        return row
    _must_be_active(row)
    _must_be_past(by, report_on)
    row.state, row.report_on = S.REPORTED, report_on
    row.save(update_fields=["state", "report_on"])
    record(by=by, verb="introduction.reported", subject=row, field_names=["report_on"])
    return row


@writes
def end_introduction(*, by: Actor, introduction: Introduction, ended_on: date, note: str) -> Introduction:
    """The support ended before its time; no report is asked for any more. Refused: stale, not_yet, no_reason."""
    row = _lock(by, introduction)
    _must_be_active(row)
    _must_be_past(by, ended_on)
    refuse_if(
        not note.strip(),
        "no_reason",
        _("終わった理由がありません。"),
        _("理由を短く書いてください。氏名は書かないでください。"),
    )
    row.state, row.ended_on, row.note = S.ENDED, ended_on, note.strip()[:200]
    row.save(update_fields=["state", "ended_on", "note"])
    record(by=by, verb="introduction.ended", subject=row, field_names=["ended_on", "note"])
    return row


def _must_be_active(row: Introduction) -> None:
    refuse_if(
        row.state != S.ACTIVE,
        "stale",
        _("この紹介は、もう終わっています。"),
        _("ページを読み直して、いまの状態を確かめてください。"),
    )


def _must_be_past(by: Actor, day: date) -> None:
    refuse_if(day > day_of(by.at), "not_yet", _("今日より後の日付です。"), _("日付を確かめてください。"))
