"""The steps of a call as the public page shows them: what is done, what is on now, what comes."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.toolbox.dates import at_tokyo, end_of_day, format_date, format_datetime, format_deadline

DONE, NOW, NEXT = "done", "now", "next"


class Step(NamedTuple):
    """`begins` and `ends` decide the state; `ends` None means the step is over once it has begun."""

    title: Any
    text: Any
    begins: datetime | None
    ends: datetime | None


def _language() -> str:
    return get_language() or "ja"


def _period(begins: datetime | None, ends: datetime | None) -> str:
    if begins is None or ends is None:
        return gettext("日時は決まり次第お知らせします。")
    return gettext("%(start)sから %(end)s") % {
        "start": format_datetime(begins, _language()),
        "end": format_deadline(ends, _language()),
    }


def _days(start: date | None, end: date | None, note: str) -> str:
    if start is None:
        return note
    if end is None or end == start:
        return format_date(start, _language())
    return gettext("%(start)sから%(end)sまで") % {
        "start": format_date(start, _language()),
        "end": format_date(end, _language()),
    }


def _day(day: date | None) -> str:
    return format_date(day, _language()) if day else gettext("日は決まり次第お知らせします。")


def _seed(call: Call) -> str:
    return (_language() == "en" and call.seed_source_en) or call.seed_source


_period_text, _days_text, _day_text = lazy(_period, str), lazy(_days, str), lazy(_day, str)
_seed_text = lazy(_seed, str)


def steps(
    call: Call, *, frozen_at: datetime | None, drawn_at: datetime | None, announced_at: datetime | None
) -> list[Step]:
    """The steps of this way of selection in order; the three instants come from the selection run, None until done."""
    result_day = at_tokyo(call.result_on) if call.result_on else None
    found = [Step(_("受付"), _period_text(call.opens_at, call.closes_at), call.opens_at, call.closes_at)]
    if call.uses_draw:
        found += [
            Step(
                _("受付番号の一覧を固定"),
                _("名前は出ません。一覧が変わっていないか確かめる符号を公開します。"),
                frozen_at,
                None,
            ),
            Step(_("公開の数で抽選"), _seed_text(call), drawn_at if announced_at else None, None),
        ]
    if call.selection == Call.Selection.REVIEW:
        found.append(
            Step(
                _("審査"),
                _("公開した項目と配点で、利害関係のない審査員が採点します。"),
                call.closes_at,
                announced_at or result_day,
            )
        )
    if call.is_immediate and call.result_immediate:
        found.append(Step(_("結果"), _("申込みのその場で決まります。"), call.opens_at, call.closes_at))
    else:
        found.append(Step(_("結果のお知らせ"), _day_text(call.result_on), announced_at, None))
    found.append(
        Step(
            _("実施期間"),
            _days_text(call.starts_on, call.ends_on, call.period_note),
            at_tokyo(call.starts_on) if call.starts_on else None,
            end_of_day(call.ends_on or call.starts_on) if call.starts_on else None,
        )
    )
    return found


def state_of(step: Step, at: datetime) -> str:
    """ "done", "now" or "next" for a half-open step at this instant."""
    if step.begins is None or at < step.begins:
        return NEXT
    return DONE if step.ends is None or step.ends <= at else NOW
